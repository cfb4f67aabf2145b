// The page behind a payment link, which opens a new session.
import { Router, type Request } from 'express'
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
    const { reference, lockedEmail, ...visit } = parametersOf(request.query)
    try {
      const session = store.transaction(() => {
        const opened = createSession(
          account,
          {
            ...details.session,
            metadata: link.metadata,
            ...(reference === null ? {} : { client_reference_id: reference }),
            ...(lockedEmail === null ? {} : { customer_email: lockedEmail }),
          },
          details,
        )
        account.save('session_details', { ...account.get('session_details', opened.id), visit })
        return opened
      })
      response.redirect(303, `/c/pay/${session.id}`)
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      message(response, error.status, 'This link cannot be opened', error.message)
    }
  })
  return router
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const LONGEST_EMAIL = 800
/** Stripe drops other references without a word. */
const REFERENCE = /^[\w-]{1,200}$/
const UTM = /^utm_(campaign|content|medium|source|term)$/
const LONGEST_UTM = 150

/**
 * What the customer's URL asks for. Invalid values are dropped
 * (https://docs.stripe.com/payment-links/url-parameters).
 */
function parametersOf(query: Request['query']) {
  const text = (name: string, isValid: RegExp, longest: number): string | null => {
    const value = query[name]
    return typeof value === 'string' && value.length <= longest && isValid.test(value) ? value : null
  }
  const utm = Object.keys(query)
    .filter((name) => UTM.test(name))
    .map((name) => [name, text(name, /^[\w-]+$/, LONGEST_UTM)] as const)
  return {
    reference: text('client_reference_id', REFERENCE, 200),
    lockedEmail: text('locked_prefilled_email', EMAIL, LONGEST_EMAIL),
    email: text('prefilled_email', EMAIL, LONGEST_EMAIL),
    utm: Object.fromEntries(
      utm.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ) as Record<string, string>,
  }
}
