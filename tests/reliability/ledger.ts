// Histories on a real database: creates their orders with open sessions, and reads the outcome from the tables.
import { randomBytes, randomInt } from 'node:crypto'
import fc from 'fast-check'
import { expect, inject } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { newOrderKey } from '../../src/orders/order-key.js'
import { sessionReport } from '../../src/payments/session-report.js'
import { settle } from '../../src/payments/settle.js'
import { handleEvents, type HandleDeps } from '../../src/webhooks/handle-events.js'
import type { SignedEvent } from '../../src/webhooks/verify.js'
import { startPgBouncer } from '../support/pgbouncer.js'
import { createTestDatabase } from '../support/postgres/test-database.js'
import { purchasesBySession } from './memory.js'
import { anyPlan, isPaid, outcomeOf, refundAmount, totalOf, type Outcome, type Plan } from './order-lives.js'
import {
  mixed,
  namesOf,
  randomFrom,
  occurrencesOf,
  type Occurrence,
  type PlannedOrder,
} from './plan-events.js'

export interface Ledger {
  database: Database
  parts: HandleDeps
  /** The products of every order here. The unit amounts are the orders' own. */
  productIds: number[]
  close(): Promise<void>
}

const STOCK = 1_000_000
const APP_ID = 'till-on-a-database'

export async function openLedger(): Promise<Ledger> {
  const { url, drop } = await createTestDatabase()
  if (!inject('pgbouncer')) return ledgerAt(url, APP_ID, drop)
  const bouncer = await startPgBouncer(url)
  return ledgerAt(bouncer.through(url), APP_ID, async () => {
    await bouncer.stop()
    await drop()
  })
}

/** A ledger on an existing database, with its own products. */
export async function ledgerAt(url: string, appId: string, drop: () => Promise<void>): Promise<Ledger> {
  const database = openDatabase(url, { max: 8 })
  const productIds = []
  for (const slug of ['first', 'second']) {
    const words = { name: slug, summary: '', description: '', image: '/none.png', category: 'test' }
    const money = { unitAmount: 1000, currency: 'usd' }
    const product = await database.prisma.product.create({ data: { slug, ...words, ...money, stock: STOCK } })
    productIds.push(product.id)
  }
  return {
    database,
    productIds,
    parts: { database, appId, livemode: false, operatorEmail: 'operator@till.example' },
    async close() {
      await database.close()
      await drop()
    },
  }
}

export interface StoredOrder {
  id: number
  plan: Plan
  order: PlannedOrder
  occurrences: Occurrence[]
}

/**
 * Creates the order with open sessions, held units and the shop's requested refunds.
 * @param turn index of the first line's product; random by default
 */
export async function storeOrder(
  { database, productIds, parts }: Ledger,
  plan: Plan,
  turn = randomInt(productIds.length),
): Promise<StoredOrder> {
  const label = randomBytes(6).toString('hex')
  const names = namesOf(label)
  const key = newOrderKey()
  const { prisma } = database
  const email = `${label}@shopper.example`
  const items = plan.lines.map(([unitAmount, quantity], index) => ({
    productId: productIds[(turn + index) % productIds.length] ?? 0,
    name: 'A thing',
    unitAmount,
    quantity,
  }))
  for (const { productId, quantity } of items)
    await prisma.product.update({ where: { id: productId }, data: { stock: { decrement: quantity } } })
  const order = await prisma.order.create({
    data: {
      key,
      user: { create: { email, name: 'Ada Shopper', passwordHash: 'none' } },
      email,
      currency: 'usd',
      total: totalOf(plan) + plan.shipping,
      shippingTotal: plan.shipping,
      taxBehavior: 'exclusive',
      automaticTax: true,
      stockHeld: true,
      items: { create: items },
      attempts: {
        create: plan.sessions.map((_session, index) => ({
          number: index + 1,
          status: 'open' as const,
          stripeSessionId: names.session(index),
          url: 'http://127.0.0.1/pay',
          expiresAt: new Date(0),
        })),
      },
    },
    include: { attempts: { orderBy: { number: 'asc' } } },
  })
  const refundIds = new Map<string, string>()
  for (const [index, session] of plan.sessions.entries()) {
    for (const [nth, refund] of session.refunds.entries()) {
      if (!refund.ours || !isPaid(session)) continue
      const row = await prisma.refund.create({
        data: {
          orderId: order.id,
          paymentIntentId: names.intent(index),
          amount: refundAmount(plan, session, refund),
          currency: 'usd',
          restock: refund.ours.restock,
        },
      })
      refundIds.set(names.refund(index, nth), row.id)
    }
  }
  const attemptIds = order.attempts.map(({ id }) => id)
  const plannedOrder = { key, appId: parts.appId, attemptIds, refundIds, names }
  return { id: order.id, plan, order: plannedOrder, occurrences: occurrencesOf(plan, plannedOrder, label) }
}

