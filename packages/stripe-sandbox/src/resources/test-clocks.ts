// API operations for test clocks.
import type Stripe from 'stripe'
import { invalidRequest, notFound, refused } from '../api/errors.js'
import { listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'
import { intervalOf } from '../billing/new-subscription.js'
import { addIntervals, intervalText } from '../billing/periods.js'
import { isEnded } from '../billing/subscription-status.js'
import { createTestClock, startAdvancing } from '../billing/test-clocks.js'
import type { Account } from '../state/account.js'
import type { TestClock } from '../wire.js'
import { deleteCustomer } from './customers.js'
import { checkNotTooFar } from './subscription-parameters.js'
import { refuseUnsupported } from './unsupported-parameters.js'

export const testClockOperations = [
  operation<Stripe.TestHelpers.TestClockCreateParams>(
    'POST /v1/test_helpers/test_clocks',
    ({ account }, params) => {
      refuseUnsupported(params, ['customer'])
      if (params.name !== undefined && params.name.length > 300)
        throw invalidRequest('The name must be at most 300 characters.', 'name')
      if (params.frozen_time < 0)
        throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp.', 'frozen_time')
      checkNotTooFar(account, params.frozen_time, 'frozen_time')
      return createTestClock(account, params.frozen_time, params.name ?? null)
    },
  ),

  operation<Stripe.TestHelpers.TestClockListParams>('GET /v1/test_helpers/test_clocks', (call, params) =>
    listPage(call, 'test_helpers.test_clock', call.account.all('test_helpers.test_clock'), params),
  ),

  operation('GET /v1/test_helpers/test_clocks/{test_clock}', ({ account, id }) => requireClock(account, id)),

  operation<Stripe.TestHelpers.TestClockAdvanceParams>(
    'POST /v1/test_helpers/test_clocks/{test_clock}/advance',
    ({ account, id }, params) => advanceTo(account, requireClock(account, id), params.frozen_time),
  ),

  operation('DELETE /v1/test_helpers/test_clocks/{test_clock}', ({ account, id }) => {
    const clock = requireClock(account, id)
    for (const customer of [...account.all('customer').oldestFirst()]) {
      if (customer.test_clock === id) deleteCustomer(account, customer)
    }
    for (const job of [...account.all('job').oldestFirst()]) {
      if (job.testClock === id) account.remove('job', job.id)
    }
    account.remove('test_helpers.test_clock', id)
    account.emit('test_helpers.test_clock.deleted', clock)
    return account.save('deleted', { id, object: 'test_helpers.test_clock', deleted: true })
  }),
]

/**
 * Starts advancing a test clock.
 *
 * @param target Unix time in seconds
 * @throws StripeApiError when the target is not in the future of the clock, or is too far ahead
 */
export function advanceTo(account: Account, clock: TestClock, target: number): TestClock {
  if (clock.status === 'advancing') throw refused('The test clock is already advancing.')
  if (target <= clock.frozen_time) {
    throw invalidRequest(
      'The frozen time must be after the current frozen time of the test clock.',
      'frozen_time',
    )
  }
  const limit = advanceLimit(account, clock)
  if (target > limit.time) {
    throw invalidRequest(
      `You can advance a test clock at most ${limit.text} at a time. The latest time possible now is ${limit.time}.`,
      'frozen_time',
    )
  }
  return startAdvancing(account, clock, target)
}

/** Stripe's limit: two intervals of the shortest subscription, or two years if there is no subscription. */
function advanceLimit(account: Account, clock: TestClock): { time: number; text: string } {
  let limit = {
    time: addIntervals(clock.frozen_time, { interval: 'year', interval_count: 2 }),
    text: 'two years',
  }
  for (const subscription of account.all('subscription').oldestFirst()) {
    if (subscription.test_clock !== clock.id || isEnded(subscription)) continue
    const interval = intervalOf(subscription)
    const time = addIntervals(clock.frozen_time, interval, 2)
    if (time < limit.time)
      limit = { time, text: `two intervals of the shortest subscription (${intervalText(interval)})` }
  }
  return limit
}

function requireClock(account: Account, id: string): TestClock {
  const clock = account.find('test_helpers.test_clock', id)
  if (!clock) throw notFound('test_helpers.test_clock', id)
  return clock
}
