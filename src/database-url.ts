// Reads a database URL. A parameter that would silently do nothing is refused.
import { accessSync, constants } from 'node:fs'

/** What a database URL says besides the server's address, which node-postgres reads. */
export interface UrlSettings {
  /** The most connections of one process. Null: the shop's own limit. */
  connectionLimit: number | null
  /** True: treat the server as a connection pooler, even if it can't be told apart from PostgreSQL. */
  pooled: boolean
  /** Ties the sign-in to the TLS connection. */
  channelBinding: boolean
}

/** Parameters that node-postgres acts on. */
const PASSED_ON = [
  'application_name',
  'host',
  'options',
  'password',
  'port',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'uselibpqcompat',
  'user',
]
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']
/** Parameters that the shop acts on, with the values they may have. */
const OWN: Readonly<Record<string, RegExp>> = {
  channel_binding: /^(disable|prefer|require)$/,
  connection_limit: /^[1-9]\d{0,2}$/,
  pgbouncer: /^(true|false)$/,
  // The migrations create the tables in "public", and our SQL expects them there.
  schema: /^public$/,
}

/** Says what is wrong with the parameters of this URL, one sentence each. */
export function urlProblems(url: string): string[] {
  return [...new URL(url).searchParams].flatMap(([name, value]) => {
    if (name === 'options' && /\bsearch_path\b/i.test(value))
      return [
        `sets search_path in options: the shop's tables are in the schema "public". Remove it and give the shop a database of its own.`,
      ]
    if (name === 'sslmode' && !SSL_MODES.includes(value))
      return [`has sslmode=${value}: use one of ${SSL_MODES.join(', ')}.`]
    if (/^ssl(cert|key|rootcert)$/.test(name) && !isReadable(value))
      return [`has ${name}=${value}: that file can’t be read.`]
    if (PASSED_ON.includes(name)) return []
    if (name === 'schema' && value !== 'public')
      return [
        `has schema=${value}: the shop's tables are in the schema "public". Remove the parameter and give the shop a database of its own.`,
      ]
    const allowed = OWN[name]
    if (!allowed)
      return [
        `has the parameter ${name}, which the shop does not support: remove it. Supported are ${[...PASSED_ON, ...Object.keys(OWN)].sort().join(', ')}.`,
      ]
    return allowed.test(value) ? [] : [`has ${name}=${value}: that value is not supported.`]
  })
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}

export function readUrl(url: string): UrlSettings {
  const parameters = new URL(url).searchParams
  const limit = parameters.get('connection_limit')
  return {
    connectionLimit: limit === null ? null : Number(limit),
    pooled: parameters.get('pgbouncer') === 'true',
    channelBinding: /^(prefer|require)$/.test(parameters.get('channel_binding') ?? ''),
  }
}
