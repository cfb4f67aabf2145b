// The times of Stripe's billing. An account can change most of them in its settings; these are the defaults.

const HOUR_SECONDS = 60 * 60
const DAY_SECONDS = 24 * HOUR_SECONDS

export const BILLING_RULES = {
  /** How long a renewal invoice stays a draft, so that the shop can add to it. */
  draftSeconds: HOUR_SECONDS,
  /** How long before the end of a trial `customer.subscription.trial_will_end` is sent. */
  trialNoticeSeconds: 3 * DAY_SECONDS,
  /** How long before a renewal `invoice.upcoming` is sent. */
  renewalNoticeSeconds: 3 * DAY_SECONDS,
  /** How long an incomplete subscription waits for its first payment. */
  firstPaymentSeconds: 23 * HOUR_SECONDS,
  /** The delays between retries of a failed renewal. The subscription ends when the last retry fails. */
  retryDelaysSeconds: [3 * DAY_SECONDS, 5 * DAY_SECONDS, 7 * DAY_SECONDS],
  maxTrialDays: 730,
}
