// Every event that the shop knows, and what it does with it.
import type { Transaction } from '../database/client.js'
import type { MailWriter } from '../mail/mail-writer.js'
import { onSessionAsyncPaymentFailed } from './handlers/checkout-session-async-payment-failed.js'
import { onSessionAsyncPaymentSucceeded } from './handlers/checkout-session-async-payment-succeeded.js'
import { onSessionCompleted } from './handlers/checkout-session-completed.js'
import { onSessionExpired } from './handlers/checkout-session-expired.js'
import type { Outcome } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandlerContext {
  tx: Transaction
  mail: MailWriter
  /** Marks our own sessions among those of the account. */
  appId: string
}

export type Handler = (event: SignedEvent, context: HandlerContext) => Promise<Outcome>

const HANDLERS: Record<string, Handler> = {
  // The shopper finished Stripe's page: paid, or (bank debits) on its way.
  'checkout.session.completed': onSessionCompleted,
  // The money of a delayed payment arrived.
  'checkout.session.async_payment_succeeded': onSessionAsyncPaymentSucceeded,
  // The money of a delayed payment will not come.
  'checkout.session.async_payment_failed': onSessionAsyncPaymentFailed,
  // Nobody paid in time: the units go back, silently.
  'checkout.session.expired': onSessionExpired,
}

/** Known, and nothing to do: the session's own events tell us all of it. */
const IGNORED = new Set([
  'charge.failed',
  'charge.pending',
  'charge.succeeded',
  'charge.updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
])

/** @param livemode whether this shop moves money: events of the other mode are not for it */
export async function dispatch(
  event: SignedEvent,
  context: HandlerContext,
  livemode: boolean,
): Promise<Outcome> {
  if (event.livemode !== livemode) {
    return {
      kind: 'ignored',
      detail: `a ${event.livemode ? 'live' : 'test'} event, and this shop runs in ${livemode ? 'live' : 'test'} mode`,
    }
  }
  const handler = Object.hasOwn(HANDLERS, event.type) ? HANDLERS[event.type] : undefined
  if (handler) return handler(event, context)
  return {
    kind: 'ignored',
    detail: IGNORED.has(event.type) ? 'ignored on purpose' : 'of a type that the shop does not know',
  }
}
