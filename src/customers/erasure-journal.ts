// Keeps who was erased, by a hash alone: in the database, and in the log, which outlives it.
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import type { Logger } from '../http/logging.js'

const BATCH = 100

/** The same address has another hash in each shop, so that nobody can look it up in a list. */
function hashOf(email: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`encode(sha256(convert_to((SELECT "appId" FROM "Shop") || ' ' || ${email}, 'UTF8')), 'hex')`
}

/** Call it in the transaction that erases. */
export async function noteErasure(tx: Pick<Transaction, '$executeRaw'>, email: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Erasure" (hash) SELECT ${hashOf(Prisma.sql`${email}::text`)} FROM "Shop"`
}

/** Writes to the log who was erased since the last time. Returns how many. */
export async function logErasures(prisma: PrismaClient, log: Logger): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const erasures = await tx.$queryRaw<{ hash: string }[]>`
      UPDATE "Erasure" SET "loggedAt" = now() WHERE id IN (
        SELECT id FROM "Erasure" WHERE "loggedAt" IS NULL ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING hash`
    for (const { hash } of erasures)
      log.warn({ erasedPerson: hash }, 'somebody was erased: keep this line for as long as backups')
    return erasures.length
  })
}

export interface ErasedBefore {
  /** Accounts. */
  userIds: number[]
  /** Addresses of guests. */
  emails: string[]
}

/** Who is in the database although they were erased. Reads all accounts and orders: for after a restore. */
export async function findErased(prisma: PrismaClient, hashes: readonly string[]): Promise<ErasedBefore> {
  const isErased = (email: Prisma.Sql) => Prisma.sql`${hashOf(email)} = ANY(${[...hashes]}::text[])`
  const users = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM "User" WHERE "erasedAt" IS NULL AND ${isErased(Prisma.sql`email`)} ORDER BY id`
  const guests = await prisma.$queryRaw<{ email: string }[]>`
    SELECT DISTINCT email FROM "Order" WHERE "userId" IS NULL AND ${isErased(Prisma.sql`email`)} ORDER BY email`
  return { userIds: users.map(({ id }) => id), emails: guests.map(({ email }) => email) }
}
