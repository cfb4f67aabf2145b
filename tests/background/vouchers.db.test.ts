// A voucher holds its units as long as it can be paid, and gives them back afterwards, also if Stripe's event was lost.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { settleOverdueAttempts } from '../../src/background/overdue-attempts.js'
import { depsOf } from '../support/command.js'
import { payByVoucher } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ settings: { voucherDays: 5 } })
})
afterAll(() => shop.close())

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

it('a voucher that was not paid in time is asked about soon after', async () => {
  const { prisma } = shop.database
  const product = await prisma.product.create({
    data: {
      ...{ slug: 'alebrije', name: 'Alebrije', summary: 'Wood.', description: 'Wood.', category: 'home' },
      ...{ image: '/images/products/tray.svg', unitAmount: 12_000, currency: 'mxn', stock: 5 },
    },
  })
  const stock = async () => (await prisma.product.findUniqueOrThrow({ where: { id: product.id } })).stock
  const local = `expire_with_delay.${randomBytes(4).toString('hex')}`
  const { shopper, email } = await newShopper(shop.url, `${local}@shopper.example`)
  const { headers } = await shopper.post(`/checkout/${product.id}`).expect(303)
  const where = { order: { email } }
  const { id, stripeSessionId, voucherDays } = await prisma.checkoutAttempt.findFirstOrThrow({ where })
  expect(voucherDays).toBe(5)

  await payByVoucher(String(headers['location']))
  const statusOf = async () => (await prisma.order.findFirstOrThrow({ where: { email } })).status
  await expect.poll(statusOf).toBe('processing')
  // Stripe's news that the voucher is over gets lost.
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? '', { disabled: true })
  const isOver = async () => {
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(stripeSessionId ?? '', {
      expand: ['payment_intent'],
    })
    return typeof intent === 'object' && intent?.status === 'requires_payment_method'
  }
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true)

  // It was asked about, and can be paid for another hour.
  const asked = { expiresAt: minutesAgo(600), checkedAt: minutesAgo(90), payBy: minutesAgo(-60) }
  await prisma.checkoutAttempt.update({ where: { id }, data: asked })
  expect(await settleOverdueAttempts(depsOf(shop))).toBe(0)
  expect([await statusOf(), await stock()]).toEqual(['processing', 4])

  await prisma.checkoutAttempt.update({ where: { id }, data: { payBy: minutesAgo(2) } })
  await settleOverdueAttempts(depsOf(shop))
  expect([await statusOf(), await stock()]).toEqual(['failed', 5])
})
