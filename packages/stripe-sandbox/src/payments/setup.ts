// Creating and confirming setup intents.
import { type ErrorFields, StripeApiError } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { PaymentMethod, SetupIntent } from '../wire.js'
import { attachMethod, attachRefusal } from './attach.js'
import type { Confirmation } from './confirm.js'
import { decline } from './declines.js'
import { declineFields, lastPaymentError } from './intents.js'
import { setDefaultMethod } from '../billing/default-method.js'
import { completeSetupSession } from './setup-session.js'
import { testCard } from './test-cards.js'

/** Stores a setup intent, which saves a payment method without charging it, and sends `setup_intent.created`. */
export function createSetupIntent(
  account: Account,
  given: Partial<SetupIntent>,
  links: { session?: string; returnUrl?: string | null; makesDefault?: boolean } = {},
): SetupIntent {
  const id = newId('setup_intent')
  account.save('setup_details', {
    id,
    session: links.session ?? null,
    returnUrl: links.returnUrl ?? null,
    ...(links.makesDefault === true ? { makesDefault: true } : {}),
  })
  const intent = account.save(
    'setup_intent',
    inKeyOrder({
      id,
      object: 'setup_intent',
      allowed_payment_method_types: null,
      application: null,
      automatic_payment_methods: null,
      cancellation_reason: null,
      client_secret: `${id}_secret_${randomText(25)}`,
      created: account.now(),
      customer: null,
      customer_account: null,
      description: null,
      excluded_payment_method_types: null,
      flow_directions: null,
      last_setup_error: null,
      latest_attempt: null,
      livemode: false,
      mandate: null,
      metadata: {},
      next_action: null,
      on_behalf_of: null,
      payment_method: null,
      payment_method_configuration_details: null,
      payment_method_options: {
        card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
      },
      payment_method_types: ['card'],
      single_use_mandate: null,
      status: 'requires_payment_method',
      usage: 'off_session',
      ...given,
    }),
  )
  account.emit('setup_intent.created', intent)
  return intent
}

/** Confirms a setup intent: starts a 3-D Secure challenge, or saves or declines the payment method. */
export function confirmSetup(account: Account, intent: SetupIntent, method: PaymentMethod): Confirmation {
  if (testCard(account.get('payment_source', method.id).number)?.challenge) {
    const url = `${account.context.baseUrl}/authenticate/${intent.id}`
    const { returnUrl } = account.get('setup_details', intent.id)
    const waiting = account.update('setup_intent', intent.id, {
      status: 'requires_action',
      payment_method: method.id,
      last_setup_error: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } },
    })
    account.emit('setup_intent.requires_action', waiting)
    return { result: 'challenge', url }
  }
  const refusal = attachRefusal(account, method)
  return refusal ? fail(account, intent, refusal) : succeed(account, intent, method)
}

/** Continues a setup after the customer has passed or failed the 3-D Secure challenge. */
export function answerSetupChallenge(account: Account, intent: SetupIntent, passed: boolean): Confirmation {
  const method = account.get('payment_method', intent.payment_method)
  if (passed) return succeed(account, intent, method)
  return fail(account, intent, {
    ...declineFields(decline('authentication_failed'), method, null),
    code: 'setup_intent_authentication_failure',
  })
}

function succeed(account: Account, intent: SetupIntent, method: PaymentMethod): Confirmation {
  if (intent.customer !== null) attachMethod(account, method, intent.customer)
  const done = account.update('setup_intent', intent.id, {
    status: 'succeeded',
    payment_method: method.id,
    last_setup_error: null,
    next_action: null,
  })
  account.emit('setup_intent.succeeded', done)
  const details = account.get('setup_details', intent.id)
  completeSetupSession(account, details.session, method)
  if (details.makesDefault === true && intent.customer !== null)
    setDefaultMethod(account, intent.customer, method.id)
  return { result: 'paid' }
}

function fail(account: Account, intent: SetupIntent, error: ErrorFields): Confirmation {
  const reopened = account.update('setup_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: lastPaymentError(error),
  })
  account.emit('setup_intent.setup_failed', reopened)
  return { result: 'declined', error }
}

/** The 402 answer for a payment method that the bank declines to save. It does not roll back. */
export function setupDeclinedAnswer(account: Account, fields: ErrorFields, intentId: string): StripeApiError {
  return new StripeApiError(402, { ...fields, setup_intent: account.get('setup_intent', intentId) }, true)
}
