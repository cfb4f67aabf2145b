// Why something can't be put on sale: what Stripe would refuse. The database judges it, so that nothing can be written past it.
import type { PrismaClient } from '../generated/prisma/client.js'

/** The problems by variant id. Variants that can be sold are left out. */
export async function listProblems(prisma: PrismaClient): Promise<Map<number, string>> {
  const rows = await prisma.$queryRaw<{ id: number; problem: string }[]>`
    SELECT v.id, problem
    FROM "Variant" v JOIN "Product" p ON p.id = v."productId",
      LATERAL "productProblem"(
        p.name || CASE WHEN cardinality(v."optionValues") = 0 THEN '' ELSE ' – ' || array_to_string(v."optionValues", ' / ') END,
        coalesce(v.image, p.image), v."unitAmount", v.currency) AS problem
    WHERE problem IS NOT NULL`
  return new Map(rows.map(({ id, problem }) => [id, problem]))
}

/** What Stripe's page would show and charge. The amount is in minor units. */
export interface Offer {
  name: string
  image: string
  unitAmount: number
  currency: string
}

/** Why Stripe would refuse this, or null. */
export async function problemOf(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  offer: Offer,
): Promise<string | null> {
  const { name, image, unitAmount, currency } = offer
  const [row] = await prisma.$queryRaw<{ problem: string | null }[]>`
    SELECT "productProblem"(${name}, ${image}, ${unitAmount}::int, ${currency}) AS problem`
  return row?.problem ?? null
}

/** The same of several, in their order. */
export async function problemsOf(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  offers: readonly Offer[],
): Promise<(string | null)[]> {
  const rows = await prisma.$queryRaw<{ problem: string | null }[]>`
    SELECT "productProblem"(o.name, o.image, o.amount, o.currency) AS problem
    FROM unnest(${offers.map(({ name }) => name)}::text[], ${offers.map(({ image }) => image)}::text[],
      ${offers.map(({ unitAmount }) => unitAmount)}::int[], ${offers.map(({ currency }) => currency)}::text[])
      WITH ORDINALITY AS o(name, image, amount, currency, number) ORDER BY o.number`
  return rows.map(({ problem }) => problem)
}
