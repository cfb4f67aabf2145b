// Limits how many checkouts a shopper begins.
import type { RateLimits } from '../http/rate-limits.js'

/** @throws Problem 429 when a shopper begins more checkouts than a person does */
export function countCheckout(limits: RateLimits, userId: number): Promise<void> {
  return limits.count(
    'checkout',
    String(userId),
    'Those were many checkouts in a short time. Please wait a minute.',
  )
}
