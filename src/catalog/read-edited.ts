// Reads a product as operators edit it: with all variants and pictures.
import type { PrismaClient } from '../generated/prisma/client.js'
import { WITH_PICTURES } from './product-pictures.js'
import type { EditedProduct } from './save-product.js'

/** Null if there is none. */
export async function readEdited(prisma: PrismaClient, id: number): Promise<EditedProduct | null> {
  const product = await prisma.product.findUnique({
    where: { id },
    include: { variants: { orderBy: [{ position: 'asc' }, { id: 'asc' }] }, ...WITH_PICTURES },
  })
  if (!product) return null
  const category = await prisma.category.findUnique({ where: { name: product.category } })
  return { ...product, categoryTranslations: category?.translations ?? {} }
}
