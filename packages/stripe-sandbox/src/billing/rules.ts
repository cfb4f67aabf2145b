// The times of Stripe's billing that an account can change in its settings; these are the usual ones. In seconds.

const hour = 60 * 60
const day = 24 * hour

export const billingRules = {
  /** How long the invoice of a renewal stays a draft, so that a shop can add to it. */
  draftTime: hour,
  /** When `customer.subscription.trial_will_end` is sent, before the end of a trial. */
  trialNotice: 3 * day,
  /** When `invoice.upcoming` is sent, before a renewal. */
  renewalNotice: 3 * day,
  /** How long a subscription waits for its first payment. */
  firstPaymentTime: 23 * hour,
  /** When a failed renewal is tried again, each time after the attempt before. After the last the subscription ends. */
  retryDelays: [3 * day, 5 * day, 7 * day],
  /** The longest trial. */
  longestTrialDays: 730,
}
