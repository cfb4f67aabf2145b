// Creating payment intents and describing their failures.
import { errorBody, StripeApiError, type ErrorFields } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { PaymentIntent, PaymentMethod } from '../wire.js'
import type { Decline } from './declines.js'

type Given = Partial<PaymentIntent> & Pick<PaymentIntent, 'amount' | 'currency' | 'payment_method_types'>

/** Stores a payment intent, by default with the status `requires_payment_method`. */
export function createIntent(
  account: Account,
  given: Given,
  links: { session?: string; invoice?: string; returnUrl?: string | null } = {},
): PaymentIntent {
  const id = newId('payment_intent')
  account.save('intent_details', {
    id,
    session: links.session ?? null,
    ...(links.invoice === undefined ? {} : { invoice: links.invoice }),
    returnUrl: links.returnUrl ?? null,
  })
  return account.save(
    'payment_intent',
    inKeyOrder({
      id,
      object: 'payment_intent',
      allowed_payment_method_types: null,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      application: null,
      application_fee_amount: null,
      automatic_payment_methods: null,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: 'automatic_async',
      client_secret: `${id}_secret_${randomText(25)}`,
      confirmation_method: 'automatic',
      created: account.now(),
      customer: null,
      customer_account: null,
      description: null,
      excluded_payment_method_types: null,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      managed_payments: null,
      metadata: {},
      next_action: null,
      on_behalf_of: null,
      payment_method: null,
      payment_method_configuration_details: null,
      payment_method_options: {
        card: {
          installments: null,
          mandate_options: null,
          network: null,
          request_three_d_secure: 'automatic',
        },
      },
      payment_record: null,
      processing: null,
      receipt_email: null,
      review: null,
      setup_future_usage: null,
      shipping: null,
      source: null,
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      status: 'requires_payment_method',
      transfer_data: null,
      transfer_group: null,
      ...given,
    }),
  )
}

/** The error of a failed attempt, for the API's answer. */
export function declineFields(decline: Decline, method: PaymentMethod, charge: string | null): ErrorFields {
  return {
    type: method.type === 'card' ? 'card_error' : 'invalid_request_error',
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    advice_code: decline.adviceCode,
    network_decline_code: decline.networkCode,
    charge: charge ?? undefined,
    payment_method: method,
  }
}

/** The same error as `last_payment_error` holds it. */
export function lastPaymentError(fields: ErrorFields): PaymentIntent['last_payment_error'] {
  const { error } = errorBody(fields, null, '') as { error: PaymentIntent['last_payment_error'] }
  return error
}

/** The 402 answer for a declined payment. It does not roll back the failed charge and its events. */
export function declinedAnswer(account: Account, fields: ErrorFields, intentId: string): StripeApiError {
  return new StripeApiError(402, { ...fields, payment_intent: account.get('payment_intent', intentId) }, true)
}
