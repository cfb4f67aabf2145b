// Somebody who ordered, or asked to be told of stock, without an account: known by an email address alone.
import { isErasedAddress } from '../accounts/erased-address.js'
import type { AuditedAction } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'

export interface Guest {
  email: string
  /** How many orders without an account have the address. */
  orders: number
  /** One of them: the one that was asked for, or the newest. Null: there is none. */
  orderKey: string | null
  /** The account with this address, whether it is confirmed or not. */
  account: { id: number; isVerified: boolean } | null
}

/** Whoever placed this order without an account. Null if it has one, or was erased. */
export async function guestOfOrder(prisma: PrismaClient, orderKey: string): Promise<Guest | null> {
  const order = await prisma.order.findUnique({
    where: { key: orderKey },
    select: { userId: true, email: true },
  })
  if (order === null || order.userId !== null || isErasedAddress(order.email)) return null
  return { ...(await guestOf(prisma, order.email)), orderKey }
}

/** The guest with this address. Null if nothing is kept about it. @param email as `canonicalEmail` writes it */
export async function findGuest(prisma: PrismaClient, email: string): Promise<Guest | null> {
  const [guest, notice, mail] = await Promise.all([
    guestOf(prisma, email),
    prisma.stockNotice.findFirst({ where: { email }, select: { id: true } }),
    prisma.mail.findFirst({ where: { to: email }, select: { id: true } }),
  ])
  return guest.orders === 0 && notice === null && mail === null ? null : guest
}

async function guestOf(prisma: PrismaClient, email: string): Promise<Guest> {
  const where = { userId: null, email }
  const [orders, newest, account] = await Promise.all([
    prisma.order.count({ where }),
    prisma.order.findFirst({ where, orderBy: { id: 'desc' }, select: { key: true } }),
    prisma.user.findUnique({ where: { email }, select: { id: true, verifiedAt: true } }),
  ])
  return {
    ...{ email, orders, orderKey: newest?.key ?? null },
    account: account && { id: account.id, isVerified: account.verifiedAt !== null },
  }
}

/** What the audit log names them by: an order, because it has no addresses. */
export function auditedGuest({ orderKey }: Guest): Pick<AuditedAction, 'subject' | 'subjectId'> {
  return orderKey === null
    ? { subject: 'guest', subjectId: 'without orders' }
    : { subject: 'order', subjectId: orderKey }
}
