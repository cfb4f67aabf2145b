import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound, refused } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { readChargeAmount, readCurrency } from '../money/amounts.js'
import { bankDebitFor } from '../payments/bank-accounts.js'
import { confirmIntent } from '../payments/confirm.js'
import { captureIntent } from '../payments/capture.js'
import { createIntent, declinedAnswer } from '../payments/intents.js'
import { fullAddress, resolvePaymentMethod } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import type { Checked, PaymentIntent } from '../wire.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type Created = Checked<Stripe.PaymentIntentCreateParams>

const notActedOn = [
  'amount_details',
  'application_fee_amount',
  'confirmation_token',
  'customer_account',
  'hooks',
  'mandate',
  'on_behalf_of',
  'payment_details',
  'payment_method_data',
  'radar_options',
  'transfer_data',
]

const cancelable = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture']
const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export const paymentIntentOperations = [
  operation<Stripe.PaymentIntentCreateParams & { payment_method_types?: string[] }>(
    'POST /v1/payment_intents',
    ({ account }, params) => {
      refuseUnsupported(params, notActedOn)
      const currency = readCurrency(params.currency, 'currency')
      const amount = readChargeAmount(params.amount, currency, 'amount')
      if (params.customer !== undefined && !account.find('customer', params.customer)) {
        throw noSuch('customer', params.customer, 'customer')
      }
      const method =
        params.payment_method === undefined ? undefined : resolvePaymentMethod(account, params.payment_method)
      const automatic = params.payment_method_types === undefined
      const intent = createIntent(
        account,
        {
          ...given(params),
          amount,
          currency,
          automatic_payment_methods: automatic ? { allow_redirects: 'always', enabled: true } : null,
          capture_method: params.capture_method ?? 'automatic_async',
          confirmation_method: params.confirmation_method ?? 'automatic',
          customer: params.customer ?? null,
          metadata: mergeMetadata({}, params.metadata),
          payment_method: method?.id ?? null,
          payment_method_types: params.payment_method_types ?? ['card', bankDebitFor(currency)],
          status: method ? 'requires_confirmation' : 'requires_payment_method',
        },
        { returnUrl: params.return_url ?? null },
      )
      account.emit('payment_intent.created', intent)
      if (params.confirm !== true) return intent
      return confirm(account, intent, undefined, params.return_url)
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

  operation('GET /v1/payment_intents/{intent}', ({ account, id }) => intentAt(account, id)),

  operation<Stripe.PaymentIntentUpdateParams>(
    'POST /v1/payment_intents/{intent}',
    ({ account, id }, params) => {
      const intent = intentAt(account, id)
      refuseUnsupported(params, [...notActedOn, 'amount', 'currency', 'customer', 'payment_method'])
      return account.update('payment_intent', id, {
        ...withoutUndefined({
          description: params.description,
          receipt_email: params.receipt_email || undefined,
          statement_descriptor: params.statement_descriptor,
          statement_descriptor_suffix: params.statement_descriptor_suffix,
          transfer_group: params.transfer_group,
        }),
        metadata: mergeMetadata(intent.metadata, params.metadata),
      })
    },
  ),

  operation<Stripe.PaymentIntentConfirmParams>(
    'POST /v1/payment_intents/{intent}/confirm',
    ({ account, id }, params) => {
      const intent = intentAt(account, id)
      refuseUnsupported(params, notActedOn)
      refuseSessionIntent(account, intent, 'confirmed')
      if (!confirmable.includes(intent.status)) {
        throw refused(
          `You cannot confirm this PaymentIntent because it has already ${intent.status === 'canceled' ? 'been canceled' : 'succeeded after being previously confirmed'}.`,
          undefined,
          'payment_intent_unexpected_state',
        )
      }
      return confirm(account, intent, params.payment_method, params.return_url)
    },
  ),

  operation<Stripe.PaymentIntentCancelParams>(
    'POST /v1/payment_intents/{intent}/cancel',
    ({ account, id }, params) => {
      const intent = intentAt(account, id)
      refuseSessionIntent(account, intent, 'canceled')
      if (!cancelable.includes(intent.status)) {
        throw refused(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
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
      const intent = intentAt(account, id)
      refuseUnsupported(params, [
        'amount_details',
        'application_fee_amount',
        'hooks',
        'payment_details',
        'transfer_data',
      ])
      if (params.final_capture === false) {
        throw invalidRequest(
          'The sandbox captures a payment once: final_capture cannot be false.',
          'final_capture',
        )
      }
      return captureIntent(account, intent, params.amount_to_capture)
    },
  ),
]

function confirm(
  account: Account,
  intent: PaymentIntent,
  methodId: string | undefined,
  returnUrl: string | undefined,
): PaymentIntent {
  const id = methodId ?? intent.payment_method
  if (!id) throw missingParameter('payment_method')
  const method = resolvePaymentMethod(account, id)
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(', ')}.`,
      'payment_method',
    )
  }
  if (returnUrl !== undefined) account.update('intent_details', intent.id, { returnUrl })
  const confirmation = confirmIntent(account, intent, method)
  if (confirmation.result === 'declined') throw declinedAnswer(account, confirmation.error, intent.id)
  return account.get('payment_intent', intent.id)
}

function given(params: Created): Partial<PaymentIntent> {
  const { shipping } = params
  return {
    description: params.description ?? null,
    receipt_email: params.receipt_email ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shipping
      ? {
          carrier: null,
          phone: null,
          tracking_number: null,
          ...shipping,
          address: fullAddress(shipping.address),
        }
      : null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    transfer_group: params.transfer_group ?? null,
  }
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

function intentAt(account: Account, id: string): PaymentIntent {
  const intent = account.find('payment_intent', id)
  if (!intent) throw notFound('payment_intent', id, 'intent')
  return intent
}
