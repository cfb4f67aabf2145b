// Deletes rows that are of no use any more: those of src/retention/kept.ts, and uploads that were not used.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { BATCH, KEPT } from '../retention/kept.js'

/** Statements, each of which deletes at most BATCH rows. */
const EXPIRED = [
  ...KEPT.flatMap(({ deleteExpired }) => (deleteExpired === null ? [] : [deleteExpired])),
  // Uploaded with a form that was never saved.
  Prisma.sql`DELETE FROM "Picture" WHERE id IN (
    SELECT id FROM "Picture" WHERE NOT kept AND "createdAt" < now() - interval '7 days'
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "ProductImport" WHERE id IN (
    SELECT id FROM "ProductImport" WHERE "createdAt" < now() - interval '30 days'
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
]

/** Returns of how many tables there may be more. */
export async function deleteExpiredRows(prisma: PrismaClient): Promise<number> {
  let unfinished = 0
  for (const statement of EXPIRED) if ((await prisma.$executeRaw(statement)) === BATCH) unfinished++
  return unfinished
}
