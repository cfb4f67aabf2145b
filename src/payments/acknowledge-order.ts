// Marks as dealt with what an order needs an operator for: its incidents, and its reasons for attention.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Incident, PrismaClient } from '../generated/prisma/client.js'
import { resolveIncident } from '../incidents/incidents.js'
import type { OrderFacts } from '../orders/order-facts.js'
import { deriveOrder, problemsOf } from './derive-order.js'
import { lockOrder } from './order-store.js'

/**
 * Removes the order's present reasons for attention, and resolves its incidents. The same reasons never come back; others
 * may.
 */
export async function acknowledgeOrder(tx: Transaction, orderId: number): Promise<void> {
  const order = await lockOrder(tx, orderId)
  const open = await tx.incident.findMany({ where: { orderId, resolvedAt: null }, select: { id: true } })
  for (const { id } of open) await resolveIncident(tx, id, null)
  await attendTo(tx, order, (order.needsAttention ?? '').split('\n').filter(Boolean))
  await recordAudit(tx, { action: 'order.attended', subject: 'order', subjectId: order.key })
}

/**
 * Resolves an incident. With the last one of an order, the order needs no more attention, except for open disputes.
 * @param note what the operator wants to remember about it
 * @returns false when it is resolved already
 */
export function dealWithIncident(
  prisma: PrismaClient,
  incident: Pick<Incident, 'id' | 'orderId'>,
  note: string | null,
): Promise<boolean> {
  return prisma.$transaction((tx) => dealWithIncidentIn(tx, incident, note))
}

/** The same in the caller's transaction, which then holds the incident's order. */
export async function dealWithIncidentIn(
  tx: Transaction,
  { id, orderId }: Pick<Incident, 'id' | 'orderId'>,
  note: string | null,
): Promise<boolean> {
  const order = orderId === null ? null : await lockOrder(tx, orderId)
  if (!(await resolveIncident(tx, id, note))) return false
  if (order !== null && (await tx.incident.count({ where: { orderId, resolvedAt: null } })) === 0)
    await attendTo(tx, order, problemsOf(order))
  return true
}

async function attendTo(tx: Transaction, order: OrderFacts, reasons: readonly string[]): Promise<void> {
  const attended = [...new Set([...order.attended, ...reasons])]
  const { attention } = deriveOrder({ ...order, attended })
  await tx.order.update({
    where: { id: order.id },
    data: {
      attended,
      needsAttention: attention.join('\n') || null,
      ...(attention.length === 0 && { attentionAt: null }),
    },
  })
}
