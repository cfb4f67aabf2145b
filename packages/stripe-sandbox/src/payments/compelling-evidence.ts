// Visa Compelling Evidence 3.0: two earlier, undisputed payments that share something with the disputed one.
// https://docs.stripe.com/disputes/api/visa-ce3
import { invalidRequest, noSuch } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { Dispute } from '../wire.js'

type Eligibility = NonNullable<
  Dispute['evidence_details']['enhanced_eligibility']['visa_compelling_evidence_3']
>
type Evidence = NonNullable<
  NonNullable<Dispute['evidence']['enhanced_evidence']>['visa_compelling_evidence_3']
>
type Disputed = NonNullable<Evidence['disputed_transaction']>
type Prior = Evidence['prior_undisputed_transactions'][number]

export const PROGRAM = 'visa_compelling_evidence_3'
const PARAM = `evidence[enhanced_evidence][${PROGRAM}]`

/** What tells one customer: at least two must be the same in all payments, one of them of the first kind. */
const MAIN = [['customer_purchase_ip'], ['customer_device_id', 'customer_device_fingerprint']] as const
const OTHERS = [['customer_account_id'], ['customer_email_address'], ['shipping_address']] as const

/** Evidence as it is answered: what was not given is null or empty. */
export function withCompelling(evidence: Dispute['evidence']): Dispute['evidence'] {
  // An empty value unsets all of it.
  const all = (evidence.enhanced_evidence as Dispute['evidence']['enhanced_evidence'] | null) ?? {}
  const given = all[PROGRAM] as Partial<Evidence> | undefined
  if (given === undefined) return { ...evidence, enhanced_evidence: all }
  const whole = { disputed_transaction: null, prior_undisputed_transactions: [], ...given }
  return { ...evidence, enhanced_evidence: { ...all, [PROGRAM]: whole } }
}

/** What is still missing from the evidence. */
export function eligibilityOf(evidence: Evidence | undefined): Eligibility {
  const disputed = evidence?.disputed_transaction
  const prior = evidence?.prior_undisputed_transactions ?? []
  const required = [
    ...(prior.length === 2 ? [] : (['missing_prior_undisputed_transactions'] as const)),
    ...(disputed?.product_description ? [] : (['missing_disputed_transaction_description'] as const)),
    ...(prior.length > 0 && prior.every((one) => one.product_description)
      ? []
      : (['missing_prior_undisputed_transaction_description'] as const)),
    ...(disputed?.merchandise_or_services ? [] : (['missing_merchandise_or_services'] as const)),
    ...(disputed && isOneCustomer(disputed, prior) ? [] : (['missing_customer_identifiers'] as const)),
  ]
  return { status: required.length === 0 ? 'qualified' : 'requires_action', required_actions: required }
}

function isOneCustomer(disputed: Disputed, prior: readonly Prior[]): boolean {
  const isSame = (fields: readonly (keyof Disputed & keyof Prior)[]) =>
    fields.some((field) => {
      const value = JSON.stringify(disputed[field] ?? null)
      return value !== 'null' && prior.every((one) => JSON.stringify(one[field] ?? null) === value)
    })
  const main = MAIN.filter(isSame).length
  return prior.length > 0 && main > 0 && main + OTHERS.filter(isSame).length > 1
}

/** @throws StripeApiError for evidence that Stripe would refuse */
export function checkCompellingEvidence(account: Account, dispute: Dispute): void {
  const evidence = dispute.evidence.enhanced_evidence[PROGRAM]
  if (!evidence) return
  if (!dispute.enhanced_eligibility_types.includes(PROGRAM))
    throw invalidRequest('This dispute is not eligible for Visa Compelling Evidence 3.0.', PARAM)
  const prior = evidence.prior_undisputed_transactions
  if (prior.length > 2)
    throw invalidRequest(
      'You must provide exactly two prior undisputed transactions.',
      `${PARAM}[prior_undisputed_transactions]`,
    )
  prior.forEach(({ charge: id }, index) => {
    const param = `${PARAM}[prior_undisputed_transactions][${index}][charge]`
    const charge = account.find('charge', id)
    if (!charge) throw noSuch('charge', id, param)
    if (
      charge.disputed ||
      !charge.paid ||
      id === dispute.charge ||
      prior.findIndex((one) => one.charge === id) < index
    )
      throw invalidRequest(`The charge ${id} is not a prior undisputed transaction.`, param)
  })
  for (const { customer_device_id: device, customer_device_fingerprint: print } of [
    ...(evidence.disputed_transaction ? [evidence.disputed_transaction] : []),
    ...prior,
  ])
    if ((device && device.length < 15) || (print && print.length < 20))
      throw invalidRequest(
        'The device id must have at least 15 characters, a fingerprint at least 20.',
        PARAM,
      )
}
