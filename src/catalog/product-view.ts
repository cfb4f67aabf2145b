// Builds a product page's model: what is sold of the product, and what can be chosen.
import type { ShippingRate, Variant } from '../generated/prisma/client.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { policyPath } from '../policies/policies.js'
import type { Settings } from '../settings/settings.js'
import type { TaxShown } from '../settings/tax.js'
import { categoryHref } from './category-menu.js'
import { deliveryLine } from './delivery-line.js'
import { variantNameFor } from './option-names.js'
import { picturesOf, pictureView } from './product-pictures.js'
import { optionName, productName, textsOf } from './product-texts.js'
import { availabilityOf, maxQuantity, productCard } from './products.js'
import { firstToBuy, type ProductWithVariants } from './variants.js'
import type { OptionView, PictureView, ProductPart, VariantView } from './view-models.js'

/** What is shown around a product. */
export interface Around {
  tax: TaxShown
  settings: Pick<Settings, 'returnDays' | 'policies'>
  /** The active ones in the product's currency. */
  rates: readonly ShippingRate[]
  related: readonly ProductWithVariants[]
  askEmail: boolean
}

/** @param asked the id of the variant to show, in the page's address. By default, the first that can be bought is shown */
export function productView(
  product: ProductWithVariants,
  asked: unknown,
  { tax, settings, rates, related, askEmail }: Around,
): ProductPart {
  const variants = product.variants.map((variant) => variantView(variant, product))
  const { id } = firstToBuy(product)
  const { name, description, specifications } = textsOf(product)
  const chosen =
    variants.find((variant) => String(variant.id) === asked) ?? variants.find((variant) => variant.id === id)
  if (!chosen) throw new Error(`Variant ${id} is not one of product ${product.id}.`)
  return {
    product: {
      ...productCard(product),
      description,
      specifications: specifications.map(specification),
    },
    pictures: picturesOf({ ...product, pictures: product.pictures ?? [] }).map((picture) =>
      pictureView(picture, t().catalog.picture(name)),
    ),
    variants,
    chosen,
    options: variants.length > 1 ? optionsOf(product, variants, chosen) : [],
    tax,
    categoryHref: categoryHref(product.category),
    delivery: deliveryLine(product, rates, settings),
    returnsHref:
      product.requiresShipping && settings.policies.includes('returns') ? policyPath('returns') : null,
    related: related.map(productCard),
    askEmail,
  }
}

/** Paths of the scripts of a product's page. */
export function productScripts({ options, product }: ProductPart): string[] {
  const isChosen = options.length > 0 && product.availability !== 'sold_out'
  return [...(isChosen ? ['/assets/js/options.js'] : []), '/assets/js/product.js', '/assets/js/cart.js']
}

/** The product's picture with this address. */
function pictureOf(image: string, product: ProductWithVariants): PictureView {
  const known = (product.pictures ?? []).find((picture) => picture.image === image)
  const alt = t().catalog.picture(productName(product))
  return pictureView(known ?? { image, alt: '', pictureId: null, picture: null }, alt)
}

/** "Material: Oak" as a name and its value. */
function specification(text: string): { name: string; value: string } {
  const at = text.indexOf(':')
  return { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }
}

function variantView(variant: Variant, product: ProductWithVariants): VariantView {
  return {
    id: variant.id,
    name: variantNameFor(product, variant),
    values: variant.optionValues,
    picture: pictureOf(variant.image ?? product.image, product),
    price: formatMoney(variant.unitAmount, variant.currency),
    unitAmount: variant.unitAmount,
    maxQuantity: maxQuantity(variant),
    ...availabilityOf(variant.stock),
  }
}

/** The values of each option, in the order of the variants. */
function optionsOf(
  product: ProductWithVariants,
  variants: readonly VariantView[],
  chosen: VariantView,
): OptionView[] {
  return product.options.map((name, index) => {
    const values = [...new Set(variants.map((variant) => variant.values[index] ?? ''))]
    return {
      name: optionName(product, name),
      field: `option_${index}`,
      values: values.map((value) => ({
        value,
        label: optionName(product, value),
        isChosen: chosen.values[index] === value,
        note: isSoldOut(variants, index, value) ? t().catalog.soldOut : null,
      })),
    }
  })
}

/** Whether nothing with this value can be bought. Without a script, the page can't say it of combinations. */
function isSoldOut(variants: readonly VariantView[], index: number, value: string): boolean {
  return variants.every((variant) => variant.values[index] !== value || variant.maxQuantity === 0)
}
