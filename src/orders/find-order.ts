// Finds orders, and payments without one, by any id or email that an operator has.
import { canonicalEmail } from '../accounts/email-address.js'
import type { PrismaClient, UnmatchedPayment } from '../generated/prisma/client.js'

/**
 * The ids of the orders that match an order key, an order number ("T-7F3K2M8Q"), Stripe's id of a session, payment
 * intent, refund or dispute, or a shopper's email. Newest first, at most 20.
 */
export async function findOrderIds(prisma: PrismaClient, text: string): Promise<number[]> {
  const newest = { orderBy: { id: 'desc' }, take: 20, select: { id: true } } as const
  const number = /^T-([0-9A-Z]{8})$/i.exec(text)?.[1]
  if (text.startsWith('ord_')) return ids(await prisma.order.findMany({ where: { key: text }, ...newest }))
  if (number !== undefined)
    return ids(
      await prisma.order.findMany({
        where: { key: { startsWith: `ord_${number.toLowerCase()}` } },
        ...newest,
      }),
    )
  if (text.includes('@'))
    return ids(
      await prisma.order.findMany({
        where: { email: canonicalEmail(text) ?? text.toLowerCase() },
        ...newest,
      }),
    )
  return ids(
    await prisma.order.findMany({
      where: {
        OR: [
          { attempts: { some: { stripeSessionId: text } } },
          { attempts: { some: { paymentIntentId: text } } },
          { refunds: { some: { stripeRefundId: text } } },
          { disputes: { some: { id: text } } },
          { unmatchedPayments: { some: { OR: [{ id: text }, { paymentIntentId: text }] } } },
          { riskSignals: { some: { id: text } } },
        ],
      },
      ...newest,
    }),
  )
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

function ids(orders: { id: number }[]): number[] {
  return orders.map(({ id }) => id)
}
