import type Stripe from 'stripe'
import { invalidRequest, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, Product } from '../wire.js'
import { createPrice } from './prices.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type ProductData = Pick<
  Checked<Stripe.ProductCreateParams>,
  | 'name'
  | 'active'
  | 'description'
  | 'id'
  | 'images'
  | 'marketing_features'
  | 'metadata'
  | 'package_dimensions'
  | 'shippable'
  | 'statement_descriptor'
  | 'tax_code'
  | 'unit_label'
  | 'url'
>

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
    const product = productAt(account, id)
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
    const product = productAt(account, id)
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

export function createProduct(account: Account, given: ProductData, inline = false): Product {
  const id = given.id ?? newId('product')
  if (account.find('product', id)) {
    throw invalidRequest('Product already exists.', 'id', 'resource_already_exists')
  }
  if (given.images && given.images.length > 8)
    throw invalidRequest('Products can have at most 8 images.', 'images')
  return account.save('product', {
    id,
    object: 'product',
    active: inline ? false : (given.active ?? true),
    created: account.now(),
    default_price: null,
    description: given.description ?? null,
    images: given.images ?? [],
    livemode: false,
    marketing_features: given.marketing_features ?? [],
    metadata: mergeMetadata({}, given.metadata),
    name: given.name,
    package_dimensions: given.package_dimensions ?? null,
    shippable: given.shippable ?? null,
    statement_descriptor: given.statement_descriptor ?? null,
    tax_code: given.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: given.unit_label ?? null,
    updated: account.now(),
    url: given.url ?? null,
  })
}

/** What an update changed, as `previous_attributes` of its event shows it. */
export function previousValues(before: object, after: object): object {
  const now = after as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name])),
  )
}

function productAt(account: Account, id: string): Product {
  const product = account.find('product', id)
  if (!product) throw notFound('product', id)
  return product
}
