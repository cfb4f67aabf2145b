// The sandbox by itself: its scenarios, and the official Stripe CLI against it. Run by "npm run test:sandbox".
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'sandbox',
          include: ['tests/sandbox/**/*.test.ts'],
          exclude: ['tests/sandbox/**/*.cli.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'cli',
          include: ['tests/sandbox/cli/*.cli.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
          provide: { engine: 'embedded-18' },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
