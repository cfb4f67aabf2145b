// Stripe's page: authentication, the way back, and what follows without an event stream.
import { describe, expect, it } from 'vitest'
import { CARD, IBAN } from '../support/pay-page.js'
import { button, heading, link, payByCard, payByDebit } from './shopper.js'
import { usePurchases } from './purchases.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
const { ordersOf, purchase, signedIn } = usePurchases(visitors)

describe('on Stripe’s page', () => {
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
