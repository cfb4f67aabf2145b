// Two people do something with one order at the same moment: money is refunded once, units are sent once, and it has one owner.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { joinOrders } from '../../src/accounts/join-orders.js'
import { answerReturn } from '../../src/fulfilment/answer-return.js'
import { cancelOrder } from '../../src/fulfilment/cancel-order.js'
import { refundReturn } from '../../src/fulfilment/refund-return.js'
import { refundLines } from '../../src/fulfilment/refund-lines.js'
import { requestReturn } from '../../src/fulfilment/request-return.js'
import { shipOrder, type NewShipment } from '../../src/fulfilment/ship-order.js'
import { Problem } from '../../src/http/problem.js'
import { hashToken, newToken } from '../../src/http/random-token.js'
import { refundOrder } from '../../src/payments/refunds.js'
import { openOrder } from '../support/events.js'
import { payByCard } from '../support/pay-page.js'
import { engine } from '../support/postgres/test-database.js'
import { reportOfSession, settleReports } from '../support/settled-orders.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { place } from '../support/place.js'
import { click, depsOf, signedIn } from './crowd.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(async () => {
  await shop.close()
})

const ROUNDS = 15
const say = (line: string) => console.log(`${engine()}: ${line}`)
const prisma = () => shop.database.prisma

async function paidOrder(units: [number, number]) {
  const placed = await place(shop, { units })
  expect((await payByCard(placed.url)).status).toBe(303)
  await shop.sandbox?.idle()
  return { ...placed, order: await load(placed.orderId) }
}

const load = (id: number) =>
  prisma().order.findUniqueOrThrow({
    where: { id },
    include: {
      items: { orderBy: { id: 'asc' } },
      shipments: { include: { items: true } },
      ...{ returns: true, refunds: true, mails: true, purchases: true },
    },
  })

/** The code of each refusal, and "done" for the others. */
async function outcomes(...all: Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(all)
  return settled.map((one) => {
    if (one.status === 'fulfilled') return 'done'
    if (one.reason instanceof Problem) return one.reason.code
    throw one.reason as Error
  })
}

function countOf(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return JSON.stringify(Object.fromEntries(counts))
}

const all: NewShipment = {
  ...{ lines: null, carrier: null, trackingNumber: null, trackingUrl: null, requestKey: null },
}

it('a return is refunded by three while two refund the order: no more than was paid, and the return once', async () => {
  const deps = depsOf(shop)
  const seen: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const { orderId, order } = await paidOrder([2, 1])
    await shipOrder(deps, orderId, all)
    const lines = order.items.map(({ id, quantity }) => ({ orderItemId: id, quantity }))
    const { id } = await requestReturn(deps, orderId, { lines, reason: 'Too large' })
    await answerReturn(deps, { id, orderId }, { state: 'accepted', text: 'Send it back' })
    // All that is left in one half of the rounds, a part in the other.
    const amount = round % 2 === 0 ? null : 3000
    const refund = () => refundOrder(deps, orderId, { amount, restock: false, requestKey: null })
    const refundIt = () => refundReturn(deps, { id, orderId }, { amount: null, restock: true })
    seen.push(...(await outcomes(refundIt(), refund(), refundIt(), refund(), refundIt())))
    await shop.sandbox?.idle()

    const after = await load(orderId)
    const { data } = await shop.stripe.refunds.list({
      payment_intent: after.refunds[0]?.paymentIntentId ?? '',
      limit: 100,
    })
    const atStripe = data.reduce((sum, one) => sum + one.amount, 0)
    expect(atStripe).toBe(after.amountRefunded)
    expect(atStripe).toBeLessThanOrEqual(after.amountPaid ?? 0)
    expect(after.refunds.map(({ status }) => status)).toEqual(data.map(() => 'succeeded'))
    const [returned] = after.returns
    if (returned?.status === 'refunded')
      expect(after.refunds.filter((one) => one.id === returned.refundId)).toHaveLength(1)
    else expect(returned).toMatchObject({ status: 'accepted', refundId: null, restocked: false })
    expect(after.mails.filter(({ kind }) => kind === 'refund_succeeded')).toHaveLength(data.length)
  }
  say(`${ROUNDS} returns and refunds at once: ${countOf(seen)}`)
})

it('five shipments of the same units at once are one shipment with one mail', async () => {
  const deps = depsOf(shop)
  for (let round = 0; round < ROUNDS; round++) {
    const { orderId, order } = await paidOrder([2, 1])
    const [first, second] = order.items
    const lines = [
      { orderItemId: first?.id ?? 0, quantity: 2 },
      { orderItemId: second?.id ?? 0, quantity: 1 },
    ]
    const ship = (change: Partial<NewShipment>) => shipOrder(deps, orderId, { ...all, ...change })
    const key = `race ${orderId}`
    const words = await outcomes(
      ship({ lines }),
      ship({}),
      ship({ lines: lines.toReversed() }),
      ship({ requestKey: key }),
      ship({ requestKey: key }),
    )
    const after = await load(orderId)
    expect(after.shipments).toHaveLength(1)
    expect(after.shipments[0]?.items.toSorted((a, b) => a.orderItemId - b.orderItemId)).toMatchObject(lines)
    expect(words.filter((word) => word === 'done')).toHaveLength(
      after.shipments[0]?.requestKey === key ? 2 : 1,
    )
    expect(after.fulfilment).toBe('shipped')
    expect(after.mails.filter(({ kind }) => kind === 'shipment_sent')).toHaveLength(1)
  }
})

