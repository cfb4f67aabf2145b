// Ignores an event that can't be handled: an operator has decided that nothing follows from it.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { dealWithIncidentIn } from '../payments/acknowledge-order.js'

/**
 * Marks an event as ignored, so that it is not tried again, and resolves its incident. What is known of a payment stays as it
 * is. Replaying the event undoes this.
 * @param reason why, kept with the event and its incident
 * @throws Problem 404 for an event that never arrived, 409 for one that is handled
 */
export function ignoreEvent(prisma: PrismaClient, id: string, reason: string): Promise<void> {
  return prisma.$transaction(async (tx) => {
    // Before the event's row, because it locks the order, as settlement does.
    const incidents = await tx.incident.findMany({
      where: { kind: { in: ['event_quarantined', 'event_failed'] }, subject: id, resolvedAt: null },
    })
    for (const incident of incidents) await dealWithIncidentIn(tx, incident, reason)
    const { count } = await tx.stripeEvent.updateMany({
      where: { id, outcome: { in: ['unhandled', 'failed', 'quarantined'] } },
      data: {
        outcome: 'ignored',
        detail: `ignored by an operator: ${reason}`,
        handledAt: new Date(),
        retryAt: null,
      },
    })
    if (count === 0) throw await whyNot(tx, id)
    await recordAudit(tx, { action: 'event.ignored', subject: 'event', subjectId: id, fields: ['reason'] })
  })
}

async function whyNot(tx: Pick<PrismaClient, 'stripeEvent'>, id: string): Promise<Problem> {
  const event = await tx.stripeEvent.findUnique({ where: { id }, select: { outcome: true } })
  if (event === null)
    return new Problem(404, 'event_not_found', 'No such event', `Event ${id} has not been received.`)
  return new Problem(
    409,
    'event_handled',
    'Nothing to ignore',
    `Event ${id} is ${event.outcome.replace('_', ' ')}: it is not tried again.`,
  )
}
