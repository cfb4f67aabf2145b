// Long runs that try to break settlement: `npm run test:races` sends many requests at one moment, `npm run test:chaos`
// kills processes and cuts connections, `npm run test:release` upgrades from the previous release under load.
import { defineConfig } from 'vitest/config'
import { enginesUnderTest } from './tests/support/postgres/engines.js'
import { onDatabase } from './vitest.config.js'

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
      return { test: { ...test, isolate: true, testTimeout: 300_000 } }
    }),
  },
})
