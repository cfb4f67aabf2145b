// Everything that the shop keeps about the person behind an account, as JSON: what a data-subject request asks for.
//
// Notes that operators wrote about their orders are included: they are about the person. Who wrote them is not, nor what
// gives access: password hashes, tokens and links.
import { addressesOf } from '../accounts/addresses.js'
import { tokensOf } from '../accounts/api-tokens.js'
import { sessionsOf } from '../accounts/sessions.js'
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'

const BATCH = 200

/** The JSON in pieces, so that memory stays flat however many orders there are. @throws for an unknown account */
export async function* exportCustomer(prisma: PrismaClient, userId: number): AsyncGenerator<string> {
  const { email, name, verifiedAt, createdAt, stripeCustomerId, blockedAt, blockedReason } =
    await prisma.user.findUniqueOrThrow({ where: { id: userId } })
  await recordAudit(prisma, { action: 'customer.exported', subject: 'customer', subjectId: userId })
  const [sessions, tokens, addresses, emails, cart] = await Promise.all([
    sessionsOf(prisma, userId),
    tokensOf(prisma, userId),
    addressesOf(prisma, userId),
    prisma.emailChange.findMany({
      where: { userId },
      select: { email: true, createdAt: true, former: true, usedAt: true },
    }),
    prisma.cartItem.findMany({
      where: { cart: { userId } },
      select: { productId: true, variantId: true, quantity: true, addedAt: true },
    }),
  ])
  const profile = { email, name, verifiedAt, createdAt, stripeCustomerId, blockedAt, blockedReason }
  const devices = sessions.map(({ userAgent, signedInAt, seenAt }) => ({ userAgent, signedInAt, seenAt }))
  const apps = tokens.map((token) => ({
    origin: token.origin,
    userAgent: token.userAgent,
    createdAt: token.createdAt,
    lastUsedAt: token.lastUsedAt,
  }))
  const notices = await noticesOf(prisma, email)
  yield `{"profile":${JSON.stringify(profile)},"sessions":${JSON.stringify(devices)},"tokens":${JSON.stringify(apps)},"addresses":${JSON.stringify(addresses)},"emailChanges":${JSON.stringify(emails)},"cart":${JSON.stringify(cart)},"stockNotices":${JSON.stringify(notices)}`
  const own = { userId }
  // As when they are erased: guests' orders with a confirmed address are theirs too.
  const asGuest = { userId: null, email }
  const owned = verifiedAt === null ? [own] : [own, asGuest]
  yield* list(
    'orders',
    owned.map((where) => (after) => ordersAfter(prisma, where, after)),
  )
  yield* list('purchases', [
    (after) => purchasesAfter(prisma, userId, after),
    ...(verifiedAt === null ? [] : [(after: number) => guestPurchasesAfter(prisma, email, after)]),
  ])
  yield* list('mails', [(after) => mailsAfter(prisma, email, after)])
  yield '}\n'
}

/** Products that the address is told of once they are back in stock. */
export function noticesOf(prisma: PrismaClient, email: string) {
  return prisma.stockNotice.findMany({
    where: { email },
    select: { variantId: true, locale: true, createdAt: true, sentAt: true },
    orderBy: { id: 'asc' },
  })
}

/** A member of the JSON, read a part at a time. */
export async function* list(
  name: string,
  parts: readonly ((after: number) => Promise<{ id: number }[]>)[],
): AsyncGenerator<string> {
  yield `,"${name}":[`
  let isFirst = true
  for (const read of parts) {
    let rows = await read(0)
    for (let last = rows.at(-1); last; last = rows.at(-1)) {
      yield (isFirst ? '' : ',') + rows.map((row) => JSON.stringify(row)).join(',')
      isFirst = false
      rows = await read(last.id)
    }
  }
  yield ']'
}

export function ordersAfter(
  prisma: PrismaClient,
  where: { userId: number } | { userId: null; email: string },
  after: number,
) {
  return prisma.order.findMany({
    where: { ...where, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: BATCH,
    omit: { guestHash: true, network: true, incidents: true, attended: true, needsAttention: true },
    include: {
      items: { select: { name: true, variantName: true, sku: true, unitAmount: true, quantity: true } },
      attempts: {
        select: { createdAt: true, status: true, paidAt: true, amountTotal: true, collected: true },
      },
      refunds: { select: { createdAt: true, status: true, amount: true, currency: true, reason: true } },
      disputes: { select: { createdAt: true, status: true, amount: true, currency: true, reason: true } },
      shipments: { select: { shippedAt: true, deliveredAt: true, carrier: true, trackingNumber: true } },
      returns: { select: { createdAt: true, status: true, reason: true, answer: true } },
      notes: { select: { createdAt: true, text: true } },
    },
  })
}

function purchasesAfter(prisma: PrismaClient, userId: number, after: number) {
  return prisma.purchaseHistory.findMany({
    where: { userId, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: BATCH,
  })
}

export function guestPurchasesAfter(prisma: PrismaClient, email: string, after: number) {
  return prisma.purchaseHistory.findMany({
    where: { userId: null, order: { userId: null, email }, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: BATCH,
  })
}

export function mailsAfter(prisma: PrismaClient, to: string, after: number) {
  return prisma.mail.findMany({
    where: { to, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: BATCH,
    select: { id: true, kind: true, to: true, subject: true, createdAt: true, sentAt: true },
  })
}
