// Whether Stripe Tax can be used: asked when the owner turns it on, and on the page of the shop's health.
import type Stripe from 'stripe'
import { clientOf, isFromStripe, type StripeContext } from './stripe-client.js'

/** Who asks has a page to show. */
const TIMEOUT_MS = 5000

const FIELDS: Readonly<Record<string, string>> = {
  head_office: 'your head office address',
  'head_office.address': 'your head office address',
  'defaults.tax_code': 'the usual tax code of your products',
  'defaults.tax_behavior': 'whether your prices include tax',
}

export type TaxReadiness =
  | { state: 'ready' }
  /** Stripe refuses every checkout. */
  | { state: 'incomplete'; missing: string[] }
  /** With the reason in Stripe's words. */
  | { state: 'unknown'; reason: string }

/** Asks Stripe. https://docs.stripe.com/api/tax/settings */
export async function readTaxReadiness(stripe: StripeContext): Promise<TaxReadiness> {
  try {
    const options = { timeout: TIMEOUT_MS, maxNetworkRetries: 0 }
    return readinessOf(await clientOf(stripe).tax.settings.retrieve({}, options))
  } catch (error) {
    if (!isFromStripe(error)) throw error
    return { state: 'unknown', reason: error.message }
  }
}

function readinessOf({ status, status_details: details }: Stripe.Tax.Settings): TaxReadiness {
  if (status === 'active') return { state: 'ready' }
  const missing = (details.pending?.missing_fields ?? []).map((field) => FIELDS[field] ?? field)
  return { state: 'incomplete', missing: [...new Set(missing)] }
}

/** What an owner who turns Stripe Tax on must know. */
export function taxAdvice(readiness: TaxReadiness): string {
  switch (readiness.state) {
    case 'ready':
      return 'Stripe Tax is ready. Where you have no tax registration at Stripe, it adds no tax: https://dashboard.stripe.com/settings/tax.'
    case 'incomplete':
      return `Stripe Tax is not ready, and Stripe refuses every checkout until it is. Stripe still needs ${
        readiness.missing.join(' and ') || 'something that it does not name'
      }: https://dashboard.stripe.com/settings/tax.`
    case 'unknown':
      return `Stripe could not be asked whether Stripe Tax is ready (${readiness.reason}). It needs your head office address, without which Stripe refuses every checkout, and your tax registrations: https://dashboard.stripe.com/settings/tax.`
  }
}
