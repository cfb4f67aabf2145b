import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import { Collection } from '../state/collection.js'
import { newId } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { PaymentLinkDetails } from '../state/records.js'
import type { Checked, LineItem, PaymentLink } from '../wire.js'
import { createLineItems } from './line-items.js'
import { previousValues } from './products.js'
import { commonCurrency } from './session-total.js'
import { checkMode } from './session-modes.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'
import { withoutUndefined } from './without-undefined.js'

type Created = Checked<Stripe.PaymentLinkCreateParams>
type Updated = Checked<Stripe.PaymentLinkUpdateParams>

/** Parameters of a link that are parameters of its sessions too. */
const ofSession = [
  'allow_promotion_codes',
  'billing_address_collection',
  'custom_text',
  'customer_creation',
  'payment_intent_data',
  'payment_method_collection',
  'payment_method_types',
  'submit_type',
  'subscription_data',
] as const

const actedOn = [...ofSession, 'after_completion', 'inactive_message', 'metadata', 'restrictions']

export const paymentLinkOperations = [
  operation<Stripe.PaymentLinkCreateParams>('POST /v1/payment_links', ({ account }, params) => {
    refuseAllBut(params, [...actedOn, 'currency', 'line_items'])
    const mode = params.line_items.some((line) => isRecurring(account, line)) ? 'subscription' : 'payment'
    const lineItems = createLineItems(account, params.line_items, mode)
    const currency = commonCurrency(lineItems, params.currency)
    const session = sessionParameters(params)
    checkMode(session, mode, true)
    const link = account.save('payment_link', newLink(params, currency))
    account.save('payment_link_details', {
      id: link.id,
      lineItems,
      session: { ...session, mode, ...redirectOf(params) },
    })
    account.emit('payment_link.created', link)
    return link
  }),

  operation<Stripe.PaymentLinkListParams>('GET /v1/payment_links', (call, params) => {
    const { active } = params
    return listPage(call, 'payment_link', call.account.all('payment_link'), params, (link) =>
      hasValues(link, { active }),
    )
  }),

  operation('GET /v1/payment_links/{payment_link}', ({ account, id }) => linkAt(account, id)),

  operation<Stripe.PaymentLinkUpdateParams>(
    'POST /v1/payment_links/{payment_link}',
    ({ account, id }, params) => {
      refuseAllBut(params, [...actedOn, 'active'])
      const link = linkAt(account, id)
      const details = account.get('payment_link_details', id)
      const session = sessionParameters(params)
      checkMode(session, details.session.mode ?? 'payment', true)
      account.save('payment_link_details', {
        ...details,
        session: { ...details.session, ...session, ...redirectOf(params) },
      })
      const updated = account.update('payment_link', id, {
        ...shownParameters(params),
        ...withoutUndefined({ active: params.active }),
        ...(params.inactive_message === undefined
          ? {}
          : { inactive_message: params.inactive_message || null }),
        ...(params.restrictions === undefined
          ? {}
          : { restrictions: restrictionsOf(params.restrictions, link) }),
        metadata: mergeMetadata(link.metadata, params.metadata),
      })
      account.emit('payment_link.updated', updated, previousValues(link, updated))
      return updated
    },
  ),

  operation<Stripe.PaymentLinkListLineItemsParams>(
    'GET /v1/payment_links/{payment_link}/line_items',
    (call, params) => {
      linkAt(call.account, call.id)
      const lines = new Collection<LineItem>()
      // Lists are newest first, lines are in the order of the request.
      for (const line of [...call.account.get('payment_link_details', call.id).lineItems].reverse())
        lines.set(line.id, line)
      return listPage(call, 'item', lines, params)
    },
  ),
]

function isRecurring(account: Account, line: Created['line_items'][number]): boolean {
  return line.price_data?.recurring !== undefined || Boolean(account.find('price', line.price)?.recurring)
}

function newLink(params: Created, currency: string): PaymentLink {
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
    ...shownParameters(params),
  })
}

/** What creation and update show in the same way. */
function shownParameters(params: Created | Updated): Partial<PaymentLink> {
  const {
    after_completion: after,
    custom_text: text,
    payment_intent_data: intent,
    subscription_data: subscription,
  } = params
  return {
    ...withoutUndefined({
      allow_promotion_codes: params.allow_promotion_codes,
      billing_address_collection: params.billing_address_collection,
      customer_creation: params.customer_creation,
      payment_method_collection: params.payment_method_collection,
      submit_type: params.submit_type,
    }),
    ...(params.payment_method_types === undefined
      ? {}
      : { payment_method_types: params.payment_method_types || null }),
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

function restrictionsOf(
  given: Created['restrictions'] | '' | null,
  before?: PaymentLink,
): PaymentLink['restrictions'] {
  if (!given) return null
  const { limit } = given.completed_sessions
  return { completed_sessions: { count: before?.restrictions?.completed_sessions.count ?? 0, limit } }
}

/** The parameters that every session of the link is made with. */
function sessionParameters(params: Created | Updated): PaymentLinkDetails['session'] {
  const given = params as Record<string, unknown>
  const taken = ofSession.filter((name) => given[name] !== undefined && given[name] !== '')
  const session = Object.fromEntries(taken.map((name) => [name, given[name]]))
  // On its pay page `auto` and the absence of a wish look alike.
  if (session.submit_type === 'auto') delete session.submit_type
  return session
}

function redirectOf({ after_completion: after }: Created | Updated): { success_url?: string } {
  const url = after?.redirect?.url
  return url === undefined ? {} : { success_url: checkUrl(url, 'after_completion[redirect][url]') }
}

function linkAt(account: Account, id: string): PaymentLink {
  const link = account.find('payment_link', id)
  if (!link) throw notFound('payment_link', id, 'payment_link')
  return link
}
