import type { Page } from 'playwright-core'
import { describe, expect, it, type TestContext } from 'vitest'
import { CARD, IBAN, payByCard as payByCardElsewhere, sessionOf } from '../support/pay-page.js'
import {
  button,
  checkOut,
  fillInRegistration,
  heading,
  link,
  onPayPage,
  payByCard,
  payByDebit,
  register,
} from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** Slow enough that the first click reaches the shop before the second. */
const AS_A_PERSON = { delay: 40 }

/** The shopper's orders, newest first. */
function ordersOf(email: string) {
  return visitors.shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true, purchases: true, mails: true },
    orderBy: { id: 'desc' },
  })
}

/** The rows of the account's list of orders. */
function purchasesOn(page: Page) {
  return page.getByRole('list', { name: 'Orders' }).getByRole('listitem')
}

/** Opens the product's page. */
async function choose(page: Page, name: string): Promise<void> {
  const { id } = await visitors.shop.database.prisma.product.findFirstOrThrow({ where: { name } })
  await page.goto(`${visitors.shop.url}/pricing/${id}`)
}

/** Goes from the product to Stripe's page. @returns its URL */
async function purchase(page: Page, product: string): Promise<string> {
  await choose(page, product)
  await button(page, 'Purchase').click()
  await onPayPage(page)
  return page.url()
}

/** A page of a shopper with a new account. */
async function signedIn(test: TestContext): Promise<{ page: Page; email: string }> {
  const page = await visitors.visit(test)
  return { page, email: await visitors.signIn(page) }
}

describe('a purchase', () => {
  it('leads from registering to the order in the account', async (test) => {
    const page = await visitors.visit(test)
    const email = await register(page, visitors.shop.url)
    await link(page, 'Till').first().click()
    await page.getByLabel('Search products').fill('oak')
    await button(page, 'Search').click()
    await link(page, 'Oak desk tray').click()
    await page.getByLabel('Quantity').fill('2')
    await button(page, 'Purchase').click()
    await page.getByText('Oak desk tray').first().waitFor()
    expect(await page.getByLabel('Email').inputValue()).toBe(email)
    await payByCard(page, CARD.good)

    await heading(page, 'Thank you for your order')
    await link(page, 'Your orders').click()
    await heading(page, 'Your orders')
    const [bought, ...others] = await purchasesOn(page).allInnerTexts()
    expect(bought).toMatch(/Oak desk tray[^]*Qty 2[^]*\$96\.00[^]*Paid/)
    expect(others).toEqual([])
    await link(page, /^Oak desk tray/).click()
    await heading(page, /^Order T-/)
    await page.getByText('received your payment').waitFor()
    expect(await button(page, /^Pay /).count()).toBe(0)
  })

  it('resumes after sign-in with the chosen quantity', async (test) => {
    const page = await visitors.visit(test)
    await page.goto(`${visitors.shop.url}/pricing?q=oak`)
    await link(page, 'Oak desk tray').click()
    await page.getByLabel('Quantity').fill('3')
    await button(page, 'Purchase').click()
    await heading(page, 'Sign in')
    await page.getByText('to continue with your purchase').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Create an account' }).click()
    const email = await fillInRegistration(page)

    await heading(page, 'Checkout')
    expect(await page.getByLabel('Quantity').inputValue()).toBe('3')
    await button(page, 'Pay $144.00').click()
    await onPayPage(page)
    await payByCard(page, CARD.good)
    await heading(page, 'Thank you for your order')
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid', amountPaid: 14_400 }])
  })

  it('opens the session through the JSON API on the order’s page', async (test) => {
    const { page, email } = await signedIn(test)
    await purchase(page, 'Oak desk tray')
    const [order] = await ordersOf(email)
    await page.goto(`${visitors.shop.url}/orders/${order?.key}`)
    await page.waitForLoadState()
    const answered = page.waitForResponse('**/api/payments/create-session')
    await button(page, 'Pay $48.00').click()
    expect((await answered).status()).toBe(200)
    await onPayPage(page)
    expect(order?.attempts).toMatchObject([{ stripeSessionId: sessionOf(page.url()) }])
  })

  it('shows "sold out" on the checkout page if the last unit has just sold', async (test) => {
    const { page } = await signedIn(test)
    const { prisma } = visitors.shop.database
    const where = { slug: 'quiet-clock' }
    const { id, stock } = await prisma.product.findUniqueOrThrow({ where })
    await page.goto(`${visitors.shop.url}/checkout/${id}`)
    await prisma.product.update({ where, data: { stock: 0 } })
    await button(page, /^Pay /).click()
    await page.getByRole('alert').getByText('sold out').waitFor()
    expect(await button(page, /^Pay /).count()).toBe(0)
    await prisma.product.update({ where, data: { stock } })
  })
})

