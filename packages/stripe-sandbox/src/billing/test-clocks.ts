// Creating and advancing test clocks.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Job } from '../state/records.js'
import type { TestClock } from '../wire.js'
import { BILLING_JOBS } from './jobs.js'

/** How long Stripe keeps a test clock. */
const LIFETIME_SECONDS = 7 * 24 * 60 * 60

/** Stores a test clock at `frozenTime` (Unix seconds) and sends its event. */
export function createTestClock(account: Account, frozenTime: number, name: string | null): TestClock {
  const clock = account.save('test_helpers.test_clock', {
    id: newId('test_helpers.test_clock'),
    object: 'test_helpers.test_clock',
    created: account.now(),
    deletes_after: account.now() + LIFETIME_SECONDS,
    frozen_time: frozenTime,
    livemode: false,
    name,
    status: 'ready',
    status_details: {},
  })
  account.emit('test_helpers.test_clock.created', clock)
  return clock
}

/**
 * Marks a clock as advancing and schedules the advance, so that the request is answered first.
 *
 * @param target Unix time in seconds
 */
export function startAdvancing(account: Account, clock: TestClock, target: number): TestClock {
  const advancing = account.update('test_helpers.test_clock', clock.id, {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  })
  account.emit('test_helpers.test_clock.advancing', advancing)
  account.schedule('advance_test_clock', clock.id, 0)
  return advancing
}

/** Advances a clock to its target and runs the jobs that come due, in order, each at its own time. */
export function advanceTestClock(account: Account, id: string): void {
  const clock = account.find('test_helpers.test_clock', id)
  const target = clock?.status_details.advancing?.target_frozen_time
  if (!clock || target === undefined) return
  for (let job = nextJob(account, id, target); job; job = nextJob(account, id, target)) {
    const now = Math.max(Math.floor(job.due / 1000), clock.frozen_time)
    account.remove('job', job.id)
    runBillingJob(account.at({ now, testClock: id }), job)
  }
  const ready = account.update('test_helpers.test_clock', id, {
    frozen_time: target,
    status: 'ready',
    status_details: {},
  })
  account.emit('test_helpers.test_clock.ready', ready)
}

/** Marks a clock as failed when an error has stopped its advance. */
export function failTestClock(account: Account, id: string): void {
  const clock = account.find('test_helpers.test_clock', id)
  if (clock?.status !== 'advancing') return
  const failed = account.update('test_helpers.test_clock', id, {
    status: 'internal_failure',
    status_details: {},
  })
  account.emit('test_helpers.test_clock.internal_failure', failed)
}

function runBillingJob(account: Account, job: Job): void {
  const work = (BILLING_JOBS as Partial<Record<Job['kind'], (account: Account, subject: string) => void>>)[
    job.kind
  ]
  if (!work) throw new Error(`${job.kind} does not run on a test clock`)
  work(account, job.subject)
}

function nextJob(account: Account, clockId: string, until: number): Job | undefined {
  let next: Job | undefined
  for (const job of account.all('job').oldestFirst()) {
    if (job.testClock !== clockId || job.due > until * 1000) continue
    if (!next || job.due < next.due) next = job
  }
  return next
}
