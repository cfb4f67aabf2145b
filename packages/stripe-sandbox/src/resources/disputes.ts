// API operations for disputes.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'
import { acceptDispute, updateEvidence } from '../payments/dispute-decisions.js'
import type { Account } from '../state/account.js'
import type { Dispute } from '../wire.js'

export const disputeOperations = [
  operation<Stripe.DisputeListParams>('GET /v1/disputes', (call, params) => {
    const { charge, payment_intent, created } = params
    return listPage(
      call,
      'dispute',
      call.account.all('dispute'),
      params,
      (dispute) => hasValues(dispute, { charge, payment_intent }) && inRange(dispute.created, created),
    )
  }),

  operation('GET /v1/disputes/{dispute}', ({ account, id }) => requireDispute(account, id)),

  operation<Stripe.DisputeUpdateParams>('POST /v1/disputes/{dispute}', ({ account, id }, params) => {
    return updateEvidence(account, requireDispute(account, id), params)
  }),

  operation('POST /v1/disputes/{dispute}/close', ({ account, id }) =>
    acceptDispute(account, requireDispute(account, id)),
  ),
]

function requireDispute(account: Account, id: string): Dispute {
  const dispute = account.find('dispute', id)
  if (!dispute) throw notFound('dispute', id, 'dispute')
  return dispute
}
