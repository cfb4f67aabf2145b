// Writes again what lists and searches know of products whose stock two transactions changed at once, or whose category got
// another name.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

const BATCH = 100

/**
 * What another transaction has locked stays for the next turn: waiting for it could block sales.
 * @returns how many notes were dealt with
 */
export function indexAgain(prisma: PrismaClient): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const notes = await tx.$queryRaw<{ id: string; productId: number }[]>`
      SELECT id::text, "productId" FROM "ProductToIndex" ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`
    if (notes.length === 0) return 0
    const ids = Prisma.sql`${notes.map(({ productId }) => productId)}::int[]`
    const locked = await tx.$queryRaw<{ id: number }[]>`
      SELECT "productId" AS id FROM "ProductSearch" WHERE "productId" = ANY (${ids})
      ORDER BY "productId" FOR NO KEY UPDATE SKIP LOCKED`
    const free = Prisma.sql`${locked.map(({ id }) => id)}::int[]`
    // A statement of its own, which sees what was committed before the rows were locked.
    await tx.$executeRaw`SELECT "indexProduct"(id) FROM unnest(${free}) AS id`
    // A product that is off sale has no row.
    return tx.$executeRaw`
      DELETE FROM "ProductToIndex" n WHERE n.id = ANY (${notes.map(({ id }) => id)}::bigint[])
        AND (n."productId" = ANY (${free})
          OR NOT EXISTS (SELECT FROM "ProductSearch" s WHERE s."productId" = n."productId"))`
  })
}
