// The shopper's customer at Stripe: made before their first checkout, once, whatever runs at the same time.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type Stripe from 'stripe'
import { DEFAULT_ADDRESS, type DefaultAddress } from '../accounts/addresses.js'
import { openIncident } from '../incidents/incidents.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import {
  CallLimitError,
  isFault,
  isFromStripe,
  isInFlight,
  isUnavailable,
  stripeProblem,
} from '../payments/stripe-client.js'
import { pauseMs } from './checkout-session.js'

/** How often Stripe is asked again about a customer that another request is making. Calls are left for the session then. */
const MAX_WAITS = 4

/**
 * Makes a customer of the shopper, unless they have one. A random key on their row is the idempotency key: requests that
 * run at the same time get the same customer, and a database restored from a backup meets nobody else's.
 * @param orderKey the order that they are about to pay, if it is placed
 * @returns false if Stripe refuses, or stays busy with an earlier request: they buy without one, because selling matters
 * more
 * @throws Problem when Stripe can't be reached
 */
export async function ensureCustomer(
  deps: PaymentDeps,
  userId: number,
  orderKey: string | null = null,
): Promise<boolean> {
  const { direct } = deps.database
  for (let round = 0; ; round++) {
    const [user] = await direct.$queryRaw<
      { key: string; email: string; name: string; address: DefaultAddress | null }[]
    >`
      UPDATE "User" SET "customerKey" = coalesce("customerKey", ${randomUUID()})
      WHERE id = ${userId} AND "stripeCustomerId" IS NULL AND "erasedAt" IS NULL RETURNING "customerKey" AS key, email, name,
        ${DEFAULT_ADDRESS} AS address`
    if (!user) return true
    try {
      const { id } = await PaymentService.createCustomer(user, deps.stripe)
      // Not if a customer of another key is known by now.
      await direct.$queryRaw`
        UPDATE "User" SET "stripeCustomerId" = ${id}
        WHERE id = ${userId} AND "customerKey" = ${user.key} AND "stripeCustomerId" IS NULL`
      return true
    } catch (error) {
      if (isInFlight(error)) {
        if (round >= MAX_WAITS) return false
        await wait(pauseMs(round))
      } else if (isOfOtherParameters(error) && round === 0) await forgetKey(deps, user.key)
      else if (isUnavailable(error)) throw stripeProblem(error, orderKey)
      else {
        await reportRefusal(deps, userId, error)
        return false
      }
    }
  }
}

/**
 * Forgets a customer that Stripe does not know any more: it was deleted there, or the shop has the keys of another account.
 * The next customer gets a new key, because for a day Stripe answers the old one with the customer that is gone.
 */
export async function forgetCustomer(
  { database, log }: PaymentDeps,
  customerId: string | null,
  refusal: Stripe.errors.StripeError,
): Promise<void> {
  log.warn({ err: refusal, customer: customerId }, 'Stripe refuses this customer: making a new one')
  await database.prisma.user.updateMany({
    where: { stripeCustomerId: customerId },
    data: { stripeCustomerId: null, customerKey: null },
  })
}

/** The shopper's name or address has changed since a request whose answer was lost. */
function isOfOtherParameters(error: unknown): boolean {
  return isFromStripe(error) && error.rawType === 'idempotency_error'
}

async function forgetKey({ database }: PaymentDeps, key: string): Promise<void> {
  await database.prisma.user.updateMany({
    where: { customerKey: key, stripeCustomerId: null },
    data: { customerKey: null },
  })
}

/** @throws what is no error of Stripe's */
async function reportRefusal({ database, log }: PaymentDeps, userId: number, error: unknown): Promise<void> {
  if (error instanceof CallLimitError) return
  if (!isFromStripe(error)) throw error
  log.error({ err: error, user: userId }, 'Stripe made no customer: the shopper buys without one')
  if (isFault(error)) return
  await openIncident(database.prisma, {
    kind: 'customer_refused',
    subject: [error.code ?? error.rawType ?? 'refused', error.param].filter(Boolean).join(' '),
    orderId: null,
    message: `Stripe refused to make a customer of a shopper: ${error.message}`,
  })
}
