import { Router } from 'express'
import type { Parts } from './app.js'

const longestStep = 400 * 24 * 60 * 60

/** `POST /_sandbox/clock` with `seconds=1800` moves time forward. It cannot be moved back. */
export function clockRoutes({ advanceClock, surroundings }: Parts): Router {
  const router = Router()
  router.post('/_sandbox/clock', (request, response) => {
    const seconds = Number((request.body as { seconds?: string } | undefined)?.seconds)
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestStep) {
      response
        .status(400)
        .json({ error: { message: `seconds must be a whole number from 1 to ${longestStep}.` } })
      return
    }
    advanceClock(seconds)
    response.json({ now: surroundings.clock.seconds() })
  })
  return router
}
