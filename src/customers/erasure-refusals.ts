// Why a customer or a guest can't be erased now: what is still open in their orders.
import type { Transaction } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { SENDABLE } from '../orders/fulfilment.js'

/** In sentences for operators. */
const REASONS = {
  isOperator: 'The account runs the shop. Make it a shopper first, under Operators.',
  isErased: 'The customer is erased already.',
  isUnpaid: 'An order is not paid yet. Cancel it, or wait until it is paid or expired.',
  isUnmatched: 'A payment does not fit its order. Refund it first.',
  isUnsent: 'A paid order has units left to send. Send or refund them first.',
  hasReturn: 'A return is open. Decline or refund it first.',
  hasRefund: 'A refund is on its way. Wait until Stripe reports its end.',
  hasDispute: 'A dispute is open. Wait until the bank has decided.',
}

export type Refusal = keyof typeof REASONS
type OrderRefusal = Exclude<Refusal, 'isOperator' | 'isErased'>

/** @param which a condition on "Order", named o */
export async function orderRefusals(
  tx: Pick<Transaction, '$queryRaw'>,
  which: Prisma.Sql,
): Promise<OrderRefusal[]> {
  const orders = Prisma.sql`SELECT FROM "Order" o WHERE ${which}`
  const ofOrder = Prisma.sql`JOIN "Order" o ON o.id = x."orderId" WHERE ${which}`
  const [state] = await tx.$queryRaw<Record<OrderRefusal, boolean>[]>`
    SELECT
      EXISTS (${orders} AND o.status IN ('pending', 'processing')) AS "isUnpaid",
      EXISTS (${orders} AND o."holdsUnmatched") AS "isUnmatched",
      EXISTS (${orders} AND o.status::text = ANY(${[...SENDABLE]}::text[])
        AND o."deliveryCountry" IS NOT NULL AND o.fulfilment IN ('none', 'partly_shipped')) AS "isUnsent",
      EXISTS (SELECT FROM "Return" x ${ofOrder} AND x.status IN ('requested', 'accepted', 'received')) AS "hasReturn",
      EXISTS (SELECT FROM "Refund" x ${ofOrder} AND x.status IN ('requested', 'pending')) AS "hasRefund",
      EXISTS (SELECT FROM "Dispute" x ${ofOrder} AND x.status IN (
        'warning_needs_response', 'warning_under_review', 'needs_response', 'under_review')) AS "hasDispute"`
  return (Object.keys(REASONS) as OrderRefusal[]).filter((name) => state?.[name])
}

/** Thrown when a customer can't be erased now. Operators read it as it is; shoppers get sentences of their own. */
export class NotErasable extends Problem {
  constructor(readonly reasons: readonly Refusal[]) {
    const sentences = refusalTexts(reasons).join(' ')
    super(409, 'customer_not_erasable', 'This customer can’t be erased now', sentences)
  }
}

/** For operators. */
export function refusalTexts(reasons: readonly Refusal[]): string[] {
  return reasons.map((reason) => REASONS[reason])
}
