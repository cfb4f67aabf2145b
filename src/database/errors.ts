// Telling a database that is away from a query that is wrong.

/** PostgreSQL's and Node's codes, and Prisma's, for "there is nobody to ask right now". */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '08000',
  '08001',
  '08003',
  '08006',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024', // no connection from the pool in time
  'P2028', // a transaction could not be started or went on for too long
])

const AWAY_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection|the database system is/i

/** Whether this error says that the database could not be reached, at any depth of its causes. */
export function isDatabaseAway(error: unknown): boolean {
  for (let depth = 0; error instanceof Error && depth < 6; depth++) {
    const { code, message } = error as { code?: unknown; message: string }
    if (typeof code === 'string' && AWAY.has(code)) return true
    if (AWAY_MESSAGE.test(message)) return true
    if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true
    error = error.cause
  }
  return false
}

/** Whether PostgreSQL ended a statement with this code, at any depth of the error's causes and of what Prisma says of it. */
export function hasCode(error: unknown, code: string): boolean {
  for (let depth = 0; typeof error === 'object' && error !== null && depth < 6; depth++) {
    const { code: own, originalCode, meta, cause } = error as Record<string, unknown>
    if (own === code || originalCode === code) return true
    error = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError']
  }
  return false
}
