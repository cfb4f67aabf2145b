// The catalogue of most stories: the sample products without options and delivery, in several currencies, and the sample
// rates.
import { addProducts, type NewProduct } from '../../src/catalog/new-products.js'
import { seedProducts } from '../../src/catalog/seed-products.js'
import type { PrismaClient } from '../../src/generated/prisma/client.js'
import { seedRates } from '../../src/shipping/seed-rates.js'

const PRICES: Record<string, Pick<NewProduct, 'unitAmount' | 'currency'>> = {
  'pivot-desk-lamp': { unitAmount: 14_900, currency: 'eur' },
  'nesting-bowls': { unitAmount: 5800, currency: 'eur' },
  'quiet-clock': { unitAmount: 8400, currency: 'eur' },
  'iron-kettle': { unitAmount: 12_800, currency: 'jpy' },
  'santoku-knife': { unitAmount: 14_200, currency: 'jpy' },
  'letter-set': { unitAmount: 2600, currency: 'jpy' },
}

export async function addPlainProducts(prisma: PrismaClient): Promise<void> {
  await seedRates(prisma)
  await addProducts(
    prisma,
    seedProducts.map((product) => ({
      ...product,
      options: [],
      variants: [],
      ...PRICES[product.slug],
      requiresShipping: false,
    })),
  )
}
