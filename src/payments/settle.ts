// The one settlement: whoever learned something about a session brings it here, any number of times, in any order.
import type { Transaction } from '../database/client.js'
import type { CheckoutAttempt, Order, OrderItem } from '../generated/prisma/client.js'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import type { MailWriter } from '../mail/mail-writer.js'
import { higher, isAlive, mayMove, statusOf } from '../orders/order-status.js'
import { releaseStock, takeStock } from '../orders/stock.js'
import type { SessionFacts } from './session-facts.js'

export type Settlement =
  /** Merged; whether it was news or known already. */
  | { kind: 'settled'; orderId: number }
  /** The session is no order's of this shop. */
  | { kind: 'unknown_order' }
  /** Understood, and wrong; the order is flagged and the operator told. */
  | { kind: 'quarantined'; orderId: number; reason: string }

export type LockedOrder = Order & { items: OrderItem[]; attempts: CheckoutAttempt[] }

/**
 * Merges what is known of one session into its order and does what follows from it: status, PurchaseHistory, stock and
 * mail rows, all in the caller's transaction and under the order's lock.
 */
export async function settle(tx: Transaction, facts: SessionFacts, mail: MailWriter): Promise<Settlement> {
  const orderId = await findOrderId(tx, facts)
  if (orderId === null) return { kind: 'unknown_order' }
  const order = await lockOrder(tx, orderId)

  const known = knownAttempt(order, facts)
  const status = higher(known?.status ?? 'preparing', facts.status)
  if (known?.stripeSessionId && status === known.status) return { kind: 'settled', orderId }
  if (facts.amountTotal !== order.total || facts.currency !== order.currency) {
    return quarantine(
      tx,
      order,
      `Session ${facts.sessionId} is over ${facts.amountTotal} ${facts.currency}, the order over ${order.total} ${order.currency}.`,
      mail,
    )
  }

  const attempt = await saveAttempt(tx, order, known, status, facts)
  const attempts = [...order.attempts.filter((other) => other.id !== attempt.id), attempt]
  const fault = await applyAttempts(tx, { ...order, attempts }, mail)
  if (fault) return quarantine(tx, order, fault, mail)

  const other = attempts.find((candidate) => candidate.status === 'paid' && candidate.id !== attempt.id)
  if (status === 'paid' && other) {
    return quarantine(
      tx,
      order,
      `Paid twice: by session ${other.stripeSessionId} and by ${facts.sessionId}. Refund one of them.`,
      mail,
    )
  }
  if (status === 'paid') {
    await tx.order.update({
      where: { id: orderId },
      data: { paidAt: new Date(), amountPaid: facts.amountTotal },
    })
  }
  await recordOutcome(tx, order, status, facts.sessionId, mail)
  return { kind: 'settled', orderId }
}

/** Locks the order's row for the rest of the transaction and reads it as it is then. */
export async function lockOrder(tx: Transaction, orderId: number): Promise<LockedOrder> {
  await tx.$queryRaw`SELECT id FROM "Order" WHERE id = ${orderId} FOR NO KEY UPDATE`
  return tx.order.findUniqueOrThrow({
    where: { id: orderId },
    include: { items: { orderBy: { id: 'asc' } }, attempts: { orderBy: { number: 'asc' } } },
  })
}

/**
 * Brings a locked order's status and stock in line with its attempts.
 * @returns why that can't be, or null when it is done
 */
