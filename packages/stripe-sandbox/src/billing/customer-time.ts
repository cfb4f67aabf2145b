// The account seen at a customer's time: their test clock's, or the sandbox's own.
import { invalidRequest } from '../api/errors.js'
import type { Account } from '../state/account.js'

/**
 * The account at the time of one customer's test clock, or at the sandbox's own time when they have none.
 *
 * @throws StripeApiError while the clock is advancing
 */
export function inCustomersTime(account: Account, customerId: string | null): Account {
  // Jobs that run on a test clock already have its time.
  if (account.testClock() !== null) return account
  const clock = account.find('test_helpers.test_clock', account.find('customer', customerId)?.test_clock)
  if (!clock) return account
  if (clock.status === 'advancing') {
    throw invalidRequest('Test clock advancement underway - cannot perform modifications.', 'test_clock')
  }
  return account.at({ now: clock.frozen_time, testClock: clock.id })
}
