// What a release must pass besides `npm test`: installing it by the files of deploy/, failing over, upgrading, all ways to stop and
// restart it, backups, and every page in every theme and size: `npm run test:production`.
import { defineConfig } from 'vitest/config'
import { onDatabase } from './vitest.config.js'

const { test } = onDatabase('production', 'embedded-18', ['tests/**/*.production.ts'], {
  globalSetup: ['tests/support/chromium/global-setup.ts'],
})

export default defineConfig({
  // They start many processes and measure how long they wait for them.
  test: { maxWorkers: 1, projects: [{ test: { ...test, testTimeout: 120_000 } }] },
})
