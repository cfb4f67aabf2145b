// Refunds: writes the refund's row, then calls Stripe, then settles Stripe's answer. Events about the refund settle it too.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Refund, UnmatchedPayment } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { checkAmount, formatMoney, isCurrency, LARGEST_STORED, MoneyError } from '../money.js'
import {
  amountPaid,
  amountRefundable,
  paymentsOf,
  refundableOf,
  unmatchedOf,
  type OrderFacts,
  type Payment,
  type RefundFacts,
  type Returns,
} from '../orders/order-facts.js'
import { readNote } from '../orders/notes.js'
import { isOpenDispute } from '../orders/order-status.js'
import { amountOf } from '../orders/stored-amounts.js'
import { paidParts, roundDown } from './paid-parts.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { refundReport } from './refund-report.js'
import { settle } from './settle.js'
import { lockOrder, lockUnattributed, readOrder } from './order-store.js'
import { isFromStripe, isInFlight, isRefusal } from './stripe-client.js'

/** Why money goes back, in Stripe's words. */
export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const
export type RefundReason = (typeof REFUND_REASONS)[number]

/** Why, for Stripe and for operators. */
export interface RefundReasons {
  reason?: RefundReason | null
  note?: string | null
}

export interface WantedRefund extends RefundReasons {
  /** Minor units of the payment's currency. Null: all that is left. */
  amount: number | null
  /** Refuses payments in other currencies. Without it, an amount is in whatever currency there is money left in. */
  currency?: string
  /** Whether the order's units go back into stock once the refund succeeds. Only for a refund of all that is left. */
  restock: boolean
  /** Requests with the same key are one refund. Null: every request is a refund of its own. */
  requestKey: string | null
  /** The payment to refund, by its session or payment intent. Without it, that of the order that has as much left. */
  payment?: string | null
  /** The part of the amount that was paid for delivery. */
  shippingAmount?: number
  /** Called in the transaction that writes the refund's row, or finds it, under the order's lock. */
  withRow?: (tx: Transaction, order: OrderFacts, refundId: string) => Promise<void>
}

/** How long the process that wrote the refund has for Stripe's answer before the background loop sends it too. */
const LEASE_SECONDS = 120
const RETRY_SECONDS = 300

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

/** What was paid for an order's delivery and not refunded as such. */
export async function shippingLeft(tx: Pick<Transaction, 'refund'>, order: OrderFacts): Promise<number> {
  if (amountPaid(order) === null) return 0
  const { _sum } = await tx.refund.aggregate({
    _sum: { shippingAmount: true },
    where: { orderId: order.id, status: { not: 'failed' } },
  })
  return roundDown(Math.max(0, paidParts(order).shipping - (_sum.shippingAmount ?? 0)), order.currency)
}

interface RefundablePayment extends Payment {
  /** What is left to refund. */
  left: number
}

/**
 * Everything that Stripe received for an order, with what is left of it.
 * @param named the session or payment intent of one of them; null for all
 */
function refundablePayments(order: OrderFacts, named: string | null): RefundablePayment[] {
  // Some refunds name no payment, and count against the order as a whole.
  const leftOfOrder = amountRefundable(order)
  const unmatched = unmatchedOf(order).map(({ id }) => id)
  return paymentsOf(order)
    .filter(
      ({ sessionId, paymentIntentId }) => named === null || named === sessionId || named === paymentIntentId,
    )
    .map((payment) => {
      const left = refundableOf(payment, order)
      return {
        ...payment,
        left: unmatched.includes(payment.sessionId ?? '') ? left : Math.min(left, leftOfOrder),
      }
    })
}

/** What is left to refund of an order's payments, or of one of them. */
export interface RefundState {
  /** For each currency. */
  left: { amount: number; currency: string }[]
  /** Those with something left. */
  payments: { sessionId: string | null; left: number; currency: string }[]
  /** Why nothing can be refunded now. */
  refusal: string | null
}

