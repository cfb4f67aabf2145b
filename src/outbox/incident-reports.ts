// The operator's mail about new incidents: one for all that were opened since the last one, however many there are.
import type { Database } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'

/** How long the first incident waits for others. */
const COLLECT_SECONDS = 60
/** At most one report is sent in this time. */
const EVERY_MINUTES = 15

/** Open incidents of which no mail tells: those without one, and those whose mail was outdated or given up. */
const UNREPORTED = Prisma.sql`
  SELECT i.id FROM "Incident" i LEFT JOIN "Mail" m ON m.id = i."mailId"
  WHERE i."resolvedAt" IS NULL AND (m.id IS NULL OR (m."sentAt" IS NULL AND m."dueAt" IS NULL))`

/**
 * Writes the report when it is due. Safe in many processes at once. What it says is read when it is sent.
 * @returns how many incidents it is about. 0: none is due
 */
export function reportIncidents({ prisma }: Pick<Database, 'prisma'>, to: string): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const [waiting] = await tx.$queryRaw<object[]>`
      SELECT FROM "Incident" WHERE "createdAt" < now() - ${COLLECT_SECONDS} * interval '1 second' AND id IN (${UNREPORTED})
      LIMIT 1`
    if (!waiting) return 0
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('till incident report', 0))`
    // A separate statement, to see what was committed while this one waited for the lock.
    const [last] = await tx.$queryRaw<object[]>`
      SELECT FROM "Mail" WHERE id = (SELECT max("mailId") FROM "Incident")
        AND ("dueAt" IS NOT NULL OR "sentAt" > now() - ${EVERY_MINUTES} * interval '1 minute')`
    if (last) return 0
    const { id } = await tx.mail.create({ data: { kind: 'incident_report', to } })
    return tx.$executeRaw`UPDATE "Incident" SET "mailId" = ${id} WHERE id IN (${UNREPORTED})`
  })
}
