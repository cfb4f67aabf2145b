// Notes that Stripe does not know a shopper's new name or email yet. src/customers/update-customers.ts tells it.
import type { Transaction } from '../database/client.js'

/** In the transaction of the change. Shoppers who are no customer at Stripe become one with their present name and email. */
export async function updateCustomerSoon(tx: Pick<Transaction, 'user'>, userId: number): Promise<void> {
  await tx.user.updateMany({
    where: { id: userId, stripeCustomerId: { not: null } },
    data: { customerUpdateDueAt: new Date() },
  })
}
