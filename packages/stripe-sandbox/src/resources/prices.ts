// API operations for prices.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import type { Price } from '../wire.js'
import { createPrice } from './create-price.js'
import { createProduct } from './create-product.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

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

  operation('GET /v1/prices/{price}', ({ account, id }) => requirePrice(account, id)),

  operation<Stripe.PriceUpdateParams>('POST /v1/prices/{price}', ({ account, id }, params) => {
    const price = requirePrice(account, id)
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

function releaseLookupKey(account: Account, key: string, transfer: boolean): void {
  for (const price of account.all('price').oldestFirst()) {
    if (price.lookup_key !== key) continue
    if (!transfer) {
      throw invalidRequest(`A price (\`${price.id}\`) already uses that lookup key.`, 'lookup_key')
    }
    account.update('price', price.id, { lookup_key: null })
  }
}

function requirePrice(account: Account, id: string): Price {
  const price = account.find('price', id)
  if (!price) throw notFound('price', id, 'price')
  return price
}
