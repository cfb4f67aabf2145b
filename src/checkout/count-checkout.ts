// Limits how many checkouts a shopper begins.
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'

/** @throws Problem 429 when a shopper begins more checkouts than a person does */
export function countCheckout(limits: RateLimits, userId: number): Promise<void> {
  return limits.count('checkout', String(userId), t().checkout.tooManyCheckouts)
}
