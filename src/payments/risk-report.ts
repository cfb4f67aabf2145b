// Reads Stripe's early fraud warnings and reviews of payments into the shop's own terms.
import { z } from 'zod'
import type { RiskSignalFacts } from '../orders/order-facts.js'
import { idOf, optionalText, read, reference, stripeId } from './stripe-object.js'

/** A warning or review as Stripe had it at one time. */
export interface RiskReport {
  kind: 'risk'
  riskId: string
  riskKind: RiskSignalFacts['kind']
  paymentIntentId: string | null
  isOpen: boolean
  reason: string
  /** The time at which this was so. */
  at: Date
}

const warningShape = z.object({
  id: stripeId,
  object: z.literal('radar.early_fraud_warning'),
  actionable: z.boolean().nullish(),
  fraud_type: optionalText,
  payment_intent: reference,
})

/**
 * A card network suspects fraud. It is not actionable once the payment is refunded in full or disputed.
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function fraudWarningReport(object: unknown, at: Date): RiskReport {
  const warning = read('radar.early_fraud_warning', warningShape, object)
  return {
    kind: 'risk',
    riskId: warning.id,
    riskKind: 'early_fraud_warning',
    paymentIntentId: idOf(warning.payment_intent),
    isOpen: warning.actionable !== false,
    reason: warning.fraud_type ?? 'no type given',
    at,
  }
}

const reviewShape = z.object({
  id: stripeId,
  object: z.literal('review'),
  open: z.boolean().nullish(),
  opened_reason: optionalText,
  payment_intent: reference,
})

/**
 * Radar holds a payment for a person to approve or refund.
 * @param closed whether the event says that it was closed
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function reviewReport(object: unknown, at: Date, closed: boolean): RiskReport {
  const review = read('review', reviewShape, object)
  return {
    kind: 'risk',
    riskId: review.id,
    riskKind: 'payment_review',
    paymentIntentId: idOf(review.payment_intent),
    isOpen: !closed && review.open !== false,
    reason: review.opened_reason ?? 'no reason given',
    at,
  }
}
