// The times of Stripe's billing that an account can change in its settings; these are the usual ones. In seconds.

const HOUR_SECONDS = 60 * 60
const DAY_SECONDS = 24 * HOUR_SECONDS

export const BILLING_RULES = {
  /** How long the invoice of a renewal stays a draft, so that a shop can add to it. */
  draftSeconds: HOUR_SECONDS,
  /** When `customer.subscription.trial_will_end` is sent, before the end of a trial. */
  trialNoticeSeconds: 3 * DAY_SECONDS,
  /** When `invoice.upcoming` is sent, before a renewal. */
  renewalNoticeSeconds: 3 * DAY_SECONDS,
  /** How long a subscription waits for its first payment. */
  firstPaymentSeconds: 23 * HOUR_SECONDS,
  /** When a failed renewal is tried again, each time after the attempt before. After the last the subscription ends. */
  retryDelaysSeconds: [3 * DAY_SECONDS, 5 * DAY_SECONDS, 7 * DAY_SECONDS],
  /** The longest trial. */
  maxTrialDays: 730,
}
