// What the shop recorded agrees with what Stripe booked, over random histories; and every difference is named.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refundOrder } from '../../src/payments/refunds.js'
import { monthOf, lastMonth } from '../../src/reconciliation/month.js'
import { reconcileMonth } from '../../src/reconciliation/reconcile-month.js'
import type { Summary } from '../../src/reconciliation/summary.js'
import { depsOf } from '../reliability/crowd.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { paidDelivery } from '../support/operated-orders.js'
import { CARD } from '../support/pay-page.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  shop = await startTestShop({ demoProducts: true, settings: { timeZone: 'Asia/Kolkata' } })
  operator = (await newOperator(shop)).operator
})
afterAll(() => shop.close())

const thisMonth = () =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Kolkata', year: 'numeric', month: '2-digit' }).format(
    new Date(),
  )

async function compare(): Promise<Summary> {
  const deps = depsOf(shop)
  const month = await monthOf(deps.database.direct, thisMonth(), 'Asia/Kolkata')
  const summary = month && (await reconcileMonth(deps, month))
  if (!summary) throw new Error('nothing was compared')
  return summary
}

/** Stripe books a charge some seconds after it was paid. */
async function compareWhenBooked(): Promise<Summary> {
  await expect
    .poll(async () => (await compare()).differences.map(({ text }) => text), {
      timeout: 90_000,
      interval: 1000,
    })
    .toEqual([])
  return compare()
}

const fate = fc.record({
  card: fc.constantFrom(
    CARD.good,
    CARD.good,
    CARD.refundPending,
    CARD.refundFails,
    CARD.disputed,
    CARD.inquiry,
  ),
  refunds: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 2 }),
})

it('random histories of payments, refunds and disputes reconcile, and the sums are Stripe’s balance', async () => {
  const fates = fc.sample(fate, { numRuns: 8, seed: 5 })
  for (const { card, refunds } of fates) {
    const { id, key } = await paidDelivery(shop, [1, 1], card)
    for (const amount of refunds)
      // A disputed payment can't be refunded.
      await refundOrder(depsOf(shop), id, { amount, restock: false, requestKey: `${key} ${amount}` }).catch(
        () => undefined,
      )
  }
  await shop.sandbox?.idle()
  const summary = await compareWhenBooked()
  const booked = [...(summary.booked.get('usd')?.values() ?? [])]
  const entries = await shop.stripe.balanceTransactions.list({ limit: 100 })
  const net = entries.data.reduce((sum, entry) => sum + entry.net, 0)
  expect(booked.reduce((sum, one) => sum + one.net, 0)).toBe(net)
  expect(booked.reduce((sum, one) => sum + one.count, 0)).toBe(entries.data.length)
  // Independently: what our orders say was paid.
  const paid = await shop.database.prisma.order.aggregate({ _sum: { amountPaid: true } })
  expect(summary.booked.get('usd')?.get('charge')?.amount).toBe(paid._sum.amountPaid)
  expect(summary.recorded.get('usd')?.get('charge')?.amount).toBe(paid._sum.amountPaid)
}, 240_000)