describe('two windows of one shopper', () => {
  it('different quantities at the same moment leave one payable page, which can be paid', async (test) => {
    const { page, email } = await signedIn(test)
    const { id } = await visitors.shop.database.prisma.product.findUniqueOrThrow({
      where: { slug: 'stoneware-mug' },
    })
    const other = await page.context().newPage()
    const windows = [page, other]
    await Promise.all(
      windows.map((one, index) => one.goto(`${visitors.shop.url}/checkout/${id}?quantity=${index + 1}`)),
    )
    await Promise.all(windows.map((one) => button(one, /^Pay /).click()))
    const refused = (one: Page) => link(one, /^View the newer order$/)
    await Promise.all(
      windows.map((one) => Promise.race([one.waitForURL('**/c/pay/**'), refused(one).waitFor()])),
    )
    const { data } = await visitors.shop.stripe.checkout.sessions.list({ status: 'open', limit: 100 })
    const open = data.filter((session) => session.metadata?.['user_email'] === email)
    expect(open).toHaveLength(1)
    const payable = windows.find((one) => sessionOf(one.url()) === open[0]?.id)
    if (!payable) throw new Error('No window shows the session that is open.')
    await payByCard(payable, CARD.good)
    await heading(payable, 'Thank you for your order')
    expect((await ordersOf(email)).map(({ status }) => status).toSorted()).toEqual(['expired', 'paid'])
    for (const fault of visitors.takeFaults(page)) expect(fault).toMatch(/was answered 409$/)
  })

  it('the second window shows that the first has just paid, and links to the orders', async (test) => {
    const { page } = await signedIn(test)
    const { stripe, sandbox } = visitors.shop
    const { data: endpoints } = await stripe.webhookEndpoints.list()
    const disable = (disabled: boolean) =>
      Promise.all(endpoints.map((endpoint) => stripe.webhookEndpoints.update(endpoint.id, { disabled })))
    await disable(true)
    try {
      const url = await purchase(page, 'Stoneware mug')
      await choose(page, 'Stoneware mug')
      await checkOut(page)
      await payByCardElsewhere(url)
      await page.getByLabel('Quantity').fill('2')
      await button(page, 'Update').click()
      await button(page, /^Pay /).click()
      await page.getByText('has just been paid').waitFor()
      await link(page, 'View your order').click()
      await heading(page, /^Order T-/)
      await page.getByText('Paid', { exact: true }).first().waitFor()
    } finally {
      await disable(false)
      await sandbox.idle()
    }
  })
})

describe('on Stripe’s page', () => {
  it('a declined card shows an error, and another card pays on the same page', async (test) => {
    const { page, email } = await signedIn(test)
    const address = await purchase(page, 'Oak desk tray')
    await payByCard(page, CARD.declined)
    await page.getByRole('alert').getByText('Your card was declined.').waitFor()
    expect(sessionOf(page.url())).toBe(sessionOf(address))
    expect(await ordersOf(email)).toMatchObject([{ status: 'pending', purchases: [], mails: [] }])

    await payByCard(page, CARD.good)
    await heading(page, 'Thank you for your order')
    await visitors.shop.sandbox.idle()
    expect(await ordersOf(email)).toMatchObject([
      { status: 'paid', purchases: [{ purchaseSuccess: true }], mails: [{ kind: 'purchase_succeeded' }] },
    ])
  })

  it('3-D Secure pays when completed, and not when it fails', async (test) => {
    const { page, email } = await signedIn(test)
    await purchase(page, 'Oak desk tray')
    await payByCard(page, CARD.threeDSecure)
    await button(page, 'Fail authentication').click()
    await page.getByRole('alert').getByText('unable to authenticate').waitFor()
    expect(await ordersOf(email)).toMatchObject([{ status: 'pending', purchases: [] }])

    await payByCard(page, CARD.threeDSecure)
    await button(page, 'Complete authentication').click()
    await heading(page, 'Thank you for your order')
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
  })

  it('a bank debit is shown as on its way, and the page updates itself when it is paid', async (test) => {
    const { page, email } = await signedIn(test)
    await page.clock.install()
    await purchase(page, 'Nest of three bowls')
    await payByDebit(page, IBAN.good)
    await heading(page, 'Your payment is on its way')
    expect(await ordersOf(email)).toMatchObject([{ status: 'processing', purchases: [] }])

    // The page's clock stands still, so only the event stream can update it. The focus stays in place.
    const orderLink = link(page, 'View your order')
    await orderLink.focus()
    await heading(page, 'Thank you for your order')
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid' }])
    expect(await page.title()).toContain('Thank you for your order')
    expect(await page.getByRole('status').innerText()).toBe('Thank you for your order')
    expect(await orderLink.and(page.locator(':focus')).count()).toBe(1)
  })

  it('without the event stream, the page polls', async (test) => {
    const { page, email } = await signedIn(test)
    await page.clock.install()
    await page.route('**/orders/*/events', (route) => route.fulfill({ status: 503 }))
    await purchase(page, 'Nest of three bowls')
    await payByDebit(page, IBAN.good)
    await heading(page, 'Your payment is on its way')
    await expect.poll(async () => (await ordersOf(email))[0]?.status, { timeout: 60_000 }).toBe('paid')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('on its way')
    await page.clock.fastForward(15_000)
    await heading(page, 'Thank you for your order')
    expect(visitors.takeFaults(page)).toEqual([expect.stringMatching(/events was answered 503$/)])
  })

  it('canceling returns to the product, which says that no charge was made', async (test) => {
    const { page, email } = await signedIn(test)
    await purchase(page, 'Oak desk tray')
    await link(page, /Back to/).click()
    await heading(page, 'Oak desk tray')
    await page.getByRole('status').getByText('No charge was made').waitFor()
    expect(new URL(page.url()).pathname).toMatch(/^\/pricing\/\d+$/)
    expect(await ordersOf(email)).toMatchObject([{ status: 'pending', purchases: [], mails: [] }])
  })
})

