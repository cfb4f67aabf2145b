// The packages' tests, with their processes and pages, and the official Stripe CLI against the sandbox:
// `npm run test:sandbox`.
import { defineConfig } from 'vitest/config'
import { everywhere } from './vitest.config.js'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...everywhere,
          name: 'sandbox',
          include: ['packages/stripe-sandbox/tests/**/*.test.ts'],
          exclude: [
            'packages/stripe-sandbox/tests/**/*.cli.test.ts',
            'packages/stripe-sandbox/tests/**/*browser.test.ts',
          ],
          testTimeout: 90_000,
        },
      },
      {
        test: {
          ...everywhere,
          name: 'browser',
          include: ['packages/stripe-sandbox/tests/**/*browser.test.ts'],
          globalSetup: ['tests/support/chromium/global-setup.ts'],
        },
      },
      {
        test: {
          ...everywhere,
          name: 'dev-postgres',
          include: ['packages/dev-postgres/tests/**/*.test.ts'],
          testTimeout: 90_000,
        },
      },
      {
        test: {
          ...everywhere,
          name: 'cli',
          include: ['packages/stripe-sandbox/tests/cli/*.cli.test.ts', 'tests/stripe-cli/*.cli.test.ts'],
          globalSetup: ['tests/support/postgres/global-setup.ts'],
          provide: { engine: 'embedded-18' },
          testTimeout: 120_000,
        },
      },
    ],
  },
})
