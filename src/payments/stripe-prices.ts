// Links products to prices in Stripe's catalog. Our database stays the source of truth: a price is used only while its
// amount and currency are the product's, and what was paid is compared with the order in any case.
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { problemAtPrice } from '../catalog/product-problems.js'
import { isCurrency, largestTotal } from '../money.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { stripeProblem } from './stripe-client.js'

/**
 * Links a product to a price in Stripe's catalog and takes over its amount and currency.
 * @throws Problem when the product or the price does not exist, or the price is not a one-off amount that the shop can use
 */
export async function linkPrice(deps: PaymentDeps, productId: number, priceId: string): Promise<void> {
  const { prisma } = deps.database
  await requireProduct(prisma, productId)
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
  const problem = await problemAtPrice(prisma, productId, amount, currency)
  if (problem !== null) throw unusable(priceId, problem)
  await prisma.product.update({
    where: { id: productId },
    data: {
      unitAmount: amount,
      currency,
      stripePriceId: price.id,
      stripePriceAmount: amount,
      stripePriceCurrency: currency,
    },
  })
}

/** Creates the product and its price at Stripe and links them, unless the product has a usable price already. */
export async function pushProduct(deps: PaymentDeps, productId: number): Promise<void> {
  const product = await requireProduct(deps.database.prisma, productId)
  if (usablePrice(product) !== null) return
  const price = await PaymentService.createPrice(product, deps.stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  await linkPrice(deps, productId, price.id)
}

/** The linked price, or null if the product's amount or currency changed since it was linked. */
export function usablePrice(product: Product): string | null {
  const { stripePriceId, stripePriceAmount, stripePriceCurrency, unitAmount, currency } = product
  return stripePriceAmount === unitAmount && stripePriceCurrency === currency ? stripePriceId : null
}

/** Removes the link: the product is sold by `price_data` again. @throws Problem 404 */
export async function unlinkPrice(prisma: PrismaClient, productId: number): Promise<void> {
  await requireProduct(prisma, productId)
  await prisma.product.update({
    where: { id: productId },
    data: { stripePriceId: null, stripePriceAmount: null, stripePriceCurrency: null },
  })
}

async function requireProduct(prisma: PrismaClient, id: number): Promise<Product> {
  const product = await prisma.product.findUnique({ where: { id } })
  if (!product) throw new Problem(404, 'product_not_found', 'No product', `There is no product ${id}.`)
  return product
}

function unusable(priceId: string, why: string): Problem {
  return new Problem(409, 'price_unusable', 'Not linked', `The price ${priceId} can’t be used: ${why}`)
}
