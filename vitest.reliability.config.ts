// Long runs that try to break settlement: `npm run test:races` sends many requests at one moment, `npm run test:chaos`
// kills processes and cuts connections, `npm run test:release` upgrades from the previous release under load.
import { defineConfig } from 'vitest/config'
import { enginesUnderTest, type Engine } from './tests/support/postgres/engines.js'
import { hasPgBouncer } from './tests/support/pgbouncer.js'
import { onDatabase } from './vitest.config.js'

/** Shops reach their database through PgBouncer on one engine, or as TILL_TEST_PGBOUNCER says: on or off. */
function isPooled(engine: Engine): boolean {
  const wanted = process.env.TILL_TEST_PGBOUNCER ?? (engine === 'postgresql-15' ? 'on' : 'off')
  return wanted === 'on' && hasPgBouncer()
}

export default defineConfig({
  test: {
    // One at a time: each opens a crowd of connections.
    maxWorkers: 1,
    fileParallelism: false,
    // They print what they counted.
    disableConsoleIntercept: true,
    projects: enginesUnderTest().map((engine) => {
      const { test } = onDatabase(engine, engine, ['tests/reliability/**/*.{races,chaos,upgrade}.ts'])
      // Some measure memory, so each file has a process of its own.
      const provide = { ...test.provide, pgbouncer: isPooled(engine) }
      return { test: { ...test, provide, isolate: true, testTimeout: 300_000 } }
    }),
  },
})
