// API operations for balance transactions.
import type Stripe from 'stripe'
import { notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { operation } from '../api/operation.js'

export const balanceTransactionOperations = [
  operation<Stripe.BalanceTransactionListParams>('GET /v1/balance_transactions', (call, params) => {
    const { currency, source, type, created, payout } = params
    return listPage(
      call,
      'balance_transaction',
      call.account.all('balance_transaction'),
      params,
      (entry) =>
        // The sandbox has no payouts, so no balance transaction belongs to one.
        payout === undefined &&
        hasValues(entry, { currency, source, type }) &&
        inRange(entry.created, created),
    )
  }),

  operation('GET /v1/balance_transactions/{id}', ({ account, id }) => {
    const found = account.find('balance_transaction', id)
    if (!found) throw notFound('balance_transaction', id)
    return found
  }),
]
