// Limits how often a shopper, and the shoppers of a network, can start a checkout. Guests have limits of their own: whoever
// tries stolen cards needs many checkouts, and guests need no account for each.
import { loginHref } from '../accounts/next-path.js'
import { addressKey, type RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'
import type { Buyer } from './buyer.js'

/**
 * Counts a checkout.
 * @param backTo where guests who have reached their limits can go on after they have signed in
 * @throws Problem 429 when there were too many
 */
export async function countCheckout(limits: RateLimits, buyer: Buyer, backTo = '/cart'): Promise<void> {
  const { userId, email, network } = buyer
  await countChange(limits, buyer)
  if (userId !== null) return
  const { tooMany, signIn } = t().checkout.guest
  const action = { href: loginHref(backTo), label: signIn }
  await limits.count('guestCheckoutAddress', addressKey(email), tooMany, action)
  if (network) await limits.count('guestCheckoutNetwork', network, tooMany, action)
}

/**
 * Counts a change to an order that is no checkout. Those that others start in the name of a guest's address don't count.
 * @throws Problem 429 when there were too many
 */
export async function countChange(limits: RateLimits, buyer: Buyer): Promise<void> {
  const { userId, guestHash, email, network } = buyer
  const { tooManyCheckouts } = t().checkout
  await limits.count('checkout', String(userId ?? guestHash ?? addressKey(email)), tooManyCheckouts)
  if (network) await limits.count('checkoutNetwork', network, tooManyCheckouts)
}
