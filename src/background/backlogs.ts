// Opens an incident for each queue that does not move on, and resolves it when it does.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { closeIncidents, openIncident } from '../incidents/incidents.js'

/** The shop does this work by itself as soon as Stripe answers. A person is told when it has not for this long. */
const WAITS_FOR_STRIPE_SECONDS = 3600

/** @param limitSeconds for how long an event or mail may be due: /readyz has the same limit for events */
export async function watchBacklogs(prisma: PrismaClient, limitSeconds: number): Promise<void> {
  const queues = await prisma.$queryRaw<{ queue: string; since: Date | null }[]>`
    SELECT 'events' AS queue, min("retryAt") AS since FROM "StripeEvent"
    UNION ALL SELECT 'mails', least(
      (SELECT min("dueAt") FROM "Mail"),
      (SELECT min("createdAt") FROM "Mail" WHERE "dueAt" IS NULL AND attempts = 0 AND "sentAt" IS NULL AND NOT outdated),
      -- Retries put a mail off, so that none is overdue while the mail server is away. A single bad address is no backlog:
      -- newer mails are sent.
      (SELECT min("createdAt") FROM "Mail" WHERE "dueAt" IS NOT NULL AND attempts > 0
        AND id > (SELECT coalesce(max(id), 0) FROM "Mail" WHERE "sentAt" IS NOT NULL)))
    UNION ALL SELECT 'refunds', min("createdAt") FROM "Refund"
      WHERE status = 'requested' AND "retryAt" > now() - interval '1 day'
    UNION ALL SELECT 'checkouts', min(a."expiresAt") FROM "CheckoutAttempt" a JOIN "Order" o ON o.id = a."orderId"
      WHERE a.status IN ('preparing', 'open') AND o."needsAttention" IS NULL
    UNION ALL SELECT 'catch-up', "caughtUpTo" FROM "Shop"`
  const isStuck = ({ queue, since }: { queue: string; since: Date | null }) => {
    const limit = queue === 'events' || queue === 'mails' ? limitSeconds : WAITS_FOR_STRIPE_SECONDS
    return since !== null && Date.now() - since.getTime() > limit * 1000
  }
  const moving = queues.filter((queue) => !isStuck(queue))
  const rows = moving.map(({ queue }) => ({ kind: 'backlog', subject: queue }))
  await prisma.$executeRaw(closeIncidents(JSON.stringify(rows), Prisma.sql`true`))
  for (const { queue, since } of queues.filter(isStuck))
    await openIncident(prisma, {
      kind: 'backlog',
      subject: queue,
      orderId: null,
      message: `${WHAT_WAITS[queue] ?? queue} since ${since?.toISOString() ?? ''}.`,
    })
}

const WHAT_WAITS: Record<string, string> = {
  events: 'Stripe’s events have been waiting to be handled',
  mails: 'Mails have been waiting to be sent',
  refunds: 'Refunds have been waiting for Stripe’s answer',
  checkouts: 'Checkouts that are over could not be closed',
  'catch-up': 'Stripe’s list of events has not been read to its end',
}
