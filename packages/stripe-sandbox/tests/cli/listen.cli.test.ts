// `stripe listen` of the official CLI, with interrupted connections and restarts.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/index.js'
import { freePort } from '../support/free-port.js'
import { client, createEndpoint, type Endpoint } from '../support/world.js'
import { cliFor, watch, type Cli, type RunningCli, type Way } from '../support/stripe-cli.js'

let dir: string
let port: number
let sandbox: Sandbox
let shop: Endpoint
let cli: Cli
/** The ids of the events that arrived with a valid signature. */
let received: Set<string>

const stripe = () => client(sandbox, sandbox.secretKey)
const start = () => createSandbox({ dir, port, cliReconnectSeconds: 3 })
const forwarding = () => ['--skip-update', '--forward-to', shop.url]

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  port = await freePort()
  sandbox = await start()
  received = new Set()
  shop = await createEndpoint((body, signature) => {
    received.add(stripe().webhooks.constructEvent(body, signature, sandbox.webhookSecret).id)
  })
  cli = cliFor(sandbox, 'socket')
})
afterEach(async () => {
  await cli.close()
  await shop.close()
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
})

const bin = fileURLToPath(new URL('../../bin/stripe-sandbox.mjs', import.meta.url))

/** Starts the sandbox as a process, with the state and port of this test. */
async function startProcess(): Promise<RunningCli> {
  const words = [bin, '--dir', dir, '--port', String(port)]
  const child = watch(spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] }))
  await child.until('Test cards')
  return child
}

async function pageOf(type: string): Promise<string> {
  const [event] = (await stripe().events.list({ type })).data
  return (await fetch(`${sandbox.url}/events/${event?.id ?? ''}`)).text()
}

/**
 * The CLI (1.52.0) never reconnects if more than ten responses wait to be sent when its connection breaks: the goroutine
 * that writes puts the failed one back into a channel for ten, which is full.
 */
const UNSENT = 8

