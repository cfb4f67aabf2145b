// The connection pool: sets connections up, and replaces those that can't be used any more.
import pg from 'pg'
import { readUrl } from '../database-url.js'
import { recordsSpans } from '../telemetry/span.js'
import { traceQueries } from './trace-queries.js'
import { adaptToPooler, HEARTBEAT_SECONDS, IDLE_SECONDS, limitedOptions, setUpSession } from './session.js'

export interface ConnectionPool {
  pool: pg.Pool
  /** Whether a connection pooler is between us and the server. Known once a connection was made. */
  isPooled: () => boolean
  /** Whether the server reported a full disk within the last FULL_SECONDS. */
  isFull: () => boolean
  /** Replaces every connection: at once when idle, or when it is released. */
  renew: () => void
  /** Closes every connection without waiting for the server. Queries on them fail. */
  cut: () => void
}

/** After this long without another report, the disk is taken to have room again. */
const FULL_SECONDS = 5
/** Connections are replaced at most this often. */
const RENEW_SECONDS = 5

/**
 * @param max how many connections it opens at most
 * @param options.keep keeps its connections open when they are not used, so that the server has their statements ready
 */
export function openPool(url: string, max: number, { keep = false } = {}): ConnectionPool {
  const settings = readUrl(url)
  const open = new Set<pg.PoolClient>()
  const idle = new Set<pg.PoolClient>()
  const outdated = new WeakSet<pg.PoolClient>()
  let pooled = settings.pooled
  let fullAt = -Infinity
  let renewedAt = -Infinity

  const pool = new pg.Pool({
    // Connections that fall silent do so together, after a failover or behind a firewall that forgot them.
    ...limitedOptions(() => close(idle)),
    connectionString: url,
    enableChannelBinding: settings.channelBinding,
    max,
    min: keep ? max : 0,
    idleTimeoutMillis: IDLE_SECONDS * 1000,
    application_name: 'till',
    verify: (client, done) => {
      setUpSession(client, 'limited').then((behindPooler) => {
        pooled = behindPooler || settings.pooled
        if (pooled) adaptToPooler(client)
        if (recordsSpans()) traceQueries(client)
        done()
      }, done)
    },
  })
  // Node exits on an "error" event without a listener, and a connection that breaks emits one. Nothing else is needed:
  // the query that was using it fails, and the pool replaces the connection.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    open.add(client)
    ;(client as pg.Client).connection.on('errorMessage', ({ code }: pg.DatabaseError) => {
      if (code === '53100') fullAt = performance.now()
      // A session keeps the default it began with: it would stay read-only when the database no longer is.
      if (code === '25006') renew()
    })
  })
  pool.on('acquire', (client) => idle.delete(client))
  pool.on('release', (_error, client) => {
    // The pool drops a connection that is ending.
    if (outdated.has(client)) void (client as pg.Client).end()
    else idle.add(client)
  })
  pool.on('remove', (client) => {
    open.delete(client)
    idle.delete(client)
  })

  if (keep) sendHeartbeats(pool)

  function renew(): void {
    if (performance.now() - renewedAt < RENEW_SECONDS * 1000) return
    renewedAt = performance.now()
    for (const client of open) outdated.add(client)
    close(idle)
  }

  return {
    pool,
    isPooled: () => pooled,
    isFull: () => performance.now() - fullAt < FULL_SECONDS * 1000,
    renew,
    cut: () => close(open),
  }
}

/** A connection without them would count as silent. */
function sendHeartbeats(pool: pg.Pool): void {
  const timer = setInterval(() => {
    if (pool.ended) clearInterval(timer)
    else if (pool.idleCount > 0) pool.query('SELECT').catch(() => undefined)
  }, HEARTBEAT_SECONDS * 1000)
  timer.unref()
}

/** Closes connections without waiting for the server. */
function close(clients: Iterable<pg.PoolClient>): void {
  for (const client of clients) (client as pg.Client).connection.stream.destroy(new ConnectionClosedError())
}

/** The connection was closed on our side. */
class ConnectionClosedError extends Error {
  override name = 'ConnectionClosedError'
  /** As if the server had closed it. */
  readonly code = 'ECONNRESET'
  constructor() {
    super('The connection to the database was closed.')
  }
}
