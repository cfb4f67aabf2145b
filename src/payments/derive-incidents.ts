// Derives from facts which incidents about an order or payment should be open. Pure. An incident opens when it appears here, and is
// resolved when it no longer does.
import type { NewIncident } from '../incidents/incidents.js'
import { formatMoney } from '../money.js'
import {
  expectedTotal,
  isHeld,
  isReturned,
  paymentsOf,
  receivedIn,
  unmatchedOf,
  type OrderFacts,
  type Payment,
  type RefundFacts,
  type Returns,
  type RiskSignalFacts,
  type UnmatchedPaymentFacts,
} from '../orders/order-facts.js'
import { doublePayments } from './derive-order.js'
import type { Unattributed } from './merge-report.js'

export type MoneyIncident = Omit<NewIncident, 'orderId'>
export type ResolvedIncident = Pick<MoneyIncident, 'kind' | 'subject'>

export function incidentsOfOrder(order: OrderFacts): MoneyIncident[] {
  const payments = paymentsOf(order)
  return [
    ...unmatchedOf(order)
      .filter((unmatched) => isHeld(unmatched, order))
      .map((unmatched) => mismatch(unmatched, order)),
    ...deliveriesElsewhere(order),
    ...incidentsOfRefunds(payments, order),
    ...incidentsOfRisks(payments, order, order.riskSignals),
    ...doublePayments(order).map(({ sessions, problem }) => ({
      kind: 'paid_twice' as const,
      subject: sessions,
      message: problem,
    })),
    ...(order.shortProductId === null
      ? []
      : [{ kind: 'sold_out' as const, subject: order.key, message: shortage(order, order.shortProductId) }]),
  ]
}

/** What is said of an order that was paid when its units were sold out. */
export function shortage({ items }: Pick<OrderFacts, 'items'>, productId: number): string {
  const variants = items.filter((item) => item.productId === productId && item.variantName !== '')
  const names = variants.map(({ variantName }) => variantName).join(' or ')
  const product = names === '' ? `product ${productId}` : `product ${productId} (${names})`
  return `Paid after its units were given back, and ${product} is sold out now.`
}

/** Of payments with our mark whose order we don't have. What belongs to no payment of ours opens none. */
export function incidentsWithoutOrder(unattributed: Unattributed): MoneyIncident[] {
  const { unmatchedPayments } = unattributed
  const isOurs = ({ paymentIntentId }: { paymentIntentId: string | null }) =>
    unmatchedPayments.some((payment) => payment.paymentIntentId === paymentIntentId)
  const refunds = unattributed.refunds.filter(isOurs)
  const disputes = unattributed.disputes.filter(isOurs)
  const payments = unmatchedPayments.flatMap((unmatched) => receivedIn(unmatched) ?? [])
  return [
    ...unmatchedPayments
      .filter((unmatched) => isHeld(unmatched, { refunds, disputes }))
      .map((unmatched) => ({
        kind: 'payment_without_order' as const,
        subject: unmatched.id,
        message: `${received(unmatched)}, and ${unmatched.message}.`,
      })),
    ...disputes
      .filter(({ closedAt }) => closedAt === null)
      .map(({ id, amount, currency, paymentIntentId, reason }) => ({
        kind: 'dispute_without_order' as const,
        subject: id,
        message: `The bank disputes ${formatMoney(amount, currency)} (${reason}) of payment ${paymentIntentId}, which belongs to no order here.`,
      })),
    ...incidentsOfRefunds(payments, { refunds, disputes }),
    ...incidentsOfRisks(payments, { refunds, disputes }, unattributed.riskSignals.filter(isOurs)),
  ]
}

/** What to open and what to resolve for a change of facts. */
export function changedIncidents(
  before: readonly MoneyIncident[],
  after: readonly MoneyIncident[],
): { opened: MoneyIncident[]; resolved: ResolvedIncident[] } {
  const without = (known: readonly ResolvedIncident[]) => (incident: ResolvedIncident) =>
    !known.some(({ kind, subject }) => kind === incident.kind && subject === incident.subject)
  return {
    opened: after.filter(without(before)),
    resolved: before.filter(without(after)).map(({ kind, subject }) => ({ kind, subject })),
  }
}

