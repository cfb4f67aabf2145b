// Prints the query plans of statements, and finds those that read whole tables.
import type pg from 'pg'

/** Reading a table with fewer rows as a whole is right. */
const MANY_ROWS = 10_000

/**
 * Prints each statement with its plan, which is the one for values that are not known.
 * @returns the statements that read a large table from end to end
 */
export async function printPlans(database: pg.Client, statements: Iterable<string>): Promise<string[]> {
  const tables = await growingTables(database)
  const scanning: string[] = []
  for (const sql of statements) {
    if (!/^\s*(\/\*.*?\*\/\s*)?(SELECT|WITH|INSERT|UPDATE)/.test(sql)) continue
    const { rows } = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${sql}`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'])
    const growing = scannedTables(plan.join('\n'), tables)
    const title = sql.replace(/\s+/g, ' ').trim().slice(0, 160)
    process.stdout.write(
      `\n${title} …\n${plan.map((line) => `    ${line}`).join('\n')}\n` +
        growing.map((table) => `    SEQUENTIAL SCAN OF A GROWING TABLE: ${table}\n`).join(''),
    )
    if (growing.length > 0) scanning.push(title)
  }
  return scanning
}

/** The names of large tables. */
export async function growingTables(database: pg.Client): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND reltuples >= ${MANY_ROWS}`,
  )
  return new Set(rows.map(({ name }) => name))
}

/** Those of the tables that the plan reads from end to end. */
export function scannedTables(plan: string, tables: ReadonlySet<string>): string[] {
  return [...plan.matchAll(/Seq Scan on "?(\w+)/g)].flatMap(([, table = '']) =>
    tables.has(table) ? [table] : [],
  )
}
