// Opens a connection for migrations, backups and restores.
import pg from 'pg'
import { readUrl } from '../../database-url.js'
import { SessionError, setUpSession, unlimitedOptions } from '../session.js'

/** A connection, and whether a connection pooler is between us and the server. */
export interface MigrationConnection {
  client: pg.Client
  pooled: boolean
}

/**
 * Opens one connection, whose statements may take as long as they need.
 * @param name of the connection at the server
 * @throws Error that names the server when it does not answer
 */
export async function connect(url: string, name = 'till migrations'): Promise<MigrationConnection> {
  const settings = readUrl(url)
  const client = new pg.Client({
    ...unlimitedOptions,
    connectionString: url,
    enableChannelBinding: settings.channelBinding,
    application_name: name,
  })
  // Node exits on an "error" event without a listener. The query that needs a broken connection fails anyway.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const pooled = (await setUpSession(client, 'unlimited')) || settings.pooled
    if (pooled) await checkSchema(client)
    return { client, pooled }
  } catch (cause) {
    if (cause instanceof SessionError) {
      await client.end()
      throw cause
    }
    const server = `${client.host}:${client.port}, database ${String(client.database)}`
    throw new Error(`The database does not answer (${server}): ${reason(cause)}`, { cause })
  }
}

/** A pooler would lose the search path, so the role's own decides where tables are created. */
async function checkSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ schema: string | null; role: string }>(
    'SELECT current_schema() AS schema, quote_ident(current_user) AS role',
  )
  const [{ schema, role } = { schema: null, role: '' }] = rows
  if (schema === 'public') return
  throw new SessionError(
    `Behind this connection pooler, tables would be created in the schema ${schema ?? '(none)'}, not in "public". ` +
      `Run ALTER ROLE ${role} SET search_path = 'public'; and restart the pooler, or set DATABASE_DIRECT_URL.`,
  )
}

/** A host name with several addresses fails with an AggregateError that has no message of its own. */
function reason(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map(reason).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)
}
