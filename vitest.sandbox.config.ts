// The sandbox by itself: its scenarios, and the official Stripe CLI against it. Run by "npm run test:sandbox".
import { defineConfig } from 'vitest/config'
import { everywhere } from './vitest.config.js'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...everywhere,
          name: 'sandbox',
          include: ['tests/sandbox/**/*.test.ts'],
          exclude: ['tests/sandbox/**/*.cli.test.ts'],
        },
      },
      {
        test: {
          ...everywhere,
          name: 'cli',
          include: ['tests/sandbox/cli/*.cli.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
          provide: { engine: 'embedded-18' },
          testTimeout: 120_000,
        },
      },
    ],
  },
})
