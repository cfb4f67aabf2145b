// Every event that the shop knows, and what it does with it.
import { UnreadableObject } from '../payments/stripe-object.js'
import { handleCheckoutSession } from './handlers/checkout-session.js'
import { handleDispute } from './handlers/dispute.js'
import { handleRefund } from './handlers/refund.js'
import type { Handler, HandlerContext, HandlerResult } from './outcomes.js'
import type { SignedEvent } from './verify.js'

/** By the event's type. */
export const HANDLERS: Record<string, Handler> = {
  // The shopper finished Stripe's page: paid, or (bank debits) on its way.
  'checkout.session.completed': handleCheckoutSession,
  // The money of a delayed payment arrived.
  'checkout.session.async_payment_succeeded': handleCheckoutSession,
  // The money of a delayed payment will not come.
  'checkout.session.async_payment_failed': handleCheckoutSession,
  // Nobody paid in time: the units go back, silently.
  'checkout.session.expired': handleCheckoutSession,
  // Money goes back, asked for by us or in Stripe's dashboard.
  'refund.created': handleRefund,
  'refund.updated': handleRefund,
  'refund.failed': handleRefund,
  // The shopper's bank asks for the money back: opened, answered, decided.
  'charge.dispute.created': handleDispute,
  'charge.dispute.updated': handleDispute,
  'charge.dispute.closed': handleDispute,
  'charge.dispute.funds_withdrawn': handleDispute,
  'charge.dispute.funds_reinstated': handleDispute,
}

/** Known, and nothing to do: sessions, refunds and disputes have events of their own. A declined card is no failed order. */
const IGNORED = new Set([
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
])

/** The types that an endpoint must be subscribed to. */
export const HANDLED_TYPES = Object.keys(HANDLERS)

/** @param livemode whether this shop moves money: events of the other mode are not for it */
export function dispatch(event: SignedEvent, context: HandlerContext, livemode: boolean): HandlerResult {
  if (event.livemode !== livemode) {
    return {
      kind: 'ignored',
      detail: `a ${event.livemode ? 'live' : 'test'} event, and this shop runs in ${livemode ? 'live' : 'test'} mode`,
    }
  }
  const handler = Object.hasOwn(HANDLERS, event.type) ? HANDLERS[event.type] : undefined
  if (!handler) {
    const detail = IGNORED.has(event.type) ? 'ignored on purpose' : 'of a type that the shop does not know'
    return { kind: 'ignored', detail }
  }
  try {
    return handler(event, context)
  } catch (error) {
    // Of an API version with other shapes: never a silent nothing.
    if (error instanceof UnreadableObject)
      return { kind: 'quarantined', detail: error.message, orderId: null }
    throw error
  }
}
