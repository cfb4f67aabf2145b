import { Router } from 'express'
import { StripeApiError } from '../api/errors.js'
import { applyTypedCode, removeDiscount } from '../payments/session-discount.js'
import type { Parts } from './app.js'
import { findSession } from './find-session.js'
import { closed, notFound, show } from './pay.js'

/** The promotion code of the pay page: `code` applies one, `remove` takes it off again. */
export function promotionPages({ surroundings }: Parts): Router {
  const router = Router()
  router.post('/c/pay/:session/promotion', (request, response) => {
    const found = findSession(surroundings, request)
    if (!found) {
      notFound(response)
      return
    }
    const { account, session } = found
    if (session.status !== 'open') {
      closed(response, found.account, session)
      return
    }
    const { code, remove } = (request.body ?? {}) as { code?: unknown; remove?: unknown }
    try {
      if (session.allow_promotion_codes !== true)
        throw new StripeApiError(400, {
          type: 'invalid_request_error',
          message: 'This checkout takes no promotion codes.',
          param: 'payment',
        })
      surroundings.store.transaction(() =>
        remove === undefined
          ? applyTypedCode(account, session, typeof code === 'string' ? code : '')
          : removeDiscount(account, session),
      )
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error
      const field = error.fields.param === 'payment' ? 'payment' : 'promotion_code'
      const typed = typeof code === 'string' ? code.slice(0, 100) : ''
      show(response, 422, account, session, { promotion_code: typed }, { [field]: error.message })
      return
    }
    response.redirect(303, `/c/pay/${session.id}`)
  })
  return router
}
