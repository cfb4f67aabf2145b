// The page of a voucher, which the customer takes to a shop and pays there.
import { Router } from 'express'
import { formatAmount } from '../money/currencies.js'
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
    const details = intent?.next_action?.oxxo_display_details
    if (!intent || !details) {
      message(response, 404, 'This voucher is over', 'It was paid, or it has expired.')
      return
    }
    const until = new Date((details.expires_after ?? 0) * 1000).toUTCString()
    const amount = formatAmount(intent.amount, intent.currency)
    message(
      response,
      200,
      `Pay ${amount} at OXXO`,
      `Show the number ${details.number} at the checkout of an OXXO store by ${until}.`,
    )
  })
  return router
}
