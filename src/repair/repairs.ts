// Repairs as rows: begun by a restore or a command, worked on by one process at a time, and resumed where they stopped.
import { z } from 'zod'
import { recordAudit } from '../audit/record-audit.js'
import type { Prisma, PrismaClient, Repair } from '../generated/prisma/client.js'

/** In this order. */
export const PHASES = ['sessions', 'events', 'refunds', 'disputes', 'erasures', 'mails'] as const
export type Phase = (typeof PHASES)[number]

const NOTHING = {
  /** Orders that were not in the backup. */
  orders: 0,
  /** Sessions of orders that were, which were not. */
  sessions: 0,
  /** Sessions that were known, and have changed. */
  changed: 0,
  /** Payments whose order could not be rebuilt. */
  unmatched: 0,
  events: 0,
  refunds: 0,
  disputes: 0,
  erased: 0,
  /** Mails that were not sent again. */
  mails: 0,
  /** Objects of Stripe's that could not be read or settled. */
  failed: 0,
}

/** What a repair found. */
export type Counts = typeof NOTHING

const counts = z.record(z.string(), z.number()).transform((found): Counts => ({ ...NOTHING, ...found }))

export function countsOf({ counts: stored }: Pick<Repair, 'counts'>): Counts {
  return counts.parse(stored)
}

/** How long a process has a repair for itself without a word. */
const CLAIM_MINUTES = 5

const note = z.object({ restoredTo: z.coerce.date(), lostAt: z.coerce.date() })

/**
 * Begins the repair after a restore, if the database was restored and nobody has noticed yet. Called before anything else is done
 * with the database. Mails that waited in the backup were sent by the shop that was lost, so they are not sent again.
 */
export async function noteRestore(prisma: PrismaClient): Promise<Repair | null> {
  if ((await readNote(prisma)) === null) return null
  return prisma.$transaction(async (tx) => {
    // One of several processes.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(18150004)::text`
    const text = await readNote(tx)
    if (text === null) return null
    const { restoredTo, lostAt } = note.parse(JSON.parse(text))
    await tx.$executeRaw`
      UPDATE "Mail" SET outdated = true, "dueAt" = NULL
      WHERE "sentAt" IS NULL AND NOT outdated AND ("dueAt" IS NOT NULL OR attempts = 0) AND "createdAt" <= ${lostAt}`
    const repair = await tx.repair.create({ data: { cause: 'restore', since: restoredTo, lostAt } })
    await tx.$executeRaw`COMMENT ON TABLE "Shop" IS NULL`
    return repair
  })
}

async function readNote(reader: Pick<PrismaClient, '$queryRaw'>): Promise<string | null> {
  const [row] = await reader.$queryRaw<{ note: string | null }[]>`
    SELECT obj_description('"Shop"'::regclass, 'pg_class') AS note`
  return row?.note?.startsWith('{"restoredTo"') === true ? row.note : null
}

/** Begins a repair, for a database that was restored by other means. */
export async function beginRepair(prisma: PrismaClient, since: Date, lostAt: Date): Promise<Repair> {
  return prisma.$transaction(async (tx) => {
    const repair = await tx.repair.create({ data: { cause: 'command', since, lostAt } })
    await recordAudit(tx, { action: 'shop.repaired', subject: 'repair', subjectId: repair.id })
    return repair
  })
}

/** Takes the oldest repair that nobody works on. Null: there is none. */
export async function claimRepair(prisma: PrismaClient): Promise<Repair | null> {
  const [repair] = await prisma.$queryRaw<Repair[]>`
    UPDATE "Repair" SET "claimedUntil" = now() + ${CLAIM_MINUTES} * interval '1 minute' WHERE id = (
      SELECT id FROM "Repair" WHERE "finishedAt" IS NULL AND ("claimedUntil" IS NULL OR "claimedUntil" < now())
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING *`
  return repair ?? null
}

/** Another process has taken the repair, because this one said nothing for too long. */
export class RepairTakenError extends Error {
  override name = 'RepairTakenError'
}

export type Progress = Pick<Repair, 'phase' | 'cursor'> & { counts: Counts }

/**
 * Writes how far a claimed repair is, and keeps the claim.
 * @returns the repair as it is now
 * @throws RepairTakenError
 */
export async function keepProgress(
  prisma: Pick<PrismaClient, 'repair'>,
  claimed: Repair,
  progress: Partial<Progress> = {},
): Promise<Repair> {
  const claimedUntil = new Date(Date.now() + CLAIM_MINUTES * 60_000)
  const data: Prisma.RepairUpdateManyMutationInput = { ...progress, claimedUntil }
  const { id, claimedUntil: mine } = claimed
  const { count } = await prisma.repair.updateMany({
    where: { id, claimedUntil: mine, finishedAt: null },
    data,
  })
  if (count === 0) throw new RepairTakenError(`Repair ${id} was taken by another process.`)
  return { ...claimed, ...progress, claimedUntil }
}

/** Lets the next process that asks go on. */
export async function releaseRepair(prisma: PrismaClient, { id, claimedUntil }: Repair): Promise<void> {
  await prisma.repair.updateMany({ where: { id, claimedUntil }, data: { claimedUntil: null } })
}

export function findRepair(prisma: PrismaClient, id: number): Promise<Repair | null> {
  return prisma.repair.findUnique({ where: { id } })
}

/** The newest first. */
export function listRepairs(prisma: PrismaClient, limit: number): Promise<Repair[]> {
  return prisma.repair.findMany({ orderBy: { id: 'desc' }, take: limit })
}
