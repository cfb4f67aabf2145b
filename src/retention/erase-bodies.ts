// Erases what old mails and Stripe's old events said, and keeps their rows: when, what kind, about which order.
import type { PrismaClient } from '../generated/prisma/client.js'
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { Settings } from '../settings/settings.js'
import { BATCH } from './kept.js'

const MAILS = 'mails'
const EVENTS = 'events'

/** What is left of an event: a replay refuses it (src/webhooks/event-rows.ts). */
const ERASED_EVENT = Prisma.sql`json_build_object('id', id, 'object', 'event', 'type', type, 'erased', true)::text`

/** An event that still needs a person, or another try, keeps its body until it is handled. */
const IS_HANDLED = Prisma.sql`outcome IN ('done', 'ignored', 'not_ours')`

/**
 * Goes on where it last stopped, so that a turn costs the same however many rows there are. One process at a time does it.
 * @returns how many rows were passed. More than nothing: there may be more
 */
export async function eraseOldBodies(
  prisma: PrismaClient,
  { eventDays, mailDays }: Pick<Settings, 'eventDays' | 'mailDays'>,
): Promise<number> {
  const mails = await inTurn(prisma, MAILS, (tx, after) => eraseMails(tx, after, mailDays))
  const events = await inTurn(prisma, EVENTS, (tx, after) => eraseEvents(tx, after, eventDays))
  return mails + events
}

/** Erases the body of an event that was handled later than others of its time. */
export async function eraseBodyIfOld(
  prisma: Pick<PrismaClient, '$executeRaw'>,
  eventId: string,
  eventDays: number,
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "StripeEvent" SET payload = ${ERASED_EVENT}
    WHERE id = ${eventId} AND created < now() - ${eventDays} * interval '1 day' AND ${IS_HANDLED}`
}

interface Passed {
  rows: number
  /** Where to go on. */
  last: string | null
}

async function inTurn(
  prisma: PrismaClient,
  what: string,
  erase: (tx: Transaction, after: string) => Promise<Passed>,
): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const [progress] = await tx.$queryRaw<{ after: string }[]>`
      SELECT after FROM "RetentionProgress" WHERE what = ${what} FOR UPDATE SKIP LOCKED`
    if (!progress) return 0
    const { rows, last } = await erase(tx, progress.after)
    if (last !== null) await tx.retentionProgress.update({ where: { what }, data: { after: last } })
    return rows
  })
}

async function eraseMails(tx: Transaction, after: string, days: number): Promise<Passed> {
  const [passed] = await tx.$queryRaw<{ rows: number; last: string | null }[]>`
    WITH next AS (SELECT id, "createdAt" FROM "Mail" WHERE id > ${Number(after || 0)} ORDER BY id LIMIT ${BATCH}),
      young AS (SELECT min(id) AS id FROM next WHERE "createdAt" >= now() - ${days} * interval '1 day'),
      old AS (SELECT next.id FROM next, young WHERE young.id IS NULL OR next.id < young.id),
      erased AS (
        UPDATE "Mail" m SET text = NULL, html = NULL, data = NULL FROM old
        WHERE m.id = old.id AND (m.text IS NOT NULL OR m.html IS NOT NULL OR m.data IS NOT NULL))
    SELECT count(*)::int AS rows, max(id)::text AS last FROM old`
  return passed ?? { rows: 0, last: null }
}

async function eraseEvents(tx: Transaction, after: string, days: number): Promise<Passed> {
  const [created = '1970-01-01T00:00:00Z', id = ''] = after === '' ? [] : after.split(' ')
  const [passed] = await tx.$queryRaw<{ rows: number; last: string | null }[]>`
    WITH old AS (
        SELECT id, created FROM "StripeEvent"
        WHERE created >= ${created}::timestamptz AND (created, id) > (${created}::timestamptz, ${id})
          AND created < now() - ${days} * interval '1 day'
        ORDER BY created, id LIMIT ${BATCH}),
      erased AS (
        UPDATE "StripeEvent" SET payload = ${ERASED_EVENT} WHERE id IN (SELECT id FROM old) AND ${IS_HANDLED})
    SELECT count(*)::int AS rows,
      (SELECT to_char(created AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || id FROM old
       ORDER BY created DESC, id DESC LIMIT 1) AS last
    FROM old`
  return passed ?? { rows: 0, last: null }
}
