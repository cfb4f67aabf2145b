// Erases a customer: the account at once, its orders and its customer at Stripe by finish-erasures.ts.
import { revokeTokens } from '../accounts/api-tokens.js'
import { erasedAddress } from '../accounts/erased-address.js'
import { giveOrders } from '../accounts/join-orders.js'
import { endSessions } from '../accounts/sessions.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { removeFactor } from '../operators/second-factor.js'
import { eraseMails } from './erase-orders.js'
import { noteErasure } from './erasure-journal.js'
import { NotErasable, orderRefusals, type Refusal } from './erasure-refusals.js'

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
    await eraseMails(tx, erasedAddress(userId), Prisma.sql`"to" = ${user.email} AND "orderId" IS NULL`)
    await eraseMailsToOthers(tx, userId)
    await noteErasure(tx, user.email)
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
        erasedAddress(userId),
        Prisma.sql`"to" = ${former} AND "orderId" IS NULL AND "createdAt" <= ${usedAt}::timestamptz + interval '1 minute'`,
      )
    const asked = Prisma.sql`"createdAt" BETWEEN ${createdAt}::timestamptz - interval '1 minute' AND ${createdAt}::timestamptz + interval '1 minute'`
    await eraseMails(
      tx,
      erasedAddress(userId),
      Prisma.sql`"to" = ${email} AND kind = 'email_change' AND ${asked}`,
    )
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
  const [account] = await tx.$queryRaw<{ isOperator: boolean; isErased: boolean }[]>`
    SELECT role <> 'shopper' AS "isOperator", "erasedAt" IS NOT NULL AS "isErased" FROM "User" WHERE id = ${userId}`
  if (!account) throw notFound()
  return [
    ...(account.isOperator ? (['isOperator'] as const) : []),
    ...(account.isErased ? (['isErased'] as const) : []),
    ...(await orderRefusals(tx, Prisma.sql`o."userId" = ${userId}`)),
  ]
}
