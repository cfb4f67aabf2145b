// Earlier orders of a customer that prove to Visa that they have bought here before: paid and never disputed.
import type { PrismaClient } from '../generated/prisma/client.js'
import { WITH_LINES } from '../orders/order-with-lines.js'
import { completedAttempt } from '../orders/order-facts.js'
import { withAmounts } from '../orders/stored-amounts.js'
import type { PaymentMethod } from '../orders/payment-method.js'

/** Visa's limits, in days before the disputed payment. Source: https://docs.stripe.com/disputes/api/visa-ce3 */
const LEAST_DAYS = 120
const MOST_DAYS = 365
const DAY_MS = 86_400_000
/** Two are needed. */
const MOST = 10

export type PriorOrder = Awaited<ReturnType<typeof readPriorOrders>>[number]

interface DisputedOrder {
  id: number
  userId: number | null
  email: string
  paidAt: Date | null
  attempts: readonly { status: string; paymentMethod: unknown }[]
}

/** Those paid with a card that looks the same first, then the newest. */
export async function readPriorOrders(prisma: Pick<PrismaClient, 'order'>, order: DisputedOrder) {
  const { id, userId, email, paidAt } = order
  if (paidAt === null) return []
  const before = (days: number) => new Date(paidAt.getTime() - days * DAY_MS)
  const found = await prisma.order.findMany({
    where: {
      id: { not: id },
      ...(userId === null ? { userId: null, email } : { userId }),
      paidAt: { gte: before(MOST_DAYS), lte: before(LEAST_DAYS) },
      amountPaid: { gt: 0 },
      disputes: { none: {} },
    },
    orderBy: { id: 'desc' },
    take: MOST,
    include: WITH_LINES,
  })
  const card = cardOf(order.attempts)
  return found
    .map((one) => ({ ...withAmounts(one), isSameCard: card !== null && cardOf(one.attempts) === card }))
    .filter(({ attempts }) => completedAttempt(attempts)?.paymentIntentId != null)
    .sort((one, other) => Number(other.isSameCard) - Number(one.isSameCard))
}

/** "visa 4242". Null: not known. */
function cardOf(attempts: DisputedOrder['attempts']): string | null {
  const paid = attempts.find(({ status, paymentMethod }) => status === 'paid' && paymentMethod !== null)
  const { brand, last4 } = (paid?.paymentMethod ?? {}) as Partial<PaymentMethod>
  return brand == null || last4 == null ? null : `${brand} ${last4}`
}
