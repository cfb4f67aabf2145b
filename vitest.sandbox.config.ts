// The sandbox's tests, and the official Stripe CLI against the sandbox: `npm run test:sandbox`.
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
