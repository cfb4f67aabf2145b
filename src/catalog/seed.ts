// Fills a new shop's catalog.
import type { PrismaClient } from '../generated/prisma/client.js'
import { seedProducts } from './seed-products.js'

/** Adds the demo products if there are no products at all. Returns how many were added. */
export async function seedCatalog(prisma: PrismaClient): Promise<number> {
  if ((await prisma.product.count()) > 0) return 0
  const { count } = await prisma.product.createMany({ data: [...seedProducts], skipDuplicates: true })
  return count
}
