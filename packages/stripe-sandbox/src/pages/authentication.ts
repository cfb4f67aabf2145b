// The 3-D Secure page, where the customer confirms a payment or fails to.
import { Router, type Request, type Response } from 'express'
import { answerChallenge } from '../payments/confirm.js'
import { paidText } from '../payments/presentment.js'
import { answerSetupChallenge } from '../payments/setup.js'
import { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { PaymentIntent, Session, SetupIntent } from '../wire.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'
import { securityHeaders } from './security.js'
import { leave } from './pay.js'

interface Found {
  account: Account
  intent: PaymentIntent | SetupIntent
  session: Session | undefined
  returnUrl: string | null
}

export function authenticationPages({ context }: PageDeps): Router {
  const router = Router()

  const find = (request: Request<{ intent: string }>): Found | undefined => {
    const { intent: id } = request.params
    const kind = id.startsWith('seti_') ? 'setup_intent' : 'payment_intent'
    const accountId = context.store.accountOf(kind, id)
    if (accountId === undefined) return undefined
    const account = new Account(accountId, context, { id: newId('request'), idempotency_key: null })
    const details = account.get(kind === 'setup_intent' ? 'setup_details' : 'intent_details', id)
    return {
      account,
      intent: account.get(kind, id),
      session: account.find('checkout.session', details.session),
      returnUrl: details.returnUrl,
    }
  }

  router.get('/authenticate/:intent', (request, response) => {
    const found = find(request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, intent, session, returnUrl } = found
    if (intent.status !== 'requires_action') {
      goOn(response, found)
      return
    }
    const method = account.get('payment_method', intent.payment_method)
    securityHeaders(response, [session?.success_url ?? null, returnUrl])
    response.render('authenticate', {
      title: intent.object === 'payment_intent' ? 'Confirm this payment' : 'Save this card',
      action: `/authenticate/${intent.id}`,
      amount: intent.object === 'payment_intent' ? paidText(intent) : null,
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
      message(response, 400, 'Invalid request', 'The outcome must be "complete" or "fail".')
      return
    }
    // A second click finds the payment confirmed already, and leads to the same place as the first.
    if (intent.status === 'requires_action') {
      const passed = outcome === 'complete'
      context.store.transaction(() =>
        intent.object === 'payment_intent'
          ? answerChallenge(account, intent, passed)
          : answerSetupChallenge(account, intent, passed),
      )
    }
    goOn(response, find(request) ?? found)
  })
  return router
}

/** Redirects to the shop's success page, to the pay page with the reason, or to the return URL. */
function goOn(response: Response, { account, intent, session, returnUrl }: Found): void {
  if (session) {
    if (session.status === 'complete') leave(response, account, session)
    else response.redirect(303, `/c/pay/${session.id}?declined`)
    return
  }
  const done = ['succeeded', 'requires_capture', 'processing'].includes(intent.status)
  if (returnUrl === null) {
    message(response, 200, done ? 'Confirmed' : 'Not confirmed', 'You can close this page.')
    return
  }
  const url = new URL(returnUrl)
  url.searchParams.set(intent.object, intent.id)
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? '')
  url.searchParams.set('redirect_status', done ? 'succeeded' : 'failed')
  response.redirect(303, url.href)
}

function notFound(response: Response): void {
  message(response, 404, 'Payment not found', 'The link may be incomplete, or it belongs to another sandbox.')
}
