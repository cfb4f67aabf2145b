// Health probes: /healthz (the process is alive) and /readyz (the shop can sell).
import { setTimeout as wait } from 'node:timers/promises'
import { Router } from 'express'
import type { Database } from '../database/client.js'
import { databaseFault, type DatabaseFault } from '../database/errors.js'
import { Problem } from './problem.js'

export interface HealthDeps {
  database: Database
  isStopping: () => boolean
  /** How long the oldest due event has been waiting, in seconds. 0 when none is due. */
  secondsBehind: () => Promise<number>
  /** /readyz fails above this. */
  backlogLimitSeconds: number
  /** Sentences for the operator about what is wrong although the shop can sell. */
  warnings: () => string[]
}

/** /readyz answers within this, whatever the database does. */
const ANSWER_SECONDS = 4

export function healthRoutes(deps: HealthDeps): Router {
  const router = Router()

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' })
  })

  router.get('/readyz', async (_request, response) => {
    if (deps.isStopping()) throw notReady('stopping', 'This process is shutting down.', 1)
    const behind = await checkDatabase(deps)
    if (behind > deps.backlogLimitSeconds)
      throw notReady(
        'backlog',
        `Stripe events have been due for ${Math.round(behind)} seconds, longer than BACKLOG_LIMIT_SECONDS (${deps.backlogLimitSeconds}).`,
        10,
      )
    const problems = deps.warnings()
    response.json(problems.length === 0 ? { status: 'ready' } : { status: 'degraded', problems })
  })
  return router
}

/**
 * Checks that the database answers and can be written to.
 * @returns how long the oldest due event has been waiting, in seconds
 * @throws Problem 503 with the cause
 */
async function checkDatabase({ database, secondsBehind }: HealthDeps): Promise<number> {
  const check = async () => {
    const { rows } = await database.pool.query<{ readOnly: string }>(
      `SELECT current_setting('transaction_read_only') AS "readOnly"`,
    )
    if (rows[0]?.readOnly === 'on') {
      database.renew()
      throw databaseProblem('read_only')
    }
    if (database.isFull()) throw databaseProblem('full')
    return secondsBehind()
  }
  const tooLong = new AbortController()
  const silence = wait(ANSWER_SECONDS * 1000, undefined, { signal: tooLong.signal }).then(() => {
    throw databaseProblem('silent')
  })
  try {
    return await Promise.race([check(), silence])
  } catch (error) {
    if (error instanceof Problem) throw error
    const fault = databaseFault(error)
    throw fault === null ? error : databaseProblem(fault, error)
  } finally {
    tooLong.abort()
  }
}

function databaseProblem(fault: DatabaseFault, cause?: unknown): Problem {
  return new Problem(503, 'database_unavailable', 'Not ready', FAULTS[fault], { retryAfter: 5, cause })
}

const FAULTS: Readonly<Record<DatabaseFault, string>> = {
  away: 'The database can’t be reached, or is starting, stopping or recovering.',
  silent: 'The database is silent: nothing came back in time.',
  refused: 'The database refuses the user, password or database name in DATABASE_URL.',
  read_only: 'The database is read-only: it may be a standby, or an operator has made it read-only.',
  full: 'The database’s disk is full.',
  exhausted: 'The database has no connection, memory or other resource left.',
  pooler:
    'The connection pooler in front of the database has no connection to give: the database may be away.',
  busy: 'Every connection of this process to the database is in use.',
  slow: 'The database is slow: a statement or lock took longer than its limit.',
}

function notReady(code: string, detail: string, retryAfter: number): Problem {
  return new Problem(503, code, 'Not ready', detail, { retryAfter })
}
