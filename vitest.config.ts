import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { enginesUnderTest, type Engine } from './tests/support/postgres/engines.js'

export const everywhere = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 15_000 } },
  // No file leaves anything behind in its process, so a process takes one after the other and loads the libraries once.
  isolate: false,
}

/** What needs a database runs on both ends of what the shop supports: the PostgreSQL that comes with it, and the oldest. */
export const onDatabase = (engine: Engine, include: string[]) => ({
  test: {
    ...everywhere,
    name: engine,
    include,
    globalSetup: ['tests/support/postgres/global-setup.ts'],
    provide: { engine },
  },
})

/** What starts processes of its own and mostly waits for them. */
const processes = ['{tests,packages/*/tests}/**/*.process.test.ts']
const everyEngine = ['tests/**/*.db.test.ts']
/** What is the same whatever the database is, and takes its time. */
const embeddedOnly = ['tests/**/*.browser.test.ts', 'tests/**/*.embedded.test.ts']

/** The long runs of the official Stripe CLI: `npm run test:sandbox`. */
const elsewhere = ['{tests,packages/*/tests}/**/*.cli.test.ts']

export default defineConfig({
  test: {
    // Most tests wait for a database, a browser or a process: one file more than there are cores keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // Begun in the order of their names: what waits longest comes first, so that nothing waits for it at the end.
    projects: [
      { test: { ...everywhere, name: 'children', include: processes } },
      ...enginesUnderTest().map((engine) =>
        onDatabase(engine, engine === 'embedded-18' ? [...everyEngine, ...embeddedOnly] : everyEngine),
      ),
      {
        test: {
          ...everywhere,
          name: 'unit',
          include: ['{tests,packages/*/tests}/**/*.test.ts'],
          exclude: [...everyEngine, ...embeddedOnly, ...processes, ...elsewhere],
        },
      },
    ],
  },
})
