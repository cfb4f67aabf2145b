// Erases accounts again that were erased after the backup: Stripe's event of the customer's deletion says so.
import { z } from 'zod'
import { eraseCustomer } from '../customers/erase-customer.js'
import { NotErasable } from '../customers/erasure-refusals.js'
import { finishErasure } from '../customers/finish-erasures.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import type { Counts } from './repairs.js'

/** Marked by us right before the deletion: a customer that somebody deleted in Stripe's dashboard is not a person to erase. */
const deleted = z.object({
  id: z.string(),
  metadata: z.object({ app: z.string(), customer_key: z.string().optional(), erased: z.literal('true') }),
})

export async function eraseAgain(
  deps: PaymentDeps,
  since: Date,
  each: (what: string, work: () => Promise<keyof Counts | null>) => Promise<void>,
): Promise<void> {
  const { database, stripe } = deps
  for await (const event of PaymentService.listEvents(since, ['customer.deleted'], stripe)) {
    const { data: customer } = deleted.safeParse(event.data.object)
    if (customer?.metadata.app !== stripe.appId) continue
    await each(`customer ${customer.id}`, async () => {
      const key = customer.metadata.customer_key
      const user = await database.prisma.user.findFirst({
        where: {
          erasedAt: null,
          OR: [
            { stripeCustomerId: customer.id },
            ...(key === undefined ? [] : [{ stripeCustomerId: null, customerKey: key }]),
          ],
        },
        select: { id: true },
      })
      if (!user) return null
      try {
        await eraseCustomer(database.prisma, user.id)
        await finishErasure(deps, user.id)
      } catch (error) {
        if (!(error instanceof NotErasable)) throw error
        deps.log.warn({ user: user.id }, 'an account that was erased before can’t be erased now')
        return 'failed'
      }
      return 'erased'
    })
  }
}
