import { invalidRequest } from '../api/errors.js'
import type { Account } from '../state/account.js'

/** The account in the time of one customer: that of their test clock, or the sandbox's own. */
export function inCustomersTime(account: Account, customerId: string | null): Account {
  // What a job does is already at its moment.
  if (account.testClock() !== null) return account
  const clock = account.find('test_helpers.test_clock', account.find('customer', customerId)?.test_clock)
  if (!clock) return account
  if (clock.status === 'advancing') {
    throw invalidRequest('Test clock advancement underway - cannot perform modifications.', 'test_clock')
  }
  return account.at({ now: clock.frozen_time, testClock: clock.id })
}
