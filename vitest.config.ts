// The suites of `npm test`. tests/README.md says what each proves and how to run a part of it. Those of the packages that start
// processes or a browser are in vitest.sandbox.config.ts.
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

/** A suite that needs a database server: `engine` says which. */
export const onDatabase = (
  name: string,
  engine: Engine,
  include: string[],
  { exclude = [], globalSetup = [] }: { exclude?: string[]; globalSetup?: string[] } = {},
) => ({
  test: {
    ...everywhere,
    name,
    include,
    exclude,
    globalSetup: ['tests/support/postgres/global-setup.ts', ...globalSetup],
    provide: { engine, pgbouncer: false },
  },
})

const ANYWHERE = '{tests,packages/*/tests}/**'
/** Starts processes of its own. */
const PROCESS = `*.process.test.ts`
/** Opens pages in Chromium. */
const BROWSER = `*browser.test.ts`
/** Needs a database: runs on each engine. */
const DATABASE = ['tests/**/*.db.test.ts']
/**
 * What is tested here is a page, a form or a wait. Their SQL is that of other files, which run on each engine: one is enough
 * for these.
 */
const ON_ONE_ENGINE = [
  'tests/{api,http,mail,settings,shipping}/*.db.test.ts',
  'tests/accounts/{account-page,cookies,limits}.db.test.ts',
  'tests/checkout/faulty-stripe.db.test.ts',
  'tests/commands/*.db.test.ts',
  'tests/database/database-away.db.test.ts',
  'tests/orders/order-events.db.test.ts',
  'tests/stories/{checkout-page,delivery-and-tax,price-shown}.db.test.ts',
  'tests/webhooks/hostile.db.test.ts',
]
/** The official Stripe CLI, which takes minutes: `npm run test:sandbox`. */
const CLI = [`${ANYWHERE}/*.cli.test.ts`]

const engines = enginesUnderTest()

export default defineConfig({
  test: {
    // Most tests wait for a database, a browser or a process: more files than there are cores keep them busy.
    maxWorkers: availableParallelism() + 2,
    // Vitest starts the projects in the order of their names. The slowest come first, so that nothing waits for them.
    projects: [
      ...(engines.includes('embedded-18')
        ? [
            onDatabase('browser', 'embedded-18', [`tests/**/${BROWSER}`], {
              globalSetup: ['tests/support/chromium/global-setup.ts'],
            }),
          ]
        : []),
      // Each starts a database and a shop, some twice, beside the other suites.
      { test: { ...everywhere, name: 'children', include: [`tests/**/${PROCESS}`], testTimeout: 90_000 } },
      ...engines.map((engine, index) =>
        onDatabase(engine, engine, DATABASE, { exclude: index === 0 ? [] : ON_ONE_ENGINE }),
      ),
      {
        test: {
          ...everywhere,
          name: 'unit',
          include: [`${ANYWHERE}/*.test.ts`],
          exclude: [`${ANYWHERE}/${PROCESS}`, `${ANYWHERE}/${BROWSER}`, ...DATABASE, ...CLI],
        },
      },
    ],
  },
})
