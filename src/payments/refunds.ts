// Refunds: writes the refund's row, then calls Stripe, then settles Stripe's answer. Events about the refund settle it too.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Refund, UnmatchedPayment } from '../generated/prisma/client.js'
import { formatMoney, LARGEST_STORED } from '../money.js'
import { readNote } from '../orders/notes.js'
import { refundableOf, type OrderFacts, type Payment, type RefundFacts } from '../orders/order-facts.js'
import { amountOf } from '../orders/stored-amounts.js'
import { lockOrder, lockUnattributed, readOrder } from './order-store.js'
import type { PaymentDeps } from './payment-deps.js'
import {
  checkMoney,
  choosePayment,
  refundablePayments,
  refused,
  refuseIfDisputed,
  refuseIfNothingLeft,
  refusalOf,
  shippingLeft,
  type RefundReasons,
  type RefundState,
  type WantedRefund,
} from './refundable.js'
import { LEASE_SECONDS, sendRefund } from './send-refunds.js'

/**
 * Refunds an order, all or in part.
 *
 * If an earlier refund of the same amount still waits for Stripe's answer, this continues it instead of starting a second
 * one: the answer may have been lost.
 * @returns the refund's row, after Stripe's answer
 * @throws Problem, for the operator, when nothing was paid, the amount is more than is left, units are to be restocked for
 * a part of the money, delivery was refunded before, the payment is disputed, or Stripe refuses; 503 when Stripe can't be
 * reached: the refund is kept and sent later by the background loop
 */
export function refundOrder(deps: PaymentDeps, orderId: number, wanted: WantedRefund): Promise<Refund> {
  return makeRefund(deps, (tx) => writeRefund(tx, orderId, wanted))
}

/** @param write writes the refund's row, or finds the one to continue, and returns its id */
async function makeRefund(deps: PaymentDeps, write: (tx: Transaction) => Promise<string>): Promise<Refund> {
  const { prisma } = deps.database
  const id = await prisma.$transaction(write)
  await sendRefund(deps, await prisma.refund.findUniqueOrThrow({ where: { id } }), { unattended: false })
  return prisma.refund.findUniqueOrThrow({ where: { id } })
}

async function writeRefund(tx: Transaction, orderId: number, wanted: WantedRefund): Promise<string> {
  const order = await lockOrder(tx, orderId)
  const id = await findOrCreateRefund(tx, order, wanted)
  await wanted.withRow?.(tx, order, id)
  return id
}

async function findOrCreateRefund(tx: Transaction, order: OrderFacts, wanted: WantedRefund): Promise<string> {
  const { id: orderId } = order
  if (wanted.requestKey !== null) {
    const known = await tx.refund.findUnique({ where: { requestKey: wanted.requestKey } })
    if (known && known.orderId !== orderId)
      throw refused('key_reused', 'That key belongs to another order’s refund.')
    if (known && !wanted.withRow && wanted.amount !== null && wanted.amount !== amountOf(known))
      throw refused('key_reused', 'That key belongs to a refund of another amount.')
    if (known) return known.id
  }
  const payments = refundablePayments(order, wanted.payment ?? null)
  refuseIfDisputed(order, payments)
  const unanswered = await findUnanswered(tx, orderId, wanted, payments)
  if (unanswered !== null) {
    if (wanted.restock && !unanswered.restock)
      throw refused(
        'refund_unanswered',
        `A refund of ${formatMoney(amountOf(unanswered), unanswered.currency)} that puts no units on sale again waits for Stripe’s answer: ask again when that is here.`,
      )
    return unanswered.id
  }

  refuseIfNothingLeft(payments)
  const { payment, amount } = choosePayment(order, payments, wanted)
  const { restock, requestKey, shippingAmount = 0 } = wanted
  if (shippingAmount > (await shippingLeft(tx, order)))
    throw refused('shipping_refunded', 'What was paid for delivery has been refunded before.')
  const { id } = await tx.refund.create({
    data: {
      orderId,
      paymentIntentId: payment.paymentIntentId,
      ...amountColumns(amount),
      currency: payment.currency,
      ...{ restock, requestKey, shippingAmount, ...reasonsOf(wanted) },
      retryAt: new Date(Date.now() + LEASE_SECONDS * 1000),
    },
  })
  await recordAudit(tx, {
    ...{ action: 'order.refunded', subject: 'order', subjectId: order.key },
    fields: [
      'amount',
      ...(restock ? ['restock'] : []),
      ...(shippingAmount > 0 ? ['shipping'] : []),
      ...(wanted.withRow ? ['items'] : []),
      ...namesOf(wanted),
    ],
  })
  return id
}

function reasonsOf({ reason = null, note }: RefundReasons) {
  return { reason, note: readNote(note) }
}

function namesOf(wanted: RefundReasons): string[] {
  return Object.entries(reasonsOf(wanted)).flatMap(([name, value]) => (value === null ? [] : [name]))
}

/**
 * What a refund comes to now, with the currency of its payment. Nothing is written.
 * @throws Problem when it isn't possible
 */
export async function quoteRefund(
  { database }: Pick<PaymentDeps, 'database'>,
  orderId: number,
  wanted: Pick<WantedRefund, 'amount' | 'currency' | 'restock' | 'payment'>,
): Promise<{ amount: number; currency: string }> {
  const order = await readOrder(database.prisma, orderId)
  const payments = refundablePayments(order, wanted.payment ?? null)
  refuseIfDisputed(order, payments)
  refuseIfNothingLeft(payments)
  const { payment, amount } = choosePayment(order, payments, wanted)
  return { amount, currency: payment.currency }
}

