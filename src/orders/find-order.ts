// Finds orders, and payments without one, by any id or email that an operator has.
import { canonicalEmail } from '../accounts/email-address.js'
import { Prisma, type PrismaClient, type UnmatchedPayment } from '../generated/prisma/client.js'

/** By the beginning of Stripe's ids and ours: where an id stands. Each selects the ids of orders, by an index. */
const BY_PREFIX: readonly [prefixes: string, find: (id: string) => Prisma.Sql][] = [
  ['ord', (id) => Prisma.sql`SELECT id FROM "Order" WHERE key = ${id}`],
  ['ret', (id) => Prisma.sql`SELECT "orderId" FROM "Return" WHERE key = ${id}`],
  [
    'cs',
    (id) => Prisma.sql`SELECT "orderId" FROM "CheckoutAttempt" WHERE "stripeSessionId" = ${id}
      UNION ALL SELECT "orderId" FROM "UnmatchedPayment" WHERE id = ${id}`,
  ],
  [
    'pi',
    (id) =>
      Prisma.join(
        ['CheckoutAttempt', 'UnmatchedPayment', 'Refund', 'Dispute', 'RiskSignal'].map(
          (table) =>
            Prisma.sql`SELECT "orderId" FROM ${Prisma.raw(`"${table}"`)} WHERE "paymentIntentId" = ${id}`,
        ),
        ' UNION ALL ',
      ),
  ],
  ['re pyr', (id) => Prisma.sql`SELECT "orderId" FROM "Refund" WHERE "stripeRefundId" = ${id}`],
  ['du dp', (id) => Prisma.sql`SELECT "orderId" FROM "Dispute" WHERE id = ${id}`],
  ['issfr prv', (id) => Prisma.sql`SELECT "orderId" FROM "RiskSignal" WHERE id = ${id}`],
  ['in', (id) => Prisma.sql`SELECT id FROM "Order" WHERE "invoiceId" = ${id}`],
  [
    'price',
    // The index needs the second condition: it is not planned for certain values.
    (id) =>
      Prisma.sql`SELECT "orderId" FROM "OrderItem" WHERE "stripePriceId" = ANY (${id.split(' ')}::text[])
        AND "stripePriceId" IS NOT NULL`,
  ],
  [
    'promo',
    (id) => Prisma.sql`SELECT "orderId" FROM "CheckoutAttempt" WHERE collected->>'promotionCode' = ${id}`,
  ],
  ['evt', (id) => Prisma.sql`SELECT "orderId" FROM "StripeEvent" WHERE id = ${id}`],
  [
    'plink',
    (id) =>
      Prisma.sql`SELECT o.id FROM "PaymentLink" l JOIN "OrderItem" i ON i."variantId" = l."variantId"
        JOIN "Order" o ON o.id = i."orderId" WHERE l.id = ${id} AND o.origin = 'payment_link'`,
  ],
  [
    'cus',
    (id) =>
      Prisma.sql`SELECT o.id FROM "Order" o JOIN "User" u ON u.id = o."userId" WHERE u."stripeCustomerId" = ${id}`,
  ],
]

/**
 * What selects the ids of the orders with an order key, an order number ("T-7F3K2M8Q"), a return's key, or Stripe's id of a
 * session, payment intent, refund, dispute, risk signal, invoice, price, promotion code, event, customer or payment link. Several
 * prices are separated by spaces. An order does not know its link: those of all links to the same variant are found.
 * @returns null for a text that is none of these
 */
export function ordersNamed(text: string): Prisma.Sql | null {
  const number = /^T-([0-9A-Z]{8})$/i.exec(text)?.[1]?.toLowerCase()
  if (number !== undefined) {
    // Not LIKE, which uses this index in some collations only.
    const first = `ord_${number}`
    return Prisma.sql`SELECT id FROM "Order" WHERE key >= ${first} AND key < ${first.padEnd(31, 'z')} AND starts_with(key, ${first})`
  }
  const prefix = /^([a-z]+)_\w+$/i.exec(text)?.[1] ?? /^(price)_\w+(?: price_\w+)*$/.exec(text)?.[1]
  const [, find] = BY_PREFIX.find(([prefixes]) => prefixes.split(' ').includes(prefix ?? '')) ?? []
  return find ? find(text) : null
}

/** The ids of the orders that a text names, by their ids or by a shopper's email. Newest first, at most 20. */
export async function findOrderIds(prisma: PrismaClient, text: string): Promise<number[]> {
  const find = ordersNamed(text) ?? ordersOf(canonicalEmail(text) ?? text.toLowerCase())
  const rows = await prisma.$queryRaw<{ id: number }[]>`
    SELECT DISTINCT id FROM (${find}) AS found(id) WHERE id IS NOT NULL ORDER BY id DESC LIMIT 20`
  return rows.map(({ id }) => id)
}

/** Each part has an index. The table for searches lags behind by moments, which is why the first two look at the orders. */
function ordersOf(email: string): Prisma.Sql {
  return Prisma.sql`SELECT id FROM "Order" WHERE email = ${email} AND "userId" IS NULL
    UNION ALL SELECT o.id FROM "User" u JOIN "Order" o ON o."userId" = u.id WHERE u.email = ${email} AND o.email = ${email}
    UNION ALL SELECT "orderId" FROM "OrderSearch" WHERE lower(email) = ${email}`
}

/** What belongs to no order here, by a session's, payment intent's, refund's or dispute's id. */
export async function findWithoutOrder(
  prisma: PrismaClient,
  text: string,
): Promise<{ kind: 'payment' | 'dispute'; id: string } | null> {
  if (/^(du|dp)_/.test(text)) {
    const dispute = await prisma.dispute.findFirst({ where: { id: text, orderId: null } })
    return dispute && { kind: 'dispute', id: dispute.id }
  }
  const refund = /^(re|pyr)_/.test(text)
    ? await prisma.refund.findFirst({ where: { stripeRefundId: text, orderId: null } })
    : null
  const payment = await findPaymentWithoutOrder(prisma, refund?.paymentIntentId ?? text)
  return payment && { kind: 'payment', id: payment.id }
}

/** A payment with our mark whose order we don't have, by its session or payment intent. */
export function findPaymentWithoutOrder(
  prisma: PrismaClient,
  text: string,
): Promise<UnmatchedPayment | null> {
  return prisma.unmatchedPayment.findFirst({
    where: { orderId: null, OR: [{ id: text }, { paymentIntentId: text }] },
  })
}
