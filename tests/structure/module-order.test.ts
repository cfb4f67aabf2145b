// The lint rules that keep dependencies pointing one way: each refuses what it should, and says why.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
import { MODULES } from '../../eslint.config.mjs'
import { projectRoot } from '../../src/config.js'

const eslint = new ESLint({
  cwd: projectRoot,
  // Types take seconds to load, and none of these rules needs them.
  overrideConfig: tseslint.configs.disableTypeChecked,
})

/** What the rules about imports and the environment say of this code in this file. */
async function faults(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath })
  return (result?.messages ?? [])
    .filter(({ ruleId, fatal }) => fatal === true || ruleId?.startsWith('no-restricted'))
    .map(({ message }) => message)
}

const ABOVE = /"catalog" is below that module: dependencies point down/
const PACKAGE = /Production installs neither package/
const ENVIRONMENT = /Only config\.ts reads the environment/
const TOGETHER = /wire the modules together/

describe('lint refuses', () => {
  it.each([
    ['src/catalog/products.ts', "import { settle } from '../payments/settle.js'", ABOVE],
    ['src/catalog/products.ts', "import type { Order } from '../orders/order-facts.js'", ABOVE],
    ['src/catalog/products.ts', "export * from '../checkout/routes.js'", ABOVE],
    ['src/catalog/deeper/products.ts', "import '../../payments/settle.js'", ABOVE],
    ['src/catalog/products.ts', "import { createApp } from '../app.js'", TOGETHER],
    ['src/payments/settle.ts', "import { createSandbox } from 'stripe-sandbox'", PACKAGE],
    ['src/payments/settle.ts', "import type { Sandbox } from 'stripe-sandbox'", PACKAGE],
    ['src/payments/settle.ts', "await import('stripe-sandbox')", PACKAGE],
    ['src/database/client.ts', "import { startPostgres } from 'dev-postgres'", PACKAGE],
    ['src/database/client.ts', "await import('dev-postgres')", PACKAGE],
    ['src/database/client.ts', "await import('../../packages/dev-postgres/src/index.js')", PACKAGE],
    ['src/start-process.ts', "import { startPostgres } from 'dev-postgres'", PACKAGE],
    ['src/config.ts', "import { Problem } from './http/problem.js'", /Every module depends on this file/],
    ['src/checkout/routes.ts', 'export const port = process.env.PORT', ENVIRONMENT],
    ['src/checkout/routes.ts', "export const port = process.env['PORT']", ENVIRONMENT],
    ['src/main.ts', 'export const port = process.env.PORT', ENVIRONMENT],
    ['src/http/health.ts', 'const { env } = process', ENVIRONMENT],
    ['src/http/health.ts', "import { env } from 'node:process'", ENVIRONMENT],
    ['src/catalog/products.ts', "await import('../payments/settle.js')", ABOVE],
    [
      'packages/stripe-sandbox/src/api/errors.ts',
      "import { settle } from '../../../../src/payments/settle.js'",
      /must not import/,
    ],
  ])('in %s: %s', async (file, code, message) => {
    expect(await faults(file, code)).toEqual([expect.stringMatching(message)])
  })
})

it('the order lists every module of src/', () => {
  const folders = readdirSync(path.join(projectRoot, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
    .map(({ name }) => name)
  expect([...MODULES].sort()).toEqual(folders.sort())
})

describe('lint allows', () => {
  it.each([
    ['src/payments/settle.ts', "import { products } from '../catalog/products.js'"],
    ['src/catalog/products.ts', "import { Problem } from '../http/problem.js'"],
    ['src/start-process.ts', "await import('stripe-sandbox')"],
    ['src/commands/run.ts', "await import('dev-postgres')"],
    ['src/config.ts', 'export const port = process.env.PORT'],
    ['packages/stripe-sandbox/src/api/errors.ts', "import Stripe from 'stripe'"],
  ])('in %s: %s', async (file, code) => {
    expect(await faults(file, code)).toEqual([])
  })
})
