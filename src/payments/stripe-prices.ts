// Links variants to prices in Stripe's catalog. Our database stays the source of truth: a price is used only while its
// amount and currency are the variant's, and what was paid is compared with the order in any case.
import { recordAudit } from '../audit/record-audit.js'
import type { Prisma, PrismaClient, Product, Variant } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { problemOf, type Offer } from '../catalog/product-problems.js'
import { nameWithVariant, variantName } from '../catalog/variants.js'
import { isCurrency, largestTotal } from '../money.js'
import type { Settings } from '../settings/settings.js'
import { taxBehaviorOf, type TaxBehavior } from '../settings/tax.js'
import { lockStock } from '../orders/stock.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { stripeProblem } from './stripe-client.js'

/**
 * Links a variant to a price in Stripe's catalog and takes over its amount and, if it is the product's only one, its currency.
 * @throws Problem when the variant or the price does not exist, or the price is not a one-off amount that the shop can use
 */
export async function linkPrice(deps: PaymentDeps, variantId: number, priceId: string): Promise<void> {
  const { prisma } = deps.database
  const variant = await requireVariant(prisma, variantId)
  const price = await PaymentService.retrievePrice(priceId, deps.stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  const { unit_amount: amount, currency } = price
  if (!price.active) throw unusable(priceId, 'it is not active.')
  if (price.type !== 'one_time') throw unusable(priceId, 'it is for a subscription.')
  if (amount === null || price.billing_scheme !== 'per_unit')
    throw unusable(priceId, 'it has no fixed amount.')
  if (!isCurrency(currency)) throw unusable(priceId, `the shop does not know its currency, ${currency}.`)
  if (amount > largestTotal(currency)) throw unusable(priceId, 'its amount is too large.')
  const others = variant.product._count.variants - 1
  if (currency !== variant.currency && others > 0)
    throw unusable(priceId, `it is in ${currency}, and the product’s other variants in ${variant.currency}.`)
  const problem = await problemOf(prisma, { ...offerOf(variant), unitAmount: amount, currency })
  if (problem !== null) throw unusable(priceId, problem)
  await writePrice(prisma, variantId, {
    unitAmount: amount,
    currency,
    stripePriceId: price.id,
    stripePriceAmount: amount,
    stripePriceCurrency: currency,
    stripePriceTaxBehavior: price.tax_behavior,
  })
}

/** A trigger copies it to the product, which is locked first, as by everyone who changes a first variant. */
async function writePrice(
  prisma: PrismaClient,
  variantId: number,
  data: Prisma.VariantUpdateInput,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockStock(tx, [variantId])
    const { productId } = await tx.variant.update({ where: { id: variantId }, data })
    await tx.product.update({ where: { id: productId }, data: { revision: { increment: 1 } } })
    const fields = Object.keys(data)
    await recordAudit(tx, { action: 'variant.changed', subject: 'variant', subjectId: variantId, fields })
  })
}

/** Creates a product and its price at Stripe and links them, unless the variant has a usable price already. */
export async function pushVariant(deps: PaymentDeps, variantId: number): Promise<void> {
  const variant = await requireVariant(deps.database.prisma, variantId)
  const settings = await deps.settings()
  if (usablePrice(variant, taxBehaviorOfPrices(settings)) !== null) return
  const { id, productId, sku } = variant
  const pushed = {
    id,
    productId,
    sku,
    ...offerOf(variant),
    taxBehavior: taxBehaviorOf(settings),
    taxCode: variant.product.taxCode,
  }
  const price = await PaymentService.createPrice(pushed, deps.stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  await linkPrice(deps, variantId, price.id)
}

/** The tax behavior that linked prices must have for new orders. Null: any, because no tax is calculated. */
export function taxBehaviorOfPrices(
  settings: Pick<Settings, 'tax' | 'pricesIncludeTax'>,
): TaxBehavior | null {
  return settings.tax === 'stripe' ? taxBehaviorOf(settings) : null
}

/** A price as it was when it was linked, and the variant's own. */
type LinkedPrice = Pick<
  Variant,
  | 'unitAmount'
  | 'currency'
  | 'stripePriceId'
  | 'stripePriceAmount'
  | 'stripePriceCurrency'
  | 'stripePriceTaxBehavior'
>

/**
 * The linked price, or null if the variant's amount or currency changed since it was linked.
 * @param taxBehavior that the price must have, because Stripe Tax counts with it. Null: it doesn't
 */
export function usablePrice(variant: LinkedPrice, taxBehavior: TaxBehavior | null): string | null {
  const { stripePriceId, stripePriceAmount, stripePriceCurrency, unitAmount, currency } = variant
  const isSamePrice = stripePriceAmount === unitAmount && stripePriceCurrency === currency
  const isSameTax = taxBehavior === null || variant.stripePriceTaxBehavior === taxBehavior
  return isSamePrice && isSameTax ? stripePriceId : null
}

/** Removes the link: the variant is sold by `price_data` again. @throws Problem 404 */
export async function unlinkPrice(prisma: PrismaClient, variantId: number): Promise<void> {
  await requireVariant(prisma, variantId)
  await writePrice(prisma, variantId, {
    stripePriceId: null,
    stripePriceAmount: null,
    stripePriceCurrency: null,
    stripePriceTaxBehavior: null,
  })
}

const WITH_PRODUCT = {
  product: { include: { _count: { select: { variants: true } } } },
} as const satisfies Prisma.VariantInclude

function offerOf(variant: Variant & { product: Product }): Offer {
  const { product, image, unitAmount, currency } = variant
  const name = nameWithVariant(product.name, variantName(variant))
  return { name, image: image ?? product.image, unitAmount, currency }
}

async function requireVariant(prisma: PrismaClient, id: number) {
  const variant = await prisma.variant.findUnique({ where: { id }, include: WITH_PRODUCT })
  if (!variant) throw new Problem(404, 'product_not_found', 'No product', `There is no product ${id}.`)
  return variant
}

function unusable(priceId: string, why: string): Problem {
  return new Problem(409, 'price_unusable', 'Not linked', `The price ${priceId} can’t be used: ${why}`)
}
