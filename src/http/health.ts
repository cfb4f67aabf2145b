// Health probes: /healthz (the process is alive) and /readyz (the shop can sell).
import { Router } from 'express'
import type { Database } from '../database/client.js'
import { Problem } from './problem.js'

export interface HealthDeps {
  database: Database
  isStopping: () => boolean
  /** How long the oldest due event has been waiting, in seconds. 0 when none is due. */
  secondsBehind: () => Promise<number>
  /** /readyz fails above this. */
  backlogLimitSeconds: number
}

export function healthRoutes(deps: HealthDeps): Router {
  const router = Router()

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' })
  })

  router.get('/readyz', async (_request, response) => {
    if (deps.isStopping()) throw notReady('stopping', 'This process is shutting down.', 1)
    await deps.database.pool.query('SELECT 1')
    const behind = await deps.secondsBehind()
    if (behind > deps.backlogLimitSeconds)
      throw notReady(
        'backlog',
        `Stripe events have been due for ${Math.round(behind)} seconds, longer than BACKLOG_LIMIT_SECONDS (${deps.backlogLimitSeconds}).`,
        10,
      )
    response.json({ status: 'ready' })
  })
  return router
}

function notReady(code: string, detail: string, retryAfter: number): Problem {
  return new Problem(503, code, 'Not ready', detail, { retryAfter })
}
