// API operations for payment links.
import type Stripe from 'stripe'
import { invalidRequest, notFound, unsupported } from '../api/errors.js'
import { hasValues, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { checkAutomaticTax, refuseTaxRatesWithAutomaticTax } from '../payments/tax-location.js'
import type { Account } from '../state/account.js'
import { Collection } from '../state/collection.js'
import type { PaymentLinkDetails } from '../state/records.js'
import type { Checked, LineItem, PaymentLink } from '../wire.js'
import { UNSUPPORTED_PARAMETERS } from './create-session.js'
import { changeLineItems, createLineItems } from './line-items.js'
import { buildLink, restrictionsOf, linkFields } from './payment-link-object.js'
import { previousValues } from './previous-values.js'
import { commonCurrency } from './session-total.js'
import { checkMode } from './session-modes.js'
import { createShippingOptions } from './shipping-rates.js'
import { refuseAllBut, refuseUnsupported } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'
import { withoutUndefined } from './without-undefined.js'

type CreateParams = Checked<Stripe.PaymentLinkCreateParams>
type UpdateParams = Checked<Stripe.PaymentLinkUpdateParams>

/** Parameters that a link passes on to its sessions. */
const SESSION_PARAMETERS = [
  'allow_promotion_codes',
  'automatic_tax',
  'billing_address_collection',
  'custom_text',
  'custom_fields',
  'customer_creation',
  'invoice_creation',
  'payment_intent_data',
  'payment_method_collection',
  'payment_method_types',
  'phone_number_collection',
  'shipping_address_collection',
  'shipping_options',
  'submit_type',
  'subscription_data',
  'tax_id_collection',
] as const

const SUPPORTED_PARAMETERS = [
  ...SESSION_PARAMETERS,
  'after_completion',
  'inactive_message',
  'metadata',
  'restrictions',
]

const MAX_LINE_ITEMS = 20

export const paymentLinkOperations = [
  operation<Stripe.PaymentLinkCreateParams>('POST /v1/payment_links', ({ account }, params) => {
    refuseAllBut(params, [...SUPPORTED_PARAMETERS, 'currency', 'line_items'])
    if (params.line_items.length > MAX_LINE_ITEMS)
      throw invalidRequest(`A Payment Link can have at most ${MAX_LINE_ITEMS} line items.`, 'line_items')
    const mode = params.line_items.some((line) => isRecurring(account, line)) ? 'subscription' : 'payment'
    const lineItems = createLineItems(account, params.line_items, mode)
    const currency = commonCurrency(lineItems, params.currency)
    const session: SessionParameters = { ...sessionParameters(params), mode }
    checkSessionParameters(account, session, { lineItems, currency })
    const link = account.save('payment_link', buildLink(account, params, currency))
    account.save('payment_link_details', {
      id: link.id,
      lineItems,
      session: { ...session, ...redirectOf(params) },
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

  operation('GET /v1/payment_links/{payment_link}', ({ account, id }) => requireLink(account, id)),

  operation<Stripe.PaymentLinkUpdateParams>(
    'POST /v1/payment_links/{payment_link}',
    ({ account, id }, params) => {
      refuseAllBut(params, [...SUPPORTED_PARAMETERS, 'active', 'line_items'])
      const link = requireLink(account, id)
      const details = account.get('payment_link_details', id)
      const session: SessionParameters = {
        ...withoutUnset(details.session, params),
        ...sessionParameters(params),
        ...redirectOf(params),
      }
      const lineItems = changeLineItems(details.lineItems, params.line_items ?? [])
      checkSessionParameters(account, session, { lineItems, currency: link.currency })
      account.save('payment_link_details', { ...details, lineItems, session })
      const updated = account.update('payment_link', id, {
        ...linkFields(account, params),
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
      requireLink(call.account, call.id)
      const lines = new Collection<LineItem>()
      // Collections list the newest entry first, so add the lines in reverse to keep the order of the request.
      for (const line of [...call.account.get('payment_link_details', call.id).lineItems].reverse())
        lines.set(line.id, line)
      return listPage(call, 'item', lines, params)
    },
  ),
]

function isRecurring(account: Account, line: CreateParams['line_items'][number]): boolean {
  return line.price_data?.recurring !== undefined || Boolean(account.find('price', line.price)?.recurring)
}

type SessionParameters = PaymentLinkDetails['session']

/** Throws for what the link's sessions would be refused for. */
function checkSessionParameters(
  account: Account,
  session: SessionParameters,
  { lineItems, currency }: { lineItems: LineItem[]; currency: string },
): void {
  const { mode = 'payment', shipping_options: options = [] } = session
  refuseUnsupported(session, UNSUPPORTED_PARAMETERS)
  checkMode(session, mode, true)
  checkAutomaticTax(account, session, mode)
  refuseTaxRatesWithAutomaticTax(account, session, lineItems)
  if (mode !== 'payment' && options.length > 0)
    throw unsupported(`shipping_options in ${mode} mode`, 'shipping_options')
  createShippingOptions(account, options, currency)
}

/** Without the parameters that an update unsets with an empty string. */
function withoutUnset(session: SessionParameters, params: UpdateParams): SessionParameters {
  const given = params as Record<string, unknown>
  return Object.fromEntries(Object.entries(session).filter(([name]) => given[name] !== ''))
}

/** The parameters that the link's sessions are created with. */
function sessionParameters(params: CreateParams | UpdateParams): SessionParameters {
  const given = params as Record<string, unknown>
  const taken = SESSION_PARAMETERS.filter((name) => given[name] !== undefined && given[name] !== '')
  const session = Object.fromEntries(taken.map((name) => [name, given[name]]))
  // A session's pay page looks the same for `auto` and without a `submit_type`.
  if (session.submit_type === 'auto') delete session.submit_type
  return session
}

function redirectOf({ after_completion: after }: CreateParams | UpdateParams): { success_url?: string } {
  const url = after?.redirect?.url
  return url === undefined ? {} : { success_url: checkUrl(url, 'after_completion[redirect][url]') }
}

function requireLink(account: Account, id: string): PaymentLink {
  const link = account.find('payment_link', id)
  if (!link) throw notFound('payment_link', id, 'payment_link')
  return link
}
