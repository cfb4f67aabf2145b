/**
 * POST /stripe/webhook, and the same at /api/payments/webhook. Must be mounted before any body parser, session or
 * cookie: the signature is over the bytes as they came.
 *
 * | what                                                                     | answer                    |
 * | ------------------------------------------------------------------------ | ------------------------- |
 * | handled, known already, unknown type, not ours, other mode               | 200 `{"received": true}`  |
 * | a fault that will not pass (amount differs from the order, …)            | 200; the operator is told |
 * | signature missing, wrong, too old; not what was signed; no event         | 400                       |
 * | larger than MAX_BODY                                                     | 413                       |
 * | compressed                                                               | 415                       |
 * | a fault that may pass                                                    | 500, Retry-After          |
 * | the database is away; too many deliveries wait                           | 503, Retry-After          |
 */
import { raw, Router } from 'express'
import { Problem } from '../http/problem.js'
import { isDatabaseAway } from '../database/errors.js'
import type { Inbox } from './inbox.js'
import { verifyEvent } from './verify.js'

/** Stripe's largest events are some tens of kilobytes. */
const MAX_BODY = '1mb'

export function webhookRoutes(inbox: Inbox, secrets: readonly string[], afterEvent: () => void): Router {
  const router = Router()
  const paths = ['/stripe/webhook', '/api/payments/webhook']

  router.post(
    paths,
    raw({ type: () => true, limit: MAX_BODY, inflate: false }),
    async (request, response) => {
      const event = verifyEvent(request.body, request.get('stripe-signature'), secrets)
      try {
        await inbox.receive(event)
      } catch (error) {
        if (isDatabaseAway(error) || error instanceof Problem) throw error
        throw new Problem(
          500,
          'event_not_handled',
          'Not handled',
          'The event could not be handled now: send it again.',
          {
            retryAfter: 30,
            cause: error,
          },
        )
      }
      afterEvent()
      response.json({ received: true })
    },
  )

  router.all(paths, (_request, response) => {
    response.set('Allow', 'POST')
    throw new Problem(
      405,
      'method_not_allowed',
      'Stripe posts here',
      'This address takes POST requests from Stripe.',
    )
  })
  return router
}
