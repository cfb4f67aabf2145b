// Every story in Chromium, those of `npm test` among them: `npm run test:browser`.
import { defineConfig } from 'vitest/config'
import { cheapPasswords, onDatabase } from './vitest.config.js'

const { test } = onDatabase('browser', 'embedded-18', ['tests/browser/*.{browser,browser.test}.ts'], {
  globalSetup: ['tests/support/chromium/global-setup.ts'],
})

export default defineConfig({ test: { projects: [{ resolve: cheapPasswords, test }] } })
