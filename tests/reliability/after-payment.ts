// What shoppers and operators do with orders after placing them, at random and at once, and what must be true afterwards.
import fc from 'fast-check'
import { expect } from 'vitest'
import { answerReturn } from '../../src/fulfilment/answer-return.js'
import { cancelOrder } from '../../src/fulfilment/cancel-order.js'
import { correctAddress } from '../../src/fulfilment/correct-address.js'
import { linesToSend, WITH_FULFILMENT } from '../../src/fulfilment/locked-order.js'
import { refundReturn } from '../../src/fulfilment/refund-return.js'
import { refundLines } from '../../src/fulfilment/refund-lines.js'
import { requestReturn } from '../../src/fulfilment/request-return.js'
import { markDelivered, shipOrder } from '../../src/fulfilment/ship-order.js'
import { Problem } from '../../src/http/problem.js'
import { fulfilmentOf } from '../../src/orders/fulfilment.js'
import { stateOf } from '../../src/orders/order-label.js'
import { refundOrder } from '../../src/payments/refunds.js'
import { settleOrder } from '../../src/payments/settle-order.js'
import { payByCard } from '../support/pay-page.js'
import { place, STOCK } from '../support/place.js'
import type { TestShop } from '../support/shop.js'
import { depsOf } from './crowd.js'

/** `line` and `nth` choose among what the order has at that moment. */
export type Move =
  | { kind: 'ship'; line: number | null; units: number }
  | { kind: 'deliver'; nth: number | null }
  | { kind: 'request a return'; line: number; units: number }
  | { kind: 'answer a return'; nth: number; to: 'accepted' | 'received' | 'declined' }
  | { kind: 'refund a return'; nth: number; restock: boolean }
  | { kind: 'refund unsent units'; line: number; units: number; restock: boolean }
  /** Null: all that is left. */
  | { kind: 'refund'; amount: number | null; restock: boolean }
  | { kind: 'cancel'; by: 'shopper' | 'operator' }
  | { kind: 'correct the address' }

export interface Life {
  /** Units of each line. */
  units: [number, number]
  pays: 'first' | 'meanwhile' | 'never'
  /** Each set at once. */
  sets: Move[][]
}

const line = fc.nat(1)
const units = fc.integer({ min: 1, max: 3 })
const nth = fc.nat(3)
const restock = fc.boolean()
const move = <Kind extends Move['kind']>(
  kind: Kind,
  fields: { [Name in keyof Omit<Extract<Move, { kind: Kind }>, 'kind'>]: fc.Arbitrary<unknown> },
) => fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Move>

const anyMove = fc.oneof(
  { weight: 5, arbitrary: move('ship', { line: fc.option(line, { freq: 3 }), units }) },
  { weight: 2, arbitrary: move('deliver', { nth: fc.option(nth) }) },
  { weight: 5, arbitrary: move('request a return', { line, units }) },
  {
    weight: 5,
    arbitrary: move('answer a return', {
      nth,
      to: fc.constantFrom('accepted', 'accepted', 'accepted', 'received', 'declined'),
    }),
  },
  { weight: 6, arbitrary: move('refund a return', { nth, restock }) },
  { weight: 2, arbitrary: move('refund unsent units', { line, units, restock }) },
  {
    weight: 1,
    arbitrary: move('refund', {
      amount: fc.option(fc.integer({ min: 50, max: 4000 }), { freq: 3 }),
      restock,
    }),
  },
  { weight: 1, arbitrary: move('cancel', { by: fc.constantFrom('shopper', 'operator') }) },
  { weight: 1, arbitrary: move('correct the address', {}) },
)

/** A move alone, one clicked twice, or several at once. */
const anySet = fc.oneof(
  anyMove.map((one) => [one]),
  anyMove.map((one) => [one, one]),
  fc.array(anyMove, { minLength: 2, maxLength: 4 }),
)

const anyLife: fc.Arbitrary<Life> = fc.record({
  units: fc.tuple(units, units),
  pays: fc.constantFrom('first', 'first', 'first', 'first', 'meanwhile', 'never'),
  // Half of them begin with a shipment of all, because what follows needs one.
  sets: fc
    .tuple(
      fc.constantFrom<Move[][]>([], [[{ kind: 'ship', line: null, units: 0 }]]),
      fc.array(anySet, { minLength: 3, maxLength: 12 }),
    )
    .map(([first, others]) => [...first, ...others]),
})

/** Succeeded moves by kind. */
export type Tally = Partial<Record<Move['kind'], number>>

