// The rows of events that wait for a retry. Rows of handled events are written by settlement.
import type { StripeEvent } from '../generated/prisma/client.js'
import type { Database, Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import type { SignedEvent } from './verify.js'

/** Seconds until each of our own retries, beside Stripe's. After the last one fails, the event is given up. */
const RETRY_SECONDS = [10, 60, 300, 1800, 7200, 21_600, 86_400]

/**
 * Stores an event that could not be handled, with the error and the time of the next try.
 * @returns whether this was the last try: the event is given up
 */
export async function saveFailed(tx: Transaction, event: SignedEvent, error: unknown): Promise<boolean> {
  const { id, type, created, livemode, apiVersion } = columns(event)
  const lastError = String(error).replaceAll('\0', '').slice(0, 2000)
  const rows = await tx.$queryRaw<{ attempts: number }[]>`
    INSERT INTO "StripeEvent" AS known (id, type, created, livemode, "apiVersion", payload, attempts, "lastError", "retryAt")
    VALUES (${id}, ${type}, ${created}, ${livemode}, ${apiVersion}, ${event.text}, 1, ${lastError},
      now() + ${RETRY_SECONDS[0]} * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET attempts = known.attempts + 1, "lastError" = excluded."lastError",
      outcome = CASE WHEN known.attempts >= ${RETRY_SECONDS.length} THEN 'failed'::"EventOutcome" ELSE known.outcome END,
      "retryAt" = now() + (${RETRY_SECONDS}::int[])[known.attempts + 1] * interval '1 second'
    WHERE known."handledAt" IS NULL
    RETURNING attempts`
  return rows.some(({ attempts }) => attempts === RETRY_SECONDS.length + 1)
}

/**
 * Claims events whose next try is due. Events that another process is claiming are skipped. If this process dies, they
 * are due again in a minute.
 */
export async function claimDue(tx: Transaction, limit: number): Promise<SignedEvent[]> {
  const rows = await tx.$queryRaw<StripeEvent[]>`
    UPDATE "StripeEvent" SET "retryAt" = now() + interval '1 minute' WHERE id IN (
      SELECT id FROM "StripeEvent" WHERE "retryAt" <= now() ORDER BY "retryAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING *`
  return rows.map(storedEvent)
}

/** Stored events that wait for a retry: how many, the age of the oldest, and for how long the first has been due. */
export async function backlogOf(
  database: Database,
): Promise<{ unhandled: number; oldestSeconds: number; overdueSeconds: number }> {
  const { rows } = await database.pool.query<Record<'unhandled' | 'oldest' | 'overdue', string | null>>(
    `SELECT count(*) AS unhandled, extract(epoch FROM now() - min("receivedAt")) AS oldest,
       extract(epoch FROM now() - min("retryAt")) AS overdue
     FROM "StripeEvent" WHERE "retryAt" IS NOT NULL`,
  )
  const [row] = rows
  return {
    unhandled: Number(row?.unhandled ?? 0),
    oldestSeconds: Number(row?.oldest ?? 0),
    overdueSeconds: Math.max(0, Number(row?.overdue ?? 0)),
  }
}

/** The columns that say what Stripe sent. */
export type StoredEvent = Pick<StripeEvent, 'id' | 'type' | 'created' | 'livemode' | 'apiVersion' | 'payload'>

/** The event that a row stores. @throws Problem 409 if what Stripe sent was erased */
export function storedEvent(row: StoredEvent): SignedEvent {
  const { data } = JSON.parse(row.payload) as { data?: { object: Record<string, unknown> } }
  if (data === undefined)
    throw new Problem(
      409,
      'event_erased',
      'This event can’t be replayed',
      'What Stripe sent was erased with the customer of its order, or because it is old.',
    )
  return { ...columns(row), object: data.object, text: row.payload }
}

function columns({ id, type, created, livemode, apiVersion }: Omit<SignedEvent, 'object' | 'text'>) {
  return { id, type, created, livemode, apiVersion }
}