/** Applies sets of reports, several at a time, as concurrent processes would. */
export async function deliverAll(
  { database, parts }: Ledger,
  sets: readonly Occurrence[][],
  atOnce: number,
): Promise<void> {
  const queue = [...sets]
  const work = async () => {
    for (let set = queue.shift(); set !== undefined; set = queue.shift()) {
      const events = set.filter((one): one is SignedEvent => 'type' in one)
      const looks = set.flatMap((one) => ('session' in one ? [sessionReport(one.session, one.at)] : []))
      if (looks.length > 0) await database.prisma.$transaction((tx) => settle(tx, { reports: looks }, parts))
      if (events.length > 0) await handleEvents(parts, events)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Reads an order's outcome from the tables. */
export async function readOutcome({ database: { prisma } }: Ledger, id: number): Promise<Outcome> {
  const order = await prisma.order.findUniqueOrThrow({
    where: { id },
    include: {
      attempts: true,
      refunds: true,
      disputes: true,
      purchases: true,
      mails: true,
      reportedIncidents: { where: { resolvedAt: null } },
    },
  })
  return {
    status: order.status,
    amountPaid: order.amountPaid,
    amountRefunded: order.amountRefunded,
    stockHeld: order.stockHeld,
    sessions: order.attempts.map(({ stripeSessionId, status }) => `${stripeSessionId} ${status}`).sort(),
    refunds: order.refunds
      .map(({ stripeRefundId, status, amount }) => `${stripeRefundId} ${status} ${amount}`)
      .sort(),
    disputes: order.disputes.map((dispute) => `${dispute.id} ${dispute.status}`).sort(),
    purchases: purchasesBySession(
      order.purchases.map((row) => [
        `${row.stripeSessionId} ${row.productId} ${row.purchaseSuccess}`,
        row.amount,
      ]),
    ),
    mails: order.mails.map(({ kind, about }) => `${kind} ${about}`).sort(),
    incidents: order.reportedIncidents.map(({ kind, subject }) => `${kind} ${subject}`).sort(),
    attention: order.needsAttention?.split('\n') ?? [],
  }
}

/** Units of the ledger's products held by orders, and units missing from their stock. */
export async function readStock({ database, productIds }: Ledger) {
  const { rows } = await database.pool.query<{ held: number; gone: number }>(
    `SELECT (SELECT coalesce(sum(i.quantity), 0)::int FROM "OrderItem" i JOIN "Order" o ON o.id = i."orderId"
             WHERE o."stockHeld" AND i."productId" = ANY($1)) AS held,
            (SELECT sum($2 - stock)::int FROM "Product" WHERE id = ANY($1)) AS gone`,
    [productIds, STOCK],
  )
  return rows[0]
}

/**
 * Draws histories, applies them interleaved, and compares each order with its plan.
 * @returns number of reports applied
 */
export async function checkHistories(ledger: Ledger, histories: number, seed: number): Promise<number> {
  const random = randomFrom(seed)
  const orders: StoredOrder[] = []
  for (const plan of fc.sample(anyPlan, { numRuns: histories, seed }))
    orders.push(await storeOrder(ledger, plan))
  // Interleaves two orders at a time, so that concurrent sets are about the same orders.
  const sets = orders.flatMap((_order, index) =>
    index % 2 === 0
      ? mixed(
          orders.slice(index, index + 2).flatMap(({ occurrences }) => occurrences),
          random,
          4,
        )
      : [],
  )
  await deliverAll(ledger, sets, 4)
  for (const { id, plan, order } of orders)
    expect(await readOutcome(ledger, id), `seed ${seed}: ${JSON.stringify(plan)}`).toEqual(
      outcomeOf(plan, order.names),
    )
  const stock = await readStock(ledger)
  expect(stock?.gone).toBe(stock?.held)
  expect(await ledger.database.prisma.stripeEvent.count({ where: { NOT: { outcome: 'done' } } })).toBe(0)
  expect(await ledger.database.prisma.refund.count({ where: { orderId: null } })).toBe(0)
  expect(await ledger.database.prisma.dispute.count({ where: { orderId: null } })).toBe(0)
  return sets.flat().length
}