describe('unusual shopper behavior', () => {
  it('closing the tab before the redirect: the webhook alone settles the order', async (test) => {
    const { page, email } = await signedIn(test)
    await purchase(page, 'Oak desk tray')
    const later = await page.context().newPage()
    // The tab is closed after Stripe accepts the card, before the redirect.
    const answered = new Promise<number>((resolve) => {
      void page.route('**/c/pay/**', async (route) => {
        const answer = await route.fetch({ maxRedirects: 0 })
        await page.close()
        resolve(answer.status())
      })
    })
    await payByCard(page, CARD.good).catch(() => undefined)
    expect(await answered).toBe(303)

    await visitors.shop.sandbox.idle()
    await later.goto(`${visitors.shop.url}/account/purchases`)
    expect(await purchasesOn(later).innerText()).toMatch(/Oak desk tray[^]*Paid/)
    expect(await ordersOf(email)).toMatchObject([{ status: 'paid', mails: [{ kind: 'purchase_succeeded' }] }])
  })

  it('opening a success URL by hand records no purchase', async (test) => {
    const { page, email } = await signedIn(test)
    const session = sessionOf(await purchase(page, 'Oak desk tray'))
    const { id } = await visitors.shop.database.prisma.product.findUniqueOrThrow({
      where: { slug: 'oak-desk-tray' },
    })
    const success = `${visitors.shop.url}/payment-success/${id}?session_id=`
    await page.goto(`${success}cs_test_made_up`)
    await heading(page, /^We can’t find that/)
    await page.goto(`${visitors.shop.url}/account/purchases`)
    await page.getByText('Waiting for payment').waitFor()
    await page.goto(success + session)
    await heading(page, 'This order isn’t paid yet')
    expect(await ordersOf(email)).toMatchObject([{ status: 'pending', purchases: [], mails: [] }])

    // The page leads on to payment in the same session.
    await link(page, 'Continue to payment').click()
    await button(page, /^Pay /).click()
    await onPayPage(page)
    expect(sessionOf(page.url())).toBe(session)
  })

  it.for([
    ['Purchase', false],
    ['Pay', true],
  ] as const)('double-clicking %s makes one order and one session', async ([name, reviewed], test) => {
    const { page, email } = await signedIn(test)
    await choose(page, 'Oak desk tray')
    if (reviewed) await checkOut(page)
    await button(page, new RegExp(`^${name}`)).dblclick(AS_A_PERSON)
    await onPayPage(page)
    const [order, ...others] = await ordersOf(email)
    expect(others).toEqual([])
    expect(order?.attempts).toMatchObject([{ stripeSessionId: sessionOf(page.url()), status: 'open' }])
    const { data } = await visitors.shop.stripe.checkout.sessions.list({ limit: 100 })
    expect(data.filter((session) => session.client_reference_id === order?.key)).toHaveLength(1)
  })

  it('double-clicking Pay on Stripe’s page pays once', async (test) => {
    const { page, email } = await signedIn(test)
    await purchase(page, 'Oak desk tray')
    await page.getByText('Test cards and accounts').click()
    await button(page, '4242 4242 4242 4242').click()
    await button(page, /^Pay /).dblclick(AS_A_PERSON)
    await heading(page, 'Thank you for your order')
    await visitors.shop.sandbox.idle()
    const [order] = await ordersOf(email)
    expect(order?.purchases).toHaveLength(1)
    const { data } = await visitors.shop.stripe.charges.list({ limit: 100 })
    expect(data.filter((charge) => charge.metadata['order_key'] === order?.key)).toHaveLength(1)
  })

  it.for([
    ['Purchase', false],
    ['Pay', true],
  ] as const)(
    'going back from Stripe’s page and clicking %s again reuses the session',
    async ([name, reviewed], test) => {
      const { page, email } = await signedIn(test)
      await choose(page, 'Oak desk tray')
      if (reviewed) await checkOut(page)
      const again = button(page, new RegExp(`^${name}`))
      await again.click()
      await onPayPage(page)
      const session = sessionOf(page.url())
      await page.goBack()
      await again.click()
      await onPayPage(page)
      expect(sessionOf(page.url())).toBe(session)
      expect(await ordersOf(email)).toHaveLength(1)
    },
  )
})
