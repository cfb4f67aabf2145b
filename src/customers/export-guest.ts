// Everything that the shop keeps about somebody who ordered without an account, as JSON.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { guestPurchasesAfter, list, mailsAfter, noticesOf, ordersAfter } from './export-customer.js'
import { auditedGuest, type Guest } from './guest.js'

/** The JSON in pieces, so that memory stays flat however many orders there are. */
export async function* exportGuest(prisma: PrismaClient, guest: Guest): AsyncGenerator<string> {
  const { email } = guest
  await recordAudit(prisma, { action: 'guest.exported', ...auditedGuest(guest) })
  const [notices, cart] = await Promise.all([
    noticesOf(prisma, email),
    prisma.cartItem.findMany({
      where: { cart: { userId: null, orders: { some: { userId: null, email } } } },
      select: { productId: true, variantId: true, quantity: true, addedAt: true },
    }),
  ])
  yield `{"email":${JSON.stringify(email)},"cart":${JSON.stringify(cart)},"stockNotices":${JSON.stringify(notices)}`
  yield* list('orders', [(after) => ordersAfter(prisma, { userId: null, email }, after)])
  yield* list('purchases', [(after) => guestPurchasesAfter(prisma, email, after)])
  yield* list('mails', [(after) => mailsAfter(prisma, email, after)])
  yield '}\n'
}
