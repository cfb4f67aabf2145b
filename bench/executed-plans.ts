// Records the statements that this process sends to PostgreSQL, and explains them with the values that they were sent with.
import pg from 'pg'
import { growingTables, scannedTables } from './plans.js'

interface Statement {
  text: string
  values: unknown[]
}

export interface ExecutedPlan {
  milliseconds: number
  /** The statement and its plan. */
  text: string
  /** Growing tables that it reads from end to end. */
  scans: string[]
  /** The rows that its largest scan reads. */
  rowsRead: number
}

/** Records what is sent from now on. @returns what hands out the statements since its last call, each once */
export function recordStatements(): () => Statement[] {
  const sent = new Map<string, Statement>()
  const prototype = pg.Client.prototype as unknown as { query: (...words: unknown[]) => unknown }
  const { query } = prototype
  prototype.query = function (this: unknown, ...words: unknown[]) {
    const [first, second] = words
    const { text, values } =
      typeof first === 'string' ? { text: first, values: second } : ((first ?? {}) as Partial<Statement>)
    if (typeof text === 'string') sent.set(text, { text, values: Array.isArray(values) ? values : [] })
    return query.apply(this, words)
  }
  return () => {
    const statements = [...sent.values()]
    sent.clear()
    return statements.filter(({ text }) => /^\s*(\/\*.*?\*\/\s*)?(SELECT|WITH)/.test(text))
  }
}

/** Executes statements once more, without keeping what they change. */
export async function explain(
  database: pg.Client,
  statements: readonly Statement[],
): Promise<ExecutedPlan[]> {
  const growing = await growingTables(database)
  const plans: ExecutedPlan[] = []
  for (const { text, values } of statements) {
    await database.query('BEGIN')
    const { rows } = await database
      .query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, TIMING OFF) ${text}`, values)
      .finally(() => database.query('ROLLBACK'))
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    const times = [...plan.matchAll(/(?:Planning|Execution) Time: ([\d.]+) ms/g)]
    plans.push({
      milliseconds: times.reduce((sum, [, time]) => sum + Number(time), 0),
      text: `${text}\n${plan}`,
      scans: scannedTables(plan, growing),
      rowsRead: rowsRead(plan),
    })
  }
  return plans
}

/** Of a scan, what it returned and what its filter removed. */
function rowsRead(plan: string): number {
  const scans = plan.split(/\n(?=.*\(actual rows=)/).flatMap((node) => {
    const [, returned, loops] = /Scan.*\(actual rows=([\d.]+) loops=(\d+)\)/.exec(node) ?? []
    const removed = [...node.matchAll(/Rows Removed by .*: (\d+)/g)].map(([, rows]) => Number(rows))
    return returned === undefined
      ? []
      : [Number(loops) * removed.reduce((sum, rows) => sum + rows, Number(returned))]
  })
  return Math.max(0, ...scans)
}
