// API operations for payment intents.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { readChargeAmount, readCurrency } from '../money/amounts.js'
import { confirmIntent } from '../payments/confirm.js'
import { captureIntent } from '../payments/capture.js'
import { createIntent, declinedAnswer } from '../payments/intents.js'
import { checkMethodOwner } from '../payments/method-owner.js'
import { resolvePaymentMethod } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import type { Checked, PaymentIntent, PaymentMethod } from '../wire.js'
import {
  SUPPORTED_PARAMETERS,
  type LegacyMethodTypes,
  readIntentChanges,
  readIntentTexts,
  readMethodTypes,
  refuseLateChange,
  refuseWithoutConfirm,
} from './payment-intent-parameters.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

const CANCELABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture']
const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export const paymentIntentOperations = [
  operation<Stripe.PaymentIntentCreateParams & LegacyMethodTypes>(
    'POST /v1/payment_intents',
    ({ account }, params) => {
      refuseAllBut(params, SUPPORTED_PARAMETERS.create)
      refuseWithoutConfirm(params)
      const currency = readCurrency(params.currency, 'currency')
      const amount = readChargeAmount(params.amount, currency, 'amount')
      if (params.customer !== undefined && !account.find('customer', params.customer)) {
        throw noSuch('customer', params.customer, 'customer')
      }
      const method =
        params.payment_method === undefined ? undefined : resolvePaymentMethod(account, params.payment_method)
      if (method) checkMethodOwner(account, method, params.customer ?? null)
      const { automatic_payment_methods: automatic } = params
      const chosen = params.payment_method_types !== undefined || automatic?.enabled === false
      const intent = createIntent(
        account,
        {
          ...readIntentTexts(params),
          ...readIntentChanges(params, null),
          amount,
          currency,
          allowed_payment_method_types: params.allowed_payment_method_types ?? null,
          automatic_payment_methods: chosen
            ? null
            : { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true },
          confirmation_method: params.confirmation_method ?? 'automatic',
          customer: params.customer ?? null,
          excluded_payment_method_types: params.excluded_payment_method_types ?? null,
          metadata: mergeMetadata({}, params.metadata),
          payment_method: method?.id ?? null,
          payment_method_types: readMethodTypes(params, currency),
          status: method ? 'requires_confirmation' : 'requires_payment_method',
        },
        { returnUrl: params.return_url ?? null },
      )
      account.emit('payment_intent.created', intent)
      if (params.confirm !== true) return intent
      if (!method) throw missingParameter('payment_method')
      return confirm(account, intent, method, params)
    },
  ),

  operation<Stripe.PaymentIntentListParams>('GET /v1/payment_intents', (call, params) => {
    const { customer, customer_account, created } = params
    return listPage(
      call,
      'payment_intent',
      call.account.all('payment_intent'),
      params,
      (intent) => hasValues(intent, { customer, customer_account }) && inRange(intent.created, created),
    )
  }),

  operation('GET /v1/payment_intents/{intent}', ({ account, id }) => requireIntent(account, id)),

  operation<Stripe.PaymentIntentUpdateParams & LegacyMethodTypes>(
    'POST /v1/payment_intents/{intent}',
    ({ account, id }, params) => {
      const intent = requireIntent(account, id)
      refuseAllBut(params, SUPPORTED_PARAMETERS.update)
      refuseLateChange(intent, params, CONFIRMABLE)
      return account.update('payment_intent', id, {
        ...readIntentTexts(params),
        ...readIntentChanges(params, intent.payment_method_options),
        metadata: mergeMetadata(intent.metadata, params.metadata),
      })
    },
  ),

  operation<Stripe.PaymentIntentConfirmParams & LegacyMethodTypes>(
    'POST /v1/payment_intents/{intent}/confirm',
    ({ account, id }, params) => {
      const intent = requireIntent(account, id)
      refuseAllBut(params, SUPPORTED_PARAMETERS.confirm)
      refuseSessionIntent(account, intent, 'confirmed')
      if (!CONFIRMABLE.includes(intent.status)) {
        throw refused(
          `You cannot confirm this PaymentIntent because it has already ${intent.status === 'canceled' ? 'been canceled' : 'succeeded after being previously confirmed'}.`,
          undefined,
          'payment_intent_unexpected_state',
        )
      }
      const methodId = params.payment_method ?? intent.payment_method
      if (methodId === null) throw missingParameter('payment_method')
      const method = resolvePaymentMethod(account, methodId)
      checkMethodOwner(account, method, intent.customer)
      const changes = readIntentChanges(params, intent.payment_method_options)
      return confirm(account, account.update('payment_intent', id, changes), method, params)
    },
  ),

  operation<Stripe.PaymentIntentCancelParams>(
    'POST /v1/payment_intents/{intent}/cancel',
    ({ account, id }, params) => {
      const intent = requireIntent(account, id)
      refuseSessionIntent(account, intent, 'canceled')
      if (!CANCELABLE.includes(intent.status)) {
        throw refused(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
          undefined,
          'payment_intent_unexpected_state',
        )
      }
      const canceled = account.update('payment_intent', id, {
        status: 'canceled',
        amount_capturable: 0,
        canceled_at: account.now(),
        cancellation_reason: params.cancellation_reason ?? null,
        next_action: null,
      })
      account.emit('payment_intent.canceled', canceled)
      return canceled
    },
  ),

  operation<Stripe.PaymentIntentCaptureParams>(
    'POST /v1/payment_intents/{intent}/capture',
    ({ account, id }, params) => {
      const intent = requireIntent(account, id)
      refuseAllBut(params, SUPPORTED_PARAMETERS.capture)
      if (params.final_capture === false) {
        throw invalidRequest(
          'The sandbox supports only one capture per payment: final_capture cannot be false.',
          'final_capture',
        )
      }
      return captureIntent(account, intent, params.amount_to_capture, {
        ...withoutUndefined({
          statement_descriptor: params.statement_descriptor,
          statement_descriptor_suffix: params.statement_descriptor_suffix,
        }),
        metadata: mergeMetadata(intent.metadata, params.metadata),
      })
    },
  ),
]

function confirm(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  params: Checked<Stripe.PaymentIntentConfirmParams>,
): PaymentIntent {
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(', ')}.`,
      'payment_method',
    )
  }
  const { off_session: offSession = false, return_url: returnUrl } = params
  if (returnUrl !== undefined) account.update('intent_details', intent.id, { returnUrl })
  const confirmation = confirmIntent(account, intent, method, {
    offSession: offSession !== false,
    failOnChallenge: offSession !== false || params.error_on_requires_action === true,
  })
  if (confirmation.result === 'declined') throw declinedAnswer(account, confirmation.error, intent.id)
  return account.get('payment_intent', intent.id)
}

function refuseSessionIntent(account: Account, intent: PaymentIntent, verb: string): void {
  const { session, invoice } = account.get('intent_details', intent.id)
  if (verb === 'canceled' && session === null && invoice !== undefined) {
    throw refused(
      'This PaymentIntent pays an invoice and cannot be canceled directly. Void the invoice instead.',
      undefined,
      'payment_intent_unexpected_state',
    )
  }
  if (session === null) return
  throw refused(
    `This PaymentIntent was created by a Checkout Session and cannot be ${verb} directly. Expire the Checkout Session instead.`,
    undefined,
    'payment_intent_unexpected_state',
  )
}

function requireIntent(account: Account, id: string): PaymentIntent {
  const intent = account.find('payment_intent', id)
  if (!intent) throw notFound('payment_intent', id, 'intent')
  return intent
}
