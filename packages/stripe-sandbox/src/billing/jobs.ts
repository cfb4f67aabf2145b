// The functions that run scheduled billing jobs.
import type { Account } from '../state/account.js'
import type { BillingJobKind } from '../state/records.js'
import {
  announceInvoice,
  announceTrialEnd,
  cancelAsScheduled,
  retryCollection,
  endPeriod,
  finalizeDraft,
  expireIncomplete,
} from './cycle.js'

/** Each function takes the id of the subscription or invoice that the job is about. */
export const BILLING_JOBS: Record<BillingJobKind, (account: Account, subject: string) => void> = {
  announce_trial_end: announceTrialEnd,
  announce_invoice: announceInvoice,
  end_period: endPeriod,
  cancel_subscription: cancelAsScheduled,
  give_up_subscription: expireIncomplete,
  finalize_invoice: finalizeDraft,
  collect_invoice: retryCollection,
}
