// The CLI's other commands, and the package's command that runs the CLI.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/index.js'
import { client } from '../support/world.js'
import { cliFor, sandboxCli, type Cli } from '../support/stripe-cli.js'

let dir: string
let sandbox: Sandbox
let cli: Cli

const state = () => join(dir, 'sandbox')

const stripe = () => client(sandbox, sandbox.secretKey)

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  sandbox = await createSandbox({ dir: state() })
  cli = cliFor(sandbox, 'socket')
})
afterEach(async () => {
  await cli.close()
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Runs a command and parses the JSON it prints. */
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

test('resource commands', async () => {
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

test('custom fixtures', async () => {
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

test('stripe-sandbox-cli finds the sandbox by its directory and keeps its configuration there', async () => {
  const environment = { STRIPE_SANDBOX_DIR: state(), STRIPE_API_KEY: 'sk_test_of_another_account' }
  const product = await sandboxCli(['products', 'create', '--name', 'Mug'], environment).ended
  expect(product.code).toBe(0)
  expect((await stripe().products.list()).data).toHaveLength(1)
  expect((await sandboxCli(['trigger', 'nonsense'], environment).ended).code).toBe(1)
  expect(readdirSync(dir)).toEqual(['sandbox'])
  expect(readdirSync(state())).toContain('stripe-cli')
})

test('stripe-sandbox-cli finds the sandbox by URL and key, and leaves no files behind', async () => {
  const environment = {
    STRIPE_SANDBOX_URL: sandbox.url,
    STRIPE_SANDBOX_KEY: sandbox.secretKey,
    TMPDIR: dir,
  }
  const { output } = await sandboxCli(['listen', '--print-secret'], environment).ended
  expect(output.trim()).toBe(sandbox.webhookSecret)
  expect(readdirSync(dir)).toEqual(['sandbox'])
})

test('commands that need no sandbox run without one', async () => {
  const { code, output } = await sandboxCli(['version'], {}).ended
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('1.52.0') as string })
})

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['no variables', {}, 'Set STRIPE_SANDBOX_DIR'],
  ['no sandbox in the directory', { STRIPE_SANDBOX_DIR: '/nowhere' }, 'No sandbox is running in /nowhere'],
  ['a URL of Stripe', { STRIPE_SANDBOX_URL: 'https://api.stripe.com' }, 'not a sandbox on this machine'],
  ['a URL without a key', { STRIPE_SANDBOX_URL: 'http://127.0.0.1:1' }, 'STRIPE_SANDBOX_KEY is not'],
  [
    'no sandbox at the URL',
    { STRIPE_SANDBOX_URL: 'http://127.0.0.1:1', STRIPE_SANDBOX_KEY: 'sk_test_123456789' },
    'No sandbox answers at http://127.0.0.1:1',
  ],
])('stripe-sandbox-cli with %s says what to do', async (_case, environment, message) => {
  const { code, output } = await sandboxCli(['get', '/v1/products'], environment).ended
  expect(code).toBe(1)
  expect(output).toContain(message)
})

test('stripe-sandbox-cli stopped by Ctrl-C leaves nothing running', async () => {
  const words = ['listen', '--all-snapshot', '--forward-to', '127.0.0.1:1']
  const listen = sandboxCli(words, { STRIPE_SANDBOX_DIR: state() })
  await listen.until('Ready!')
  expect(processesOf(dir).length).toBeGreaterThanOrEqual(2)
  process.kill(-(listen.process.pid ?? 0), 'SIGINT')
  await expect.poll(() => processesOf(dir)).toEqual([])
})

/** The processes that were started with this folder in their environment: the command, and the CLI. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}
