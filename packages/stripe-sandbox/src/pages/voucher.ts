// The page of a voucher, which the customer takes to a shop and pays there.
import { Router } from 'express'
import { paidText } from '../payments/presentment.js'
import { voucherOf } from '../payments/voucher-details.js'
import { VOUCHERS } from '../payments/voucher-types.js'
import { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'

export function voucherPages({ context }: PageDeps): Router {
  const router = Router()
  router.get('/vouchers/:intent', (request, response) => {
    const { intent: id } = request.params
    const accountId = context.store.accountOf('payment_intent', id)
    const account =
      accountId === undefined
        ? undefined
        : new Account(accountId, context, { id: newId('request'), idempotency_key: null })
    const intent = account?.get('payment_intent', id)
    const voucher = intent && voucherOf(intent)
    if (!voucher) {
      message(response, 404, 'This voucher is over', 'It was paid, or it has expired.')
      return
    }
    const { name, place } = VOUCHERS[voucher.type]
    const until = new Date(voucher.end * 1000).toUTCString()
    const amount = paidText(intent)
    message(
      response,
      200,
      `Pay ${amount} with ${name}`,
      `Show the number ${voucher.number} at ${place} by ${until}.`,
    )
  })
  return router
}
