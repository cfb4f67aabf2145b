// The initial fields of a new Checkout Session.
import type Stripe from 'stripe'
import { mergeMetadata } from '../api/metadata.js'
import type { Checked, Session } from '../wire.js'

/** Fields that `createSession` sets itself. */
type SetByCaller =
  | 'id'
  | 'amount_subtotal'
  | 'amount_total'
  | 'cancel_url'
  | 'client_reference_id'
  | 'created'
  | 'currency'
  | 'customer'
  | 'customer_details'
  | 'customer_email'
  | 'expires_at'
  | 'metadata'
  | 'payment_method_options'
  | 'payment_method_types'
  | 'shipping_options'
  | 'success_url'
  | 'total_details'

/** The default of `customer_creation` by mode. */
const CUSTOMER_CREATION = { payment: 'if_required', subscription: 'always', setup: 'if_required' } as const

/** Null for a session that makes or has no customer. */
function savedMethodOptions(
  given: Checked<Stripe.Checkout.SessionCreateParams>,
): Session['saved_payment_method_options'] {
  const { customer, saved_payment_method_options: options, mode = 'payment' } = given
  const creation = given.customer_creation ?? CUSTOMER_CREATION[mode]
  if (mode === 'setup' || (customer === undefined && creation !== 'always' && options === undefined))
    return null
  return {
    allow_redisplay_filters: options?.allow_redisplay_filters ?? ['always'],
    payment_method_remove: options?.payment_method_remove ?? 'disabled',
    payment_method_save: options?.payment_method_save ?? null,
  }
}

/** The remaining fields, with the values of a new session at Stripe. */
export function sessionDefaults(
  given: Checked<Stripe.Checkout.SessionCreateParams>,
): Omit<Session, SetByCaller> {
  const mode = given.mode ?? 'payment'
  return {
    object: 'checkout.session',
    adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? mode !== 'setup' },
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    automatic_tax: given.automatic_tax?.enabled
      ? {
          enabled: true,
          liability: { type: 'self' },
          provider: 'stripe',
          status: 'requires_location_inputs',
        }
      : { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: given.billing_address_collection ?? null,
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    consent_collection: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: given.custom_text?.after_submit || null,
      shipping_address: given.custom_text?.shipping_address || null,
      submit: given.custom_text?.submit || null,
      terms_of_service_acceptance: given.custom_text?.terms_of_service_acceptance || null,
    },
    customer_account: null,
    customer_creation:
      given.customer === undefined ? (given.customer_creation ?? CUSTOMER_CREATION[mode]) : null,
    discounts: [],
    ...(given.excluded_payment_method_types
      ? { excluded_payment_method_types: given.excluded_payment_method_types }
      : {}),
    integration_identifier: given.integration_identifier ?? null,
    invoice: null,
    invoice_creation:
      mode !== 'payment'
        ? null
        : {
            enabled: given.invoice_creation?.enabled ?? false,
            invoice_data: {
              account_tax_ids: null,
              custom_fields: null,
              description: given.invoice_creation?.invoice_data?.description ?? null,
              footer: given.invoice_creation?.invoice_data?.footer ?? null,
              issuer: null,
              metadata: mergeMetadata(
                {},
                given.invoice_creation?.invoice_data?.metadata,
                'invoice_creation[invoice_data][metadata]',
              ),
              rendering_options: null,
            },
          },
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: { enabled: false },
    mode,
    origin_context: given.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection:
      given.payment_method_collection ?? (mode === 'payment' ? 'if_required' : 'always'),
    payment_method_configuration_details: null,
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: given.phone_number_collection?.enabled ?? false },
    recovered_from: null,
    saved_payment_method_options: savedMethodOptions(given),
    setup_intent: null,
    shipping_address_collection: given.shipping_address_collection ?? null,
    shipping_cost: null,
    status: 'open',
    submit_type: given.submit_type ?? null,
    subscription: null,
    ...(given.tax_id_collection
      ? {
          tax_id_collection: {
            enabled: given.tax_id_collection.enabled,
            required: given.tax_id_collection.required ?? 'never',
          },
        }
      : {}),
    ui_mode: 'hosted_page',
    url: null,
    wallet_options: null,
  }
}
