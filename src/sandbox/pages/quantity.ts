import { Router } from 'express'
import { StripeApiError } from '../api/errors.js'
import { reckon } from '../payments/session-amounts.js'
import type { Parts } from './app.js'
import { findSession } from './find-session.js'
import { closed, notFound, show } from './pay.js'

/** How many of a line, where the shop lets the customer say. */
export function quantityPages({ surroundings }: Parts): Router {
  const router = Router()
  router.post('/c/pay/:session/quantity', (request, response) => {
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
    const { line: id, quantity: typed } = (request.body ?? {}) as { line?: unknown; quantity?: unknown }
    const { lineItems } = account.get('session_details', session.id)
    const line = lineItems.find((known) => known.id === id)
    const { minimum, maximum } = line?.adjustable_quantity ?? { minimum: 1, maximum: 0 }
    const [least, most] = [Math.max(minimum ?? 0, 1), maximum ?? 0]
    const quantity = typeof typed === 'string' && /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : 0
    if (!line || quantity < least || quantity > most) {
      const problem = `The quantity must be a whole number from ${least} to ${most}.`
      show(response, 422, account, session, {}, { payment: line ? problem : 'This line is not there.' })
      return
    }
    const changed = lineItems.map((known) =>
      known === line
        ? {
            ...line,
            quantity,
            amount_subtotal: Math.round(Number(line.price.unit_amount_decimal) * quantity),
          }
        : known,
    )
    try {
      surroundings.store.transaction(() => reckon(account, session.id, { lineItems: changed }))
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      show(response, 422, account, session, {}, { payment: error.message })
      return
    }
    response.redirect(303, `/c/pay/${session.id}`)
  })
  return router
}
