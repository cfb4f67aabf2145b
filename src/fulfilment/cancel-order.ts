// Cancels an unpaid order: closes its session at Stripe, so that it can't be paid any more.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { closeCheckout, CHECKOUT_TIMEOUT_MS } from '../checkout/close-checkout.js'
import { orderBusy } from '../checkout/close-competing-orders.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { holdsUnmatched, type OrderFacts } from '../orders/order-facts.js'
import { isPayable, mayBePaid } from '../orders/order-status.js'
import { writeOrderMail } from '../outbox/write-mails.js'
import { lockOrder, readOrder } from '../payments/order-store.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/**
 * Cancels an order. Its units go back into stock when its session is closed. Repeating it changes nothing.
 *
 * A voucher that was issued can't be taken back, so an order that waits for one can't be canceled
 * (https://docs.stripe.com/api/checkout/sessions/expire).
 * @param by who cancels. If it is the operator, the shopper gets a mail
 * @throws Problem when the order is paid, was paid meanwhile, or a payment is on its way; 503 when Stripe can't be reached or
 * another request is opening the order's session
 */
export async function cancelOrder(
  deps: PaymentDeps,
  orderId: number,
  by: 'shopper' | 'operator',
): Promise<void> {
  const { prisma } = deps.database
  const deadline = Date.now() + CHECKOUT_TIMEOUT_MS
  refuseUnlessCancelable(await readOrder(prisma, orderId))
  do {
    const result = await closeCheckout(deps, orderId, deadline)
    if (result === 'busy') throw orderBusy()
    if (await prisma.$transaction((tx) => cancelClosed(tx, orderId, by))) return
    // Stripe has completed the session, and its event is not handled yet.
    if (result === 'paid') throw orderBusy()
  } while (Date.now() < deadline)
  throw orderBusy()
}

/** @returns false when a new session was opened since the last one was closed */
async function cancelClosed(tx: Transaction, orderId: number, by: 'shopper' | 'operator'): Promise<boolean> {
  const order = await lockOrder(tx, orderId)
  refuseUnlessCancelable(order)
  if (order.isCanceled) return true
  if (order.attempts.some(({ status }) => mayBePaid(status))) return false
  await tx.order.update({ where: { id: orderId }, data: { canceledAt: new Date() } })
  await recordAudit(tx, { action: 'order.canceled', subject: 'order', subjectId: order.key })
  if (by === 'operator')
    await writeOrderMail(tx, { orderId, kind: 'order_canceled', about: '', to: order.email })
  return true
}

function refuseUnlessCancelable(order: OrderFacts): void {
  const { notPossibleTitle, paid, processing, underReview } = t().orders.cancel
  const action = { href: `/orders/${order.key}`, label: t().checkout.viewOrder }
  const refuse = (code: string, detail: string, forOperator: string) =>
    new Problem(409, code, notPossibleTitle, detail, { action, forOperator })
  if (order.status === 'processing')
    throw refuse(
      'payment_processing',
      processing,
      'A payment for this order is on its way and can’t be stopped: refund it when it arrives.',
    )
  if (!isPayable(order.status))
    throw refuse('already_paid', paid, 'This order was paid, so it isn’t canceled: refund it instead.')
  if (order.needsAttention !== null || holdsUnmatched(order))
    throw refuse(
      'order_under_review',
      underReview,
      'Money is here that does not match this order: refund it first, or mark it as attended.',
    )
}
