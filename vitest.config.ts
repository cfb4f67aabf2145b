// The suites of `npm test`. tests/README.md says what each proves and how to run a part of it. Those of the packages that start
// processes or a browser are in vitest.sandbox.config.ts.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { enginesUnderTest, type Engine } from './tests/support/postgres/engines.js'

export const everywhere = {
  // A story in the browser visits a dozen pages, and others start a database and a shop, all beside each other.
  testTimeout: 240_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 15_000 } },
  // No file leaves anything behind in its process, so a process takes one after the other and loads the libraries once.
  isolate: false,
}

/** Passwords are hashed cheaply: at full cost, each sign-in of a test takes 75 ms of a core. */
export const cheapPasswords = {
  alias: {
    '@node-rs/argon2': fileURLToPath(new URL('tests/support/cheap-argon2.ts', import.meta.url)),
  },
}

/** A suite that needs a database server: `engine` says which. */
export const onDatabase = (
  name: string,
  engine: Engine,
  include: string[],
  {
    exclude = [],
    globalSetup = [],
    testTimeout = everywhere.testTimeout,
  }: { exclude?: string[]; globalSetup?: string[]; testTimeout?: number } = {},
) => ({
  resolve: cheapPasswords,
  test: {
    ...everywhere,
    testTimeout,
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
/** Needs a database. */
const DATABASE = ['tests/**/*.db.test.ts']
/** What depends on the database server most: it runs on each engine, the rest on the first one only. tests/README.md says how to run all on one. */
const ON_EACH_ENGINE = [
  'tests/database/{client,migrations,pgbouncer,session}.db.test.ts',
  'tests/stories/one-payment.db.test.ts',
  'tests/webhooks/webhook.db.test.ts',
]
/** The official Stripe CLI, which takes minutes: `npm run test:sandbox`. */
const CLI = [`${ANYWHERE}/*.cli.test.ts`]

const engines = enginesUnderTest()

/** The suites that take longest begin first, so that nothing waits for them at the end. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) =>
      moduleId.endsWith('browser.test.ts') ? 0 : moduleId.endsWith('.process.test.ts') ? 1 : 2
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  test: {
    // Most tests wait for a database, a browser or a process: more files than there are cores keep them busy.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: SlowestFirst },
    // A worker loads the shop once for each project: what can share a database server is one.
    projects: [
      ...engines.map((engine, index) =>
        index === 0
          ? onDatabase(
              engine,
              engine,
              [
                ...DATABASE,
                `tests/**/${PROCESS}`,
                ...(engine === 'embedded-18' ? [`tests/**/${BROWSER}`] : []),
              ],
              engine === 'embedded-18' ? { globalSetup: ['tests/support/chromium/global-setup.ts'] } : {},
            )
          : onDatabase(engine, engine, ON_EACH_ENGINE),
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
