// Finds the names and prices of what is to be ordered, in our own database.
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { variantNameFor } from '../catalog/option-names.js'
import { productName } from '../catalog/product-texts.js'
import type { RawReader } from '../database/direct.js'
import type { Product, Variant } from '../generated/prisma/client.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { currentLanguage, t, type Language } from '../messages/index.js'
import { largestTotal } from '../money.js'
import { taxBehaviorOfPrices, usablePrice } from '../payments/stripe-prices.js'
import type { TaxBehavior } from '../settings/tax.js'
import { changeSelectionLink, type VariantOf } from './change-selection-link.js'
import type { TaxSettings } from './order-terms.js'

export interface WantedItem {
  variantId: number
  quantity: number
}

/** What is ordered, at today's prices. */
export interface PricedLines {
  items: {
    productId: number
    variantId: number
    name: string
    /** "Red / L". Empty for a product without options. */
    variantName: string
    sku: string
    image: string
    unitAmount: number
    quantity: number
    stripePriceId: string | null
  }[]
  /** By the product's id. */
  taxCodes: ReadonlyMap<number, string | null>
  requiresShipping: boolean
  currency: string
  total: number
}

/**
 * Finds the names and prices of what is wanted.
 * @throws Problem as `placeOrder`
 */
export function priceItems(
  reader: RawReader,
  wanted: readonly WantedItem[],
  cartId: number | null,
  settings: TaxSettings,
): Promise<PricedLines> {
  checkCount(wanted)
  return priceLines(reader, wanted, cartId, taxBehaviorOfPrices(settings))
}

export function checkCount(wanted: readonly WantedItem[]): void {
  if (wanted.length === 0) throw badRequest('empty_order', t().checkout.chooseProduct)
  if (wanted.length > MAX_PRODUCTS) {
    throw badRequest('too_many_products', t().checkout.tooManyProducts(MAX_PRODUCTS))
  }
  if (new Set(wanted.map((item) => item.variantId)).size !== wanted.length) {
    throw badRequest('duplicate_product', t().checkout.duplicateProduct)
  }
}

type PricedVariant = Pick<
  Variant,
  | 'id'
  | 'productId'
  | 'sku'
  | 'optionValues'
  | 'unitAmount'
  | 'currency'
  | 'image'
  | 'stripePriceId'
  | 'stripePriceAmount'
  | 'stripePriceCurrency'
  | 'stripePriceTaxBehavior'
> & { product: Pick<Product, 'name' | 'translations' | 'image' | 'requiresShipping' | 'taxCode'> }

/**
 * @param language of the names
 * @throws Problem as `placeOrder`
 */
export async function priceLines(
  reader: RawReader,
  wanted: readonly WantedItem[],
  cartId: number | null,
  taxBehavior: TaxBehavior | null,
  language: Language = currentLanguage(),
): Promise<PricedLines> {
  const variants = await reader.$queryRaw<PricedVariant[]>`/* prepared */
    SELECT v.id, v."productId", v.sku, v."optionValues", v."unitAmount", v.currency, v.image, v."stripePriceId",
      v."stripePriceAmount", v."stripePriceCurrency", v."stripePriceTaxBehavior", json_build_object('name', p.name,
      'translations', p.translations, 'image', p.image, 'requiresShipping', p."requiresShipping", 'taxCode', p."taxCode") AS product
    FROM "Variant" v JOIN "Product" p ON p.id = v."productId"
    WHERE v.id = ANY(${wanted.map((item) => item.variantId)}::int[]) AND v.active AND p.active`
  const items = wanted.map(({ variantId, quantity }) => {
    const variant = variants.find((candidate) => candidate.id === variantId)
    if (!variant) throw notFound('product')
    const { productId, product, sku, image, unitAmount } = variant
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY)
      throw invalidQuantity({ productId, variantId }, cartId)
    return {
      ...{
        productId,
        variantId,
        name: productName(product, language),
        variantName: variantNameFor(product, variant, language),
        sku,
      },
      ...{
        image: image ?? product.image,
        unitAmount,
        quantity,
        stripePriceId: usablePrice(variant, taxBehavior),
      },
    }
  })
  const currencies = new Set(variants.map((variant) => variant.currency))
  const [currency] = currencies
  if (!currency || currencies.size > 1) {
    throw badRequest('mixed_currencies', t().checkout.mixedCurrencies)
  }
  const total = items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0)
  if (total > largestTotal(currency)) throw tooLarge(items, cartId)
  const requiresShipping = variants.some(({ product }) => product.requiresShipping)
  const taxCodes = new Map(variants.map(({ productId, product }) => [productId, product.taxCode]))
  return { items, taxCodes, requiresShipping, currency, total }
}

/** @param cartId null when the product was ordered directly */
export function invalidQuantity(selection: VariantOf, cartId: number | null = null): Problem {
  return new Problem(
    400,
    'invalid_quantity',
    t().checkout.invalidQuantityTitle,
    t().checkout.invalidQuantity(MAX_QUANTITY),
    { action: changeSelectionLink(selection, cartId) },
  )
}

export function tooLarge([first]: readonly VariantOf[], cartId: number | null): Problem {
  return new Problem(
    400,
    'order_too_large',
    t().checkout.orderTooLargeTitle,
    t().checkout.orderTooLarge,
    first && { action: changeSelectionLink(first, cartId) },
  )
}
