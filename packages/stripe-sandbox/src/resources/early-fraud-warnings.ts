// API operations for early fraud warnings.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'

export const earlyFraudWarningOperations = [
  operation<Stripe.Radar.EarlyFraudWarningListParams>(
    'GET /v1/radar/early_fraud_warnings',
    (call, params) => {
      const { charge, payment_intent, created } = params
      return listPage(
        call,
        'radar.early_fraud_warning',
        call.account.all('radar.early_fraud_warning'),
        params,
        (warning) => hasValues(warning, { charge, payment_intent }) && inRange(warning.created, created),
      )
    },
  ),

  operation('GET /v1/radar/early_fraud_warnings/{early_fraud_warning}', ({ account, id }) => {
    const warning = account.find('radar.early_fraud_warning', id)
    if (!warning) throw notFound('radar.early_fraud_warning', id, 'early_fraud_warning')
    return warning
  }),
]
