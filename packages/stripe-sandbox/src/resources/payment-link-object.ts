// Building payment link objects from request parameters.
import type Stripe from 'stripe'
import { mergeMetadata } from '../api/metadata.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { Checked, PaymentLink } from '../wire.js'
import { withoutUndefined } from './without-undefined.js'

type CreateParams = Checked<Stripe.PaymentLinkCreateParams>
type UpdateParams = Checked<Stripe.PaymentLinkUpdateParams>

export function buildLink(account: Account, params: CreateParams, currency: string): PaymentLink {
  return inKeyOrder({
    id: newId('payment_link'),
    object: 'payment_link',
    active: true,
    after_completion: { hosted_confirmation: { custom_message: null }, type: 'hosted_confirmation' },
    allow_promotion_codes: false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: 'auto',
    consent_collection: null,
    currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer_creation: 'if_required',
    inactive_message: params.inactive_message ?? null,
    invoice_creation: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    on_behalf_of: null,
    payment_intent_data: null,
    payment_method_collection: 'always',
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: false },
    restrictions: restrictionsOf(params.restrictions),
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: 'auto',
    subscription_data: null,
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: '',
    ...linkFields(account, params),
  })
}

/** The fields of a link that create and update set from parameters in the same way. */
export function linkFields(account: Account, params: CreateParams | UpdateParams): Partial<PaymentLink> {
  const {
    after_completion: after,
    custom_text: text,
    invoice_creation: invoice,
    payment_intent_data: intent,
    shipping_address_collection: addresses,
    shipping_options: options,
    subscription_data: subscription,
    tax_id_collection: taxIds,
  } = params
  return {
    ...(params.automatic_tax
      ? {
          automatic_tax: {
            enabled: params.automatic_tax.enabled,
            liability: params.automatic_tax.enabled ? { type: 'self' } : null,
          },
        }
      : {}),
    ...withoutUndefined({
      allow_promotion_codes: params.allow_promotion_codes,
      billing_address_collection: params.billing_address_collection,
      customer_creation: params.customer_creation,
      payment_method_collection: params.payment_method_collection,
      phone_number_collection: params.phone_number_collection,
      submit_type: params.submit_type,
    }),
    ...(params.payment_method_types === undefined
      ? {}
      : { payment_method_types: params.payment_method_types || null }),
    ...(invoice ? { invoice_creation: { enabled: invoice.enabled, invoice_data: null } } : {}),
    ...(addresses === undefined ? {} : { shipping_address_collection: addresses || null }),
    ...(options === undefined ? {} : { shipping_options: shippingOptions(account, options || []) }),
    ...(taxIds
      ? { tax_id_collection: { enabled: taxIds.enabled, required: taxIds.required ?? 'never' } }
      : {}),
    ...(after
      ? {
          after_completion:
            after.type === 'redirect'
              ? { redirect: { url: after.redirect?.url ?? '' }, type: 'redirect' }
              : {
                  hosted_confirmation: { custom_message: after.hosted_confirmation?.custom_message ?? null },
                  type: 'hosted_confirmation',
                },
        }
      : {}),
    ...(text
      ? {
          custom_text: {
            after_submit: text.after_submit || null,
            shipping_address: text.shipping_address || null,
            submit: text.submit || null,
            terms_of_service_acceptance: text.terms_of_service_acceptance || null,
          },
        }
      : {}),
    ...(intent
      ? {
          payment_intent_data: {
            capture_method: ('capture_method' in intent ? intent.capture_method : null) ?? null,
            description: intent.description || null,
            metadata: mergeMetadata({}, intent.metadata, 'payment_intent_data[metadata]'),
            setup_future_usage: ('setup_future_usage' in intent ? intent.setup_future_usage : null) ?? null,
            statement_descriptor: intent.statement_descriptor || null,
            statement_descriptor_suffix: intent.statement_descriptor_suffix || null,
            transfer_group: intent.transfer_group || null,
          },
        }
      : {}),
    ...(subscription
      ? {
          subscription_data: {
            description: ('description' in subscription ? subscription.description : null) ?? null,
            invoice_settings: {
              account_tax_ids: null,
              custom_fields: null,
              description: null,
              footer: null,
              issuer: { type: 'self' },
            },
            metadata: mergeMetadata({}, subscription.metadata, 'subscription_data[metadata]'),
            trial_period_days: subscription.trial_period_days || null,
            trial_settings: subscription.trial_settings || null,
          },
        }
      : {}),
  }
}

function shippingOptions(
  account: Account,
  given: NonNullable<CreateParams['shipping_options']>,
): PaymentLink['shipping_options'] {
  return given.map(({ shipping_rate: rate = '' }) => ({
    shipping_amount: account.get('shipping_rate', rate).fixed_amount?.amount ?? 0,
    shipping_rate: rate,
  }))
}

/** The `restrictions` of a link, which keep the number of sessions already completed. */
export function restrictionsOf(
  given: CreateParams['restrictions'] | '' | null,
  before?: PaymentLink,
): PaymentLink['restrictions'] {
  if (!given) return null
  const { limit } = given.completed_sessions
  return { completed_sessions: { count: before?.restrictions?.completed_sessions.count ?? 0, limit } }
}