it('units that are shipped and refunded at once are one of the two', async () => {
  const deps = depsOf(shop)
  const seen: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const { orderId, order } = await paidOrder([3, 1])
    const lines = [{ orderItemId: order.items[0]?.id ?? 0, quantity: 2 }]
    const unsent = { lines, sent: false, shipping: false }
    const refund = () =>
      refundLines(deps, orderId, { ...unsent, amount: null, restock: true, requestKey: null })
    const ship = () => shipOrder(deps, orderId, { ...all, lines })
    const words = await outcomes(...(round % 2 === 0 ? [ship(), refund()] : [refund(), ship()]), refund())
    seen.push(...words)
    await shop.sandbox?.idle()
    const { shipments, returns, refunds } = await load(orderId)
    expect([shipments.length, returns.length]).toEqual(shipments.length === 1 ? [1, 0] : [0, 1])
    expect(refunds).toHaveLength(returns.length)
    expect(words).toContain('more_than_ordered')
  }
  say(`${ROUNDS} times units shipped and refunded at once: ${countOf(seen)}`)
})

it('an order that is canceled by two while it is paid is paid or canceled', async () => {
  const deps = depsOf(shop)
  const ends: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const { orderId, url } = await place(shop, { units: [1, 1] })
    const pay = async () => {
      // Paying takes fewer steps than canceling: let it begin later in most rounds.
      for (let wait = 0; wait < round % 5; wait++) await load(orderId)
      await payByCard(url).catch(() => null)
    }
    await outcomes(cancelOrder(deps, orderId, 'operator'), pay(), cancelOrder(deps, orderId, 'shopper'))
    await shop.sandbox?.idle()
    const { status, canceledAt, stockHeld, purchases } = await load(orderId)
    expect(canceledAt === null).toBe(status === 'paid')
    expect([stockHeld, purchases.length > 0]).toEqual([status === 'paid', status === 'paid'])
    ends.push(status)
  }
  say(`${ROUNDS} orders canceled while they are paid: ${countOf(ends)}`)
})

it('a guest’s order that two accounts claim at once while it is paid belongs to the one with its address', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [owner, other] = await signedIn(shop, 2)
    if (!owner || !other) throw new Error('nobody is signed in')
    const idOf = async (email: string) => (await prisma().user.findUniqueOrThrow({ where: { email } })).id
    const [ownerId, otherId] = [await idOf(owner.email), await idOf(other.email)]
    await prisma().user.updateMany({
      where: { id: { in: [ownerId, otherId] } },
      data: { verifiedAt: new Date() },
    })
    const token = newToken()
    const placed = await openOrder(shop)
    const cart = await prisma().cart.create({ data: { tokenHash: hashToken(token) } })
    await prisma().order.update({
      where: { id: placed.id },
      data: { userId: null, guestHash: hashToken(token), email: owner.email, cartId: cart.id },
    })
    // Both sign in, in the browser that placed it.
    const inThatBrowser = ({ email, cookie }: typeof owner) => ({
      email,
      cookie: `${cookie}; till-cart=${token}`,
    })
    const visit = (shopper: typeof owner) => click(shop, inThatBrowser(shopper), 'GET', '/account/orders')
    const known = { ...placed, paymentIntentId: `pi_${placed.key}` }
    const [answers] = await Promise.all([
      Promise.all([visit(other), visit(owner), visit(other), visit(owner)]),
      settleReports(shop, reportOfSession(known, 'processing'), reportOfSession(known, 'paid')),
      prisma().$transaction((tx) => joinOrders(tx, otherId)),
      prisma().$transaction((tx) => joinOrders(tx, ownerId)),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await prisma().$transaction((tx) => joinOrders(tx, ownerId))
    expect(await load(placed.id)).toMatchObject({
      ...{ userId: ownerId, guestHash: null, status: 'paid' },
      purchases: [{ userId: ownerId, purchaseSuccess: true }],
    })
    expect((await click(shop, owner, 'GET', `/orders/${placed.key}`)).status).toBe(200)
    expect((await click(shop, inThatBrowser(other), 'GET', `/orders/${placed.key}`)).status).toBe(404)
  }
})

it('no deadlock occurred', async () => {
  const { rows } = await shop.database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(Number(rows[0]?.deadlocks)).toBe(0)
})
