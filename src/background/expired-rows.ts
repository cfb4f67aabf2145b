// Deletes rows that are of no use any more: sessions, tokens, counts of the rate limits, links that were
// mailed, uploads that were not used.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

/** Rows of one statement, so that no lock is held for long. */
const BATCH = 500

/** Statements, each of which deletes at most BATCH rows. */
const EXPIRED = [
  Prisma.sql`DELETE FROM "Session" WHERE sid IN (
    SELECT sid FROM "Session" WHERE expire < now()::timestamp LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "RateLimit" WHERE key IN (
    SELECT key FROM "RateLimit" WHERE expire < extract(epoch FROM now()) * 1000 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "PasswordReset" WHERE "tokenHash" IN (
    SELECT "tokenHash" FROM "PasswordReset" WHERE "expiresAt" < now() - interval '1 day'
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "EmailVerification" WHERE "tokenHash" IN (
    SELECT "tokenHash" FROM "EmailVerification" WHERE "expiresAt" < now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "EmailChange" WHERE "tokenHash" IN (
    SELECT "tokenHash" FROM "EmailChange" WHERE "expiresAt" < now() AND "usedAt" IS NULL
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  Prisma.sql`DELETE FROM "ApiToken" WHERE id IN (
    SELECT id FROM "ApiToken" WHERE "expiresAt" < now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
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
