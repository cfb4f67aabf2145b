// An order with everything that its pages, mails and JSON show.
import type { Prisma } from '../generated/prisma/client.js'
import type { WithAmounts } from './stored-amounts.js'

export const WITH_LINES = {
  items: { include: { product: true }, orderBy: { id: 'asc' } },
  attempts: { orderBy: { number: 'asc' } },
  refunds: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  disputes: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  unmatchedPayments: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  shipments: { include: { items: true }, orderBy: { id: 'asc' } },
  // What was refunded before it was sent shows as a refund only.
  returns: { where: { unsent: false }, include: { items: true }, orderBy: { id: 'asc' } },
  // Those of refunds say whether one that failed was dealt with.
  reportedIncidents: {
    where: { kind: { in: ['refund_failed', 'refund_refused'] } },
    select: { subject: true, resolvedAt: true },
  },
} as const satisfies Prisma.OrderInclude

export type OrderWithLines = Prisma.OrderGetPayload<{ include: typeof WITH_LINES }>

/** With amounts as numbers. */
export type Shown = WithAmounts<OrderWithLines>

/** The returns that the shopper requested. Others show as refunds only. */
export function requestedReturns<Return extends { unsent: boolean; unrequested: boolean }>({
  returns,
}: {
  returns: readonly Return[]
}): Return[] {
  return returns.filter(({ unsent, unrequested }) => !unsent && !unrequested)
}
