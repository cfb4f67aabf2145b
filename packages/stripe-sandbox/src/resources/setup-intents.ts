// API operations for setup intents.
import type Stripe from 'stripe'
import { missingParameter, noSuch, notFound, refused, unsupported } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { checkMethodOwner } from '../payments/method-owner.js'
import { resolvePaymentMethod } from '../payments/payment-methods.js'
import { confirmSetup, createSetupIntent, setupDeclinedAnswer } from '../payments/setup.js'
import type { Account } from '../state/account.js'
import type { SetupIntent } from '../wire.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

const UNFINISHED = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export const setupIntentOperations = [
  operation<Stripe.SetupIntentCreateParams & { payment_method_types?: string[] }>(
    'POST /v1/setup_intents',
    ({ account }, params) => {
      refuseAllBut(params, [
        'automatic_payment_methods',
        'confirm',
        'customer',
        'description',
        'metadata',
        'payment_method',
        'payment_method_types',
        'return_url',
        'usage',
      ])
      if (params.customer !== undefined && !account.find('customer', params.customer))
        throw noSuch('customer', params.customer, 'customer')
      if (params.payment_method_types?.some((type) => type !== 'card') === true)
        throw unsupported('setup intents for payment methods other than cards', 'payment_method_types')
      const method =
        params.payment_method === undefined ? undefined : resolvePaymentMethod(account, params.payment_method)
      if (method) checkMethodOwner(account, method, params.customer ?? null, 'SetupIntent')
      const intent = createSetupIntent(
        account,
        {
          automatic_payment_methods:
            params.payment_method_types === undefined ? { allow_redirects: 'always', enabled: true } : null,
          customer: params.customer ?? null,
          description: params.description ?? null,
          metadata: mergeMetadata({}, params.metadata),
          payment_method: method?.id ?? null,
          status: method ? 'requires_confirmation' : 'requires_payment_method',
          usage: params.usage ?? 'off_session',
        },
        { returnUrl: params.return_url ?? null },
      )
      return params.confirm === true ? confirm(account, intent, undefined) : intent
    },
  ),

  operation<Stripe.SetupIntentListParams>('GET /v1/setup_intents', (call, params) => {
    const { customer, customer_account, payment_method, created } = params
    return listPage(
      call,
      'setup_intent',
      call.account.all('setup_intent'),
      params,
      (intent) =>
        hasValues(intent, { customer, customer_account, payment_method }) && inRange(intent.created, created),
    )
  }),

  operation('GET /v1/setup_intents/{intent}', ({ account, id }) => requireIntent(account, id)),

  operation<Stripe.SetupIntentUpdateParams>('POST /v1/setup_intents/{intent}', ({ account, id }, params) => {
    const intent = requireIntent(account, id)
    refuseAllBut(params, ['description', 'metadata'])
    return account.update('setup_intent', id, {
      ...withoutUndefined({ description: params.description }),
      metadata: mergeMetadata(intent.metadata ?? {}, params.metadata),
    })
  }),

  operation<Stripe.SetupIntentConfirmParams>(
    'POST /v1/setup_intents/{intent}/confirm',
    ({ account, id }, params) => {
      const intent = requireUnfinished(account, id, 'confirm')
      refuseAllBut(params, ['payment_method', 'return_url'])
      if (params.return_url !== undefined)
        account.update('setup_details', id, { returnUrl: params.return_url })
      return confirm(account, intent, params.payment_method)
    },
  ),

  operation<Stripe.SetupIntentCancelParams>(
    'POST /v1/setup_intents/{intent}/cancel',
    ({ account, id }, params) => {
      requireUnfinished(account, id, 'cancel')
      const canceled = account.update('setup_intent', id, {
        cancellation_reason: params.cancellation_reason ?? null,
        next_action: null,
        status: 'canceled',
      })
      account.emit('setup_intent.canceled', canceled)
      return canceled
    },
  ),
]

function confirm(account: Account, intent: SetupIntent, methodId: string | undefined): SetupIntent {
  const id = methodId ?? intent.payment_method
  if (!id) throw missingParameter('payment_method')
  const method = resolvePaymentMethod(account, id)
  checkMethodOwner(account, method, intent.customer, 'SetupIntent')
  const confirmation = confirmSetup(account, intent, method)
  if (confirmation.result === 'declined') throw setupDeclinedAnswer(account, confirmation.error, intent.id)
  return account.get('setup_intent', intent.id)
}

/** The setup intent. Throws if it is finished or belongs to a Checkout Session. */
function requireUnfinished(account: Account, id: string, verb: 'confirm' | 'cancel'): SetupIntent {
  const intent = requireIntent(account, id)
  const ofSession = account.get('setup_details', id).session !== null
  if (ofSession || !UNFINISHED.includes(intent.status)) {
    throw refused(
      ofSession
        ? `You cannot ${verb} this SetupIntent because it was created by a Checkout Session. Expire the Checkout Session instead.`
        : `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}.`,
      undefined,
      'setup_intent_unexpected_state',
    )
  }
  return intent
}

function requireIntent(account: Account, id: string): SetupIntent {
  const intent = account.find('setup_intent', id)
  if (!intent) throw notFound('setup_intent', id, 'intent')
  return intent
}
