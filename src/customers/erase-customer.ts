// Erases a customer: the account at once, its orders and its customer at Stripe by finish-erasures.ts.
import { revokeTokens } from '../accounts/api-tokens.js'
import { erasedAddress } from '../accounts/erased-address.js'
import { giveOrders } from '../accounts/join-orders.js'
import { endSessions } from '../accounts/sessions.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { notFound, Problem } from '../http/problem.js'
import { removeFactor } from '../operators/second-factor.js'
import { SENDABLE } from '../orders/fulfilment.js'
import { eraseMails } from './erase-orders.js'

/** No password has this hash. */
const NO_PASSWORD = 'erased'

/**
 * Erases name, email, password and everything that gives access, for good. Orders stay for the books; what is personal in them
 * is erased a moment later. The person can register again, as someone new.
 * @throws NotErasable with every reason why it is not possible now
 */
export function eraseCustomer(prisma: PrismaClient, userId: number): Promise<void> {
  return prisma.$transaction(async (tx) => {
    // Like `lockShopper`: no order is placed meanwhile.
    const [user] = await tx.$queryRaw<{ email: string; isVerified: boolean }[]>`
      SELECT email, "verifiedAt" IS NOT NULL AS "isVerified" FROM "User" WHERE id = ${userId} FOR UPDATE`
    if (!user) throw notFound()
    // Guests' orders with a confirmed address are theirs too.
    if (user.isVerified) await takeGuestOrders(tx, userId, user.email)
    const reasons = await erasureRefusals(tx, userId)
    if (reasons.length > 0) throw new NotErasable(reasons)

    await tx.user.update({
      where: { id: userId },
      data: {
        email: erasedAddress(userId),
        name: 'Erased customer',
        passwordHash: NO_PASSWORD,
        ...{ verifiedAt: null, customerKey: null, blockedAt: null, blockedReason: null },
        ...{ erasedAt: new Date(), erasureDueAt: new Date(), customerUpdateDueAt: null },
      },
    })
    await endSessions(tx, userId)
    await revokeTokens(tx, userId)
    await removeFactor(tx, userId)
    const where = { userId }
    await tx.savedView.deleteMany({ where })
    await tx.passwordReset.deleteMany({ where })
    await tx.emailVerification.deleteMany({ where })
    await tx.address.deleteMany({ where })
    await tx.cart.deleteMany({ where })
    await tx.orderAccess.deleteMany({ where: { order: where } })
    await tx.operatorInvitation.deleteMany({ where: { email: user.email } })
    await tx.stockNotice.deleteMany({ where: { email: user.email } })
    await eraseMails(tx, userId, Prisma.sql`"to" = ${user.email} AND "orderId" IS NULL`)
    await eraseMailsToOthers(tx, userId)
    await recordAudit(tx, {
      action: 'customer.erased',
      subject: 'customer',
      subjectId: userId,
      fields: ['email', 'name', 'password'],
    })
  })
}

/** Mails to the addresses that the account had, and was to have. What came later is of whoever has the address now. */
async function eraseMailsToOthers(tx: Transaction, userId: number): Promise<void> {
  const changes = await tx.emailChange.findMany({ where: { userId } })
  for (const { email, former, usedAt, createdAt } of changes) {
    if (former !== null && usedAt !== null)
      await eraseMails(
        tx,
        userId,
        Prisma.sql`"to" = ${former} AND "orderId" IS NULL AND "createdAt" <= ${usedAt}::timestamptz + interval '1 minute'`,
      )
    const asked = Prisma.sql`"createdAt" BETWEEN ${createdAt}::timestamptz - interval '1 minute' AND ${createdAt}::timestamptz + interval '1 minute'`
    await eraseMails(tx, userId, Prisma.sql`"to" = ${email} AND kind = 'email_change' AND ${asked}`)
  }
  await tx.emailChange.deleteMany({ where: { userId } })
}

async function takeGuestOrders(tx: Transaction, userId: number, email: string): Promise<void> {
  const orders = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM "Order" WHERE email = ${email} AND "userId" IS NULL ORDER BY id FOR NO KEY UPDATE`
  await giveOrders(tx, orders, userId)
}

/** Why the customer can't be erased now. Empty: they can. */
export async function erasureRefusals(
  tx: Pick<Transaction, '$queryRaw'>,
  userId: number,
): Promise<Refusal[]> {
  const ofOrder = Prisma.sql`JOIN "Order" o ON o.id = x."orderId" WHERE o."userId" = ${userId}`
  const [state] = await tx.$queryRaw<Record<Refusal, boolean>[]>`
    SELECT role <> 'shopper' AS "isOperator", "erasedAt" IS NOT NULL AS "isErased",
      EXISTS (SELECT FROM "Order" WHERE "userId" = ${userId} AND status IN ('pending', 'processing')) AS "isUnpaid",
      EXISTS (SELECT FROM "Order" WHERE "userId" = ${userId} AND "holdsUnmatched") AS "isUnmatched",
      EXISTS (SELECT FROM "Order" WHERE "userId" = ${userId} AND status::text = ANY(${[...SENDABLE]}::text[])
        AND "deliveryCountry" IS NOT NULL AND fulfilment IN ('none', 'partly_shipped')) AS "isUnsent",
      EXISTS (SELECT FROM "Return" x ${ofOrder} AND x.status IN ('requested', 'accepted', 'received')) AS "hasReturn",
      EXISTS (SELECT FROM "Refund" x ${ofOrder} AND x.status IN ('requested', 'pending')) AS "hasRefund",
      EXISTS (SELECT FROM "Dispute" x ${ofOrder} AND x.status IN (
        'warning_needs_response', 'warning_under_review', 'needs_response', 'under_review')) AS "hasDispute"
    FROM "User" WHERE id = ${userId}`
  if (!state) throw notFound()
  return (Object.keys(REASONS) as Refusal[]).filter((name) => state[name])
}

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
