// The rows of events: one for each that Stripe signed for us, saying what became of it.
import { Prisma } from '../generated/prisma/client.js'
import type { StripeEvent } from '../generated/prisma/client.js'
import type { Database, Transaction } from '../database/client.js'
import type { FinalStatement } from '../payments/settlement-sql.js'
import type { Outcome } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface HandledEvent {
  event: SignedEvent
  outcome: Outcome
}

/** Stands between the texts of events: a character that no JSON text can hold, so that none need be escaped. */
const BETWEEN = '\u0001'

/**
 * Writes what became of a set of events, in one statement and in the order of their ids, so that two sets with the same
 * event never wait in a circle.
 * @param again also those that were handled before: somebody asked for it
 * @returns the statement, to be sent with a settlement; it returns the ids that were not handled before
 */
export function handledRows(handled: readonly HandledEvent[], again: boolean): FinalStatement {
  const sorted = [...new Map(handled.map((one) => [one.event.id, one])).values()].sort((a, b) =>
    a.event.id < b.event.id ? -1 : 1,
  )
  const rows = sorted.map(({ event, outcome }) => ({
    ...columns(event),
    outcome: outcome.kind,
    detail: 'detail' in outcome ? outcome.detail : null,
    orderId: 'orderId' in outcome ? outcome.orderId : null,
  }))
  return (allowed) => Prisma.sql`
    INSERT INTO "StripeEvent" AS known (id, type, created, livemode, "apiVersion", outcome, detail, "orderId", payload,
      attempts, "handledAt")
    SELECT x.id, x.type, x.created, x.livemode, x."apiVersion", x.outcome, x.detail, x."orderId", x.payload, 1, now()
    FROM ROWS FROM (
      json_to_recordset(${JSON.stringify(rows)}::json) AS (id text, type text, created timestamptz, livemode boolean,
        "apiVersion" text, outcome "EventOutcome", detail text, "orderId" int),
      string_to_table(${sorted.map(({ event }) => event.text).join(BETWEEN)}, ${BETWEEN})
    ) AS x(id, type, created, livemode, "apiVersion", outcome, detail, "orderId", payload)
    WHERE ${allowed}
    ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, "orderId" = excluded."orderId",
      attempts = known.attempts + 1, "handledAt" = now(), "retryAt" = NULL, "lastError" = NULL
    ${again ? Prisma.empty : Prisma.sql`WHERE known."handledAt" IS NULL`}
    RETURNING id`
}

/** Seconds until our own next try; Stripe tries again beside us. After the last, the event is given up. */
const RETRY_SECONDS = [10, 60, 300, 1800, 7200, 21_600, 86_400]

/** Keeps an event that could not be handled, with the error and the time of the next try. */
export async function saveFailed(tx: Transaction, event: SignedEvent, error: unknown): Promise<void> {
  const { id, type, created, livemode, apiVersion } = columns(event)
  const lastError = String(error).replaceAll('\0', '').slice(0, 2000)
  await tx.$executeRaw`
    INSERT INTO "StripeEvent" AS known (id, type, created, livemode, "apiVersion", payload, attempts, "lastError", "retryAt")
    VALUES (${id}, ${type}, ${created}, ${livemode}, ${apiVersion}, ${event.text}, 1, ${lastError},
      now() + ${RETRY_SECONDS[0]} * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET attempts = known.attempts + 1, "lastError" = excluded."lastError",
      outcome = CASE WHEN known.attempts >= ${RETRY_SECONDS.length} THEN 'failed'::"EventOutcome" ELSE known.outcome END,
      "retryAt" = now() + (${RETRY_SECONDS}::int[])[known.attempts + 1] * interval '1 second'
    WHERE known."handledAt" IS NULL`
}

/**
 * Takes events whose next try is due; another process passes over them. One that dies with them leaves them due again
 * soon.
 */
export async function claimDue(tx: Transaction, most: number): Promise<SignedEvent[]> {
  const rows = await tx.$queryRaw<StripeEvent[]>`
    UPDATE "StripeEvent" SET "retryAt" = now() + interval '1 minute' WHERE id IN (
      SELECT id FROM "StripeEvent" WHERE "retryAt" <= now() ORDER BY "retryAt" LIMIT ${most} FOR UPDATE SKIP LOCKED)
    RETURNING *`
  return rows.map(storedEvent)
}

/** What is stored and not handled, to be tried again; and for how long the one that is due first has been due. */
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

/** A row as the event that it was. */
export function storedEvent(row: StripeEvent): SignedEvent {
  const { data } = JSON.parse(row.payload) as { data: { object: Record<string, unknown> } }
  return { ...columns(row), object: data.object, text: row.payload }
}

function columns({ id, type, created, livemode, apiVersion }: Omit<SignedEvent, 'object' | 'text'>) {
  return { id, type, created, livemode, apiVersion }
}
