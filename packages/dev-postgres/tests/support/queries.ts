// Queries over a connection of their own.
import pg from 'pg'

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

export const answers = (url: string) =>
  query(url, 'SELECT 1').then(
    () => true,
    () => false,
  )
