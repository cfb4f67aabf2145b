// Why products can't be put on sale: what Stripe would refuse. The database judges it, so that nothing can be written past it.
import type { PrismaClient } from '../generated/prisma/client.js'

/** The problems by product id. Products that can be sold are left out. */
export async function listProblems(prisma: PrismaClient): Promise<Map<number, string>> {
  const rows = await prisma.$queryRaw<{ id: number; problem: string }[]>`
    SELECT id, problem
    FROM "Product", LATERAL "productProblem"(name, image, "unitAmount", currency) AS problem
    WHERE problem IS NOT NULL`
  return new Map(rows.map(({ id, problem }) => [id, problem]))
}

/** The problem that a variant would have at another price, in minor units, or null. */
export async function problemAtPrice(
  prisma: PrismaClient,
  variantId: number,
  amount: number,
  currency: string,
): Promise<string | null> {
  const [row] = await prisma.$queryRaw<{ problem: string | null }[]>`
    SELECT "productProblem"(p.name, coalesce(v.image, p.image), ${amount}::int, ${currency}) AS problem
    FROM "Variant" v JOIN "Product" p ON p.id = v."productId" WHERE v.id = ${variantId}`
  return row?.problem ?? null
}
