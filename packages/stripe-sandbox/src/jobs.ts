// Runs scheduled work when it is due: expiring sessions, settling payments, renewing subscriptions.
import { BILLING_JOBS } from './billing/jobs.js'
import { advanceTestClock, failTestClock } from './billing/test-clocks.js'
import type { Log } from './log.js'
import { settleCharge } from './payments/charges.js'
import { missDeadline } from './payments/dispute-decisions.js'
import { finishDebit } from './payments/finish-debit.js'
import { finishDelayedRefund } from './payments/refunds.js'
import { finishVoucher } from './payments/vouchers.js'
import { expireSession } from './resources/checkout-sessions.js'
import { Account, type Context } from './state/account.js'
import { StorageError } from './state/journal.js'
import type { Job } from './state/records.js'
import type { Timetable } from './state/timetable.js'
import { untilStored } from './state/until-stored.js'

const WORK: Record<Job['kind'], (account: Account, subject: string) => void> = {
  expire_session: (account, subject) => {
    const session = account.get('checkout.session', subject)
    if (session.status === 'open') expireSession(account, session)
  },
  settle_charge: settleCharge,
  finish_debit: (account, subject) => finishDebit(account, subject),
  finish_voucher: finishVoucher,
  finish_refund: finishDelayedRefund,
  miss_deadline: missDeadline,
  advance_test_clock: advanceTestClock,
  ...BILLING_JOBS,
}

/** What to do when a job of this kind fails, where the failure must be visible. */
const FAILURE: Partial<Record<Job['kind'], (account: Account, subject: string) => void>> = {
  advance_test_clock: failTestClock,
}

/** Runs jobs when they are due, also after a restart. A job is removed in the same transaction that has its effect. */
export function runJobs(context: Context, timetable: Timetable, log: Log): void {
  const { store } = context
  const plan = (accountId: string, job: Job): void => {
    // A job on a test clock waits until that clock is advanced.
    if (job.testClock !== undefined) return
    timetable.plan(job.due, () => untilStored(() => run(accountId, job), log))
  }
  const run = (accountId: string, job: Job): void => {
    const account = new Account(accountId, context)
    if (!account.find('job', job.id)) return
    try {
      store.transaction(() => {
        account.remove('job', job.id)
        WORK[job.kind](isBilling(job) ? atItsTime(account, job) : account, job.subject)
      })
    } catch (error) {
      if (error instanceof StorageError) throw error
      log.warn({ err: error, job }, 'a scheduled job failed')
      store.transaction(() => {
        account.remove('job', job.id)
        FAILURE[job.kind]?.(account, job.subject)
      })
    }
  }
  for (const accountId of store.accountIds()) {
    for (const job of store.records(accountId, 'job').oldestFirst()) plan(accountId, job)
  }
  store.onCommit((changes) => {
    for (const [accountId, kind, , value] of changes)
      if (kind === 'job' && value !== null) plan(accountId, value as Job)
  })
}

function isBilling(job: Job): boolean {
  return Object.hasOwn(BILLING_JOBS, job.kind)
}

/** Billing runs as of the time it was due: after a month off, the sandbox renews with the dates it would have had. */
function atItsTime(account: Account, job: Job): Account {
  return account.at({ now: Math.floor(job.due / 1000), testClock: null })
}
