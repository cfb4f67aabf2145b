// A product sold by a price of Stripe's catalogue. Our database stays the source of truth: the price is used as long as
// its amount and currency are the product's own, and what was paid is compared with the order all the same.
import type { PrismaClient, Product } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { checkAmount, MoneyError } from '../money.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { stripeProblem } from './stripe-client.js'

/**
 * Sells a product by a price that is in Stripe's catalogue: amount and currency are read there, now.
 * @throws Problem when the product or the price is not there, or the price is no one-off amount that the shop can sell by
 */
export async function linkPrice(deps: PaymentDeps, productId: number, priceId: string): Promise<void> {
  const { prisma } = deps.database
  await productWith(prisma, productId)
  const price = await PaymentService.retrievePrice(priceId, deps.stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  const { unit_amount: amount, currency } = price
  if (!price.active) throw unusable(priceId, 'it is not active')
  if (price.type !== 'one_time') throw unusable(priceId, 'it is for a subscription')
  if (amount === null || price.billing_scheme !== 'per_unit')
    throw unusable(priceId, 'it has no fixed amount')
  try {
    checkAmount(amount, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw unusable(priceId, error.message)
    throw error
  }
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

/** Makes the product and its price at Stripe and links them; nothing when it is sold by such a price already. */
export async function pushProduct(deps: PaymentDeps, productId: number): Promise<void> {
  const product = await productWith(deps.database.prisma, productId)
  if (usablePrice(product) !== null) return
  const price = await PaymentService.createPrice(product, deps.stripe).catch((error: unknown) => {
    throw stripeProblem(error)
  })
  await linkPrice(deps, productId, price.id)
}

/** Stripe's price of a product, unless ours has become another since they were linked: our database decides. */
export function usablePrice(product: Product): string | null {
  const { stripePriceId, stripePriceAmount, stripePriceCurrency, unitAmount, currency } = product
  return stripePriceAmount === unitAmount && stripePriceCurrency === currency ? stripePriceId : null
}

/** Sells the product by its own price again. @throws Problem 404 */
export async function unlinkPrice(prisma: PrismaClient, productId: number): Promise<void> {
  await productWith(prisma, productId)
  await prisma.product.update({
    where: { id: productId },
    data: { stripePriceId: null, stripePriceAmount: null, stripePriceCurrency: null },
  })
}

async function productWith(prisma: PrismaClient, id: number): Promise<Product> {
  const product = await prisma.product.findUnique({ where: { id } })
  if (!product) throw new Problem(404, 'product_not_found', 'No product', `There is no product ${id}.`)
  return product
}

function unusable(priceId: string, why: string): Problem {
  return new Problem(409, 'price_unusable', 'Not linked', `The price ${priceId} can’t be used: ${why}.`)
}
