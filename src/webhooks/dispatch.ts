// Every type of event that the shop knows, and its handler.
import { appOf, UnreadableObjectError } from '../payments/stripe-object.js'
import { handleCheckoutSession } from './handlers/checkout-session.js'
import { handleDispute } from './handlers/dispute.js'
import { handleInvoice } from './handlers/invoice.js'
import { handleRefund } from './handlers/refund.js'
import { handleFraudWarning, handleReview } from './handlers/risk.js'
import type { Handler, HandlerContext, HandlerResult } from './outcomes.js'
import type { SignedEvent } from './verify.js'

/** By the event's type. */
export const HANDLERS: Record<string, Handler> = {
  // The shopper finished Stripe's page. The payment succeeded or, for bank debits, is processing.
  'checkout.session.completed': handleCheckoutSession,
  // A delayed payment succeeded.
  'checkout.session.async_payment_succeeded': handleCheckoutSession,
  // A delayed payment failed.
  'checkout.session.async_payment_failed': handleCheckoutSession,
  // Nobody paid in time: the units go back into stock, without a mail.
  'checkout.session.expired': handleCheckoutSession,
  // A refund, created by the shop or in Stripe's dashboard.
  'refund.created': handleRefund,
  'refund.updated': handleRefund,
  'refund.failed': handleRefund,
  // A dispute or inquiry was opened, answered or decided.
  'charge.dispute.created': handleDispute,
  'charge.dispute.updated': handleDispute,
  'charge.dispute.closed': handleDispute,
  'charge.dispute.funds_withdrawn': handleDispute,
  'charge.dispute.funds_reinstated': handleDispute,
  // The invoice of a payment is final, and has a PDF.
  'invoice.paid': handleInvoice,
  // A card network suspects fraud: refunding now avoids a dispute.
  'radar.early_fraud_warning.created': handleFraudWarning,
  'radar.early_fraud_warning.updated': handleFraudWarning,
  // Radar wants a person to approve a payment, and one has.
  'review.opened': handleReview,
  'review.closed': handleReview,
}

/**
 * Ignored on purpose: sessions, refunds, disputes and paid invoices have events of their own, and after a declined card the
 * shopper can still pay.
 */
const IGNORED = new Set([
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'customer.created',
  'customer.updated',
  'invoice.created',
  'invoice.finalized',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
])

export const HANDLED_TYPES = Object.keys(HANDLERS)

/** Changes nothing, but is kept: checkouts and orders show from it why a card was declined. */
const DECLINED_TYPE = 'payment_intent.payment_failed'

/** The types that the endpoint at Stripe must be subscribed to. Missed events of these types are fetched. */
export const SUBSCRIBED_TYPES = [...HANDLED_TYPES, DECLINED_TYPE]

/** @param livemode whether the shop runs in live mode. Events of the other mode are ignored. */
export function dispatch(event: SignedEvent, context: HandlerContext, livemode: boolean): HandlerResult {
  if (event.livemode !== livemode) {
    return {
      kind: 'ignored',
      detail: `a ${event.livemode ? 'live' : 'test'} event, and this shop runs in ${livemode ? 'live' : 'test'} mode`,
    }
  }
  const handler = Object.hasOwn(HANDLERS, event.type) ? HANDLERS[event.type] : undefined
  if (!handler) {
    const detail = IGNORED.has(event.type) ? 'ignored on purpose' : 'unknown event type'
    return { kind: 'ignored', detail }
  }
  try {
    return handler(event, context)
  } catch (error) {
    if (!(error instanceof UnreadableObjectError)) throw error
    const app = appOf(event.object)
    if (typeof app === 'string' && app !== context.appId) return { kind: 'not_ours', detail: `app ${app}` }
    // Probably of another API version. An operator must see it.
    const detail = [error.message, ...inexactAmounts(event.text)].join('; ')
    return { kind: 'quarantined', detail, orderId: null }
  }
}

/** Amounts that are too large for a number, as Stripe wrote them. */
function inexactAmounts(text: string): string[] {
  return [...text.matchAll(/"(amount\w*)":\s*(\d{16,})/g)].map(([, name, digits]) => `${name} is ${digits}`)
}

/** Whether the shop must handle an event: of a type that it handles, and not marked as another app's. */
export function mustHandle(event: SignedEvent, context: HandlerContext, livemode: boolean): boolean {
  try {
    const { kind } = dispatch(event, context, livemode)
    return kind !== 'ignored' && kind !== 'not_ours'
  } catch {
    return true
  }
}
