// The one settlement: whoever learned something about a payment brings it here, any number of times, in any order.
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../database/client.js'
import type { Prisma } from '../generated/prisma/client.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { releaseStock, takeStock } from '../orders/stock.js'
import { consequencesOf, type Consequences, type PurchaseRow } from './consequences.js'
import type { Orphans, Report } from './merge-report.js'
import { Desk, legalMove, type Settlement } from './settlement-desk.js'
import { lockOrders, saveChanges, type OrderChange } from './settlement-rows.js'

export interface SettleParts {
  /** Who is told when an order needs a person; null when nobody is configured. */
  operatorEmail: string | null
}

/**
 * Merges reports into their orders and does what follows: status, PurchaseHistory, stock and mail rows, all in the
 * caller's transaction and under the orders' locks.
 * @returns what became of each report, in their order
 */
export async function settle(
  tx: Transaction,
  reports: readonly Report[],
  parts: SettleParts,
): Promise<Settlement[]> {
  const { settlements } = await settleWith(tx, reports, parts, () => null)
  return settlements
}

/**
 * The same, and sends one more statement with the settlement's own: a round trip less where every one counts.
 * @param statement from what became of the reports; it returns ids
 * @returns those ids, too
 */
export async function settleWith(
  tx: Transaction,
  reports: readonly Report[],
  parts: SettleParts,
  statement: (settlements: Settlement[]) => Prisma.Sql | null,
): Promise<{ settlements: Settlement[]; rows: { id: string }[] }> {
  const { orders, orphans } =
    reports.length === 0
      ? { orders: [], orphans: { refunds: [], disputes: [] } }
      : await lockOrders(tx, reports)
  const desk = new Desk(orders, orphans)
  const settlements = reports.map((report) => desk.take(report))
  const last = statement(settlements)
  const rows = await apply(tx, orders, [...desk.orders.values()], parts, desk.newOrphans(), last)
  return { settlements, rows }
}

/** Brings one locked order's status, stock and mails in line with what was changed of its facts. */
export async function applyFacts(
  tx: Transaction,
  before: OrderFacts,
  after: OrderFacts,
  parts: SettleParts,
): Promise<void> {
  await apply(tx, [before], [after], parts, { refunds: [], disputes: [] })
}

async function apply(
  tx: Transaction,
  before: readonly OrderFacts[],
  after: readonly OrderFacts[],
  parts: SettleParts,
  orphans: Orphans,
  last: Prisma.Sql | null = null,
): Promise<{ id: string }[]> {
  const pairs = after.flatMap((order) => {
    const old = before.find(({ id }) => id === order.id)
    return old === undefined || isDeepStrictEqual(old, order) ? [] : [{ old, order: legalMove(old, order) }]
  })
  await moveStock(
    tx,
    pairs.map(({ order }) => order),
  )
  const changes = pairs.map(({ old, order }) => changeOf(old, order, parts))
  const rows = await saveChanges(tx, changes, orphans, last)
  for (const { old, order } of pairs)
    if (order.cartId !== null && !wasOrdered(old) && wasOrdered(order)) await clearCart(tx, order)
  return rows
}

/** Whether the shopper has once completed a checkout of it, be the money here or on its way. */
function wasOrdered(order: OrderFacts): boolean {
  return order.attempts.some(({ processingAt, paidAt }) => processingAt !== null || paidAt !== null)
}

const SHORTAGE = 'Paid after its units were given back'

/** From then on the units are between the operator and the shopper. */
function isShortage(incident: string): boolean {
  return incident.startsWith(SHORTAGE)
}

/** Takes and gives back units where what is known of an order asks for it; changes the orders that are handed in. */
async function moveStock(tx: Transaction, orders: OrderFacts[]): Promise<void> {
  const moving = orders.filter(
    (order) => order.stockHeld !== consequencesOf(order).holdsStock && !order.incidents.some(isShortage),
  )
  if (moving.length === 0) return
  // All at once and in one order: two sets that move the same products never wait in a circle.
  const products = moving.flatMap((order) => order.items.map((item) => item.productId))
  await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ANY(${products}::int[]) ORDER BY id FOR NO KEY UPDATE`
  for (const order of moving) {
    if (order.stockHeld) {
      await releaseStock(tx, order.items)
      order.stockHeld = false
      continue
    }
    // The money came after the units were given back: it is a paid order all the same.
    const short = await takeStock(tx, order.items)
    if (short === null) order.stockHeld = true
    else
      order.incidents = [
        ...new Set([...order.incidents, `${SHORTAGE}, and product ${short} is sold out now.`]),
      ].sort()
  }
}

function changeOf(before: OrderFacts, order: OrderFacts, parts: SettleParts): OrderChange {
  const { id, userId, currency, status, stockHeld, incidents } = order
  const next = consequencesOf(order)
  const { paidAt, amountPaid, amountRefunded, attention } = next
  const needsAttention = attention.join('\n') || null
  const { purchases, mails } = news(before, order, next, parts)
  return {
    order: { id, status, stockHeld, incidents, paidAt, amountPaid, amountRefunded, needsAttention },
    attempts: order.attempts.filter((attempt) => !isKnown(before.attempts, attempt)),
    refunds: order.refunds.filter((refund) => !isKnown(before.refunds, refund)),
    disputes: order.disputes.filter((dispute) => !isKnown(before.disputes, dispute)),
    purchases: purchases.map((purchase) => ({ ...purchase, userId, currency })),
    mails,
  }
}

/** The purchases and mails that were not due before. */
function news(
  before: OrderFacts,
  order: OrderFacts,
  next: Consequences,
  { operatorEmail }: SettleParts,
): { purchases: PurchaseRow[]; mails: OrderChange['mails'] } {
  const known = consequencesOf(before)
  return {
    purchases: next.purchases.filter((purchase) => !isKnown(known.purchases, purchase)),
    mails: next.mails
      .filter((mail) => !isKnown(known.mails, mail))
      .flatMap(({ kind, about, toOperator }) => {
        const to = toOperator ? operatorEmail : order.email
        return to === null ? [] : [{ kind, about, to }]
      }),
  }
}

function isKnown<Item>(known: readonly Item[], item: Item): boolean {
  return known.some((other) => isDeepStrictEqual(other, item))
}

/** What was ordered leaves the cart, once; what was added meanwhile stays. */
async function clearCart(tx: Transaction, order: OrderFacts): Promise<void> {
  for (const { productId, quantity } of order.items.toSorted((a, b) => a.productId - b.productId)) {
    await tx.cartItem.deleteMany({
      where: { cartId: order.cartId ?? 0, productId, quantity: { lte: quantity } },
    })
    await tx.cartItem.updateMany({
      where: { cartId: order.cartId ?? 0, productId, quantity: { gt: quantity } },
      data: { quantity: { decrement: quantity } },
    })
  }
}
