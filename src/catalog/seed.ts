// Fills a new shop's catalog, and its shipping rates.
import type { PrismaClient } from '../generated/prisma/client.js'
import { seedRates } from '../shipping/seed-rates.js'
import { addProducts } from './new-products.js'
import { seedProducts } from './seed-products.js'
import { GERMAN_CATEGORIES, GERMAN_TEXTS } from './seed-translations.js'
import { translateCategory } from './translate-category.js'

/** Adds the demo products and rates if there are no products at all. Returns how many products were added. */
export async function seedCatalog(prisma: PrismaClient): Promise<number> {
  if ((await prisma.product.count()) > 0) return 0
  await seedRates(prisma)
  const added = await addMissingSamples(prisma)
  for (const [category, de] of Object.entries(GERMAN_CATEGORIES))
    await prisma.$transaction((tx) => translateCategory(tx, category, { de }))
  return added
}

/** The demo products that are not in the catalog: added by a newer release, or deleted. */
export async function missingSamples(prisma: PrismaClient): Promise<string[]> {
  const slugs = seedProducts.map(({ slug }) => slug)
  const known = await prisma.product.findMany({ where: { slug: { in: slugs } }, select: { slug: true } })
  const found = new Set(known.map(({ slug }) => slug))
  return slugs.filter((slug) => !found.has(slug))
}

/** Adds those. Returns how many were added. */
export async function addMissingSamples(prisma: PrismaClient): Promise<number> {
  const products = seedProducts.map((product) => {
    const de = GERMAN_TEXTS[product.slug]
    return de === undefined ? product : { ...product, translations: { de } }
  })
  return (await addProducts(prisma, products)).length
}
