// The pay page: shows a session and pays it.
import { Router, type Response } from 'express'
import { StripeApiError } from '../api/errors.js'
import { confirmFreeSession, confirmSession, needsMethod } from '../payments/confirm-session.js'
import type { Confirmation } from '../payments/confirm.js'
import { asksForTaxId } from '../payments/tax-id-collection.js'
import { setBusiness, setTaxCountry } from '../payments/tax-location.js'
import type { Account } from '../state/account.js'
import type { Session } from '../wire.js'
import { lastErrorMessage } from '../payments/last-error.js'
import type { PageDeps } from './page-deps.js'
import { amountLocale } from './amount-locale.js'
import { businessOf } from './business.js'
import { keepShipping } from './delivery-address.js'
import { findSession } from './find-session.js'
import { securityHeaders } from './security.js'
import { openSession, successUrl } from './open-session.js'
import { type PayForm, readPayForm, taxCountryOf } from './pay-form.js'
import type { Problems } from './problems.js'
import { payPageModel } from './pay-page-model.js'
import { paymentMethodOf } from './pay-method.js'

/** `GET /c/pay/cs_…` is a session's `url`; `POST` is the Pay button. */
export function payPages({ context }: PageDeps): Router {
  const router = Router()

  router.get('/c/pay/:session', (request, response) => {
    const open = openSession(context, request, response)
    if (!open) return
    const { account, session } = open
    // The 3-D Secure page sends customers back here after a refusal. The intent has the reason.
    const problem = request.query.declined === undefined ? undefined : lastErrorMessage(account, session)
    show(response, 200, account, session, {}, problem === undefined ? {} : { payment: problem })
  })

  router.post('/c/pay/:session', (request, response) => {
    // The second of two clicks: the first one has paid.
    const found = findSession(context, request)
    if (found?.session.status === 'complete') {
      leave(response, found.account, found.session)
      return
    }
    const open = openSession(context, request, response)
    if (!open) return
    const { account, session } = open
    const { form, problems } = readPayForm(account, (request.body ?? {}) as Record<string, unknown>, session)
    if (Object.keys(problems).length > 0) {
      show(response, 422, account, session, form, problems)
      return
    }

    let confirmation: Confirmation
    try {
      const priced = context.store.transaction(() => {
        const located = setTaxCountry(account, session, taxCountryOf(form, session))
        return asksForTaxId(account, session)
          ? setBusiness(account, located, businessOf(form.business))
          : located
      })
      if (form.expectedAmount !== undefined && form.expectedAmount !== (priced.amount_total ?? 0)) {
        show(response, 409, account, priced, form, {
          payment: 'The total has changed. Check it again, then pay.',
        })
        return
      }
      confirmation = context.store.transaction(() => {
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
    // As at Stripe, the customer stays on the voucher's page: the shop's success URL is not opened.
    if (confirmation.result === 'challenge' || confirmation.result === 'voucher') {
      response.redirect(303, confirmation.url)
      return
    }
    const now = account.get('checkout.session', session.id)
    if (confirmation.result === 'declined') {
      show(response, 402, account, now, form, { payment: confirmation.error.message })
      return
    }
    leave(response, account, now)
  })
  return router
}

/** Redirects to the shop's success URL, with the session's id if the shop asked for it. */
export function leave(response: Response, account: Account, session: Session): void {
  response.redirect(303, successUrl(account, session))
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
  const locale = amountLocale(session, response.req.headers['accept-language'])
  response.status(status).render('pay', payPageModel(account, session, form, problems, locale))
}

const FIELDS: Record<string, string> = {
  number: 'number',
  exp_month: 'expiry',
  exp_year: 'expiry',
  cvc: 'cvc',
  'sepa_debit[iban]': 'account',
  'us_bank_account[account_number]': 'account',
}

function fieldOf(error: StripeApiError, session: Session): string {
  const { param = '' } = error.fields
  // Without promotion codes the page has no field for this problem.
  if (param === 'promotion_code' && session.allow_promotion_codes === true) return param
  return FIELDS[param] ?? 'payment'
}
