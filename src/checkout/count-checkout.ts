// Limits how often a shopper can start a checkout.
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'

/** Counts a checkout. @throws Problem 429 when the shopper has started too many */
export function countCheckout(limits: RateLimits, userId: number): Promise<void> {
  return limits.count('checkout', String(userId), t().checkout.tooManyCheckouts)
}
