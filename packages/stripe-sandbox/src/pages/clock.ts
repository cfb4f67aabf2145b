// Moves the sandbox's clock: for programs, and for the panel's buttons.
import { Router } from 'express'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'

const LONGEST_STEP = 400 * 24 * 60 * 60

/** `POST /_sandbox/clock` with `seconds=1800` moves the clock forward. It cannot be moved back. */
export function clockRoutes({ advanceClock, context }: PageDeps): Router {
  const router = Router()
  router.post('/_sandbox/clock', (request, response) => {
    const seconds = Number((request.body as { seconds?: string } | undefined)?.seconds)
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_STEP) {
      response
        .status(400)
        .json({ error: { message: `seconds must be a whole number from 1 to ${LONGEST_STEP}.` } })
      return
    }
    advanceClock(seconds)
    response.json({ now: context.clock.seconds() })
  })

  // The panel's buttons do the same, and return to the page they were on.
  router.post('/clock', (request, response) => {
    const { seconds, count, unit, back } = (request.body ?? {}) as Record<string, string | undefined>
    const step = seconds === undefined ? Number(count) * Number(unit) : Number(seconds)
    if (!Number.isInteger(step) || step < 1 || step > LONGEST_STEP) {
      message(
        response,
        400,
        'The clock was not changed',
        `It moves forward by whole minutes, hours or days, at most ${LONGEST_STEP / 86_400} days at a time.`,
        { href: '/', label: 'Back to the overview' },
      )
      return
    }
    advanceClock(step)
    response.redirect(303, back !== undefined && /^\/(?![/\\])/.test(back) ? back : '/')
  })
  return router
}
