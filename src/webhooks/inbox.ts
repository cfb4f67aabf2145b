// Each event once: its row and its effects commit together, or the row says that it is not handled.
import type { Database, Transaction } from '../database/client.js'
import type { Prisma } from '../generated/prisma/client.js'
import type { Logger } from '../http/logging.js'
import type { MailWriter } from '../mail/mail-writer.js'
import { dispatch } from './dispatch.js'
import type { Outcome } from './outcomes.js'
import type { SignedEvent } from './verify.js'

export interface InboxParts {
  database: Database
  mail: MailWriter
  log: Logger
  appId: string
  livemode: boolean
}

/** Seconds until our own next try; Stripe tries again beside us. */
const RETRY_SECONDS = [10, 60, 300, 1800, 7200, 21_600]

/**
 * Handles an event, unless that was done before.
 * @throws what its handler threw, once the row says that the event waits for another try
 */
export async function receiveEvent(parts: InboxParts, event: SignedEvent): Promise<Outcome | 'known'> {
  try {
    return await parts.database.prisma.$transaction(async (tx) => {
      if (!(await claim(tx, event))) return 'known'
      const outcome = await dispatch(event, { tx, mail: parts.mail, appId: parts.appId }, parts.livemode)
      await record(tx, event, outcome)
      logOutcome(parts.log, event, outcome)
      return outcome
    })
  } catch (error) {
    await keepForRetry(parts, event, error)
    throw error
  }
}

/** Handles again what is due. Returns how many events were tried. */
export async function retryDueEvents(parts: InboxParts): Promise<number> {
  const due = await parts.database.prisma.stripeEvent.findMany({
    where: { retryAt: { lte: new Date() } },
    orderBy: { retryAt: 'asc' },
    take: 20,
  })
  for (const row of due) {
    const { data } = row.payload as unknown as { data: { object: Record<string, unknown> } }
    const event = { ...row, object: data.object, payload: row.payload as object }
    // The failure is in the row and in the log; the next event must not wait for it.
    await receiveEvent(parts, event).catch(() => undefined)
  }
  return due.length
}

/** True when the event is ours to handle now; its row is locked until this transaction ends. */
async function claim(tx: Transaction, event: SignedEvent): Promise<boolean> {
  const { count } = await tx.stripeEvent.createMany({ data: eventRow(event), skipDuplicates: true })
  if (count === 1) return true
  const [row] = await tx.$queryRaw<{ handledAt: Date | null }[]>`
    SELECT "handledAt" FROM "StripeEvent" WHERE id = ${event.id} FOR NO KEY UPDATE`
  return row?.handledAt === null
}

async function record(tx: Transaction, event: SignedEvent, outcome: Outcome): Promise<void> {
  await tx.stripeEvent.update({
    where: { id: event.id },
    data: {
      outcome: outcome.kind,
      detail: 'detail' in outcome ? outcome.detail : null,
      orderId: 'orderId' in outcome ? outcome.orderId : null,
      attempts: { increment: 1 },
      handledAt: new Date(),
      retryAt: null,
      lastError: null,
    },
  })
}

async function keepForRetry(parts: InboxParts, event: SignedEvent, error: unknown): Promise<void> {
  const { prisma } = parts.database
  try {
    await prisma.stripeEvent.createMany({ data: eventRow(event), skipDuplicates: true })
    const { attempts } = await prisma.stripeEvent.findUniqueOrThrow({
      where: { id: event.id },
      select: { attempts: true },
    })
    const seconds = RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length - 1)] ?? 0
    await prisma.stripeEvent.updateMany({
      where: { id: event.id, handledAt: null },
      data: {
        attempts: { increment: 1 },
        lastError: String(error),
        retryAt: new Date(Date.now() + seconds * 1000),
      },
    })
  } catch (rowError) {
    // With the database away not even the row can be kept: the answer makes Stripe try again.
    parts.log.error({ err: rowError, event: event.id }, 'an event could not be kept for a retry')
  }
}

function eventRow(event: SignedEvent): Prisma.StripeEventCreateManyInput {
  const { id, type, created, livemode, apiVersion } = event
  return { id, type, created, livemode, apiVersion, payload: event.payload }
}

function logOutcome(log: Logger, event: SignedEvent, outcome: Outcome): void {
  const line = { event: event.id, type: event.type, ...outcome }
  if (outcome.kind === 'quarantined') log.error(line, 'an event needs an operator')
  else log.info(line, 'event handled')
}
