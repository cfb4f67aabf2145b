import type { Account } from '../state/account.js'
import type { BillingJobKind } from '../state/records.js'
import {
  announceInvoice,
  announceTrialEnd,
  cancelDue,
  collectAgain,
  endPeriod,
  finalizeDraft,
  giveUp,
} from './cycle.js'

/** What subscriptions and invoices do by themselves. */
export const BILLING_WORK: Record<BillingJobKind, (account: Account, subject: string) => void> = {
  announce_trial_end: announceTrialEnd,
  announce_invoice: announceInvoice,
  end_period: endPeriod,
  cancel_subscription: cancelDue,
  give_up_subscription: giveUp,
  finalize_invoice: finalizeDraft,
  collect_invoice: collectAgain,
}
