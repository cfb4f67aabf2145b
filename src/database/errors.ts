// Tells an unreachable database from a failed query.

/** Codes of Node, PostgreSQL and Prisma that mean the database is unavailable right now. */
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
  'P2028', // a transaction could not start or took too long
])

const AWAY_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection|the database system is/i

/** Whether this error means that the database could not be reached. */
export function isDatabaseAway(error: unknown): boolean {
  return chainOf(error).some(({ code, originalCode, message, errors }) => {
    if (AWAY.has(String(code)) || AWAY.has(String(originalCode))) return true
    if (typeof message === 'string' && AWAY_MESSAGE.test(message)) return true
    return Array.isArray(errors) && errors.some(isDatabaseAway)
  })
}

/** Whether PostgreSQL failed a statement with this SQLSTATE code. */
export function hasCode(error: unknown, wanted: string): boolean {
  return chainOf(error).some(({ code, originalCode }) => code === wanted || originalCode === wanted)
}

/** The error and its causes, including the driver's error inside Prisma's. */
function chainOf(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = []
  while (typeof error === 'object' && error !== null && chain.length < 8) {
    const link = error as Record<string, unknown>
    chain.push(link)
    error = link['cause'] ?? (link['meta'] as Record<string, unknown> | undefined)?.['driverAdapterError']
  }
  return chain
}