export async function applyAttempts(
  tx: Transaction,
  order: LockedOrder,
  mail: MailWriter,
): Promise<string | null> {
  const statuses = order.attempts.map((attempt) => attempt.status)
  const next = statusOf(statuses)
  if (!mayMove(order.status, next)) return `The order can't move from ${order.status} to ${next}.`
  if (next !== order.status) await tx.order.update({ where: { id: order.id }, data: { status: next } })

  const wanted = statuses.some(isAlive)
  if (order.stockHeld && !wanted) {
    await releaseStock(tx, order.items)
    await tx.order.update({ where: { id: order.id }, data: { stockHeld: false } })
  }
  if (!order.stockHeld && wanted) {
    // The money came after the units were given back: it is a paid order all the same.
    const short = await takeStock(tx, order.items)
    if (short === null) await tx.order.update({ where: { id: order.id }, data: { stockHeld: true } })
    else
      await flag(
        tx,
        order,
        `Paid after its units were given back, and product ${short} is sold out now.`,
        mail,
      )
  }
  return null
}

/** Our own record of the session first: an event needs no metadata to be found. */
async function findOrderId(tx: Transaction, facts: SessionFacts): Promise<number | null> {
  const attempt = await tx.checkoutAttempt.findUnique({
    where: { stripeSessionId: facts.sessionId },
    select: { orderId: true },
  })
  if (attempt) return attempt.orderId
  if (facts.orderKey === null) return null
  const order = await tx.order.findUnique({ where: { key: facts.orderKey }, select: { id: true } })
  return order?.id ?? null
}

function knownAttempt(order: LockedOrder, facts: SessionFacts): CheckoutAttempt | undefined {
  return (
    order.attempts.find((attempt) => attempt.stripeSessionId === facts.sessionId) ??
    order.attempts.find((attempt) => attempt.id === facts.attemptId && attempt.stripeSessionId === null)
  )
}

/** A session that names this order and that we never opened is money for it all the same: it becomes an attempt. */
async function saveAttempt(
  tx: Transaction,
  order: LockedOrder,
  known: CheckoutAttempt | undefined,
  status: AttemptStatus,
  facts: SessionFacts,
): Promise<CheckoutAttempt> {
  const data = {
    status,
    stripeSessionId: facts.sessionId,
    url: status === 'open' ? facts.url : null,
    ...(facts.paymentIntentId && { paymentIntentId: facts.paymentIntentId }),
  }
  if (known) return tx.checkoutAttempt.update({ where: { id: known.id }, data })
  const number = (order.attempts.at(-1)?.number ?? 0) + 1
  return tx.checkoutAttempt.create({
    data: { ...data, orderId: order.id, number, expiresAt: facts.expiresAt },
  })
}

async function recordOutcome(
  tx: Transaction,
  order: LockedOrder,
  status: AttemptStatus,
  stripeSessionId: string,
  mail: MailWriter,
): Promise<void> {
  if (status === 'processing') await mail.aboutOrder(tx, 'payment_on_its_way', order.id)
  if (status !== 'paid' && status !== 'failed') return
  await tx.purchaseHistory.createMany({
    data: order.items.map((item) => ({
      productId: item.productId,
      userId: order.userId,
      orderId: order.id,
      purchaseSuccess: status === 'paid',
      quantity: item.quantity,
      amount: item.unitAmount * item.quantity,
      currency: order.currency,
      stripeSessionId,
    })),
    skipDuplicates: true,
  })
  await mail.aboutOrder(tx, status === 'paid' ? 'purchase_succeeded' : 'purchase_failed', order.id)
}

async function quarantine(
  tx: Transaction,
  order: Order,
  reason: string,
  mail: MailWriter,
): Promise<Settlement> {
  await flag(tx, order, reason, mail)
  return { kind: 'quarantined', orderId: order.id, reason }
}

/** Whatever was written there before stays: an operator must see every reason. */
async function flag(tx: Transaction, order: Order, reason: string, mail: MailWriter): Promise<void> {
  const { needsAttention } = await tx.order.findUniqueOrThrow({
    where: { id: order.id },
    select: { needsAttention: true },
  })
  const reasons = (needsAttention ?? '').split('\n').filter(Boolean)
  if (reasons.includes(reason)) return
  await tx.order.update({
    where: { id: order.id },
    data: { needsAttention: [...reasons, reason].join('\n') },
  })
  await mail.toOperator(tx, order.id, reason)
}
