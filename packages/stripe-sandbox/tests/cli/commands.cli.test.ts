// The CLI's other commands, and `npm run stripe`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/index.js'
import { client } from '../world.js'
import { cliFor, npmRunStripe, type Cli } from './cli.js'

let dir: string
let sandbox: Sandbox
let cli: Cli

const stripe = () => client(sandbox, sandbox.secretKey)

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  sandbox = await createSandbox({ dir: join(dir, 'sandbox') })
  cli = cliFor(sandbox, 'socket')
})
afterEach(async () => {
  await cli.close()
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
})

/** What a command that prints JSON printed. */
async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { code, output } = await cli.run(...words)
  expect(code).toBe(0)
  return JSON.parse(output) as Record<string, unknown>
}

test('get, post and delete', async () => {
  const made = await json('post', '/v1/customers', '-d', 'name=Ada', '-d', 'metadata[colour]=red')
  const id = String(made['id'])
  expect(made).toMatchObject({ name: 'Ada', metadata: { colour: 'red' } })
  expect(await json('get', id)).toEqual(made)
  expect(await json('get', '/v1/customers', '--limit', '1')).toMatchObject({ data: [{ id }] })
  expect(await json('delete', `/v1/customers/${id}`, '--confirm')).toMatchObject({ id, deleted: true })
  expect(await json('get', 'cus_none1')).toMatchObject({ error: { code: 'resource_missing' } })
  const keyed = ['post', '/v1/products', '-d', 'name=Mug', '--idempotency', 'once']
  expect(await json(...keyed)).toEqual(await json(...keyed))
})

test('the commands of the resources', async () => {
  const product = await json('products', 'create', '--name', 'Mug')
  expect(await json('products', 'retrieve', String(product['id']))).toEqual(product)
  await cli.run('trigger', 'checkout.session.completed')
  const sessions = await json('checkout', 'sessions', 'list')
  expect(sessions).toMatchObject({ data: [{ object: 'checkout.session', payment_status: 'paid' }] })
  const intent = await json('payment_intents', 'create', '--amount', '500', '--currency', 'usd')
  expect(await json('payment_intents', 'cancel', String(intent['id']))).toMatchObject({ status: 'canceled' })
  expect(await json('refunds', 'list')).toMatchObject({ object: 'list' })
  expect(await json('webhook_endpoints', 'list')).toMatchObject({ data: [] })
})

test('fixtures of one’s own', async () => {
  const fixture = JSON.stringify({
    _meta: { template_version: 0 },
    fixtures: [
      { name: 'mug', path: '/v1/products', method: 'post', params: { name: 'Mug' } },
      {
        name: 'price',
        path: '/v1/prices',
        method: 'post',
        params: { product: '${mug:id}', currency: 'usd', unit_amount: 700 },
      },
    ],
  })
  expect(await cli.run('trigger', 'product.created', '--raw', fixture)).toMatchObject({ code: 0 })
  expect((await stripe().prices.list()).data[0]).toMatchObject({ unit_amount: 700 })
})

test('logs tail, with and without filters', async () => {
  const all = cli.start('logs', 'tail')
  const failed = cli.start('logs', 'tail', '--format', 'JSON', '--filter-status-code-type', '4XX')
  await Promise.all([all.until('Ready!'), failed.until('Ready!')])
  await json('get', '/v1/products')
  await json('get', 'prod_none1')
  await all.until('[404] GET /v1/products/prod_none1')
  await failed.until('"status":404')
  expect(all.output()).toContain('[200] GET /v1/products ')
  expect(all.output()).toContain("Message: No such product: 'prod_none1'")
  expect(failed.output()).not.toContain('"status":200')
})

test('npm run stripe finds the sandbox by its folder and keeps to itself', async () => {
  const environment = { DATA_DIR: dir, STRIPE_API_KEY: 'sk_test_of_another_account' }
  const product = await npmRunStripe(['products', 'create', '--name', 'Mug'], environment).ended
  expect(product.code).toBe(0)
  expect((await stripe().products.list()).data).toHaveLength(1)
  expect((await npmRunStripe(['trigger', 'nonsense'], environment).ended).code).toBe(1)
  expect(readdirSync(dir).sort()).toEqual(['sandbox', 'stripe-cli'])
})

test('npm run stripe by another folder, and by URL and key', async () => {
  const byFolder = { DATA_DIR: dir, SANDBOX_DIR: join(dir, 'sandbox') }
  expect((await npmRunStripe(['listen', '--print-secret'], byFolder).ended).output.trim()).toBe(
    sandbox.webhookSecret,
  )
  const byUrl = { DATA_DIR: dir, STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: sandbox.secretKey }
  expect((await npmRunStripe(['listen', '--print-secret'], byUrl).ended).output.trim()).toBe(
    sandbox.webhookSecret,
  )
})

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['no sandbox in the folder', { SANDBOX_DIR: '/nowhere' }, 'No sandbox runs in /nowhere'],
  ['a URL of Stripe', { STRIPE_API_BASE: 'https://api.stripe.com' }, 'no sandbox of this machine'],
  ['a URL without a key', { STRIPE_API_BASE: 'http://127.0.0.1:1' }, 'STRIPE_SECRET_KEY is not'],
  [
    'nobody there',
    { STRIPE_API_BASE: 'http://127.0.0.1:1', STRIPE_SECRET_KEY: 'sk_test_123456789' },
    'No sandbox answers at http://127.0.0.1:1',
  ],
])('npm run stripe, with %s, says what to do', async (_case, environment, message) => {
  const { code, output } = await npmRunStripe(['get', '/v1/products'], { DATA_DIR: dir, ...environment })
    .ended
  expect(code).toBe(1)
  expect(output).toContain(message)
})

test.each<[string, NodeJS.Signals, (npm: number) => number]>([
  ['Ctrl-C in its terminal', 'SIGINT', (npm) => -npm],
  ['a signal to npm alone', 'SIGTERM', (npm) => npm],
])('npm run stripe, ended by %s, leaves nothing running', async (_case, signal, target) => {
  const listen = npmRunStripe(['listen', '--all-snapshot', '--forward-to', '127.0.0.1:1'], { DATA_DIR: dir })
  await listen.until('Ready!')
  expect(processesOf(dir).length).toBeGreaterThanOrEqual(3)
  process.kill(target(listen.process.pid ?? 0), signal)
  await expect.poll(() => processesOf(dir)).toEqual([])
})

/** The processes that were started with this folder in their environment: npm, the script, the CLI. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}
