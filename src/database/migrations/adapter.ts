// Lets Prisma's schema engine query PostgreSQL through node-postgres.
import {
  ColumnTypeEnum as Type,
  DriverAdapterError,
  type ColumnType,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { asksForLock, withScriptLock } from './lock.js'
import { withCommitMark } from './unfinished.js'

/**
 * Column types by PostgreSQL type OID, for what the engine reads: the system catalogs and `_prisma_migrations`.
 * The adapter that Prisma's client uses lacks `"char"` (18), which the catalogs use a lot.
 */
const COLUMN_TYPES: Readonly<Record<number, ColumnType>> = {
  16: Type.Boolean,
  18: Type.Character,
  19: Type.Text,
  20: Type.Int64,
  21: Type.Int32,
  23: Type.Int32,
  25: Type.Text,
  26: Type.Int64,
  114: Type.Json,
  700: Type.Float,
  701: Type.Double,
  1000: Type.BooleanArray,
  1002: Type.CharacterArray,
  1003: Type.TextArray,
  1005: Type.Int32Array,
  1007: Type.Int32Array,
  1009: Type.TextArray,
  1016: Type.Int64Array,
  1042: Type.Text,
  1043: Type.Text,
  1082: Type.Date,
  1114: Type.DateTime,
  1184: Type.DateTime,
  1700: Type.Numeric,
  2950: Type.Uuid,
  3802: Type.Json,
}

/** The parser that node-postgres has for an OID. Its TypeScript types accept only some OIDs, hence the cast. */
const ownParser = pg.types.getTypeParser as (oid: number, format: 'text') => (text: string) => unknown

/** Parses numbers, booleans and arrays as node-postgres does and times to ISO 8601. Leaves everything else as text. */
function parserOf(oid: number): (text: string) => unknown {
  switch (COLUMN_TYPES[oid]) {
    case Type.DateTime:
      // The session's time zone is UTC, so the offset is +00 or missing.
      return (text) => `${text.replace(' ', 'T').replace(/\+00$/, '')}+00:00`
    case Type.CharacterArray:
    case Type.TextArray:
      return ownParser(1009, 'text')
    case Type.Boolean:
    case Type.Int32:
    case Type.Float:
    case Type.Double:
    case Type.BooleanArray:
    case Type.Int32Array:
      return ownParser(oid, 'text')
    default:
      return (text) => text
  }
}

export const INFO = { provider: 'postgres', adapterName: '@prisma/adapter-pg' } as const

/**
 * Creates the engine's adapter for one connection. A pool would not do: the engine's advisory lock belongs to the
 * connection that took it. Behind a pooler, lock.ts holds that lock instead.
 */
export function adapterOf(
  client: pg.Client,
  pooled: boolean,
  dispose: () => Promise<void>,
): SqlDriverAdapter {
  const run = async (query: SqlQuery) => {
    const values = query.args.map((value, i) =>
      typeof value === 'string' && query.argTypes[i]?.scalarType === 'datetime' ? new Date(value) : value,
    )
    const types = { getTypeParser: parserOf }
    if (pooled && asksForLock(query.sql)) return { fields: [], rows: [], rowCount: 0 }
    return client.query<unknown[]>({ text: query.sql, values, rowMode: 'array', types }).catch(fail)
  }
  return {
    ...INFO,
    dispose,
    async queryRaw(query) {
      const { fields, rows } = await run(query)
      const types = fields.map((field) => COLUMN_TYPES[field.dataTypeID] ?? Type.Text)
      return { columnNames: fields.map((field) => field.name), columnTypes: types, rows }
    },
    executeRaw: async (query) => (await run(query)).rowCount ?? 0,
    // A query without values is sent as one message, which PostgreSQL runs as one transaction: all or nothing.
    executeScript: async (script) => {
      if (pooled && asksForLock(script)) return
      const marked = withCommitMark(script)
      await client.query(pooled ? withScriptLock(marked) : marked).catch(fail)
    },
    startTransaction: () => Promise.reject(new Error('The schema engine does not use transactions.')),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  }
}

/** Converts an error to the engine's own kinds. It expects and handles some, such as its own table not existing yet. */
function fail(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error
  const original = { originalCode: error.code, originalMessage: error.message }
  const quoted = /"([^"]+)"/.exec(error.message)?.[1]
  const missing = quoted === undefined ? {} : { table: quoted }
  if (!(error instanceof pg.DatabaseError))
    throw new DriverAdapterError({ kind: 'DatabaseNotReachable', ...original })
  if (error.code === '42P01' && quoted?.includes('_prisma_migrations') === true) {
    throw new DriverAdapterError({ kind: 'TableDoesNotExist', ...missing, ...original })
  }
  const {
    code,
    message,
    detail,
    column,
    hint,
    severity = 'ERROR',
  } = error as pg.DatabaseError & { code: string }
  throw new DriverAdapterError({
    kind: 'postgres',
    code,
    severity,
    message,
    detail,
    column,
    hint,
    ...original,
  })
}
