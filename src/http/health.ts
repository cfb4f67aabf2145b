// Probes: alive, and ready to sell.
import { Router } from 'express'
import type { Database } from '../database/client.js'
import { Problem } from './problem.js'

export function healthRoutes(database: Database, isStopping: () => boolean): Router {
  const router = Router()

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' })
  })

  router.get('/readyz', async (_request, response) => {
    if (isStopping())
      throw new Problem(503, 'stopping', 'Stopping', 'This process is about to end.', { retryAfter: 1 })
    await database.pool.query('SELECT 1')
    response.json({ status: 'ready' })
  })
  return router
}
