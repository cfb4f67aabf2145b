// Checks the database: its version and state, what our users may do there, migrations, the pooler, and the standby.
import type pg from 'pg'
import type { Config } from '../config.js'
import { openDatabase } from '../database/client.js'
import { connect } from '../database/migrations/connect.js'
import { migrationsFolder, readMigrations } from '../database/migrations/folder.js'
import { SessionError } from '../database/session.js'
import { findingsOf, reasonOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('database')

const OLDEST_VERSION = 150_000
/** The shop's own connections, for each process. */
const CONNECTIONS = 10
/** For psql, backups and monitoring. */
const SPARE_CONNECTIONS = 10

export interface DatabaseCheck {
  findings: Finding[]
  /** How far the database's clock is ahead of ours, in milliseconds. Null: it was not read. */
  aheadMs: number | null
}

type DatabaseConfig = Pick<Config, 'databaseDirectUrl' | 'webConcurrency' | 'production'>

/** @param url where the shop connects */
export async function checkDatabase(url: string, config: DatabaseConfig): Promise<DatabaseCheck> {
  const shop = await open(url, 'DATABASE_URL')
  if ('findings' in shop) return { findings: shop.findings, aheadMs: null }
  const direct = config.databaseDirectUrl === null ? null : await open(config.databaseDirectUrl, DIRECT)
  try {
    const before = Date.now()
    const facts = await readFacts(shop.client)
    const aheadMs = facts.now - (before + Date.now()) / 2
    const migrating = direct !== null && !('findings' in direct) ? direct.client : shop.client
    const findings = [
      ...serverFindings(facts),
      ...(facts.isStandby || facts.isReadOnly
        ? []
        : [
            ...(await rightsOfShop(shop.client)),
            ...(await rightsOfMigrations(migrating, direct === null ? 'DATABASE_URL' : DIRECT)),
            ...(await migrationFindings(shop.client)),
            ...(await searchFindings(shop.client)),
          ]),
      ...(shop.pooled
        ? await poolerFindings(url, config.databaseDirectUrl)
        : [connectionFinding(facts, config)]),
      ...(direct === null
        ? []
        : 'findings' in direct
          ? direct.findings
          : await directFindings(direct, facts)),
      ...(config.production ? durabilityFindings(facts) : []),
    ]
    return { findings, aheadMs }
  } finally {
    await shop.client.end()
    if (direct !== null && !('findings' in direct)) await direct.client.end()
  }
}

const DIRECT = 'DATABASE_DIRECT_URL'

async function open(
  url: string,
  variable: string,
): Promise<{ client: pg.Client; pooled: boolean } | { findings: Finding[] }> {
  try {
    return await connect(url)
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    const advice =
      error instanceof SessionError
        ? 'Run what the sentence above says.'
        : `Start the database, or correct ${variable}: host, port, user, password, name and sslmode.`
    return { findings: [fault(`${variable}: ${found}`, advice)] }
  }
}

interface Facts {
  version: number
  versionName: string
  database: string
  role: string
  encoding: string
  isStandby: boolean
  isReadOnly: boolean
  fsync: boolean
  commit: string
  standbys: string
  replicas: number
  maxConnections: number
  size: string
  /** Tells servers apart. */
  startedAt: string
  now: number
}

async function readFacts(client: pg.Client): Promise<Facts> {
  const { rows } = await client.query<Facts>(`
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS "versionName",
      current_database() AS database, quote_ident(current_user) AS role,
      current_setting('server_encoding') AS encoding,
      pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only') = 'on' AS "isReadOnly",
      current_setting('fsync') = 'on' AS fsync, current_setting('synchronous_commit') AS "commit",
      current_setting('synchronous_standby_names') AS standbys,
      (SELECT count(*)::int FROM pg_stat_replication) AS replicas,
      current_setting('max_connections')::int AS "maxConnections",
      pg_size_pretty(pg_database_size(current_database())) AS size,
      pg_postmaster_start_time()::text AS "startedAt",
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`)
  const [facts] = rows
  if (facts === undefined) throw new Error('The database answered without a row.')
  return facts
}

function serverFindings(facts: Facts): Finding[] {
  const { version, versionName, database, encoding, size } = facts
  return [
    version < OLDEST_VERSION
      ? fault(`The server is PostgreSQL ${versionName}.`, 'Upgrade it to PostgreSQL 15 or newer.')
      : ok(`PostgreSQL ${versionName}, database ${database} with ${size}. Times are exchanged in UTC.`),
    ...(encoding === 'UTF8'
      ? []
      : [
          fault(
            `The database stores texts as ${encoding}, which lacks letters that shoppers write.`,
            `Make a new database: CREATE DATABASE till ENCODING 'UTF8' TEMPLATE template0;`,
          ),
        ]),
    ...(facts.isStandby
      ? [
          fault(
            'The server is a standby, which takes no orders.',
            'Set DATABASE_URL to the primary server, or promote this one: SELECT pg_promote();',
          ),
        ]
      : facts.isReadOnly
        ? [
            fault(
              'The database is read-only.',
              `Run ALTER DATABASE ${database} RESET default_transaction_read_only; and the same for the role.`,
            ),
          ]
        : []),
  ]
}

/** Whether the shop's user may read and write every table. */
async function rightsOfShop(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
      AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
        AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
    ORDER BY relname`)
  if (rows.length === 0) return [ok('The user of DATABASE_URL may read and write every table.')]
  return [
    fault(
      `The user of DATABASE_URL may not read and write ${firstOf(rows.map(({ name }) => name))}.`,
      'Run as the owner of the tables: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO …; and GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO …;',
    ),
  ]
}

/** Whether migrations may create tables and change those that are there. */
async function rightsOfMigrations(client: pg.Client, variable: string): Promise<Finding[]> {
  const { rows } = await client.query<{ role: string; mayCreate: boolean; foreign: string[] }>(`
    SELECT quote_ident(current_user) AS role, has_schema_privilege('public', 'CREATE') AS "mayCreate",
      ARRAY(SELECT relname::text FROM pg_class
        WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p') AND NOT pg_has_role(relowner, 'USAGE')
        ORDER BY relname) AS foreign`)
  const [{ role, mayCreate, foreign } = { role: '', mayCreate: false, foreign: [] }] = rows
  if (!mayCreate)
    return [
      fault(
        `The user of ${variable} may not create tables, so the shop can't migrate the database.`,
        `Run as a superuser in this database: GRANT ALL ON SCHEMA public TO ${role}; or make the user its owner.`,
      ),
    ]
  if (foreign.length > 0)
    return [
      fault(
        `The user of ${variable} does not own ${firstOf(foreign)}, so an upgrade could not change them.`,
        `Run as a superuser, for each table: ALTER TABLE … OWNER TO ${role};`,
      ),
    ]
  return [ok(`The user of ${variable} may migrate the database.`)]
}

