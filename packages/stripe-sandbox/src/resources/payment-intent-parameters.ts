// The parameters of payment intents that the sandbox supports, and how they are read.
import type Stripe from 'stripe'
import { invalidRequest, refused } from '../api/errors.js'
import { bankDebitFor } from '../payments/bank-accounts.js'
import { fullAddress } from '../payments/payment-methods.js'
import type { Checked, PaymentIntent } from '../wire.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

/** The SDK's types have no `payment_method_types` since version 23.0, but the official CLI and older code send it. */
export interface LegacyMethodTypes {
  payment_method_types?: string[]
}

type CreateParams = Checked<Stripe.PaymentIntentCreateParams & LegacyMethodTypes>
type UpdateParams = Checked<Stripe.PaymentIntentUpdateParams & LegacyMethodTypes>
type ConfirmParams = Checked<Stripe.PaymentIntentConfirmParams & LegacyMethodTypes>
type Options = PaymentIntent['payment_method_options']

/** Accepted by create, update and confirm until the payment has been made. */
const METHOD_PARAMETERS = [
  'capture_method',
  'payment_method_options',
  'payment_method_types',
  'setup_future_usage',
] as const
/** Accepted by create, update and confirm at any time. */
const CONTACT_PARAMETERS = ['receipt_email', 'shipping'] as const
/** Accepted by create and update only. */
const TEXT_PARAMETERS = [
  'description',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const
/** Accepted when a payment is confirmed. `mandate_data` has no effect, as the sandbox's bank debits need no mandate. */
const CONFIRM_PARAMETERS = [
  'error_on_requires_action',
  'mandate_data',
  'off_session',
  'payment_method',
  'return_url',
]

export const SUPPORTED_PARAMETERS = {
  create: [
    ...METHOD_PARAMETERS,
    ...CONTACT_PARAMETERS,
    ...TEXT_PARAMETERS,
    ...CONFIRM_PARAMETERS,
    'allowed_payment_method_types',
    'amount',
    'automatic_payment_methods',
    'confirm',
    'confirmation_method',
    'currency',
    'customer',
    'excluded_payment_method_types',
    'metadata',
  ],
  update: [...METHOD_PARAMETERS, ...CONTACT_PARAMETERS, ...TEXT_PARAMETERS, 'metadata'],
  confirm: [...METHOD_PARAMETERS, ...CONTACT_PARAMETERS, ...CONFIRM_PARAMETERS],
  capture: [
    'amount_to_capture',
    'final_capture',
    'metadata',
    'statement_descriptor',
    'statement_descriptor_suffix',
  ],
}

/** Throws for parameters that need `confirm=true` in the same request. */
export function refuseWithoutConfirm(params: CreateParams): void {
  if (params.confirm === true) return
  for (const name of ['error_on_requires_action', 'mandate_data', 'off_session', 'return_url'] as const) {
    const value = params[name]
    if (value === undefined || value === false || value === '') continue
    throw invalidRequest(`The parameter ${name} can only be used with confirm=true.`, name)
  }
}

/** Throws for changes of payment method parameters once the payment has been made. */
export function refuseLateChange(
  intent: PaymentIntent,
  params: UpdateParams,
  statuses: readonly string[],
): void {
  if (statuses.includes(intent.status)) return
  const name = METHOD_PARAMETERS.find((each) => params[each] !== undefined)
  if (name === undefined) return
  throw refused(
    `This PaymentIntent's ${name} could not be updated because it has a status of ${intent.status}. You may only update the ${name} of a PaymentIntent with one of the following statuses: ${statuses.join(', ')}.`,
    name,
    'payment_intent_unexpected_state',
  )
}

/** The payment method types of a new intent. */
export function readMethodTypes(params: CreateParams, currency: string): string[] {
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic } = params
  const excluded: readonly string[] = params.excluded_payment_method_types ?? []
  const offered =
    params.payment_method_types ??
    (automatic?.enabled === false ? ['card'] : ['card', bankDebitFor(currency)])
  const types = offered.filter(
    (type) => (allowed === undefined || allowed.some((each) => each === type)) && !excluded.includes(type),
  )
  if (types.length > 0) return types
  throw invalidRequest(
    `No payment method type is left for this PaymentIntent. The sandbox supports ${offered.join(', ')}.`,
    allowed ? 'allowed_payment_method_types' : 'excluded_payment_method_types',
  )
}

/** The changes from parameters that create, update and confirm share. An empty string unsets a field. */
export function readIntentChanges(
  params: CreateParams | UpdateParams | ConfirmParams,
  options: Options,
): Partial<PaymentIntent> {
  const { payment_method_options: asked, receipt_email: email, setup_future_usage: usage, shipping } = params
  return {
    ...withoutUndefined({
      capture_method: params.capture_method,
      payment_method_types: params.payment_method_types,
    }),
    ...(asked === undefined ? {} : { payment_method_options: readOptions(asked, options) }),
    ...(email === undefined ? {} : { receipt_email: email || null }),
    ...(usage === undefined ? {} : { setup_future_usage: usage || null }),
    ...(shipping === undefined ? {} : { shipping: readShipping(shipping || null) }),
  }
}

/** The text fields, which only create and update accept. */
export function readIntentTexts(params: CreateParams | UpdateParams): Partial<PaymentIntent> {
  return withoutUndefined(Object.fromEntries(TEXT_PARAMETERS.map((name) => [name, params[name]])))
}

function readOptions(
  asked: NonNullable<(CreateParams | UpdateParams | ConfirmParams)['payment_method_options']>,
  before: Options,
): Options {
  refuseAllBut(asked, ['card'], 'payment_method_options.')
  const card = asked.card || {}
  const names = ['capture_method', 'request_three_d_secure', 'setup_future_usage']
  refuseAllBut(card, names, 'payment_method_options.card.')
  const known = before?.card
  const {
    capture_method: capture = known?.capture_method,
    setup_future_usage: usage = known?.setup_future_usage,
  } = card
  return {
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: card.request_three_d_secure ?? known?.request_three_d_secure ?? 'automatic',
      ...(capture ? { capture_method: capture } : {}),
      ...(usage ? { setup_future_usage: usage } : {}),
    },
  }
}

function readShipping(given: CreateParams['shipping'] | null): PaymentIntent['shipping'] {
  if (!given) return null
  return {
    carrier: null,
    phone: null,
    tracking_number: null,
    ...given,
    address: fullAddress(given.address),
  }
}