function mismatch(unmatched: UnmatchedPaymentFacts, order: OrderFacts): MoneyIncident {
  const expected = formatMoney(expectedTotal(order), order.currency)
  return {
    kind: 'payment_mismatch',
    subject: unmatched.id,
    message: `${unmatched.message} Expected: ${expected}. ${received(unmatched)}.`,
  }
}

/** Sessions whose address is in another country than the one whose delivery was charged. Not of payments that were given back. */
function deliveriesElsewhere(order: OrderFacts): MoneyIncident[] {
  const { deliveryCountry, currency } = order
  return order.attempts.flatMap((attempt) => {
    const { status, stripeSessionId, paymentIntentId, collected, amountTotal } = attempt
    const country = collected?.shipping?.address?.country ?? null
    if (deliveryCountry === null || country === null || country === deliveryCountry) return []
    if (status !== 'paid' && status !== 'processing') return []
    const amount = amountTotal ?? 0
    const payment = { sessionId: stripeSessionId, paymentIntentId, amount, currency }
    // Nothing was charged for an order that is free: it has to be sent all the same.
    if (amount > 0 && isReturned(payment, order)) return []
    return {
      kind: 'delivery_elsewhere' as const,
      subject: stripeSessionId ?? order.key,
      message: `Delivery to ${deliveryCountry} was ordered, and the address given to Stripe is in ${country}.`,
    }
  })
}

/** "Received: $45.00, payment pi_1" */
function received({ amount, currency, status, paymentIntentId }: UnmatchedPaymentFacts): string {
  const money = amount === null ? 'an amount that Stripe does not give' : formatMoney(amount, currency ?? '')
  const verb = status === 'processing' ? 'On its way' : 'Received'
  return `${verb}: ${money}, payment ${paymentIntentId ?? 'not named'}`
}

/** Refunds that did not happen, as long as the money is still here. */
function incidentsOfRefunds(payments: readonly Payment[], returns: Returns): MoneyIncident[] {
  return returns.refunds
    .filter((refund) => refund.status === 'failed' && isStillHere(refund, payments, returns))
    .flatMap((refund) => refundIncident(refund) ?? [])
}

/** Null for a refund that Stripe refused at once: whoever asked for it was told. */
function refundIncident(refund: RefundFacts): MoneyIncident | null {
  const { id, stripeRefundId, refusedLater, failureReason } = refund
  const money = formatMoney(refund.amount, refund.currency)
  const reason = failureReason ?? 'Stripe gives no reason'
  if (stripeRefundId !== null)
    return {
      kind: 'refund_failed',
      subject: stripeRefundId,
      message: `The refund of ${money} failed: ${reason}.`,
    }
  return refusedLater
    ? { kind: 'refund_refused', subject: id, message: `Stripe refused the refund of ${money}: ${reason}` }
    : null
}

function incidentsOfRisks(
  payments: readonly Payment[],
  returns: Returns,
  signals: readonly RiskSignalFacts[],
): MoneyIncident[] {
  return signals
    .filter((signal) => signal.openedAt !== null && signal.closedAt === null)
    .filter((signal) => isStillHere(signal, payments, returns))
    .map(({ id, kind, reason, paymentIntentId }) => ({
      kind,
      subject: id,
      message:
        kind === 'early_fraud_warning'
          ? `A card network suspects that payment ${paymentIntentId} is fraud (${reason}).`
          : `Stripe wants a person to review payment ${paymentIntentId} (${reason}).`,
    }))
}

/** Whether some of the payment was not given back, or the payment is not known. */
function isStillHere(
  { paymentIntentId }: { paymentIntentId: string | null },
  payments: readonly Payment[],
  returns: Returns,
): boolean {
  const payment = payments.find((known) => known.paymentIntentId === paymentIntentId)
  return payment === undefined || !isReturned(payment, returns)
}
