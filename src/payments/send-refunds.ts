// Sends refunds to Stripe, and settles its answers.
import type { Transaction } from '../database/client.js'
import type { Refund } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { formatMoney } from '../money.js'
import type { RefundFacts } from '../orders/order-facts.js'
import { lockOrder, lockUnattributed } from './order-store.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { refundReport } from './refund-report.js'
import { REFUND_REASONS, refused } from './refundable.js'
import { settle } from './settle.js'
import { isFromStripe, isInFlight, isRefusal } from './stripe-client.js'

/** How long the process that wrote the refund has for Stripe's answer before the background loop sends it too. */
export const LEASE_SECONDS = 120
const RETRY_SECONDS = 300

/**
 * Sends the refund to Stripe and settles the answer, unless Stripe has answered before.
 * @param options.unattended whether nobody waits for the answer: a refusal is then told to the operator and the shopper
 * @throws Problem
 */
export async function sendRefund(
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

/** Stripe could not be reached or did not answer. The background loop tries again with the same idempotency key. */
function refundKept({ amount, largeAmount, currency }: Refund, cause: Error): Problem {
  const detail = `The refund of ${formatMoney(Number(largeAmount ?? amount), currency)} is saved and will be sent automatically: don’t request it again. Stripe has not answered yet: ${cause.message}`
  return new Problem(503, 'refund_kept', 'Refund pending', detail, { cause })
}
