import { Router } from 'express'
import { StripeApiError } from '../api/errors.js'
import { reckon } from '../payments/session-amounts.js'
import type { Parts } from './app.js'
import { findSession } from './find-session.js'
import { closed, notFound, show } from './pay.js'

/** How it is shipped: the pay page's choice, which changes what is due. */
export function shippingPages({ surroundings }: Parts): Router {
  const router = Router()
  router.post('/c/pay/:session/shipping', (request, response) => {
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
    const { rate } = (request.body ?? {}) as { rate?: unknown }
    const chosen = session.shipping_options.find((option) => option.shipping_rate === rate)
    if (!chosen) {
      show(response, 422, account, session, {}, { payment: 'This way of shipping is not offered.' })
      return
    }
    try {
      surroundings.store.transaction(() =>
        reckon(account, session.id, { shippingRate: chosen.shipping_rate }),
      )
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      show(response, 422, account, session, {}, { payment: error.message })
      return
    }
    response.redirect(303, `/c/pay/${session.id}`)
  })
  return router
}
