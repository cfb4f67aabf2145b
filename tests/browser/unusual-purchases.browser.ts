// Purchases in two windows, clicked twice, left and returned to.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CARD, payByCard as payByCardElsewhere, sessionOf } from '../support/pay-page.js'
import { button, checkOut, heading, link, onPayPage, payByCard } from './shopper.js'
import { purchasesOn, usePurchases } from './purchases.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
const { choose, ordersOf, purchase, signedIn } = usePurchases(visitors)

/** Slow enough that the first click reaches the shop before the second. */
const AS_A_PERSON = { delay: 40 }

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
