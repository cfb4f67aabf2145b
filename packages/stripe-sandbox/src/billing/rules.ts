// The times of Stripe's billing that an account can change in its settings; these are the usual ones. In seconds.

const HOUR = 60 * 60
const DAY = 24 * HOUR

export const BILLING_RULES = {
  /** How long the invoice of a renewal stays a draft, so that a shop can add to it. */
  draftTime: HOUR,
  /** When `customer.subscription.trial_will_end` is sent, before the end of a trial. */
  trialNotice: 3 * DAY,
  /** When `invoice.upcoming` is sent, before a renewal. */
  renewalNotice: 3 * DAY,
  /** How long a subscription waits for its first payment. */
  firstPaymentTime: 23 * HOUR,
  /** When a failed renewal is tried again, each time after the attempt before. After the last the subscription ends. */
  retryDelays: [3 * DAY, 5 * DAY, 7 * DAY],
  /** The longest trial. */
  longestTrialDays: 730,
}
