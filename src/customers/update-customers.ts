// Tells Stripe the new names, emails and default addresses of shoppers, so that its page and its receipts have them.
import { DEFAULT_ADDRESS, type DefaultAddress } from '../accounts/addresses.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import { isRefusal } from '../payments/stripe-client.js'

/** When an update that did not succeed is tried again. */
const AGAIN_MINUTES = 10

interface Update {
  id: number
  stripeCustomerId: string | null
  email: string
  name: string
  address: DefaultAddress | null
  /** Marks this try: a change that is made meanwhile has another one. */
  claim: string
}

/** Tells Stripe of the change that has waited the longest. @returns 0 if none is due */
export async function updateDueCustomers({ database, stripe, log }: PaymentDeps): Promise<number> {
  const { prisma } = database
  const [update] = await prisma.$queryRaw<Update[]>`
    UPDATE "User" SET "customerUpdateDueAt" = now() + ${AGAIN_MINUTES} * interval '1 minute' WHERE id IN (
      SELECT id FROM "User" WHERE "customerUpdateDueAt" <= now()
      ORDER BY "customerUpdateDueAt" LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id, "stripeCustomerId", email, name, ${DEFAULT_ADDRESS} AS address, "customerUpdateDueAt"::text AS claim`
  if (!update) return 0
  const { id, stripeCustomerId, email, name, address, claim } = update
  try {
    if (stripeCustomerId !== null)
      await PaymentService.updateCustomer(stripeCustomerId, { email, name, address }, stripe)
  } catch (error) {
    log.warn({ err: error, user: id }, 'Stripe did not take what has changed about a customer')
    // A refusal would be repeated. The shopper buys with what Stripe knows.
    if (!isRefusal(error)) return 1
  }
  await prisma.$executeRaw`
    UPDATE "User" SET "customerUpdateDueAt" = NULL WHERE id = ${id} AND "customerUpdateDueAt"::text = ${claim}`
  return 1
}
