// API operations for products.
import type Stripe from 'stripe'
import { invalidRequest, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import type { Product } from '../wire.js'
import { createPrice } from './create-price.js'
import { createProduct } from './create-product.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

export const productOperations = [
  operation<Stripe.ProductCreateParams>('POST /v1/products', ({ account }, params) => {
    refuseUnsupported(params, [
      'tax_details',
      'default_price_data.custom_unit_amount',
      'default_price_data.currency_options',
    ])
    const product = createProduct(account, params)
    account.emit('product.created', product)
    if (!params.default_price_data) return product
    const price = createPrice(account, product.id, params.default_price_data, 'default_price_data')
    account.emit('price.created', price)
    return account.update('product', product.id, { default_price: price.id })
  }),

  operation<Stripe.ProductListParams>('GET /v1/products', (call, params) => {
    const { active, shippable, type, url, ids, created } = params
    return listPage(
      call,
      'product',
      call.account.all('product'),
      params,
      (product) =>
        hasValues(product, { active, shippable, type, url }) &&
        (ids?.includes(product.id) ?? true) &&
        inRange(product.created, created),
    )
  }),

  operation('GET /v1/products/{id}', ({ account, id }) => {
    const found = account.find('product', id) ?? account.find('deleted', id)
    if (found?.object !== 'product') throw notFound('product', id)
    return found
  }),

  operation<Stripe.ProductUpdateParams>('POST /v1/products/{id}', ({ account, id }, params) => {
    const product = requireProduct(account, id)
    refuseUnsupported(params, ['tax_details'])
    const { description, images, marketing_features, package_dimensions, tax_code, unit_label, url } = params
    const changes: Partial<Product> = {
      ...withoutUndefined({
        active: params.active,
        default_price: params.default_price,
        name: params.name,
        shippable: params.shippable,
        statement_descriptor: params.statement_descriptor,
      }),
      ...(description === undefined ? {} : { description: description || null }),
      ...(images === undefined ? {} : { images: images || [] }),
      ...(marketing_features === undefined ? {} : { marketing_features: marketing_features || [] }),
      ...(package_dimensions === undefined ? {} : { package_dimensions: package_dimensions || null }),
      ...(tax_code === undefined ? {} : { tax_code: tax_code || null }),
      ...(unit_label === undefined ? {} : { unit_label: unit_label || null }),
      ...(url === undefined ? {} : { url: url || null }),
      metadata: mergeMetadata(product.metadata, params.metadata),
      updated: account.now(),
    }
    const updated = account.update('product', id, changes)
    account.emit('product.updated', updated, previousValues(product, updated))
    return updated
  }),

  operation('DELETE /v1/products/{id}', ({ account, id }) => {
    const product = requireProduct(account, id)
    for (const price of account.all('price').oldestFirst()) {
      if (price.product === id) {
        throw invalidRequest(
          'This product cannot be deleted because it has one or more user-created prices.',
          undefined,
        )
      }
    }
    account.remove('product', id)
    account.emit('product.deleted', product)
    return account.save('deleted', { id, object: 'product', deleted: true })
  }),
]

function requireProduct(account: Account, id: string): Product {
  const product = account.find('product', id)
  if (!product) throw notFound('product', id)
  return product
}