test.each<Way>(['socket', 'api-base'])(
  'by %s: 500 events over three reconnections and a restart of the sandbox, and none is lost',
  async (way) => {
    cli = cliFor(sandbox, way)
    const listen = cli.start('listen', '--all-snapshot', '--log-level', 'debug', ...forwarding())
    await listen.until('Ready!')
    const made: string[] = []
    const make = async (count: number, pause = 30): Promise<void> => {
      for (let index = 0; index < count; index++) {
        await stripe().products.create({ name: `Mug ${index}` })
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    const renewed = 'Resetting the connection'
    await make(150)
    await listen.until(renewed, 2)
    // These are not acknowledged when the sandbox stops.
    listen.pause()
    await make(UNSENT, 0)
    expect((await stripe().events.list({ delivery_success: false })).data).not.toEqual([])
    await sandbox.close()
    listen.goOn()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    sandbox = await start()
    await make(150)
    await listen.until(renewed, 3)
    await make(200 - UNSENT)
    for await (const event of stripe().events.list({ limit: 100 })) made.push(event.id)
    expect(made).toHaveLength(500)
    await expect.poll(() => received.size, { timeout: 60_000, interval: 100 }).toBe(500)
    expect([...received].sort()).toEqual(made.sort())
    expect(shop.deliveries.every(({ headers }) => headers['stripe-signature'] !== undefined)).toBe(true)
    expect((await stripe().events.list({ delivery_success: false })).data).toEqual([])
  },
)

test('a killed sandbox restarts on the same port and socket, and nothing is lost', async () => {
  await sandbox.close()
  const first = await startProcess()
  const listen = cli.start('listen', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  const { products } = stripe()
  for (let index = 0; index < UNSENT; index++) await products.create({ name: 'Mug' })
  await first.stop('SIGKILL')
  const second = await startProcess()
  for (let index = 0; index < UNSENT; index++) await products.create({ name: 'Mug' })
  await expect.poll(() => received.size, { timeout: 30_000, interval: 100 }).toBe(2 * UNSENT)
  await second.stop()
})

test('a sandbox with new state: the CLI asks for a new session by itself', async () => {
  const listen = cli.start('listen', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  const key = sandbox.secretKey
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
  sandbox = await start()
  await listen.until('Ready!', 2)
  await client(sandbox, key).products.create({ name: 'Mug' })
  await listen.until('product.created')
})

test('--print-secret always prints the secret that listen prints', async () => {
  const printed = (await cli.run('listen', '--print-secret')).output.trim()
  expect(printed).toBe(sandbox.webhookSecret)
  await sandbox.close()
  sandbox = await start()
  const listen = cli.start('listen', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  expect(listen.output()).toContain(printed)
})

test('--events forwards only these; for other events the page says that there was no answer', async () => {
  const listen = cli.start('listen', '--events', 'customer.created,product.deleted', ...forwarding())
  await listen.until('Ready!')
  await stripe().products.create({ name: 'Mug' })
  await stripe().customers.create({ name: 'Ada' })
  await listen.until('[200]')
  await sandbox.idle()
  expect(shop.deliveries.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
    'customer.created',
  ])
  await expect.poll(() => pageOf('product.created')).toMatch(/>taken<[^]*reported no answer/)
  await expect.poll(() => pageOf('customer.created')).toMatch(/>delivered<[^]*200[^]*answer of the shop/)
})

test('--latest forwards each event, once', async () => {
  const listen = cli.start('listen', '--latest', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  await stripe().products.create({ name: 'Mug' })
  await listen.until('[200]')
  await stripe().customers.create({ name: 'Ada' })
  await listen.until('[200]', 2)
  await sandbox.idle()
  expect(shop.deliveries).toHaveLength(2)
  expect(received.size).toBe(2)
})

test('--use-configured-webhooks uses the path of the account’s endpoint', async () => {
  const { pathname, origin } = new URL(shop.url)
  await stripe().webhookEndpoints.create({
    url: `http://127.0.0.1:1${pathname}`,
    enabled_events: ['product.created'],
  })
  const words = [
    'listen',
    '--skip-update',
    '--all-snapshot',
    '--use-configured-webhooks',
    '--forward-to',
    origin,
  ]
  const listen = cli.start(...words)
  await listen.until('Ready!')
  await stripe().products.create({ name: 'Mug' })
  await listen.until('[200]')
  expect(received.size).toBe(1)
})

test('a shop that refuses, and one that is not running', async () => {
  shop.answer = () => 500
  const listen = cli.start('listen', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  await stripe().products.create({ name: 'Mug' })
  await expect.poll(() => pageOf('product.created')).toMatch(/>failed<[^]*500[^]*answer of the shop/)
  await shop.close()
  await stripe().customers.create({ name: 'Ada' })
  await listen.until('Failed to POST')
  await expect.poll(() => pageOf('customer.created')).toMatch(/>taken<[^]*could not reach its URL/)
})

test('events resend: through the CLI, or to an endpoint; also an event from before it started', async () => {
  await stripe().products.create({ name: 'Mug' })
  const [event] = (await stripe().events.list()).data
  const id = event?.id ?? ''
  const listen = cli.start('listen', '--all-snapshot', ...forwarding())
  await listen.until('Ready!')
  const resent = await cli.run('events', 'resend', id)
  expect(resent).toMatchObject({ code: 0 })
  expect(resent.output).toContain(id)
  await listen.until(`[${id}]`)
  await expect.poll(() => [...received]).toEqual([id])

  const second = await createEndpoint()
  const endpoint = await stripe().webhookEndpoints.create({
    url: second.url,
    enabled_events: ['customer.deleted'],
  })
  await cli.run('events', 'resend', id, '--webhook-endpoint', endpoint.id)
  await expect.poll(() => second.deliveries).toHaveLength(1)
  expect(second.deliveries[0]?.body).toContain(id)
  expect(shop.deliveries).toHaveLength(1)
  await second.close()
})

test('several run at once; a killed one is given up after a while', async () => {
  const first = cli.start('listen', '--all-snapshot', ...forwarding())
  await first.until('Ready!')
  const second = cli.start('listen')
  await second.until('Ready!')
  await first.stop('SIGKILL')
  await stripe().products.create({ name: 'Mug' })
  await second.until('product.created')
  await expect.poll(() => pageOf('product.created')).toMatch(/>pending<[^]*>taken<[^]*forwards to nowhere/)
  await expect
    .poll(() => pageOf('product.created'), { timeout: 40_000, interval: 500 })
    .toMatch(/>failed<[^]*did not reconnect[^]*has ended/)
})
