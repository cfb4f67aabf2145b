// API operations for charges.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import type { Charge } from '../wire.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

export const chargeOperations = [
  operation<Stripe.ChargeListParams>('GET /v1/charges', (call, params) => {
    const { customer, payment_intent, transfer_group, created } = params
    return listPage(
      call,
      'charge',
      call.account.all('charge'),
      params,
      (charge) =>
        hasValues(charge, { customer, payment_intent, transfer_group }) && inRange(charge.created, created),
    )
  }),

  operation('GET /v1/charges/{charge}', ({ account, id }) => requireCharge(account, id)),

  operation<Stripe.ChargeUpdateParams>('POST /v1/charges/{charge}', ({ account, id }, params) => {
    const charge = requireCharge(account, id)
    refuseUnsupported(params, ['customer', 'fraud_details', 'shipping'])
    const { description, receipt_email, transfer_group } = params
    const updated = account.update('charge', id, {
      ...withoutUndefined({ description, receipt_email, transfer_group }),
      metadata: mergeMetadata(charge.metadata, params.metadata),
    })
    account.emit('charge.updated', updated, previousValues(charge, updated))
    return updated
  }),
]

function requireCharge(account: Account, id: string): Charge {
  const charge = account.find('charge', id)
  if (!charge) throw notFound('charge', id, 'charge')
  return charge
}
