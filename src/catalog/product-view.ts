// Builds a product page's model: what is sold of the product, and what can be chosen.
import type { Variant } from '../generated/prisma/client.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { availabilityOf, maxQuantity, productCard } from './products.js'
import { firstToBuy, variantName, type ProductWithVariants } from './variants.js'
import type { OptionView, ProductPart, VariantView } from './view-models.js'

/** @param asked the id of the variant to show, in the page's address. By default, the first that can be bought is shown */
export function productView(product: ProductWithVariants, asked: unknown): Omit<ProductPart, 'tax'> {
  const variants = product.variants.map((variant) => variantView(variant, product))
  const { id } = firstToBuy(product)
  const chosen =
    variants.find((variant) => String(variant.id) === asked) ?? variants.find((variant) => variant.id === id)
  if (!chosen) throw new Error(`Variant ${id} is not one of product ${product.id}.`)
  return {
    product: { ...productCard(product), description: product.description },
    variants,
    chosen,
    options: variants.length > 1 ? optionsOf(product, variants, chosen) : [],
  }
}

function variantView(variant: Variant, product: ProductWithVariants): VariantView {
  return {
    id: variant.id,
    name: variantName(variant),
    values: variant.optionValues,
    image: variant.image ?? product.image,
    price: formatMoney(variant.unitAmount, variant.currency),
    unitAmount: variant.unitAmount,
    maxQuantity: maxQuantity(variant),
    ...availabilityOf(variant.stock),
  }
}

/** The values of each option, in the order of the variants. */
function optionsOf(
  { options }: ProductWithVariants,
  variants: readonly VariantView[],
  chosen: VariantView,
): OptionView[] {
  return options.map((name, index) => {
    const values = [...new Set(variants.map((variant) => variant.values[index] ?? ''))]
    return {
      name,
      field: `option_${index}`,
      values: values.map((value) => ({
        value,
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