/** Lives an order through, and checks it. Two lives never share an order or a product. */
async function live(shop: TestShop, life: Life): Promise<Tally> {
  const { orderId, variantIds, url } = await place(shop, life)
  const tally: Tally = {}
  if (life.pays === 'first') {
    expect((await payByCard(url)).status).toBe(303)
    await shop.sandbox?.idle()
  }
  // A session that a cancellation has closed can't be paid.
  const paying = life.pays === 'meanwhile' ? payByCard(url).catch(() => null) : null
  for (const set of life.sets)
    await Promise.all(
      set.map(async (one) => {
        if (await succeeds(make(shop, orderId, one))) tally[one.kind] = (tally[one.kind] ?? 0) + 1
      }),
    )
  await paying
  await shop.sandbox?.idle()
  const before = await check(shop, orderId, variantIds, tally)
  await settleOrder(depsOf(shop), orderId)
  // Stripe has nothing to add.
  expect(await check(shop, orderId, variantIds, tally)).toEqual(before)
  return tally
}

/** @returns false for a refusal */
async function succeeds(moving: Promise<unknown>): Promise<boolean> {
  try {
    return (await moving) !== null
  } catch (error) {
    // An order that is being paid or closed elsewhere is busy for a moment.
    if (error instanceof Problem && (error.status < 500 || error.code === 'order_busy')) return false
    throw error
  }
}

/** @returns null when the order has nothing to do it with */
async function make(shop: TestShop, orderId: number, move: Move): Promise<unknown> {
  const deps = depsOf(shop)
  const { items, shipments, returns } = await shop.database.prisma.order.findUniqueOrThrow({
    where: { id: orderId },
    include: WITH_FULFILMENT,
  })
  const linesOf = (index: number, quantity: number) => [{ orderItemId: items[index]?.id ?? 0, quantity }]
  const returned = 'nth' in move ? returns[(move.nth ?? 0) % Math.max(returns.length, 1)] : undefined
  switch (move.kind) {
    case 'ship':
      return shipOrder(deps, orderId, {
        lines: move.line === null ? null : linesOf(move.line, move.units),
        ...{ carrier: 'DHL', trackingNumber: '1', trackingUrl: null, requestKey: null },
      })
    case 'deliver':
      return markDelivered(
        deps,
        orderId,
        move.nth === null ? null : (shipments[move.nth % Math.max(shipments.length, 1)]?.id ?? 0),
      )
    case 'request a return':
      return requestReturn(deps, orderId, { lines: linesOf(move.line, move.units), reason: 'Too large' })
    case 'answer a return': {
      if (!returned) return null
      const answer = move.to === 'received' ? { state: move.to } : { state: move.to, text: 'Thank you' }
      return answerReturn(deps, { id: returned.id, orderId }, answer)
    }
    case 'refund a return':
      if (!returned) return null
      return refundReturn(deps, { id: returned.id, orderId }, { amount: null, restock: move.restock })
    case 'refund unsent units':
      return refundLines(deps, orderId, {
        ...{ lines: linesOf(move.line, move.units), sent: false, shipping: false },
        ...{ amount: null, restock: move.restock, requestKey: null },
      })
    case 'refund':
      return refundOrder(deps, orderId, { amount: move.amount, restock: move.restock, requestKey: null })
    case 'cancel':
      return cancelOrder(deps, orderId, move.by)
    case 'correct the address':
      return correctAddress(deps, orderId, { line1: 'Neue Straße 2' })
  }
}

