// Erases somebody who ordered without an account. Their orders stay for the books, as those of accounts do.
import { ERASED_GUEST } from '../accounts/erased-address.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { eraseMails, eraseOrders } from './erase-orders.js'
import { noteErasure } from './erasure-journal.js'
import { NotErasable, orderRefusals, type Refusal } from './erasure-refusals.js'
import { auditedGuest, type Guest } from './guest.js'

/**
 * Erases the address and everything personal in the orders that were placed with it without an account, for good. Can be
 * repeated if it was interrupted: orders that are not erased yet still have the address.
 * @throws NotErasable with every reason why it is not possible now
 * @throws Problem 409 if a confirmed account has the address: its erasure includes guest orders
 */
export async function eraseGuest(prisma: PrismaClient, guest: Guest): Promise<void> {
  const { email } = guest
  const ids = await prisma.$transaction(async (tx) => {
    const account = await lockAccount(tx, email)
    if (account?.isVerified === true) throw hasAccount()
    const orders = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "Order" WHERE email = ${email} AND "userId" IS NULL ORDER BY id FOR NO KEY UPDATE`
    const reasons = await guestRefusals(tx, email)
    if (reasons.length > 0) throw new NotErasable(reasons)

    const orderIds = orders.map(({ id }) => id)
    await tx.orderAccess.deleteMany({ where: { orderId: { in: orderIds } } })
    await tx.cart.deleteMany({ where: { userId: null, orders: { some: { id: { in: orderIds } } } } })
    await tx.stockNotice.deleteMany({ where: { email } })
    // The mails of an account that waits for its confirmation are its own.
    if (account === null) {
      await tx.operatorInvitation.deleteMany({ where: { email } })
      await eraseMails(tx, ERASED_GUEST, Prisma.sql`"to" = ${email} AND "orderId" IS NULL`)
    }
    await noteErasure(tx, email)
    await recordAudit(tx, { action: 'guest.erased', ...auditedGuest(guest), fields: ['email'] })
    return orderIds
  })
  // Not those that were placed meanwhile: somebody is paying for them.
  const which = Prisma.sql`id = ANY(${ids}::int[]) AND email = ${email} AND "userId" IS NULL`
  await eraseOrders(prisma, { which, address: ERASED_GUEST })
}

/** Why the guest can't be erased now. Empty: they can. */
export function guestRefusals(tx: Pick<Transaction, '$queryRaw'>, email: string): Promise<Refusal[]> {
  return orderRefusals(tx, Prisma.sql`o.email = ${email} AND o."userId" IS NULL`)
}

/** So that it is not confirmed meanwhile, which would give it the orders. */
async function lockAccount(tx: Transaction, email: string): Promise<{ isVerified: boolean } | null> {
  const [account] = await tx.$queryRaw<{ isVerified: boolean }[]>`
    SELECT "verifiedAt" IS NOT NULL AS "isVerified" FROM "User" WHERE email = ${email} FOR NO KEY UPDATE`
  return account ?? null
}

function hasAccount(): Problem {
  return new Problem(
    409,
    'guest_has_account',
    'This address has an account',
    'The account’s erasure includes what was ordered without it. Erase the customer.',
  )
}
