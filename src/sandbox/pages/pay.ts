import { Router, type Response } from 'express'
import { StripeApiError } from '../api/errors.js'
import { confirmFreeSession, confirmSession, needsMethod } from '../payments/confirm-session.js'
import type { Confirmation } from '../payments/confirm.js'
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import { lastProblem } from '../payments/last-problem.js'
import { message, type Parts } from './app.js'
import { keepShipping } from './delivery-address.js'
import { findSession } from './find-session.js'
import { securityHeaders } from './guard.js'
import { type PayForm, type Problems, readPayForm } from './pay-form.js'
import { payPageModel } from './pay-page-model.js'
import { paymentMethodOf } from './pay-method.js'

/** `GET /c/pay/cs_…` is a session's `url`; `POST` is its Pay button. */
export function payPages({ surroundings }: Parts): Router {
  const router = Router()

  router.get('/c/pay/:session', (request, response) => {
    const found = findSession(surroundings, request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, session } = found
    if (session.status !== 'open') {
      closed(response, account, session)
      return
    }
    // The bank's page sends a customer back here after a refusal; the reason is on the intent.
    const problem = request.query.declined === undefined ? undefined : lastProblem(account, session)
    show(response, 200, account, session, {}, problem === undefined ? {} : { payment: problem })
  })

  router.post('/c/pay/:session', (request, response) => {
    const found = findSession(surroundings, request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, session } = found
    // The second click of two: the first has paid.
    if (session.status === 'complete') {
      leave(response, session)
      return
    }
    if (session.status !== 'open') {
      closed(response, account, session)
      return
    }
    const { form, problems } = readPayForm((request.body ?? {}) as Record<string, unknown>, session)
    if (Object.keys(problems).length > 0) {
      show(response, 422, account, session, form, problems)
      return
    }

    let confirmation: Confirmation
    try {
      confirmation = surroundings.store.transaction(() => {
        if (session.shipping_address_collection) keepShipping(account, session, form.shipping, form.phone)
        const known = account.get('checkout.session', session.id)
        return needsMethod(known)
          ? confirmSession(account, known, paymentMethodOf(account, known, form))
          : confirmFreeSession(account, known, { email: form.email, phone: form.phone || null })
      })
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      show(response, error.status, account, session, form, { [fieldOf(error, session)]: error.message })
      return
    }
    if (confirmation.result === 'challenge') {
      response.redirect(303, confirmation.url)
      return
    }
    const now = account.get('checkout.session', session.id)
    if (confirmation.result === 'declined') {
      show(response, 402, account, now, form, { payment: confirmation.error.message })
      return
    }
    leave(response, now)
  })
  return router
}

/** Sends the customer to the shop, with the session's id where the shop asked for it. */
export function leave(response: Response, session: Session): void {
  response.redirect(303, successUrl(session))
}

/** The session of a payment link may have none: its own page says that it is done. */
export function successUrl(session: Session): string {
  return (session.success_url ?? `/c/pay/${session.id}`).replaceAll(
    /\{CHECKOUT_SESSION_ID\}|%7BCHECKOUT_SESSION_ID%7D/gi,
    session.id,
  )
}

export function show(
  response: Response,
  status: number,
  account: Account,
  session: Session,
  form: Partial<PayForm>,
  problems: Problems,
): void {
  securityHeaders(response, [session.success_url, session.cancel_url])
  response.status(status).render('pay', payPageModel(account, session, form, problems))
}

export function closed(response: Response, account: Account, session: Session): void {
  if (session.status === 'complete') {
    const text =
      session.payment_status === 'unpaid'
        ? 'Your payment is on its way. The shop tells you when it has arrived.'
        : session.mode === 'payment'
          ? 'You have completed this payment.'
          : 'You have completed this checkout.'
    const link = account.find('payment_link', session.payment_link)
    const own = link?.after_completion.hosted_confirmation?.custom_message
    const back = { href: successUrl(session), label: 'Back to the shop' }
    message(
      response,
      200,
      'You’re all done here',
      own ?? text,
      session.success_url === null ? undefined : back,
    )
    return
  }
  const link =
    session.cancel_url === null ? undefined : { href: session.cancel_url, label: 'Back to the shop' }
  message(
    response,
    200,
    'This checkout has expired',
    'Nothing was charged. Go back to the shop to start again.',
    link,
  )
}

export function notFound(response: Response): void {
  message(
    response,
    404,
    'There is no such checkout',
    'The link may be incomplete, or it belongs to another sandbox.',
  )
}

const fields: Record<string, string> = {
  number: 'number',
  exp_month: 'expiry',
  exp_year: 'expiry',
  cvc: 'cvc',
  'sepa_debit[iban]': 'account',
  'us_bank_account[account_number]': 'account',
}

function fieldOf(error: StripeApiError, session: Session): string {
  const { param = '' } = error.fields
  // Where the shop gave the discount there is no field for it.
  if (param === 'promotion_code' && session.allow_promotion_codes === true) return param
  return fields[param] ?? 'payment'
}