/** @param named the session or payment intent of one of the payments */
export function refundState(order: OrderFacts, named: string | null = null): RefundState {
  const payments = refundablePayments(order, named)
  const currencies = [...new Set(payments.map(({ currency }) => currency))]
  const left = currencies
    .map((currency) => ({
      currency,
      amount: payments
        .filter((payment) => payment.currency === currency)
        .reduce((sum, payment) => sum + payment.left, 0),
    }))
    .filter(({ amount }) => amount > 0)
  return {
    left,
    payments: payments.filter((payment) => payment.left > 0),
    refusal: refusalOf(order, payments),
  }
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

function refusalOf(
  returns: Pick<Returns, 'disputes'>,
  payments: readonly RefundablePayment[],
): string | null {
  try {
    refuseIfDisputed(returns, payments)
    refuseIfNothingLeft(payments)
    return null
  } catch (error) {
    if (error instanceof Problem) return error.detail
    throw error
  }
}

function refuseIfNothingLeft(payments: readonly RefundablePayment[]): void {
  // Zero as well as nothing: a promotion code can make an order free.
  if (payments.every(({ amount }) => amount === 0))
    throw refused('not_paid', 'Nothing was paid for this order: there is nothing to refund.')
  if (payments.every(({ left }) => left === 0))
    throw refused('already_refunded', 'All that was paid for this order has been refunded.')
}

/** The payment that is refunded, and how much of it. @throws Problem */
function choosePayment(
  order: OrderFacts,
  payments: readonly RefundablePayment[],
  {
    amount: wanted,
    currency: given,
    restock,
    payment: named,
  }: Pick<WantedRefund, 'amount' | 'currency' | 'restock' | 'payment'>,
): { payment: RefundablePayment; amount: number } {
  const withMoney = payments.filter(({ left }) => left > 0)
  const isWhole = wanted === null
  // An amount is in the order's currency, unless all of the money, or the payment that is named, is in another.
  const currency =
    given ??
    withMoney.find((payment) => payment.currency === order.currency)?.currency ??
    withMoney[0]?.currency ??
    order.currency
  const candidates =
    given === undefined && (isWhole || named)
      ? withMoney
      : withMoney.filter((payment) => payment.currency === currency)
  const left = candidates.reduce((sum, payment) => sum + payment.left, 0)
  const amount = wanted ?? left
  const money = (value: number) => formatMoney(value, candidates[0]?.currency ?? currency)
  if (!isWhole) checkMoney(amount, currency)
  if (amount > left)
    throw refused('refund_too_large', `${money(amount)} is more than is left to refund: ${money(left)}.`)
  if (restock && amount < left)
    throw refused(
      'restock_in_part',
      `Units go on sale again only when all of the money goes back, and ${money(left - amount)} would be left: refund all that is left, or leave its units off sale.`,
    )
  const payment = isWhole && candidates.length > 1 ? undefined : candidates.find((one) => one.left >= amount)
  if (payment === undefined || payment.paymentIntentId === null) {
    const each = candidates.map(
      (one) => `${one.sessionId ?? one.paymentIntentId}: ${formatMoney(one.left, one.currency)}`,
    )
    throw refused(
      'refund_spans_payments',
      `No single payment of this order is that large: refund each by itself, naming its session (${each.join(', ')}).`,
    )
  }
  return { payment, amount }
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

/**
 * During a dispute a refund would pay the shopper twice. What a lost one took is no longer left. Inquiries don't prevent
 * refunds.
 * @throws Problem
 */
function refuseIfDisputed(
  { disputes }: Pick<Returns, 'disputes'>,
  payments: readonly RefundablePayment[],
): void {
  const about = disputes.flatMap((dispute) => {
    const payment = payments.find(({ paymentIntentId }) => paymentIntentId === dispute.paymentIntentId)
    return payment ? [{ ...dispute, isComparable: payment.currency === dispute.currency }] : []
  })
  if (about.some(({ status }) => isOpenDispute(status)))
    throw refused(
      'payment_disputed',
      'The shopper’s bank is deciding over this payment. Answer the dispute in Stripe’s dashboard; a refund now could pay twice.',
    )
  const lost = about.filter(({ status }) => status === 'lost')
  const other = lost.find(({ isComparable }) => !isComparable)
  if (other)
    throw refused(
      'payment_disputed',
      `The shopper’s bank has taken ${formatMoney(other.amount, other.currency)} back, in another currency than the payment: look in Stripe’s dashboard for what is left, and refund it there.`,
    )
  if (lost.length > 0 && payments.every(({ left }) => left === 0))
    throw refused(
      'payment_disputed',
      'The shopper’s bank has taken this payment back: there is nothing left to refund.',
    )
}

/**
 * Refunds all that is left of a payment whose order we don't have.
 * @returns the refund's row, after Stripe's answer
 * @throws Problem as `refundOrder` does
 */
export function refundWithoutOrder(
  deps: PaymentDeps,
  payment: UnmatchedPayment,
  wanted: Pick<WantedRefund, 'requestKey'> & RefundReasons,
): Promise<Refund> {
  return makeRefund(deps, (tx) => writeRefundWithoutOrder(tx, payment, wanted))
}

async function writeRefundWithoutOrder(
  tx: Transaction,
  { id: sessionId, status, paymentIntentId, amount, currency }: UnmatchedPayment,
  wanted: Pick<WantedRefund, 'requestKey'> & RefundReasons,
): Promise<string> {
  const { requestKey } = wanted
  if (status !== 'paid' || paymentIntentId === null || amount === null || currency === null)
    throw refused('not_paid', 'No money has come with this payment: there is nothing to refund.')
  const returns = await lockUnattributed(tx, paymentIntentId)
  const ofKey = requestKey === null ? null : await tx.refund.findUnique({ where: { requestKey } })
  if (ofKey && ofKey.paymentIntentId !== paymentIntentId)
    throw refused('key_reused', 'That key belongs to another payment’s refund.')
  const known = ofKey ?? returns.refunds.find((refund) => refund.status === 'requested')
  if (known) return known.id
  const payment = { sessionId, paymentIntentId, currency, amount: Number(amount) }
  const left = refundableOf(payment, returns)
  refuseIfDisputed(returns, [{ ...payment, left }])
  if (left === 0) throw refused('already_refunded', 'All of this payment has been refunded.')
  const { id } = await tx.refund.create({
    data: {
      paymentIntentId,
      ...amountColumns(left),
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

/**
 * Sends the refund to Stripe and settles the answer, unless Stripe has answered before.
 * @param options.unattended whether nobody waits for the answer: a refusal is then told to the operator and the shopper
 * @throws Problem
 */
async function sendRefund(
  deps: PaymentDeps,
  row: Refund,
  { unattended }: { unattended: boolean },
): Promise<void> {
  const { database, stripe, log } = deps
  const { id, paymentIntentId, orderId, reason } = row
  if (row.status !== 'requested' || paymentIntentId === null) return
  const where = { id: orderId ?? 0 }
  const order = await database.prisma.order.findUnique({ where, select: { key: true } })
  const orderKey = order?.key ?? null
  const amount = Number(row.largeAmount ?? row.amount)
  try {
    const refund =
      (await findAtStripe(deps, row)) ??
      (await PaymentService.createRefund(
        {
          id,
          paymentIntentId,
          amount,
          orderKey,
          reason: REFUND_REASONS.find((one) => one === reason) ?? null,
        },
        stripe,
      ))
    const report = refundReport(refund, new Date())
    await database.prisma.$transaction((tx) => settle(tx, { reports: [report] }, deps))
  } catch (error) {
    // Another process is sending this refund right now and will settle the answer.
    if (isInFlight(error)) return
    if (!isRefusal(error)) throw isFromStripe(error) ? refundKept(row, error) : error
    log.warn({ err: error, refund: id, order: orderKey }, 'Stripe refused a refund')
    await database.prisma.$transaction((tx) => markRefused(tx, row, error.message, unattended, deps))
    throw refused('refund_refused', `Stripe refused the refund: ${error.message}`)
  }
}

/** Stripe forgets idempotency keys after a day, so a refund that has waited is looked up before it is created. */
async function findAtStripe(deps: PaymentDeps, row: Refund) {
  if (Date.now() - row.createdAt.getTime() < LEASE_SECONDS * 1000) return undefined
  const refunds = await PaymentService.listRefunds(row.paymentIntentId ?? '', deps.stripe)
  return refunds.find((refund) => refund.metadata?.['refund_id'] === row.id)
}

async function markRefused(
  tx: Transaction,
  { id, orderId, paymentIntentId }: Refund,
  failureReason: string,
  refusedLater: boolean,
  deps: PaymentDeps,
): Promise<void> {
  const marked = (refunds: RefundFacts[]) =>
    refunds.map((refund) =>
      refund.id === id && refund.status === 'requested'
        ? { ...refund, status: 'failed' as const, failedAt: new Date(), failureReason, refusedLater }
        : refund,
    )
  if (orderId === null) {
    const before = await lockUnattributed(tx, paymentIntentId ?? '')
    const after = { ...before, refunds: marked(before.refunds) }
    await settle(tx, { before: { unattributed: before }, after: { unattributed: after } }, deps)
    return
  }
  const order = await lockOrder(tx, orderId)
  const after = { ...order, refunds: marked(order.refunds) }
  await settle(tx, { before: { orders: [order] }, after: { orders: [after] } }, deps)
}

/** Sends refunds that Stripe has not answered. Safe in many processes: each row is claimed. Returns how many were tried. */
export async function sendDueRefunds(deps: PaymentDeps): Promise<number> {
  const due = await deps.database.prisma.$queryRaw<Refund[]>`
    UPDATE "Refund" SET "retryAt" = now() + ${RETRY_SECONDS} * interval '1 second' WHERE id IN (
      SELECT id FROM "Refund" WHERE "retryAt" <= now() AND status = 'requested'
      ORDER BY "retryAt" LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING *`
  for (const row of due) {
    try {
      await sendRefund(deps, row, { unattended: true })
    } catch (error) {
      deps.log.warn({ err: error, refund: row.id }, 'a refund could not be sent')
    }
  }
  return due.length
}

/** Larger amounts than a column of an order holds exist only in payments that do not fit one. */
function amountColumns(amount: number): { amount: number; largeAmount: bigint | null } {
  return amount > LARGEST_STORED
    ? { amount: LARGEST_STORED, largeAmount: BigInt(amount) }
    : { amount, largeAmount: null }
}

/** For an amount that somebody typed. */
function checkMoney(amount: number, currency: string): void {
  // Stripe decides about a currency that the shop does not know.
  if (!isCurrency(currency)) return
  try {
    checkAmount(amount, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw refused('invalid_amount', error.message)
    throw error
  }
}

/** Stripe could not be reached or did not answer. The background loop tries again with the same idempotency key. */
function refundKept({ amount, largeAmount, currency }: Refund, cause: Error): Problem {
  const detail = `The refund of ${formatMoney(Number(largeAmount ?? amount), currency)} is saved and will be sent automatically: don’t request it again. Stripe has not answered yet: ${cause.message}`
  return new Problem(503, 'refund_kept', 'Refund pending', detail, { cause })
}

function refused(code: string, detail: string): Problem {
  return new Problem(409, code, 'Refund not possible', detail)
}
