import { describe, expect, it } from 'vitest'
import { CARD, IBAN } from '../support/pay-page.js'
import { button, heading, link, onPayPage, payByCard, payByDebit } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** Stripe's events do not come, and the success page may not ask Stripe for them until it is told that it may. */
async function withoutNews(work: (news: () => Promise<void>) => Promise<void>): Promise<void> {
  const { stripe, database } = visitors.shop
  const { data } = await stripe.webhookEndpoints.list()
  const disable = (disabled: boolean) =>
    Promise.all(data.map(({ id }) => stripe.webhookEndpoints.update(id, { disabled })))
  const lastAsked = (checkedAt: Date | null) =>
    database.prisma.checkoutAttempt.updateMany({ where: { status: 'open' }, data: { checkedAt } })
  await disable(true)
  await lastAsked(new Date(Date.now() + 3_600_000))
  try {
    await work(async () => {
      await lastAsked(null)
    })
  } finally {
    await disable(false)
  }
}

describe('without script', () => {
  it('one reviews and pays, and the success page looks again by itself', async () => {
    const page = await visitors.visit({ javaScriptEnabled: false })
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Box of twelve cedar pencils').click()
    await link(page, 'Review order first').click()
    await page.getByLabel('Quantity').fill('2')
    await button(page, 'Update').click()
    await button(page, 'Pay $32.00').click()
    await onPayPage(page)
    await withoutNews(async (news) => {
      await payByCard(page, CARD.declined)
      await page.getByRole('alert').getByText('declined').waitFor()
      await payByCard(page, CARD.good)
      await heading(page, 'We are confirming your payment')
      await news()
      await heading(page, 'Thank you: your order is paid')
    })
  })

  it('Purchase and the bank’s question work, too', async () => {
    const page = await visitors.visit({ javaScriptEnabled: false })
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Box of twelve cedar pencils').click()
    await button(page, 'Purchase').click()
    await payByCard(page, CARD.threeDSecure)
    await button(page, 'Complete authentication').click()
    await heading(page, 'Thank you: your order is paid')
  })
})

describe('with script', () => {
  it('a success page that waits shows each news, also one to wait for something else', async () => {
    const page = await visitors.visit()
    await page.clock.install()
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Nest of three bowls').click()
    await button(page, 'Purchase').click()
    await onPayPage(page)
    await withoutNews(async (news) => {
      await payByDebit(page, IBAN.good)
      await heading(page, 'We are confirming your payment')
      await news()
      await page.clock.fastForward(3000)
      await heading(page, 'Your payment is on its way')
    })
    expect(await page.getByText('every 15 seconds').count()).toBe(1)
  })
})