async function migrationFindings(client: pg.Client): Promise<Finding[]> {
  const { migrationDirectories } = await readMigrations(migrationsFolder)
  const known = migrationDirectories.map((migration) => migration.path)
  const applied = await client
    .query<{ name: string; failed: boolean }>(
      `SELECT migration_name AS name, finished_at IS NULL AND logs IS NOT NULL AS failed
       FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    )
    // 42P01: there is no such table.
    .catch((error: unknown) => {
      if ((error as pg.DatabaseError).code !== '42P01') throw error
      return null
    })
  if (applied === null)
    return [ok(`The database is new: the first start applies all ${known.length} migrations.`)]
  const failed = applied.rows.filter((row) => row.failed)
  if (failed[0])
    return [
      fault(
        `Migration ${failed[0].name} has failed, and the shop does not start.`,
        'docs/6-when-something-is-wrong.md#a-migration-failed says how to go on.',
      ),
    ]
  const done = new Set(applied.rows.map(({ name }) => name))
  const pending = known.filter((name) => !done.has(name))
  const newer = [...done].filter((name) => !known.includes(name))
  return [
    pending.length > 0
      ? warning(
          `${count(pending.length, 'migration is', 'migrations are')} pending: ${firstOf(pending)}.`,
          'The next start of this release applies them. The release before works on beside them.',
        )
      : ok('All migrations are applied.'),
    ...(newer.length > 0
      ? [
          warning(
            `The database has ${count(newer.length, 'migration', 'migrations')} of a newer release: ${firstOf(newer)}.`,
            'Start that release. This one works beside it during an upgrade, if it is the one before.',
          ),
        ]
      : []),
  ]
}

async function searchFindings(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ installed: boolean; ofServer: boolean; mayAdd: boolean }>(`
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS installed,
      EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS "ofServer",
      has_database_privilege(current_database(), 'CREATE') AS "mayAdd"`)
  const [{ installed, ofServer, mayAdd } = { installed: false, ofServer: false, mayAdd: false }] = rows
  if (installed) return [ok('The extension pg_trgm is there: searches find mistyped words.')]
  return [
    warning(
      'The extension pg_trgm is missing: searches find no mistyped words, and parts of words slowly.',
      ofServer
        ? mayAdd
          ? 'The migrations add it. If they have run already, docs/3-go-live.md#search says how to add it.'
          : 'docs/3-go-live.md#search says what a superuser must run.'
        : 'Install it on the server (Debian: it is in the package postgresql), then add it: docs/3-go-live.md#search.',
    ),
  ]
}

async function poolerFindings(url: string, directUrl: string | null): Promise<Finding[]> {
  const database = openDatabase(url, { max: 2 })
  const limits = await database
    .checkSession()
    .then(
      (missing) =>
        missing === null
          ? ok('A connection pooler is in between, and the role has the limits that it does not pass on.')
          : warning(
              'A connection pooler is in between, and does not pass on the limits of the shop.',
              missing,
            ),
      (error: unknown) =>
        fault(`A connection pooler is in between. ${reasonOf(error)}`, 'Run what that sentence says.'),
    )
    .finally(() => database.close())
  if (directUrl !== null) return [limits]
  return [
    limits,
    warning(
      'Migrations run through the connection pooler, which limits how long they may take.',
      `Set ${DIRECT} to the server itself.`,
    ),
  ]
}

function connectionFinding({ maxConnections }: Facts, { webConcurrency }: DatabaseConfig): Finding {
  const wanted = webConcurrency * CONNECTIONS
  if (wanted + SPARE_CONNECTIONS <= maxConnections)
    return ok(
      `This machine's processes open at most ${wanted} of the server's ${maxConnections} connections.`,
    )
  return warning(
    `This machine's processes open up to ${wanted} connections, and the server has ${maxConnections} for everybody.`,
    'Raise max_connections, add ?connection_limit=5 to DATABASE_URL, or put PgBouncer in between.',
  )
}

