// The page behind a payment link, which opens a new session.
import { Router } from 'express'
import { StripeApiError } from '../api/errors.js'
import { createSession } from '../resources/create-session.js'
import { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'

/** `GET /b/plink_…` is a payment link's `url`: each visit gets a session of its own. */
export function paymentLinkPages({ context }: PageDeps): Router {
  const router = Router()
  router.get('/b/:link', (request, response) => {
    const { store } = context
    const accountId = store.accountOf('payment_link', request.params.link)
    if (accountId === undefined) {
      message(response, 404, 'Payment link not found', 'It may belong to another sandbox.')
      return
    }
    const account = new Account(accountId, context, { id: newId('request'), idempotency_key: null })
    const link = account.get('payment_link', request.params.link)
    const sold = link.restrictions?.completed_sessions
    if (!link.active || (sold && sold.count >= sold.limit)) {
      message(
        response,
        200,
        'This link is no longer active',
        link.inactive_message ?? 'Ask the shop for another one.',
      )
      return
    }
    const details = account.get('payment_link_details', link.id)
    const { client_reference_id: reference, locked_prefilled_email: email } = request.query
    try {
      const session = store.transaction(() =>
        createSession(
          account,
          {
            ...details.session,
            metadata: link.metadata,
            ...(typeof reference === 'string' ? { client_reference_id: reference } : {}),
            ...(typeof email === 'string' ? { customer_email: email } : {}),
          },
          details,
        ),
      )
      response.redirect(303, `/c/pay/${session.id}`)
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      message(response, error.status, 'This link cannot be opened', error.message)
    }
  })
  return router
}
