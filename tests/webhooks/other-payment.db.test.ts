// Events about a refund, dispute or warning that is known already, but naming another payment than before, or none.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deliver, openOrder, sessionEvent, type OpenOrder } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const unique = (prefix: string) => `${prefix}_${randomBytes(8).toString('hex')}`

async function paidOrder(): Promise<OpenOrder & { intent: string }> {
  const order = await openOrder(shop)
  const intent = unique('pi')
  await deliver(
    shop,
    sessionEvent(shop, order, 'checkout.session.completed', { payment_intent: intent }),
  ).expect(200)
  return { ...order, intent }
}

async function report(type: string, object: Record<string, unknown>): Promise<void> {
  const created = Math.floor(Date.now() / 1000)
  const shape = { object: 'event', api_version: null, livemode: false, created }
  await deliver(shop, { ...shape, id: unique('evt'), type, data: { object } }).expect(200)
}

it.each([['another order’s'], ['an unknown one'], ['none']])(
  'what an order knows stays with it, whatever payment is named: %s',
  async (named) => {
    const { prisma } = shop.database
    const [order, other] = [await paidOrder(), await paidOrder()]
    const intent = { 'another order’s': other.intent, 'an unknown one': unique('pi'), none: null }[named]
    const [refund, dispute, warning] = [unique('re'), unique('dp'), unique('issfr')]
    const money = { amount: 1, currency: order.currency }
    const send = async (payment_intent: string | null | undefined, status: string, isOpen: boolean) => {
      await report('refund.updated', { id: refund, object: 'refund', ...money, status, payment_intent })
      const disputed = { id: dispute, object: 'dispute', ...money, payment_intent }
      await report('charge.dispute.updated', { ...disputed, status: isOpen ? 'needs_response' : 'won' })
      const warned = { id: warning, object: 'radar.early_fraud_warning', payment_intent }
      await report('radar.early_fraud_warning.updated', { ...warned, actionable: isOpen })
    }
    await send(order.intent, 'pending', true)
    await send(intent, 'succeeded', false)
    const include = { refunds: true, disputes: true, riskSignals: true } as const
    const known = await prisma.order.findUniqueOrThrow({ where: { id: order.id }, include })
    expect(known.refunds).toMatchObject([{ stripeRefundId: refund, status: 'succeeded' }])
    expect(known.disputes).toMatchObject([{ id: dispute, status: 'won' }])
    expect(known.riskSignals).toMatchObject([{ id: warning, closedAt: expect.any(Date) as Date }])
    const untouched = await prisma.order.findUniqueOrThrow({ where: { id: other.id }, include })
    expect([untouched.refunds, untouched.disputes, untouched.riskSignals]).toEqual([[], [], []])
  },
)

it('a refund of an unknown payment is attributed when a later event names the payment of an order', async () => {
  const order = await paidOrder()
  const refund = {
    id: unique('re'),
    object: 'refund',
    amount: 1,
    currency: order.currency,
    status: 'pending',
  }
  await report('refund.created', { ...refund, payment_intent: unique('pi') })
  await report('refund.updated', { ...refund, payment_intent: order.intent })
  const where = { stripeRefundId: refund.id }
  expect(await shop.database.prisma.refund.findMany({ where })).toMatchObject([{ orderId: order.id }])
})