/**
 * An earlier request for the same refund that Stripe has not answered. Two requests with different keys are different
 * refunds. An earlier request without a key gets this one's key. The refund of units is never one of money alone, or of other
 * units that have a key.
 */
async function findUnanswered(
  tx: Transaction,
  orderId: number,
  { amount, requestKey, payment, shippingAmount = 0, withRow }: WantedRefund,
  payments: readonly Payment[],
): Promise<Refund | null> {
  if (withRow && requestKey !== null) return null
  const found = await tx.refund.findFirst({
    where: {
      orderId,
      status: 'requested',
      ...(amount !== null && { shippingAmount }),
      ...(withRow && { return: { isNot: null } }),
      ...(amount !== null && amountColumns(amount)),
      ...(requestKey !== null && { requestKey: null }),
      ...(payment && { paymentIntentId: { in: payments.flatMap((one) => one.paymentIntentId ?? []) } }),
    },
  })
  if (!found || requestKey === null) return found
  return tx.refund.update({ where: { id: found.id }, data: { requestKey } })
}

type RefundWithoutOrder = Pick<WantedRefund, 'amount' | 'requestKey'> & RefundReasons

/**
 * Refunds a payment whose order we don't have, all that is left or a part.
 * @returns the refund's row, after Stripe's answer
 * @throws Problem as `refundOrder` does
 */
export function refundWithoutOrder(
  deps: PaymentDeps,
  payment: UnmatchedPayment,
  wanted: RefundWithoutOrder,
): Promise<Refund> {
  return makeRefund(deps, (tx) => writeRefundWithoutOrder(tx, payment, wanted))
}

async function writeRefundWithoutOrder(
  tx: Transaction,
  { id: sessionId, status, paymentIntentId, amount, currency }: UnmatchedPayment,
  wanted: RefundWithoutOrder,
): Promise<string> {
  const { requestKey } = wanted
  if (status !== 'paid' || paymentIntentId === null || amount === null || currency === null)
    throw refused('not_paid', 'No money has come with this payment: there is nothing to refund.')
  const returns = await lockUnattributed(tx, paymentIntentId)
  const ofKey = requestKey === null ? null : await tx.refund.findUnique({ where: { requestKey } })
  if (ofKey && ofKey.paymentIntentId !== paymentIntentId)
    throw refused('key_reused', 'That key belongs to another payment’s refund.')
  if (ofKey && wanted.amount !== null && wanted.amount !== amountOf(ofKey))
    throw refused('key_reused', 'That key belongs to a refund of another amount.')
  const payment = { sessionId, paymentIntentId, currency, amount: Number(amount) }
  const left = refundableOf(payment, returns)
  // Stripe's answer may have been lost. What was asked for without an amount was all that was left.
  const unanswered = returns.refunds.find(
    (refund) =>
      refund.status === 'requested' &&
      (wanted.amount === null ? left === 0 : requestKey === null && refund.amount === wanted.amount),
  )
  const known = ofKey ?? unanswered
  if (known) return known.id
  refuseIfDisputed(returns, [{ ...payment, left }])
  if (left === 0) throw refused('already_refunded', 'All of this payment has been refunded.')
  const money = wanted.amount ?? left
  if (wanted.amount !== null) checkMoney(money, currency)
  if (money > left)
    throw refused(
      'refund_too_large',
      `${formatMoney(money, currency)} is more than is left to refund: ${formatMoney(left, currency)}.`,
    )
  const { id } = await tx.refund.create({
    data: {
      paymentIntentId,
      ...amountColumns(money),
      ...{ currency, requestKey, ...reasonsOf(wanted) },
      retryAt: new Date(Date.now() + LEASE_SECONDS * 1000),
    },
  })
  await recordAudit(tx, {
    ...{ action: 'payment.refunded', subject: 'payment', subjectId: sessionId },
    fields: ['amount', ...namesOf(wanted)],
  })
  return id
}

/** What is left to refund of a payment whose order we don't have, and its refunds so far. */
export async function paymentWithoutOrder(
  { database }: Pick<PaymentDeps, 'database'>,
  { id: sessionId, status, paymentIntentId, amount, currency }: UnmatchedPayment,
): Promise<Pick<RefundState, 'refusal'> & { left: number; refunds: readonly RefundFacts[] }> {
  if (status !== 'paid' || paymentIntentId === null || amount === null || currency === null)
    return { left: 0, refusal: 'No money has come with this payment.', refunds: [] }
  const returns = await database.prisma.$transaction((tx) => lockUnattributed(tx, paymentIntentId))
  const payment = { sessionId, paymentIntentId, currency, amount: Number(amount) }
  const left = refundableOf(payment, returns)
  return { left, refusal: refusalOf(returns, [{ ...payment, left }]), refunds: returns.refunds }
}

/** Larger amounts than a column of an order holds exist only in payments that do not fit one. */
function amountColumns(amount: number): { amount: number; largeAmount: bigint | null } {
  return amount > LARGEST_STORED
    ? { amount: LARGEST_STORED, largeAmount: BigInt(amount) }
    : { amount, largeAmount: null }
}
