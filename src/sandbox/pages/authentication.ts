import { Router, type Request, type Response } from 'express'
import { formatAmount } from '../money/currencies.js'
import { answerChallenge } from '../payments/confirm.js'
import { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { PaymentIntent, Session } from '../wire.js'
import { message, type Parts } from './app.js'
import { securityHeaders } from './guard.js'
import { leave } from './pay.js'

/** The bank's 3-D Secure page: the customer proves who they are, or does not. */
export function authenticationPages({ surroundings }: Parts): Router {
  const router = Router()

  const find = (
    request: Request<{ intent: string }>,
  ): { account: Account; intent: PaymentIntent } | undefined => {
    const accountId = surroundings.store.accountOf('payment_intent', request.params.intent)
    if (accountId === undefined) return undefined
    const account = new Account(accountId, surroundings, { id: newId('request'), idempotency_key: null })
    return { account, intent: account.get('payment_intent', request.params.intent) }
  }

  router.get('/authenticate/:intent', (request, response) => {
    const found = find(request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, intent } = found
    if (intent.status !== 'requires_action') {
      goOn(response, account, intent)
      return
    }
    const session = sessionOf(account, intent)
    const method = account.get('payment_method', intent.payment_method)
    securityHeaders(response, [
      session?.success_url ?? null,
      account.get('intent_details', intent.id).returnUrl,
    ])
    response.render('authenticate', {
      title: 'Confirm this payment',
      action: `/authenticate/${intent.id}`,
      amount: formatAmount(intent.amount, intent.currency),
      brand: method.card?.brand ?? 'card',
      last4: method.card?.last4 ?? '',
    })
  })

  router.post('/authenticate/:intent', (request, response) => {
    const found = find(request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, intent } = found
    const { outcome } = (request.body ?? {}) as { outcome?: unknown }
    if (outcome !== 'complete' && outcome !== 'fail') {
      message(response, 400, 'This request was not understood', 'The outcome must be "complete" or "fail".')
      return
    }
    // A second click finds the question answered, and goes where the first one went.
    if (intent.status === 'requires_action') {
      surroundings.store.transaction(() => answerChallenge(account, intent, outcome === 'complete'))
    }
    goOn(response, account, account.get('payment_intent', intent.id))
  })
  return router
}

/** To where the customer came from: the shop's success page, the pay page with the reason, or the return URL. */
function goOn(response: Response, account: Account, intent: PaymentIntent): void {
  const session = sessionOf(account, intent)
  if (session) {
    if (session.status === 'complete') leave(response, session)
    else response.redirect(303, `/c/pay/${session.id}?declined`)
    return
  }
  const paid = ['succeeded', 'requires_capture', 'processing'].includes(intent.status)
  const { returnUrl } = account.get('intent_details', intent.id)
  if (returnUrl === null) {
    message(response, 200, paid ? 'Payment confirmed' : 'Payment not confirmed', 'You can close this page.')
    return
  }
  const url = new URL(returnUrl)
  url.searchParams.set('payment_intent', intent.id)
  url.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '')
  url.searchParams.set('redirect_status', paid ? 'succeeded' : 'failed')
  response.redirect(303, url.href)
}

function sessionOf(account: Account, intent: PaymentIntent): Session | undefined {
  return account.find('checkout.session', account.get('intent_details', intent.id).session)
}

function notFound(response: Response): void {
  message(
    response,
    404,
    'There is no such payment',
    'The link may be incomplete, or it belongs to another sandbox.',
  )
}
