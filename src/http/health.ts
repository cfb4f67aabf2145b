// Probes: alive, and ready to sell.
import { Router } from 'express'
import type { Database } from '../database/client.js'
import { Problem } from './problem.js'

export interface HealthDeps {
  database: Database
  isStopping: () => boolean
  /** For how long the work that is behind most has been due, in seconds; 0 when none is. */
  secondsBehind: () => Promise<number>
  /** More than this is not ready. */
  backlogLimitSeconds: number
}

export function healthRoutes(deps: HealthDeps): Router {
  const router = Router()

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' })
  })

  router.get('/readyz', async (_request, response) => {
    if (deps.isStopping()) throw notReady('stopping', 'This process is about to end.', 1)
    await deps.database.pool.query('SELECT 1')
    const behind = await deps.secondsBehind()
    if (behind > deps.backlogLimitSeconds)
      throw notReady(
        'backlog',
        `Stripe’s events have waited for ${Math.round(behind)} seconds: more than the ${deps.backlogLimitSeconds} of BACKLOG_LIMIT_SECONDS.`,
        10,
      )
    response.json({ status: 'ready' })
  })
  return router
}

function notReady(code: string, detail: string, retryAfter: number): Problem {
  return new Problem(503, code, 'Not ready', detail, { retryAfter })
}
