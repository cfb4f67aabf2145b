// Limits how often a shopper, and the shoppers of a network, can start a checkout.
import type { SignedInUser } from '../accounts/sign-in.js'
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'

/** Counts a checkout. @throws Problem 429 when there were too many */
export async function countCheckout(limits: RateLimits, { id, network }: SignedInUser): Promise<void> {
  await limits.count('checkout', String(id), t().checkout.tooManyCheckouts)
  if (network) await limits.count('checkoutNetwork', network, t().checkout.tooManyCheckouts)
}
