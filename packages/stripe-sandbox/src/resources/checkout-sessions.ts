// API operations for Checkout Sessions.
import type Stripe from 'stripe'
import { notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { paymentIntentOf } from '../payments/confirm-session.js'
import type { Account } from '../state/account.js'
import { Collection } from '../state/collection.js'
import type { LineItem, Session } from '../wire.js'
import { createSession } from './create-session.js'
import { refuseUnsupported } from './unsupported-parameters.js'

export const checkoutSessionOperations = [
  operation<Stripe.Checkout.SessionCreateParams>('POST /v1/checkout/sessions', ({ account }, params) =>
    createSession(account, params),
  ),

  operation<Stripe.Checkout.SessionListParams>('GET /v1/checkout/sessions', (call, params) => {
    const { customer, customer_account, payment_intent, payment_link, status, subscription, created } = params
    const email = params.customer_details?.email
    return listPage(
      call,
      'checkout.session',
      call.account.all('checkout.session'),
      params,
      (session) =>
        hasValues(session, {
          customer,
          customer_account,
          payment_intent,
          payment_link,
          status,
          subscription,
        }) &&
        (email === undefined || session.customer_details?.email === email) &&
        inRange(session.created, created),
    )
  }),

  operation('GET /v1/checkout/sessions/{session}', ({ account, id }) => requireSession(account, id)),

  operation<Stripe.Checkout.SessionUpdateParams>(
    'POST /v1/checkout/sessions/{session}',
    ({ account, id }, params) => {
      const session = requireSession(account, id)
      refuseUnsupported(params, [
        'collected_information',
        'line_items',
        'payment_intent_data',
        'shipping_options',
      ])
      return account.update('checkout.session', id, {
        metadata: mergeMetadata(session.metadata ?? {}, params.metadata),
      })
    },
  ),

  operation('POST /v1/checkout/sessions/{session}/expire', ({ account, id }) => {
    const session = requireSession(account, id)
    if (session.status !== 'open') {
      throw refused(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of "${session.status ?? ''}".`,
      )
    }
    return expireSession(account, session)
  }),

  operation<Stripe.Checkout.SessionListLineItemsParams>(
    'GET /v1/checkout/sessions/{session}/line_items',
    (call, params) => {
      requireSession(call.account, call.id)
      const lines = new Collection<LineItem>()
      // Collections list the newest entry first, so add the lines in reverse to keep the order of the request.
      for (const line of [...call.account.get('session_details', call.id).lineItems].reverse())
        lines.set(line.id, line)
      return listPage(call, 'item', lines, params)
    },
  ),
]

/** Expires a session and cancels its unfinished payment intent. */
export function expireSession(account: Account, session: Session): Session {
  const expired = account.update('checkout.session', session.id, { status: 'expired', url: null })
  const intent = paymentIntentOf(account, session)
  if (intent && (intent.status === 'requires_payment_method' || intent.status === 'requires_action')) {
    const canceled = account.update('payment_intent', intent.id, {
      status: 'canceled',
      canceled_at: account.now(),
      cancellation_reason: 'automatic',
      next_action: null,
    })
    account.emit('payment_intent.canceled', canceled)
  }
  account.emit('checkout.session.expired', expired)
  return expired
}

export function requireSession(account: Account, id: string): Session {
  const session = account.find('checkout.session', id)
  if (!session) throw notFound('checkout.session', id)
  return session
}
