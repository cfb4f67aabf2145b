// Learns from Stripe what an order was paid with, for its receipt. Events about the session do not say.
import type { PaymentMethod } from '../orders/payment-method.js'
import { Prisma } from '../generated/prisma/client.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'

/** A receipt is shown without its payment method when Stripe takes longer. The next one has it. */
const LONGEST_WAIT_MS = 2000

/** Asks once for each payment of an order. Never throws: a receipt without it is better than none. */
export async function learnPaymentMethod(deps: PaymentDeps, orderId: number): Promise<void> {
  const { prisma } = deps.database
  const unknown = await prisma.checkoutAttempt.findMany({
    where: {
      orderId,
      status: 'paid',
      paymentIntentId: { not: null },
      paymentMethod: { equals: Prisma.DbNull },
    },
    select: { id: true, paymentIntentId: true },
  })
  if (unknown.length === 0) return
  const asked = Promise.all(
    unknown.map(async ({ id, paymentIntentId }) => {
      const method = await PaymentService.paymentMethodOf(paymentIntentId ?? '', deps.stripe)
      const { type, brand, last4 }: PaymentMethod = method ?? { type: null, brand: null, last4: null }
      await prisma.checkoutAttempt.update({ where: { id }, data: { paymentMethod: { type, brand, last4 } } })
    }),
  ).catch((error: unknown) => {
    deps.log.warn({ err: error, order: orderId }, 'what an order was paid with could not be learned')
  })
  await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS).unref())])
}
