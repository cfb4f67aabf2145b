import { describe, expect, it } from 'vitest'
import { CARD, IBAN, sessionOf } from '../support/pay-page.js'
import {
  button,
  fillInRegistration,
  heading,
  link,
  onPayPage,
  payByCard,
  payByDebit,
  register,
} from './shopper.js'
import { purchasesOn, usePurchases } from './purchases.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
const { ordersOf, purchase, signedIn } = usePurchases(visitors)

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
})
