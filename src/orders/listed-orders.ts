// Orders as operators' lists show them.
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'

const LISTED = {
  items: { select: { name: true, variantName: true, quantity: true }, orderBy: { id: 'asc' } },
  attempts: {
    where: { status: 'processing', voucherUrl: { not: null } },
    select: { status: true, voucherUrl: true },
  },
  returns: { select: { status: true } },
  reportedIncidents: { where: { resolvedAt: null }, orderBy: { id: 'asc' } },
} as const satisfies Prisma.OrderInclude

export type ListedOrder = Prisma.OrderGetPayload<{ include: typeof LISTED }>

/** @returns the orders with these ids, in their order */
export async function readListed(prisma: PrismaClient, ids: readonly number[]): Promise<ListedOrder[]> {
  const orders = await prisma.order.findMany({ where: { id: { in: [...ids] } }, include: LISTED })
  const byId = new Map(orders.map((order) => [order.id, order]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Why the order needs a person: its reasons, and its open incidents that say something else. */
export function attentionOf(order: Pick<ListedOrder, 'needsAttention' | 'reportedIncidents'>): string[] {
  const reasons = (order.needsAttention ?? '').split('\n').filter(Boolean)
  const others = order.reportedIncidents
    .map(({ message }) => message)
    .filter((message) => !reasons.some((reason) => message.includes(reason)))
  return [...reasons, ...others]
}
