// Every event that the shop knows, and what it does with it.
import { UnreadableObject } from '../payments/stripe-object.js'
import { onSessionAsyncPaymentFailed } from './handlers/checkout-session-async-payment-failed.js'
import { onSessionAsyncPaymentSucceeded } from './handlers/checkout-session-async-payment-succeeded.js'
import { onSessionCompleted } from './handlers/checkout-session-completed.js'
import { onSessionExpired } from './handlers/checkout-session-expired.js'
import { onDisputeChanged } from './handlers/dispute-changed.js'
import { onRefundChanged } from './handlers/refund-changed.js'
import type { Reading } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandlerContext {
  /** Marks our own sessions among those of the account. */
  appId: string
}

/** Reads an event; it is called again when the database asks for another try. */
export type Handler = (event: SignedEvent, context: HandlerContext) => Reading

/** By the event's type. */
export const HANDLERS: Record<string, Handler> = {
  // The shopper finished Stripe's page: paid, or (bank debits) on its way.
  'checkout.session.completed': onSessionCompleted,
  // The money of a delayed payment arrived.
  'checkout.session.async_payment_succeeded': onSessionAsyncPaymentSucceeded,
  // The money of a delayed payment will not come.
  'checkout.session.async_payment_failed': onSessionAsyncPaymentFailed,
  // Nobody paid in time: the units go back, silently.
  'checkout.session.expired': onSessionExpired,
  // Money goes back, asked for by us or in Stripe's dashboard.
  'refund.created': onRefundChanged,
  'refund.updated': onRefundChanged,
  'refund.failed': onRefundChanged,
  // The shopper's bank asks for the money back: opened, answered, decided.
  'charge.dispute.created': onDisputeChanged,
  'charge.dispute.updated': onDisputeChanged,
  'charge.dispute.closed': onDisputeChanged,
  'charge.dispute.funds_withdrawn': onDisputeChanged,
  'charge.dispute.funds_reinstated': onDisputeChanged,
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
export function dispatch(event: SignedEvent, context: HandlerContext, livemode: boolean): Reading {
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
