// npm run products -- list: what is sold, with its Stripe prices.
import { listProblems } from '../catalog/product-problems.js'
import { nameWithVariant, variantName } from '../catalog/variants.js'
import type { Prisma, Product, Variant } from '../generated/prisma/client.js'
import { formatMoney } from '../money.js'
import { taxBehaviorOfPrices, usablePrice } from '../payments/stripe-prices.js'
import type { TaxBehavior } from '../settings/tax.js'
import type { CommandDeps } from './run.js'
import { table } from './table.js'

type Listed = Variant & { product: Product }

export async function listProducts({ database, settings }: CommandDeps, productId?: number): Promise<string> {
  const { prisma } = database
  const taxBehavior = taxBehaviorOfPrices(await settings())
  const where = productId === undefined ? {} : { productId }
  const orderBy = [
    { productId: 'asc' },
    { position: 'asc' },
    { id: 'asc' },
  ] satisfies Prisma.VariantOrderByWithRelationInput[]
  const [variants, problems] = await Promise.all([
    prisma.variant.findMany({ where, orderBy, include: { product: true } }),
    listProblems(prisma),
  ])
  const rows = variants.map((variant) => [
    String(variant.id),
    variant.sku,
    nameWithVariant(variant.product.name, variantName(variant)),
    formatMoney(variant.unitAmount, variant.currency),
    variant.stock === null ? 'not counted' : String(variant.stock),
    variant.active && variant.product.active ? 'yes' : 'no',
    variant.product.requiresShipping ? 'yes' : 'no',
    variant.product.taxCode ?? '',
    variant.stripePriceId ?? '',
    noteOn(variant, problems.get(variant.id), taxBehavior),
  ])
  const head = [
    'ID',
    'SKU',
    'PRODUCT',
    'PRICE',
    'STOCK',
    'ON SALE',
    'SHIPPING',
    'TAX CODE',
    'STRIPE PRICE',
    'NOTE',
  ]
  return table(head, rows)
}

function noteOn(variant: Listed, problem: string | undefined, taxBehavior: TaxBehavior | null): string {
  if (problem !== undefined) return problem
  if (variant.stripePriceId !== usablePrice(variant, null)) return 'not used: the amounts differ'
  return variant.stripePriceId !== usablePrice(variant, taxBehavior)
    ? `not used: its tax behavior is ${variant.stripePriceTaxBehavior ?? 'not known'}, the shop’s ${taxBehavior}`
    : ''
}
