import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { intervalProblem } from '../billing/periods.js'
import { readCurrency, readUnitAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Price } from '../wire.js'
import { createProduct, previousValues } from './products.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

/** What the API and an inline `price_data` have in common. */
interface PriceData {
  currency: string
  unit_amount?: number
  unit_amount_decimal?: string
  recurring?: {
    interval: NonNullable<Price['recurring']>['interval']
    interval_count?: number
    usage_type?: string
  }
  tax_behavior?: Price['tax_behavior'] | undefined
  metadata?: Stripe.MetadataParam
}

export const priceOperations = [
  operation<Stripe.PriceCreateParams>('POST /v1/prices', ({ account }, params) => {
    refuseUnsupported(params, [
      'tiers',
      'tiers_mode',
      'transform_quantity',
      'currency_options',
      'custom_unit_amount',
      'recurring.meter',
    ])
    if (params.billing_scheme === 'tiered')
      throw invalidRequest('The sandbox does not support tiered prices.', 'billing_scheme')
    const { product, product_data: productData } = params
    if (product === undefined && productData === undefined) throw missingParameter('product')
    if (product !== undefined && productData !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: product, product_data.')
    }
    if (product !== undefined && !account.find('product', product))
      throw noSuch('product', product, 'product')
    const { lookup_key: key } = params
    if (key !== undefined) releaseLookupKey(account, key, params.transfer_lookup_key === true)
    let productId = product ?? ''
    if (productData) {
      const made = createProduct(account, productData)
      account.emit('product.created', made)
      productId = made.id
    }
    const price = createPrice(account, productId, params)
    const stored = account.update('price', price.id, {
      active: params.active ?? true,
      lookup_key: key ?? null,
      nickname: params.nickname ?? null,
    })
    account.emit('price.created', stored)
    return stored
  }),

  operation<Stripe.PriceListParams>('GET /v1/prices', (call, params) => {
    const { active, currency, product, type, lookup_keys: keys, created, recurring } = params
    return listPage(
      call,
      'price',
      call.account.all('price'),
      params,
      (price) =>
        hasValues(price, { active, currency, product, type }) &&
        (keys === undefined || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
        (recurring === undefined ||
          (price.recurring !== null && hasValues(price.recurring, { ...recurring }))) &&
        inRange(price.created, created),
    )
  }),

  operation('GET /v1/prices/{price}', ({ account, id }) => priceAt(account, id)),

  operation<Stripe.PriceUpdateParams>('POST /v1/prices/{price}', ({ account, id }, params) => {
    const price = priceAt(account, id)
    refuseUnsupported(params, ['currency_options'])
    const { lookup_key: key } = params
    if (key !== undefined && key !== price.lookup_key) {
      releaseLookupKey(account, key, params.transfer_lookup_key === true)
    }
    const updated = account.update('price', id, {
      ...withoutUndefined({
        active: params.active,
        lookup_key: key,
        nickname: params.nickname,
        tax_behavior: params.tax_behavior,
      }),
      metadata: mergeMetadata(price.metadata, params.metadata),
    })
    account.emit('price.updated', updated, previousValues(price, updated))
    return updated
  }),
]

/** `inline` prices come from a session's `price_data`: they exist, and cannot be used again. */
export function createPrice(
  account: Account,
  productId: string,
  given: PriceData,
  at = '',
  inline = false,
): Price {
  const param = (name: string): string => (at === '' ? name : `${at}[${name}]`)
  const currency = readCurrency(given.currency, param('currency'))
  const { unitAmount, decimal } = readPriceAmount(given, currency, param)
  const { interval, interval_count = 1 } = given.recurring ?? {}
  const problem = interval && intervalProblem({ interval, interval_count })
  if (problem) throw invalidRequest(problem, `${param('recurring')}[interval_count]`)
  return account.save('price', {
    id: newId('price'),
    object: 'price',
    active: !inline,
    billing_scheme: 'per_unit',
    created: account.now(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: mergeMetadata({}, given.metadata, param('metadata')),
    nickname: null,
    product: productId,
    recurring: given.recurring
      ? {
          interval: given.recurring.interval,
          interval_count,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? 'recurring' : 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: decimal,
  })
}

/** A price is a whole number of the smallest unit, or a decimal text for a fraction of it. */
function readPriceAmount(
  given: PriceData,
  currency: string,
  param: (name: string) => string,
): { unitAmount: number | null; decimal: string } {
  const { unit_amount: whole, unit_amount_decimal: decimal } = given
  if (whole !== undefined && decimal !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
      param('unit_amount'),
    )
  }
  if (whole !== undefined) {
    return { unitAmount: readUnitAmount(whole, currency, param('unit_amount')), decimal: String(whole) }
  }
  if (decimal === undefined) throw missingParameter(param('unit_amount'))
  const amount = Number(decimal)
  readUnitAmount(Math.round(amount), currency, param('unit_amount_decimal'))
  return { unitAmount: Number.isInteger(amount) ? amount : null, decimal }
}

function releaseLookupKey(account: Account, key: string, transfer: boolean): void {
  for (const price of account.all('price').oldestFirst()) {
    if (price.lookup_key !== key) continue
    if (!transfer) {
      throw invalidRequest(`A price (\`${price.id}\`) already uses that lookup key.`, 'lookup_key')
    }
    account.update('price', price.id, { lookup_key: null })
  }
}

function priceAt(account: Account, id: string): Price {
  const price = account.find('price', id)
  if (!price) throw notFound('price', id, 'price')
  return price
}
