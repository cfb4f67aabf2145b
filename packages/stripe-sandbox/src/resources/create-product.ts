// Storing products, for the API and for inline `product_data`.
import type Stripe from 'stripe'
import { invalidRequest } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, Product } from '../wire.js'
import { checkTaxCode } from './tax-codes.js'

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

/** Stores a product. One for `price_data` (`inline`) is inactive. The caller sends the event. */
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
    tax_code: checkTaxCode(given.tax_code, 'tax_code') ?? null,
    tax_details: null,
    type: 'service',
    unit_label: given.unit_label ?? null,
    updated: account.now(),
    url: given.url ?? null,
  })
}
