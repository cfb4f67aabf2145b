// Tells a database that can't be used right now from a failed query, and why.

/** Why the database could not do what was asked. Each may pass without a change to the shop. */
export type DatabaseFault =
  /** Not reachable, stopped, starting or recovering. */
  | 'away'
  /** Reachable, but nothing comes back. */
  | 'silent'
  /** It refuses our user, password or database name. */
  | 'refused'
  | 'read_only'
  | 'full'
  /** It has no connection, memory or other resource left. */
  | 'exhausted'
  /** The connection pooler in front of it has no connection to give. */
  | 'pooler'
  /** Every connection of this process is in use. */
  | 'busy'
  /** A statement or lock took longer than its limit. Others may well succeed. */
  | 'slow'

/** By code of Node, PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) or Prisma. */
const FAULTS: Readonly<Record<string, DatabaseFault>> = {
  ECONNREFUSED: 'away',
  ECONNRESET: 'away',
  ECONNABORTED: 'away',
  EPIPE: 'away',
  ENOTFOUND: 'away',
  EAI_AGAIN: 'away',
  EHOSTUNREACH: 'away',
  EHOSTDOWN: 'away',
  ENETUNREACH: 'away',
  ENETDOWN: 'away',
  ETIMEDOUT: 'silent',
  '57P01': 'away', // admin_shutdown
  '57P02': 'away', // crash_shutdown
  '57P03': 'away', // cannot_connect_now: starting, stopping or recovering
  '57P04': 'away', // database_dropped
  '57P05': 'away', // idle_session_timeout
  '57014': 'slow', // query_canceled, by statement_timeout
  '25P03': 'slow', // idle_in_transaction_session_timeout
  '25P04': 'slow', // transaction_timeout
  '55P03': 'slow', // lock_not_available, by lock_timeout
  '25006': 'read_only', // read_only_sql_transaction
  '53000': 'exhausted',
  '53100': 'full', // disk_full
  '53200': 'exhausted', // out_of_memory
  '53300': 'exhausted', // too_many_connections
  '53400': 'exhausted', // configuration_limit_exceeded
  '58030': 'away', // io_error
  '28000': 'refused', // invalid_authorization_specification
  '28P01': 'refused', // invalid_password
  '3D000': 'refused', // invalid_catalog_name
  '08000': 'away',
  '08001': 'away',
  '08003': 'away',
  '08004': 'away',
  '08006': 'away',
  P1000: 'refused',
  P1001: 'away',
  P1002: 'silent',
  P1003: 'refused',
  P1008: 'silent',
  P1010: 'refused',
  P1017: 'away',
  P2024: 'busy', // no connection from the pool in time
  P2028: 'busy', // a transaction could not start or took too long
  P2037: 'exhausted',
}

/** Errors without a code. */
const MESSAGES: readonly [RegExp, DatabaseFault][] = [
  [/Connection terminated due to connection timeout|^timeout expired$/, 'silent'],
  [/timeout exceeded when trying to connect/, 'busy'],
  [/Connection terminated|Can't reach database server|Server has closed the connection/, 'away'],
  [/is not queryable|Cannot use a pool after calling end on the pool/, 'away'],
  [/the database system is/i, 'away'],
]

/** Why the database could not be used, if that is the reason for this error. */
export function databaseFault(error: unknown): DatabaseFault | null {
  let found: DatabaseFault | null = null
  // The innermost error says most: Prisma's own P2028 may wrap a connection that was closed.
  for (const link of chainOf(error)) found = faultOf(link) ?? found
  return found
}

/** Whether this error means that the database can't be used right now, by anyone. */
export function isDatabaseAway(error: unknown): boolean {
  const fault = databaseFault(error)
  return fault !== null && fault !== 'slow'
}

function faultOf({
  code,
  originalCode,
  severity,
  message,
  errors,
}: Record<string, unknown>): DatabaseFault | null {
  for (const known of [code, originalCode]) {
    // PgBouncer's only code, whatever keeps it from its server. PostgreSQL uses it for errors of a client.
    if (known === '08P01' && severity === 'FATAL') return 'pooler'
    if (typeof known === 'string' && Object.hasOwn(FAULTS, known)) return FAULTS[known] ?? null
  }
  // Whatever the reason, the server has closed the connection.
  if (severity === 'FATAL' || severity === 'PANIC') return 'away'
  const known = typeof message === 'string' ? MESSAGES.find(([pattern]) => pattern.test(message)) : undefined
  if (known) return known[1]
  // A host with several addresses fails with one error for each.
  return Array.isArray(errors) ? (errors.map(databaseFault).find((fault) => fault !== null) ?? null) : null
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
