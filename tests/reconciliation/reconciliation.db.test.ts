// What the shop recorded agrees with what Stripe booked, over random histories; and every difference is named.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type Stripe from 'stripe'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refundOrder } from '../../src/payments/refunds.js'
import { recordsOf, type DatedRecord } from '../../src/reconciliation/our-records.js'
import { monthOf, lastMonth } from '../../src/reconciliation/month.js'
import { reconcileMonth } from '../../src/reconciliation/reconcile-month.js'
import type { Summary } from '../../src/reconciliation/summary.js'
import { depsOf, postJson, signedIn } from '../reliability/crowd.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { paidDelivery } from '../support/operated-orders.js'
import { CARD, payByCard } from '../support/pay-page.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'

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

async function stripesBalance(): Promise<Stripe.BalanceTransaction[]> {
  const entries: Stripe.BalanceTransaction[] = []
  for await (const entry of shop.stripe.balanceTransactions.list({ limit: 100 })) entries.push(entry)
  return entries
}

/** A comparison, and Stripe's balance at its time: a refund that fails meanwhile adds an entry, and both are asked for again. */
async function compareWithStripe() {
  for (;;) {
    const before = await stripesBalance()
    const summary = await compareWhenBooked()
    const entries = await stripesBalance()
    if (entries.length === before.length) return { summary, entries }
  }
}

/** A price for each currency. */
const PRICES = { usd: 6389, eur: 4950, jpy: 7200 }
type Currency = keyof typeof PRICES

const fate = fc.record({
  currency: fc.constantFrom<Currency[]>('usd', 'eur', 'jpy'),
  card: fc.constantFrom(CARD.good, CARD.good, CARD.refundPending, CARD.refundFails, CARD.inquiry),
  refunds: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 2 }),
})
interface Fate {
  currency: Currency
  card: string
  refunds: number[]
  /** What the bank decides. */
  verdict?: 'win' | 'lose'
}

/** What must happen in every history, so that no seed can leave it out. */
const DISPUTED: Fate[] = [
  { currency: 'usd', card: CARD.disputed, refunds: [], verdict: 'win' },
  { currency: 'eur', card: CARD.disputed, refunds: [], verdict: 'lose' },
]

async function live({ currency, card, refunds, verdict }: Fate): Promise<void> {
  const { prisma } = shop.database
  const product = await addVariedProduct(shop, ['Size'], [{ values: ['M'], unitAmount: PRICES[currency] }], {
    currency,
  })
  const [shopper] = await signedIn(shop, 1)
  if (!shopper) throw new Error('nobody is signed in')
  const { body } = await postJson(shop, shopper, '/api/orders', {
    items: [{ variant_id: product.variants['M']?.id, quantity: 1 }],
  })
  const key = String(body['order_id'])
  const session = await postJson(shop, shopper, '/api/payments/create-session', { order_id: key })
  await payByCard(String(session.body['checkout_url']), card)
  await shop.sandbox?.idle()
  const { id } = await prisma.order.findUniqueOrThrow({ where: { key } })
  for (const amount of refunds)
    await refundOrder(depsOf(shop), id, { amount, restock: false, requestKey: `${key} ${amount}` }).catch(
      () => undefined,
    )
  if (verdict === undefined) return
  const dispute = await prisma.dispute.findFirstOrThrow({ where: { orderId: id } })
  await supertest(shop.sandbox?.url ?? '')
    .post(`/disputes/${dispute.id}/decide`)
    .type('form')
    .send({ choice: verdict })
    .expect(303)
  await shop.sandbox?.idle()
}

it('random histories of payments, refunds and disputes reconcile, and the sums are Stripe’s balance', async () => {
  for (const seed of [5, 17, 2026])
    await Promise.all([...fc.sample(fate, { numRuns: 4, seed }), ...DISPUTED].map(live))
  await shop.sandbox?.idle()
  const { summary, entries } = await compareWithStripe()
  const orders = await shop.database.prisma.order.findMany({ where: { amountPaid: { not: null } } })
  expect(new Set(orders.map(({ currency }) => currency))).toEqual(new Set(['usd', 'eur', 'jpy']))
  const statuses = await shop.database.prisma.dispute.findMany({ select: { status: true } })
  expect(statuses.map(({ status }) => status)).toEqual(expect.arrayContaining(['won', 'lost']))
  for (const currency of Object.keys(PRICES)) {
    const ofCurrency = entries.filter((entry) => entry.currency === currency)
    const booked = summary.booked.get(currency)
    const all = [...(booked?.values() ?? [])]
    expect(all.reduce((sum, one) => sum + one.net, 0)).toBe(ofCurrency.reduce((sum, { net }) => sum + net, 0))
    expect(all.reduce((sum, one) => sum + one.count, 0)).toBe(ofCurrency.length)
    // Independently: what our orders say was paid.
    const paid = orders.filter((order) => order.currency === currency)
    const sum = paid.reduce((total, { amountPaid }) => total + (amountPaid ?? 0), 0)
    expect(booked?.get('charge')?.amount).toBe(sum)
    expect(summary.recorded.get(currency)?.get('charge')?.amount).toBe(sum)
  }
}, 240_000)

it('the shop’s records come a page at a time, each once and the newest first', async () => {
  const { direct } = depsOf(shop).database
  const month = await monthOf(direct, thisMonth(), 'Asia/Kolkata')
  if (!month) throw new Error('there is no month')
  const read = async (size: number) => {
    const pages: DatedRecord[][] = []
    for await (const page of recordsOf(direct, month, size)) pages.push(page)
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(size)
    return pages.flat()
  }
  let some = await read(2)
  expect(some.length).toBeGreaterThan(18)
  // A refund of the histories may fail between the two.
  await expect
    .poll(async () => {
      some = await read(2)
      return isDeepStrictEqual(some, await read(1000))
    })
    .toBe(true)
  const times = some.map(({ at }) => at.getTime())
  expect(times).toEqual([...times].sort((one, other) => other - one))
})

it('keeps Stripe’s fees with the payments, for the CSV file of orders', async () => {
  const { key } = await paidDelivery(shop)
  await shop.sandbox?.idle()
  const summary = await compareWhenBooked()
  const { prisma } = shop.database
  const { _sum: sum } = await prisma.checkoutAttempt.aggregate({
    where: { stripeFeeCurrency: 'usd' },
    _sum: { stripeFee: true },
  })
  expect(sum.stripeFee).toBe(summary.booked.get('usd')?.get('charge')?.fee)
  const { attempts } = await prisma.order.findUniqueOrThrow({ where: { key }, include: { attempts: true } })
  const fee = ((attempts[0]?.stripeFee ?? 0) / 100).toFixed(2)
  const { text } = await operator.get('/admin/orders.csv').query({ q: key }).expect(200)
  const [head = '', line = ''] = text.split('\r\n')
  expect(head.split(',').at(-1)).toBe('stripe_fee')
  expect(line.split(',').at(-1)).toBe(fee)
  expect(textOf((await operator.get(`/admin/orders/${key}`)).text)).toContain(`Stripe’s fee $${fee}`)
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
