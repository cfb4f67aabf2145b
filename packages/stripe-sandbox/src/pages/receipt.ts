// The page behind a charge's `receipt_url`.
import { Router } from 'express'
import { paidText } from '../payments/presentment.js'
import { cardBrand } from '../payments/card-numbers.js'
import { isVoucher, VOUCHERS } from '../payments/voucher-types.js'
import { Account } from '../state/account.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'

export function receiptPages({ context }: PageDeps): Router {
  const router = Router()
  router.get('/receipts/:charge', (request, response) => {
    const { store } = context
    const accountId = store.accountOf('charge', request.params.charge)
    if (accountId === undefined) {
      message(response, 404, 'Receipt not found', 'Its payment is not in this sandbox.')
      return
    }
    const account = new Account(accountId, context)
    const charge = account.get('charge', request.params.charge)
    const details = charge.payment_method_details
    const number = account.find('payment_source', charge.payment_method)?.number ?? ''
    response.render('receipt', {
      title: 'Receipt',
      charge,
      amount: paidText(charge),
      refunded: charge.amount_refunded > 0 ? paidText(charge, charge.amount_refunded) : null,
      date: new Date(charge.created * 1000).toISOString().slice(0, 10),
      method: methodText(details?.type ?? 'card', number),
    })
  })
  return router
}

/** `Visa ending in 4242`. A voucher has no number of its own. */
function methodText(type: string, number: string): string {
  if (isVoucher(type)) return VOUCHERS[type].name
  return `${type === 'card' ? cardBrand(number).name : 'Bank account'} ending in ${number.slice(-4)}`
}