describe('differences', () => {
  async function textsAfter(change: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<string[]> {
    await change()
    const { differences } = await compare()
    await undo()
    return differences.map(({ kind, text }) => `${kind}: ${text}`)
  }

  it('each is named', async () => {
    const { prisma } = shop.database
    const { id } = await paidDelivery(shop, [1, 1])
    await shop.sandbox?.idle()
    await compareWhenBooked()
    const attempt = await prisma.checkoutAttempt.findFirstOrThrow({ where: { orderId: id } })
    const update = (data: object) => prisma.checkoutAttempt.update({ where: { id: attempt.id }, data })
    const intent = attempt.paymentIntentId ?? ''
    const restore = () =>
      update({ paymentIntentId: intent, amountTotal: attempt.amountTotal, status: 'paid' })

    const amount = await textsAfter(() => update({ amountTotal: 1 }), restore)
    expect(amount).toEqual([`amount: Payment ${intent} is over $63.89 at Stripe, and over $0.01 here.`])

    const currency = await textsAfter(
      () => prisma.order.update({ where: { id }, data: { currency: 'eur' } }),
      () => prisma.order.update({ where: { id }, data: { currency: 'usd' } }),
    )
    expect(currency).toEqual([
      `currency: Payment ${intent} is over $63.89 at Stripe, and recorded in EUR here.`,
    ])

    const moved = await textsAfter(() => update({ paymentIntentId: 'pi_unknown' }), restore)
    expect(moved).toEqual([
      expect.stringMatching(
        /^not_recorded: Payment ch_\w+ over \$63\.89 is at Stripe and not recorded here\.$/,
      ),
      'not_at_stripe: Payment pi_unknown over $63.89 is paid here, and Stripe has none.',
    ])

    const state = await textsAfter(() => update({ status: 'failed' }), restore)
    expect(state).toEqual([`state: Payment ${intent} was paid at Stripe, and is failed here.`])

    const refund = { id: 'ours', orderId: id, amount: 100, currency: 'usd', paymentIntentId: intent }
    const invented = await textsAfter(
      () =>
        prisma.refund.create({
          data: { ...refund, status: 'succeeded', stripeRefundId: 're_unknown', succeededAt: new Date() },
        }),
      () => prisma.refund.delete({ where: { id: 'ours' } }),
    )
    expect(invented).toEqual([
      'not_at_stripe: Refund re_unknown over $1.00 is succeeded here, and Stripe has none.',
    ])

    const page = async () =>
      textOf(
        (await operator.get('/admin/numbers/reconciliation').query({ month: thisMonth() }).expect(200)).text,
      )
    await update({ amountTotal: 1 })
    expect(await page()).toContain(`Payment ${intent} is over $63.89 at Stripe, and over $0.01 here.`)
    const { output } = await runCommand(shop, 'reconcile', thisMonth())
    expect(output).toContain('and over $0.01 here.')
    await restore()
    expect(await page()).toContain('everything that Stripe booked agrees with what is recorded here.')
  }, 240_000)

  it('what something else on the account booked is none', async () => {
    const before = await compare()
    await shop.stripe.paymentIntents.create({
      ...{ amount: 5000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    await expect
      .poll(async () => (await compare()).foreign, { timeout: 60_000, interval: 500 })
      .toBe(before.foreign + 1)
    expect((await compare()).differences).toEqual([])
  }, 120_000)
})

it('the file has a line for each booking', async () => {
  const { text } = await operator
    .get('/admin/numbers/reconciliation.csv')
    .query({ month: thisMonth() })
    .expect(200)
  const [header, ...lines] = text.trim().split('\r\n')
  expect(header).toMatch(/^booked,stripe_id,category,amount,fee,net,currency,/)
  const entries = await shop.stripe.balanceTransactions.list({ limit: 100 })
  expect(lines).toHaveLength(entries.data.length)
  for (const { id } of entries.data) expect(text).toContain(id)
})

it('a wrong month is refused with a sentence, and a month without anything is empty', async () => {
  for (const month of ['2026-13', 'soon', ''])
    expect(
      textOf((await operator.get('/admin/numbers/reconciliation').query({ month }).expect(422)).text),
    ).toContain('Enter a month, such as 2026-11.')
  await operator.get('/admin/numbers/reconciliation.csv').query({ month: 'soon' }).expect(400)
  const empty = await operator.get('/admin/numbers/reconciliation').query({ month: '2020-01' }).expect(200)
  expect(textOf(empty.text)).toContain('Stripe booked nothing in this month.')
  expect(lastMonth('UTC', new Date('2026-01-15T12:00:00Z'))).toBe('2025-12')
  expect(lastMonth('UTC', new Date('2026-12-15T12:00:00Z'))).toBe('2026-11')
})

it('while Stripe is away, the page and the file say so', async () => {
  const away = await startTestShop({ sandbox: false })
  const { operator: visitor } = await newOperator(away)
  const page = await visitor.get('/admin/numbers/reconciliation').query({ month: '2026-11' }).expect(503)
  expect(textOf(page.text)).toContain('Stripe could not be asked, so nothing was compared')
  await visitor.get('/admin/numbers/reconciliation.csv').query({ month: '2026-11' }).expect(503)
  const { code, output } = await runCommand(away, 'reconcile', '2026-11')
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('Stripe') as string })
  await away.close()
}, 120_000)
