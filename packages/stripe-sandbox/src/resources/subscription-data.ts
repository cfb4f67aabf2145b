// Reading `subscription_data` of a Checkout Session.
import type Stripe from 'stripe'
import { invalidRequest } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { BILLING_RULES } from '../billing/rules.js'
import type { Account } from '../state/account.js'
import type { SessionDetails } from '../state/records.js'
import type { Checked } from '../wire.js'
import { checkNotTooFar } from './subscription-parameters.js'
import { refuseAllBut } from './unsupported-parameters.js'

type Given = Checked<Stripe.Checkout.SessionCreateParams>

const DAY_SECONDS = 24 * 60 * 60

/** Clients compute `trial_end` from their own clock, and the request takes time. */
const CLOCK_TOLERANCE_SECONDS = 10

/** The settings for the subscription that the session will create. */
export function readSubscriptionData(account: Account, given: Given): SessionDetails['subscription'] {
  const data = given.subscription_data ?? {}
  refuseAllBut(
    data,
    ['description', 'metadata', 'trial_end', 'trial_period_days', 'trial_settings'],
    'subscription_data.',
  )
  return {
    description: data.description ?? null,
    metadata: mergeMetadata({}, data.metadata, 'subscription_data[metadata]'),
    trial: readTrial(account, data),
    missingPaymentMethod: data.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
  }
}

function readTrial(account: Account, data: NonNullable<Given['subscription_data']>) {
  const { trial_end: end, trial_period_days: days } = data
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: subscription_data[trial_end], subscription_data[trial_period_days].',
      'subscription_data',
    )
  }
  if (days !== undefined) {
    checkTrialDays(days, 'subscription_data[trial_period_days]')
    return { days }
  }
  if (end === undefined) return null
  if (end < account.now() + 2 * DAY_SECONDS - CLOCK_TOLERANCE_SECONDS) {
    throw invalidRequest(
      'The `trial_end` date has to be at least 2 days in the future.',
      'subscription_data[trial_end]',
    )
  }
  checkNotTooFar(account, end, 'subscription_data[trial_end]')
  return { end }
}

export function checkTrialDays(days: number, param: string): void {
  if (days < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer')
  }
  if (days > BILLING_RULES.maxTrialDays) {
    throw invalidRequest(
      `Invalid trial_period_days: must be at most ${BILLING_RULES.maxTrialDays} days.`,
      param,
    )
  }
}
