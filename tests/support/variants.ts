// Products with variants.
import { randomBytes } from 'node:crypto'
import type { Prisma, Product, Variant } from '../../src/generated/prisma/client.js'
import type { TestShop } from './shop.js'

export interface NewVariant {
  /** One for each option. */
  values: string[]
  unitAmount?: number
  stock?: number | null
  image?: string
  active?: boolean
}

export interface VariedProduct extends Product {
  /** By name: "Red / L". */
  variants: Record<string, Variant>
}

/** Adds a product that needs no delivery, with options, in US dollars. */
export async function addVariedProduct(
  { database: { prisma } }: Pick<TestShop, 'database'>,
  options: string[],
  variants: readonly [NewVariant, ...NewVariant[]],
  change: Partial<Omit<Product, 'id' | 'translations'>> &
    Pick<Prisma.ProductUncheckedCreateInput, 'translations'> = {},
): Promise<VariedProduct> {
  const slug = `shirt-${randomBytes(4).toString('hex')}`
  const [first, ...others] = variants
  const { unitAmount = 2500, stock = 10 } = first
  const product = await prisma.product.create({
    data: {
      ...{ slug, name: 'Linen shirt', summary: 'A shirt.', description: 'A shirt.', category: 'Clothes' },
      ...{ image: '/assets/images/shirt.svg', currency: 'usd', options, unitAmount, stock, ...change },
    },
  })
  await prisma.variant.update({
    where: { id: product.id },
    data: { optionValues: first.values, image: first.image ?? null, active: first.active ?? true },
  })
  for (const [index, variant] of others.entries())
    await prisma.variant.create({
      data: {
        productId: product.id,
        sku: `${slug}-${index + 2}`,
        optionValues: variant.values,
        unitAmount: variant.unitAmount ?? unitAmount,
        currency: product.currency,
        stock: variant.stock === undefined ? 10 : variant.stock,
        image: variant.image ?? null,
        active: variant.active ?? true,
        position: index + 1,
      },
    })
  const rows = await prisma.variant.findMany({ where: { productId: product.id } })
  return {
    ...product,
    variants: Object.fromEntries(rows.map((row) => [row.optionValues.join(' / '), row])),
  }
}