/** Checks what must be true of an order whatever happened. @returns what a repeated settlement must not change */
async function check(shop: TestShop, orderId: number, variantIds: number[], tally: Tally) {
  const { prisma } = shop.database
  const order = await prisma.order.findUniqueOrThrow({
    where: { id: orderId },
    include: { ...WITH_FULFILMENT, refunds: true, mails: true, attempts: true },
  })
  const { amountPaid, amountRefunded, shipments, returns, mails, status, canceledAt } = order
  const unitsIn = (groups: readonly { items: { orderItemId: number; quantity: number }[] }[], id: number) =>
    groups
      .flatMap(({ items }) => items)
      .reduce((sum, item) => sum + (item.orderItemId === id ? item.quantity : 0), 0)

  const unsent = returns.filter((one) => one.unsent)
  const sentBack = returns.filter((one) => !one.unsent)
  for (const { id, quantity } of order.items) {
    expect(unitsIn(shipments, id)).toBeLessThanOrEqual(quantity - unitsIn(unsent, id))
    const notDeclined = sentBack.filter((one) => one.status !== 'declined')
    expect(unitsIn(notDeclined, id)).toBeLessThanOrEqual(unitsIn(shipments, id))
  }

  // Money.
  expect(amountRefunded).toBeLessThanOrEqual(amountPaid ?? 0)
  const intents = order.attempts.flatMap(({ paymentIntentId }) => paymentIntentId ?? [])
  const atStripe = (
    await Promise.all(
      intents.map((intent) => shop.stripe.refunds.list({ payment_intent: intent, limit: 100 })),
    )
  ).flatMap(({ data }) => data)
  expect(order.refunds.map(({ stripeRefundId }) => stripeRefundId).sort()).toEqual(
    atStripe.map(({ id }) => id).sort(),
  )
  expect(atStripe.reduce((sum, { amount }) => sum + amount, 0)).toBe(amountRefunded)
  const refunded = returns.filter((one) => one.status === 'refunded')
  expect(new Set(refunded.map(({ refundId }) => refundId)).size).toBe(refunded.length)
  expect(refunded.every(({ refundId }) => order.refunds.some(({ id }) => id === refundId))).toBe(true)
  expect(returns.filter((one) => one.restocked && one.status !== 'refunded')).toEqual([])

  // Stock.
  const restocked = returns.filter((one) => one.restocked)
  for (const [index, variantId] of variantIds.entries()) {
    const item = order.items[index]
    const out = order.stockHeld && item ? item.quantity - unitsIn(restocked, item.id) : 0
    expect((await prisma.variant.findUniqueOrThrow({ where: { id: variantId } })).stock).toBe(STOCK - out)
  }
  const wholeRestocked = order.refunds.some((one) => one.restock) && status === 'refunded'
  if (amountPaid !== null) expect(order.stockHeld).toBe(!wholeRestocked)

  // Status and label.
  expect(order.fulfilment).toBe(fulfilmentOf(linesToSend(order), shipments))
  if (amountPaid === null) {
    expect([shipments, returns, order.refunds]).toEqual([[], [], []])
    expect(['pending', 'expired']).toContain(status)
    expect(stateOf(order)).toBe(canceledAt === null ? status : 'canceled')
  } else {
    expect(canceledAt).toBeNull()
    expect(status).toBe(
      amountRefunded === 0 ? 'paid' : amountRefunded === amountPaid ? 'refunded' : 'partially_refunded',
    )
    expect(stateOf(order)).toBe(expectedLabel())
  }
  expect(order.needsAttention).toBeNull()
  expect(order.correctedAddress !== null).toBe((tally['correct the address'] ?? 0) > 0)

  // Each mail once.
  const about = (kind: string, whats: (string | number | null)[]) => whats.map((what) => `${kind} ${what}`)
  const keysOf = (when: 'createdAt' | 'acceptedAt' | 'receivedAt' | 'declinedAt') =>
    sentBack.filter((one) => one[when] !== null).map(({ key }) => key)
  const delivered = shipments.filter(({ deliveredAt }) => deliveredAt !== null)
  expect(
    mails
      .map(({ kind, about: what }) => `${kind} ${what}`)
      .filter((mail) => mail !== 'order_canceled ')
      .sort(),
  ).toEqual(
    [
      ...(amountPaid === null ? [] : ['purchase_succeeded ']),
      ...about(
        'shipment_sent',
        shipments.map(({ id }) => id),
      ),
      ...about(
        'shipment_delivered',
        delivered.map(({ id }) => id),
      ),
      ...about('return_requested', keysOf('createdAt')),
      ...about('return_to_answer', keysOf('createdAt')),
      ...about('return_accepted', keysOf('acceptedAt')),
      ...about('return_received', keysOf('receivedAt')),
      ...about('return_declined', keysOf('declinedAt')),
      ...about(
        'refund_succeeded',
        atStripe.map(({ id }) => id),
      ),
    ].sort(),
  )
  const canceledMails = mails.filter(({ kind }) => kind === 'order_canceled').length
  expect(canceledMails).toBeLessThanOrEqual(canceledAt === null ? 0 : 1)
  const { stockHeld, fulfilment } = order
  return { status, fulfilment, canceledAt, amountPaid, amountRefunded, stockHeld, mails: mails.length }

  function expectedLabel(): string {
    if (status === 'refunded') return 'refunded'
    for (const state of ['received', 'accepted', 'requested'])
      if (returns.some((one) => one.status === state)) return `return_${state}`
    if (order.fulfilment === 'none') return 'preparing'
    if (order.fulfilment === 'partly_shipped' || order.fulfilment === 'shipped') return order.fulfilment
    return status === 'partially_refunded' ? status : order.fulfilment
  }
}

/**
 * Draws lives and lives them, several at a time.
 * @returns how many moves succeeded, by kind
 */
export async function checkLives(
  shop: TestShop,
  count: number,
  atOnce: number,
  seed: number,
): Promise<Tally> {
  const queue = fc.sample(anyLife, { numRuns: count, seed })
  const total: Tally = {}
  const work = async () => {
    for (let life = queue.shift(); life; life = queue.shift()) {
      const tally = await live(shop, life).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${JSON.stringify(life)}`, { cause: error })
      })
      for (const [kind, times] of Object.entries(tally) as [Move['kind'], number][])
        total[kind] = (total[kind] ?? 0) + times
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return total
}
