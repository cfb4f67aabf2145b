// Refunds: writes the refund's row, then calls Stripe, then settles Stripe's answer. Events about the refund settle it too.
import type { Transaction } from '../database/client.js'
import type { Refund } from '../generated/prisma/client.js'
import { openIncident, type NewIncident } from '../incidents/incidents.js'
import { Problem } from '../http/problem.js'
import { checkAmount, formatMoney, MoneyError } from '../money.js'
import { amountPaid, amountRefundable, type OrderFacts } from '../orders/order-facts.js'
import { isOpenDispute } from '../orders/order-status.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { refundReport } from './refund-report.js'
import { settle, settleFacts } from './settle.js'
import { lockOrder } from './order-store.js'
import { isFromStripe, isInFlight, isRefusal } from './stripe-client.js'

export interface WantedRefund {
  /** Minor units. Null: all that is left. */
  amount: number | null
  /** Whether the order's units go back into stock once the refund succeeds. Only for a refund of all that is left. */
  restock: boolean
  /** Requests with the same key are one refund. Null: every request is a refund of its own. */
  requestKey: string | null
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
 * a part of the money, the payment is disputed, or Stripe refuses; 503 when Stripe can't be reached: the refund is kept and
 * sent later by the background loop
 */
export async function refundOrder(deps: PaymentDeps, orderId: number, wanted: WantedRefund): Promise<Refund> {
  const { prisma } = deps.database
  const id = await prisma.$transaction((tx) => writeRefund(tx, orderId, wanted))
  await sendRefund(deps, await prisma.refund.findUniqueOrThrow({ where: { id } }), { unattended: false })
  return prisma.refund.findUniqueOrThrow({ where: { id } })
}

async function writeRefund(tx: Transaction, orderId: number, wanted: WantedRefund): Promise<string> {
  const order = await lockOrder(tx, orderId)
  if (wanted.requestKey !== null) {
    const known = await tx.refund.findUnique({ where: { requestKey: wanted.requestKey } })
    if (known && known.orderId !== orderId)
      throw refused('key_reused', 'That key belongs to another order’s refund.')
    if (known) return known.id
  }
  refuseIfDisputed(order)
  const left = amountRefundable(order)
  const amount = wanted.amount ?? left
  const money = (value: number) => formatMoney(value, order.currency)
  const unanswered = await findUnanswered(tx, orderId, wanted)
  if (unanswered !== null) {
    if (wanted.restock && !unanswered.restock)
      throw refused(
        'refund_unanswered',
        `A refund of ${money(unanswered.amount)} that puts no units on sale again waits for Stripe’s answer: ask again when that is here.`,
      )
    return unanswered.id
  }

  // Zero as well as null: a promotion code can make an order free.
  if (!amountPaid(order))
    throw refused('not_paid', 'Nothing was paid for this order: there is nothing to refund.')
  if (left <= 0) throw refused('already_refunded', 'All that was paid for this order has been refunded.')
  checkMoney(amount, order.currency)
  if (amount > left)
    throw refused('refund_too_large', `${money(amount)} is more than is left to refund: ${money(left)}.`)
  if (wanted.restock && amount < left)
    throw refused(
      'restock_in_part',
      `Units go on sale again only when all of the money goes back, and ${money(left - amount)} would be left: refund all that is left, or do it without --restock.`,
    )
  const paymentIntentId = intentToRefund(order, amount)
  if (paymentIntentId === null)
    throw refused(
      'refund_spans_payments',
      'No single payment of this order is that large: refund each by itself.',
    )
  const { id } = await tx.refund.create({
    data: {
      orderId,
      paymentIntentId,
      amount,
      currency: order.currency,
      restock: wanted.restock,
      requestKey: wanted.requestKey,
      retryAt: new Date(Date.now() + LEASE_SECONDS * 1000),
    },
  })
  return id
}

/**
 * An earlier request for the same refund that Stripe has not answered. Two requests with different keys are different
 * refunds. An earlier request without a key gets this one's key.
 */
async function findUnanswered(
  tx: Transaction,
  orderId: number,
  { amount, requestKey }: WantedRefund,
): Promise<Refund | null> {
  const found = await tx.refund.findFirst({
    where: {
      orderId,
      status: 'requested',
      ...(amount !== null && { amount }),
      ...(requestKey !== null && { requestKey: null }),
    },
  })
  if (!found || requestKey === null) return found
  return tx.refund.update({ where: { id: found.id }, data: { requestKey } })
}

/** During a dispute, or after a lost one, a refund would pay the shopper twice. Inquiries don't prevent refunds. */
function refuseIfDisputed(order: OrderFacts): void {
  const dispute = order.disputes.find(({ status }) => isOpenDispute(status) || status === 'lost')
  if (!dispute) return
  throw refused(
    'payment_disputed',
    dispute.status === 'lost'
      ? 'The shopper’s bank has taken this payment back: there is nothing left to refund.'
      : 'The shopper’s bank is deciding over this payment. Answer the dispute in Stripe’s dashboard; a refund now could pay twice.',
  )
}

/** The payment intent of a payment that has this much left to refund. */
function intentToRefund(order: OrderFacts, amount: number): string | null {
  const found = order.attempts.find(({ status, paymentIntentId, amountTotal }) => {
    if (status !== 'paid' || paymentIntentId === null) return false
    const refunded = order.refunds
      .filter((refund) => refund.paymentIntentId === paymentIntentId && refund.status !== 'failed')
      .reduce((sum, refund) => sum + refund.amount, 0)
    return (amountTotal ?? order.total) - refunded >= amount
  })
  return found?.paymentIntentId ?? null
}

/**
 * Sends the refund to Stripe and settles the answer, unless Stripe has answered before.
 * @param options.unattended whether nobody waits for the answer: a refusal then opens an incident
 * @throws Problem
 */
async function sendRefund(
  deps: PaymentDeps,
  row: Refund,
  { unattended }: { unattended: boolean },
): Promise<void> {
  const { database, stripe, log } = deps
  if (row.status !== 'requested' || row.orderId === null || row.paymentIntentId === null) return
  const { key: orderKey } = await database.prisma.order.findUniqueOrThrow({ where: { id: row.orderId } })
  const { id, orderId, paymentIntentId, amount } = row
  try {
    const refund =
      (await findAtStripe(deps, row)) ??
      (await PaymentService.createRefund({ id, paymentIntentId, amount, orderKey }, stripe))
    const report = refundReport(refund, new Date())
    await database.prisma.$transaction((tx) => settle(tx, [report], deps))
  } catch (error) {
    // Another process is sending this refund right now and will settle the answer.
    if (isInFlight(error)) return
    if (!isRefusal(error)) throw isFromStripe(error) ? refundKept(row, error) : error
    log.warn({ err: error, refund: id, order: orderKey }, 'Stripe refused a refund')
    await database.prisma.$transaction(async (tx) => {
      await markRefused(tx, row, error.message, deps)
      if (unattended) await openIncident(tx, refusalIncident(row, orderId, error.message))
    })
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
  row: Refund,
  failureReason: string,
  deps: PaymentDeps,
): Promise<void> {
  const order = await lockOrder(tx, row.orderId ?? 0)
  const refunds = order.refunds.map((refund) =>
    refund.id === row.id && refund.status === 'requested'
      ? { ...refund, status: 'failed' as const, failedAt: new Date(), failureReason }
      : refund,
  )
  await settleFacts(tx, order, { ...order, refunds }, deps)
}

function refusalIncident({ id, amount, currency }: Refund, orderId: number, reason: string): NewIncident {
  return {
    kind: 'refund_refused',
    subject: id,
    orderId,
    message: `Stripe refused the refund of ${formatMoney(amount, currency)}: ${reason}`,
  }
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

function checkMoney(amount: number, currency: string): void {
  try {
    checkAmount(amount, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw refused('invalid_amount', error.message)
    throw error
  }
}

/** Stripe could not be reached or did not answer. The background loop tries again with the same idempotency key. */
function refundKept({ amount, currency }: Refund, cause: Error): Problem {
  const detail = `The refund of ${formatMoney(amount, currency)} is saved and will be sent automatically: don’t request it again. Stripe has not answered yet: ${cause.message}`
  return new Problem(503, 'refund_kept', 'Refund pending', detail, { cause })
}

function refused(code: string, detail: string): Problem {
  return new Problem(409, code, 'Refund not possible', detail)
}
