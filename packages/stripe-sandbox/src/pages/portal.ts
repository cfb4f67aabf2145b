// The customer portal: subscriptions, card and invoices.
import { Router, type Request, type Response } from 'express'
import { StripeApiError } from '../api/errors.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { endSubscription, changeSubscription, isEnded } from '../billing/subscription-status.js'
import { confirmSetup, createSetupIntent } from '../payments/setup.js'
import { makeCard } from '../payments/payment-methods.js'
import { cancellationChanges } from '../resources/subscription-parameters.js'
import { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { PortalConfiguration, PortalSession, Subscription } from '../wire.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'
import { securityHeaders } from './security.js'
import { readExpiry } from './pay-form.js'
import { portalModel } from './portal-model.js'

interface Found {
  account: Account
  session: PortalSession
  configuration: PortalConfiguration
}

/** `GET /p/session/bps_…` is a portal session's `url`: the customer sees and changes their subscriptions. */
export function portalPages({ context }: PageDeps): Router {
  const router = Router()
  const { store } = context

  const find = (request: Request<{ session: string }>): Found | undefined => {
    const { session: id } = request.params
    const accountId = store.accountOf('billing_portal.session', id)
    if (accountId === undefined) return undefined
    const account = new Account(accountId, context, { id: newId('request'), idempotency_key: null })
    const session = account.get('billing_portal.session', id)
    if (!account.find('customer', session.customer)) return undefined
    return {
      account,
      session,
      configuration: account.get('billing_portal.configuration', session.configuration),
    }
  }

  router.get('/p/session/:session', (request, response) => {
    const found = find(request)
    if (!found) {
      notFound(response)
      return
    }
    const refused = request.query.redirect_status === 'failed'
    show(response, 200, found, refused ? 'The card was not saved: its bank did not confirm it.' : null)
  })

  router.post('/p/session/:session/cancel', (request, response) => {
    const found = find(request)
    const subscription = found && subscriptionOf(found, request)
    if (!subscription || !found.configuration.features.subscription_cancel.enabled) {
      notFound(response)
      return
    }
    const { mode } = found.configuration.features.subscription_cancel
    const account = inCustomersTime(found.account, subscription.customer)
    store.transaction(() => {
      if (mode === 'immediately') endSubscription(account, subscription, 'cancellation_requested')
      else
        changeSubscription(account, subscription, cancellationChanges(account, subscription, undefined, true))
    })
    response.redirect(303, `/p/session/${found.session.id}`)
  })

  router.post('/p/session/:session/renew', (request, response) => {
    const found = find(request)
    const subscription = found && subscriptionOf(found, request)
    if (!subscription) {
      notFound(response)
      return
    }
    const account = inCustomersTime(found.account, subscription.customer)
    store.transaction(() =>
      changeSubscription(account, subscription, cancellationChanges(account, subscription, undefined, false)),
    )
    response.redirect(303, `/p/session/${found.session.id}`)
  })

  router.post('/p/session/:session/card', (request, response) => {
    const found = find(request)
    if (!found?.configuration.features.payment_method_update.enabled) {
      notFound(response)
      return
    }
    const { account, session } = found
    const entered = readCard(request)
    if (!entered) {
      show(
        response,
        422,
        found,
        'Enter the card number, the expiration date as MM / YY and the security code.',
      )
      return
    }
    try {
      const confirmation = store.transaction(() => {
        const { name, email } = account.get('customer', session.customer)
        const method = makeCard(account, entered, { name: name ?? null, email })
        const back = `${context.baseUrl}/p/session/${session.id}`
        const intent = createSetupIntent(
          account,
          { customer: session.customer },
          { returnUrl: back, makesDefault: true },
        )
        return confirmSetup(account, intent, method)
      })
      if (confirmation.result === 'declined') show(response, 402, found, confirmation.error.message)
      else if (confirmation.result === 'challenge') response.redirect(303, confirmation.url)
      else response.redirect(303, `/p/session/${session.id}`)
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      show(response, error.status, found, error.message)
    }
  })
  return router
}

function show(response: Response, status: number, found: Found, problem: string | null): void {
  securityHeaders(response, [found.session.return_url])
  response
    .status(status)
    .render('portal', portalModel(found.account, found.session, found.configuration, problem))
}

/** One of the customer's subscriptions that has not ended. */
function subscriptionOf({ account, session }: Found, request: Request): Subscription | undefined {
  const { subscription: id } = (request.body ?? {}) as { subscription?: unknown }
  const subscription = account.find('subscription', typeof id === 'string' ? id : undefined)
  if (subscription?.customer !== session.customer || isEnded(subscription)) return undefined
  return subscription
}

function readCard(
  request: Request,
): { number: string; expMonth: number; expYear: number; cvc: string } | undefined {
  const body = (request.body ?? {}) as Record<string, unknown>
  const text = (name: string): string => {
    const value = body[name]
    return typeof value === 'string' ? value.trim().slice(0, 30) : ''
  }
  const expiry = readExpiry(text('expiry'))
  if (text('number') === '' || !expiry || text('cvc') === '') return undefined
  return { number: text('number'), expMonth: expiry.month, expYear: expiry.year, cvc: text('cvc') }
}

function notFound(response: Response): void {
  message(
    response,
    404,
    'Page not found',
    'The link may be incomplete or no longer valid. Ask the shop for a new one.',
  )
}
