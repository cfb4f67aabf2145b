// API operations for shipping rates, and the shipping options of sessions.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { readCurrency, readUnitAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, ShippingRate } from '../wire.js'
import { checkTaxCode } from './tax-codes.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type Given = Checked<Stripe.ShippingRateCreateParams>

export const shippingRateOperations = [
  operation<Stripe.ShippingRateCreateParams>('POST /v1/shipping_rates', ({ account }, params) =>
    createShippingRate(account, params),
  ),

  operation<Stripe.ShippingRateListParams>('GET /v1/shipping_rates', (call, params) =>
    listPage(
      call,
      'shipping_rate',
      call.account.all('shipping_rate'),
      params,
      (rate) =>
        hasValues(rate, { active: params.active }) &&
        (params.currency === undefined || rate.fixed_amount?.currency === params.currency) &&
        inRange(rate.created, params.created),
    ),
  ),

  operation('GET /v1/shipping_rates/{shipping_rate}', ({ account, id }) => requireRate(account, id)),

  operation<Stripe.ShippingRateUpdateParams>(
    'POST /v1/shipping_rates/{shipping_rate}',
    ({ account, id }, params) => {
      const rate = requireRate(account, id)
      refuseUnsupported(params, ['fixed_amount'])
      return account.update('shipping_rate', id, {
        ...withoutUndefined({ active: params.active, tax_behavior: params.tax_behavior }),
        metadata: mergeMetadata(rate.metadata, params.metadata),
      })
    },
  ),
]

/** Stores a shipping rate. `at` is the parameter that holds its data, for error messages. */
function createShippingRate(account: Account, given: Given, at = ''): ShippingRate {
  const param = (name: string): string => {
    const [first = '', ...rest] = name.split('.')
    const inner = rest.map((step) => `[${step}]`).join('')
    return at === '' ? `${first}${inner}` : `${at}[${first}]${inner}`
  }
  refuseUnsupported(given, ['fixed_amount.currency_options'])
  const { fixed_amount: fixed, delivery_estimate: estimate } = given
  if (fixed === undefined) throw missingParameter(param('fixed_amount'))
  const currency = readCurrency(fixed.currency, param('fixed_amount.currency'))
  for (const bound of ['minimum', 'maximum'] as const) {
    const { value = 1 } = estimate?.[bound] ?? {}
    if (value < 1)
      throw invalidRequest(
        'This value must be greater than or equal to 1.',
        param(`delivery_estimate.${bound}.value`),
        'parameter_invalid_integer',
      )
  }
  return account.save('shipping_rate', {
    id: newId('shipping_rate'),
    object: 'shipping_rate',
    active: true,
    created: account.now(),
    delivery_estimate: estimate
      ? { maximum: estimate.maximum ?? null, minimum: estimate.minimum ?? null }
      : null,
    display_name: given.display_name,
    fixed_amount: { amount: readUnitAmount(fixed.amount, currency, param('fixed_amount.amount')), currency },
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tax_code: checkTaxCode(given.tax_code, param('tax_code')) ?? null,
    type: 'fixed_amount',
  })
}

const MAX_OPTIONS = 5

/** The shipping rates for a session's options. `shipping_rate_data` creates a rate. */
export function createShippingOptions(
  account: Account,
  given: Checked<Stripe.Checkout.SessionCreateParams.ShippingOption>[],
  currency: string,
): ShippingRate[] {
  if (given.length > MAX_OPTIONS)
    throw invalidRequest(
      `A Checkout Session can have at most ${MAX_OPTIONS} shipping options.`,
      'shipping_options',
    )
  return given.map((option, index) => {
    const at = `shipping_options[${index}]`
    const { shipping_rate: id, shipping_rate_data: data } = option
    if ((id === undefined) === (data === undefined))
      throw invalidRequest('You must specify either `shipping_rate` or `shipping_rate_data`.', at)
    const rate = data
      ? createShippingRate(account, data, `${at}[shipping_rate_data]`)
      : account.find('shipping_rate', id)
    if (!rate) throw noSuch('shipping_rate', id ?? '', `${at}[shipping_rate]`)
    if (!rate.active) throw invalidRequest('The shipping rate specified is inactive.', `${at}[shipping_rate]`)
    if (rate.fixed_amount?.currency !== currency) {
      throw invalidRequest(
        `The shipping rate is in ${rate.fixed_amount?.currency ?? 'no currency'}, and this Checkout Session is in ${currency}.`,
        at,
      )
    }
    return rate
  })
}

function requireRate(account: Account, id: string): ShippingRate {
  const rate = account.find('shipping_rate', id)
  if (!rate) throw notFound('shipping_rate', id, 'shipping_rate')
  return rate
}
