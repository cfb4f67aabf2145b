// Long runs that try to break settlement: crowds at one moment, and processes that are killed. `npm run
// test:races`, `npm run test:chaos`.
import { defineConfig } from 'vitest/config'
import { enginesUnderTest } from './tests/support/postgres/engines.js'
import { onDatabase } from './vitest.config.js'

export default defineConfig({
  test: {
    // One at a time: each of them is a crowd by itself.
    maxWorkers: 1,
    fileParallelism: false,
    // Their counts are what they are run for.
    disableConsoleIntercept: true,
    projects: enginesUnderTest().map((engine) => {
      const { test } = onDatabase(engine, engine, ['tests/reliability/**/*.{races,chaos}.ts'])
      // Some of them measure memory, and want a process of their own.
      return { test: { ...test, isolate: true, testTimeout: 300_000 } }
    }),
  },
})
