// Writes the audit log: what operators did, with ids and names of fields, and no values of a person.
import type { Transaction } from '../database/client.js'
import { currentActor } from './actor.js'

export interface AuditedAction {
  /** What was done: "order.shipped", "return.accepted". */
  action: `${string}.${string}`
  /** What it was done to, and its public id. */
  subject: string
  subjectId: string | number
  /** Names of the fields that were set. */
  fields?: readonly string[]
}

/**
 * Writes down an action of the operator on whose behalf this runs, in the transaction of what it changes. Nothing is written
 * for shoppers, and for what the shop does by itself.
 */
export async function recordAudit(
  tx: Pick<Transaction, 'auditEntry'>,
  { action, subject, subjectId, fields = [] }: AuditedAction,
): Promise<void> {
  const actor = currentActor()
  if (actor === null) return
  await tx.auditEntry.createMany({
    data: {
      actor: actor.kind,
      actorId: actor.userId,
      address: actor.address,
      requestId: actor.requestId,
      ...{ action, subject, subjectId: String(subjectId), fields: [...fields] },
    },
  })
}