async function directFindings(
  { client, pooled }: { client: pg.Client; pooled: boolean },
  facts: Facts,
): Promise<Finding[]> {
  if (pooled)
    return [
      warning(`${DIRECT} leads to a connection pooler, too.`, 'Set it to the address of the server itself.'),
    ]
  const direct = await readFacts(client)
  if (direct.database === facts.database && direct.startedAt === facts.startedAt)
    return [ok(`${DIRECT} leads to the same database, past the pooler.`)]
  return [
    fault(
      `${DIRECT} leads to another database than DATABASE_URL: its migrations would be missing where the shop sells.`,
      'Set both to the same database of the same server.',
    ),
  ]
}

/** What survives the loss of power, of a disk, of a machine. */
function durabilityFindings({ fsync, commit, standbys, replicas }: Facts): Finding[] {
  if (!fsync)
    return [
      fault(
        'The server has fsync off: a loss of power can destroy the database.',
        'Set fsync = on in postgresql.conf, and reload.',
      ),
    ]
  if (commit === 'off')
    return [
      fault(
        'The server has synchronous_commit off: payments that were acknowledged to Stripe can be lost.',
        'Set synchronous_commit = on in postgresql.conf and for the role, and reload.',
      ),
    ]
  if (standbys === '')
    return [
      warning(
        `There is no synchronous standby${replicas > 0 ? `, but ${count(replicas, 'asynchronous one', 'asynchronous ones')}` : ''}: if the server's disk is lost, so is what it took since the last backup.`,
        'For more than that, run a standby and set synchronous_standby_names. Otherwise make backups often.',
      ),
    ]
  if (commit === 'local')
    return [
      fault(
        'The server has a synchronous standby, but synchronous_commit = local: nothing waits for it.',
        'Set synchronous_commit = on in postgresql.conf and for the role, and reload.',
      ),
    ]
  return replicas === 0
    ? [
        fault(
          `The server waits for a synchronous standby (${standbys}), and none is connected: nothing can be bought.`,
          `Start the standby. To sell without it meanwhile: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();`,
        ),
      ]
    : [ok(`What is acknowledged is on a synchronous standby, too (${standbys}).`)]
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

/** "A, B, C and 4 more" */
function firstOf(names: readonly string[]): string {
  const shown = names.slice(0, 3)
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ')
}
