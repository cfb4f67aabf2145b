// Lists the PostgreSQL engines that this run tests, and finds an installed server.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** The newest PostgreSQL that the shop runs on (from the npm package), and the oldest it supports. */
export const allEngines = ['embedded-18', 'postgresql-15'] as const
export type Engine = (typeof allEngines)[number]

/**
 * The engines this run tests: the one named by TILL_TEST_ENGINE, or both. Without an installed PostgreSQL the
 * second is skipped with a warning. With CI=true, or if requested by name, that is an error.
 */
export function enginesUnderTest(): Engine[] {
  const wanted = process.env.TILL_TEST_ENGINE
  const engines = allEngines.filter((engine) => !wanted || engine === wanted)
  if (engines.length === 0)
    throw new Error(`TILL_TEST_ENGINE is ${String(wanted)}: it can be ${allEngines.join(' or ')}.`)
  if (!engines.includes('postgresql-15') || process.env.TEST_DATABASE_URL || findPostgres() !== undefined)
    return engines
  const loss = 'POSTGRESQL 15 TESTS DID NOT RUN: install PostgreSQL 15 or newer, or set TEST_DATABASE_URL.'
  if (process.env.CI === 'true' || wanted) throw new Error(loss)
  console.error(`\n${'!'.repeat(loss.length)}\n${loss}\n${'!'.repeat(loss.length)}\n`)
  return engines.filter((engine) => engine !== 'postgresql-15')
}

/** Program folder of the oldest installed PostgreSQL from 15 on: Debian's folders, or PATH. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .sort((a, b) => a - b)
    : []
  const folders = versions
    .filter((version) => version >= 15)
    .map((version) => path.join(debian, String(version), 'bin'))
  return [...folders, ...(process.env.PATH ?? '').split(path.delimiter)].find(
    (folder) => existsSync(path.join(folder, 'postgres')) && existsSync(path.join(folder, 'initdb')),
  )
}
