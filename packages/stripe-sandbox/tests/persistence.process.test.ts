// The state on disk, and the command stripe-sandbox as a process that is killed and restarted.
import { type ChildProcess, type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from '../src/index.js'
import { client, createEndpoint, createSession, idOf, payByApi, payByForm } from './support/world.js'

let dir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

const bin = fileURLToPath(new URL('../bin/stripe-sandbox.mjs', import.meta.url))

interface Started {
  child: ChildProcess
  port: number
  key: string
  secret: string
  output: string
}

/** Starts the command with the state in `dir`. */
const start = (...flags: string[]): Promise<Started> => startWith({}, '--dir', dir, ...flags)

/** Starts the command through another one that sets limits. */
function startUnder([command = '', ...args]: string[], port: number, webhook: string): Promise<Started> {
  const flags = ['--dir', dir, '--port', String(port), '--webhook', webhook]
  return started(
    spawn(command, [...args, process.execPath, bin, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
}

/** Starts the command as a process of its own. */
function startWith(environment: NodeJS.ProcessEnv, ...flags: string[]): Promise<Started> {
  return started(
    spawn(process.execPath, [bin, ...flags], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

async function started(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Started> {
  children.push(child)
  let output = ''
  child.stderr.on('data', (part: Buffer) => (output += part.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString()
      if (output.includes('Test cards')) resolve()
    })
    child.on('exit', () => reject(new Error(output)))
  })
  const found = (pattern: RegExp): string => pattern.exec(output)?.[1] ?? ''
  return {
    child,
    port: Number(found(/port: (\d+)/)),
    key: found(/(sk_test_\w+)/),
    secret: found(/(whsec_\w+)/),
    output,
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('exit', resolve)
    child.kill(signal)
  })
}

test('kill -9 under load: nothing that was answered is lost, keys and endpoint stay', async () => {
  const endpoint = await createEndpoint()
  const first = await start('--port', '0', '--webhook', endpoint.url)
  const stripe = client(first, first.key)
  const debit = await createSession(stripe, {}, 'eur')
  await payByForm(debit.url, { method: 'bank_debit', account: 'AT611904300234573201' })
  const acknowledged: string[] = []
  let running = true
  const load = [1, 2, 3, 4].map(async () => {
    while (running) {
      try {
        const session = await createSession(stripe)
        acknowledged.push(session.id)
        await payByApi(stripe, session)
        acknowledged.push(`paid ${session.id}`)
      } catch {
        running = false
      }
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 700))
  await kill(first.child, 'SIGKILL')
  await Promise.all(load)
  expect(acknowledged.length).toBeGreaterThan(10)

  const second = await start('--port', String(first.port), '--webhook', endpoint.url)
  expect({ key: second.key, secret: second.secret }).toEqual({ key: first.key, secret: first.secret })
  for (const entry of acknowledged.filter((text) => !text.startsWith('paid'))) {
    const session = await stripe.checkout.sessions.retrieve(entry)
    expect(['open', 'complete']).toContain(session.status)
    if (!acknowledged.includes(`paid ${entry}`)) continue
    expect(session.payment_status).toBe('paid')
    const intent = await stripe.paymentIntents.retrieve(idOf(session.payment_intent))
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: session.amount_total })
  }
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
  await fetch(`http://127.0.0.1:${second.port}/_sandbox/clock`, {
    method: 'POST',
    body: new URLSearchParams({ seconds: '60' }),
  })
  await expect
    .poll(async () => (await stripe.checkout.sessions.retrieve(debit.id)).payment_status, { timeout: 3000 })
    .toBe('paid')
  await endpoint.close()
})

test('SIGTERM stops it; a port or directory in use and invalid options are reported', async () => {
  const socket = join(dir, 'own.sock')
  const first = await start('--port', '0', '--socket', socket)
  expect(existsSync(socket)).toBe(true)
  await expect(start('--port', String(first.port))).rejects.toThrow(
    new RegExp(`cannot listen on port ${first.port}: .* --port or STRIPE_SANDBOX_PORT`),
  )
  await expect(start('--port', '0')).rejects.toThrow(/in use by another sandbox/)
  expect(await kill(first.child, 'SIGTERM')).toBe(0)
  expect(existsSync(socket)).toBe(false)
  await expect(start('--port', 'x')).rejects.toThrow('--port x is not a port number')
  await expect(startWith({ STRIPE_SANDBOX_PORT: 'x' })).rejects.toThrow(
    'STRIPE_SANDBOX_PORT x is not a port number',
  )
  await expect(start('--webhook', 'localhost')).rejects.toThrow('not a URL')
})

test('after a restart these continue: retries, debits, expiries, idempotency keys, the clock', async () => {
  const endpoint = await createEndpoint()
  endpoint.answer = () => 500
  const first = await createSandbox({ dir, retryDelays: [60] })
  await first.addWebhookEndpoint({ url: endpoint.url })
  const stripe = client(first, first.secretKey)
  first.advanceClock(1000)
  const debit = await createSession(stripe, {}, 'eur')
  await payByForm(debit.url, { method: 'bank_debit', account: 'AT611904300234573201' })
  const open = await createSession(stripe)
  const product = await stripe.products.create({ name: 'Mug' }, { idempotencyKey: 'once' })
  await first.idle()
  const failed = endpoint.deliveries.length
  await first.close()
  expect(failed).toBeGreaterThan(3)

  const second = await createSandbox({ dir, retryDelays: [60] })
  const again = client(second, second.secretKey)
  expect(second.webhookSecret).toBe(first.webhookSecret)
  expect((await again.products.create({ name: 'Mug' }, { idempotencyKey: 'once' })).id).toBe(product.id)
  expect((await createSession(again)).created).toBeGreaterThan(Date.now() / 1000 + 990)
  expect((await again.checkout.sessions.retrieve(open.id)).url).toContain(`:${second.port}/c/pay/`)
  endpoint.answer = () => 200
  second.advanceClock(25 * 3600)
  await second.idle()
  expect((await again.events.list({ delivery_success: false })).data).toEqual([])
  expect((await again.checkout.sessions.retrieve(debit.id)).payment_status).toBe('paid')
  expect((await again.checkout.sessions.retrieve(open.id)).status).toBe('expired')
  const { payment_intent: intent } = await again.checkout.sessions.retrieve(debit.id)
  expect((await again.refunds.create({ payment_intent: idOf(intent) })).status).toBe('succeeded')
  await second.close()
  await endpoint.close()
})

async function moveClock(port: number, seconds: number): Promise<{ status: number; now?: number }> {
  const body = new URLSearchParams({ seconds: String(seconds) })
  const answer = await fetch(`http://127.0.0.1:${port}/_sandbox/clock`, { method: 'POST', body })
  return { status: answer.status, ...(answer.ok && ((await answer.json()) as { now: number })) }
}

/** Limits how large files this process may make. A write beyond it fails, as on a full disk. */
function limitFiles(child: ChildProcess, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`])
}

test('a full disk: requests are refused and change nothing, and work again once there is room', async () => {
  const first = await start('--port', '0')
  const stripe = client(first, first.key)
  const journal = join(dir, 'journal.jsonl')
  const kept = await stripe.products.create({ name: 'Kept' })
  const refusal = {
    statusCode: 503,
    type: 'StripeAPIError',
    message: expect.stringContaining('nothing was changed') as string,
  }
  const names = async () => (await stripe.products.list()).data.map(({ name }) => name)
  const time = async () => Number((await moveClock(first.port, 1)).now)
  // Some bytes of the line still fit.
  for (const room of [0, 1, 70]) {
    const once = { idempotencyKey: `room ${room}` }
    const [before, then] = [await names(), await time()]
    limitFiles(first.child, statSync(journal).size + room)
    await expect(stripe.products.create({ name: `Mug ${room}` }, once)).rejects.toMatchObject(refusal)
    await expect(stripe.products.del(kept.id)).rejects.toMatchObject(refusal)
    expect((await moveClock(first.port, 3600)).status).toBe(503)
    expect(await names()).toEqual(before)

    limitFiles(first.child, 'unlimited')
    expect(await time()).toBeLessThan(then + 60)
    expect((await stripe.products.create({ name: `Mug ${room}` }, once)).name).toBe(`Mug ${room}`)
  }
  await kill(first.child, 'SIGKILL')
  await start('--port', String(first.port))
  expect(await names()).toEqual(['Mug 70', 'Mug 1', 'Mug 0', 'Kept'])
  expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toEqual([])
})

test('a full disk does not prevent a start, and due work is done once there is room', async () => {
  const endpoint = await createEndpoint()
  const first = await start('--port', '0', '--webhook', endpoint.url)
  const stripe = client(first, first.key)
  const debit = await createSession(stripe, {}, 'eur')
  await payByForm(debit.url, { method: 'bank_debit', account: 'AT611904300234573201' })
  await kill(first.child, 'SIGKILL')
  appendFileSync(join(dir, 'journal.jsonl'), '[["acct_1","product","prod_half",{"id":"prod_h')

  const second = await startUnder(['prlimit', '--fsize=8:unlimited'], first.port, endpoint.url)
  expect((await stripe.checkout.sessions.retrieve(debit.id)).payment_status).toBe('unpaid')
  await expect(stripe.products.create({ name: 'Lost' }, { maxNetworkRetries: 0 })).rejects.toMatchObject({
    statusCode: 503,
  })
  limitFiles(second.child, 'unlimited')
  await moveClock(first.port, 60)
  await expect
    .poll(async () => (await stripe.checkout.sessions.retrieve(debit.id)).payment_status)
    .toBe('paid')
  const product = await stripe.products.create({ name: 'Kept' })
  await kill(second.child, 'SIGKILL')
  await start('--port', String(first.port))
  expect((await stripe.products.retrieve(product.id)).name).toBe('Kept')
  expect((await stripe.checkout.sessions.retrieve(debit.id)).payment_status).toBe('paid')
  await endpoint.close()
})

/** Starts a process with a sandbox that rewrites its journal all the time. */
async function startCompacting(): Promise<{ child: ChildProcess; port: number; key: string }> {
  const program = `
    const { createSandbox } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)})
    const sandbox = await createSandbox({ dir: ${JSON.stringify(dir)}, compactAbove: 1 })
    console.log(JSON.stringify({ port: sandbox.port, key: sandbox.secretKey }))
    // Each step adds a line to the journal and no live data.
    setInterval(() => { for (let step = 0; step < 500; step++) sandbox.advanceClock(1) }, 1)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ...(JSON.parse(line.toString()) as { port: number; key: string }) }
}

test('kill -9 while the journal is being rewritten: nothing that was answered is lost', async () => {
  const acknowledged = new Map<string, string>()
  for (const milliseconds of [3, 70, 200]) {
    const { child, port, key } = await startCompacting()
    const stripe = client({ port }, key)
    const found = new Map<string, string>()
    for await (const customer of stripe.customers.list({ limit: 100 }))
      found.set(customer.id, customer.name ?? '')
    for (const [id, name] of acknowledged) expect(found.get(id)).toBe(name)
    const kept = acknowledged.size
    const { id } = await stripe.customers.create({ name: 'first' })
    let running = true
    const load = (async () => {
      for (let count = 0; running; count++) {
        try {
          const made = await stripe.customers.create({ name: `Person ${count}` })
          acknowledged.set(made.id, made.name ?? '')
          await stripe.customers.update(id, { name: `renamed ${count}` })
          acknowledged.set(id, `renamed ${count}`)
        } catch {
          running = false
          // Whether the last update was executed is unknown.
          acknowledged.delete(id)
        }
      }
    })()
    const file = (): number => statSync(join(dir, 'journal.jsonl')).ino
    const first = file()
    await expect.poll(file, { interval: 2, timeout: 20_000 }).not.toBe(first)
    await expect.poll(() => acknowledged.size, { interval: 2, timeout: 20_000 }).toBeGreaterThan(kept + 5)
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    await kill(child, 'SIGKILL')
    await load
    expect(acknowledged.size).toBeGreaterThan(kept + 3)
  }
})

test('a journal is rewritten while the sandbox runs, and stays small', async () => {
  // A sandbox that was killed while rewriting leaves this behind.
  writeFileSync(join(dir, 'journal.jsonl.new'), '{"sandbox":1}\n[["acct_1","prod')
  const rewritten: object[] = []
  const log = { info: (fields: object) => void rewritten.push(fields), warn: () => undefined }
  const sandbox = await createSandbox({ dir, compactAbove: 20_000, log })
  const stripe = client(sandbox, sandbox.secretKey)
  const { id } = await stripe.customers.create({ name: 'Ada' })
  // Each step of the clock adds a line to the journal and no live data.
  let largest = 0
  for (let count = 0; count < 1500; count++) {
    sandbox.advanceClock(1)
    if (count % 20 === 0) {
      await stripe.customers.retrieve(id)
      largest = Math.max(largest, statSync(join(dir, 'journal.jsonl')).size)
    }
  }
  await sandbox.close()
  const sizes = rewritten.filter((fields) => 'after' in fields) as { before: number; after: number }[]
  expect(sizes.length).toBeGreaterThan(0)
  for (const { before, after } of sizes) expect(after).toBeLessThan(before)
  expect(largest).toBeLessThan(45_000)
  const again = await createSandbox({ dir })
  expect((await client(again, again.secretKey).customers.retrieve(id)).id).toBe(id)
  await again.close()
})

test('without a directory nothing is kept, and other addresses than loopback are refused', async () => {
  const first = await createSandbox()
  const second = await createSandbox()
  expect(first.secretKey).not.toBe(second.secretKey)
  await Promise.all([first.close(), second.close()])
  await expect(createSandbox({ host: '0.0.0.0' })).rejects.toThrow('loopback')
})

test('STRIPE_SANDBOX_PORT and STRIPE_SANDBOX_DIR are the defaults of the options', async () => {
  const state = join(dir, 'state')
  const first = await startWith({ STRIPE_SANDBOX_PORT: '0', STRIPE_SANDBOX_DIR: state })
  expect(existsSync(join(state, 'connection.json'))).toBe(true)
  await kill(first.child, 'SIGTERM')
  const second = await startWith(
    { STRIPE_SANDBOX_PORT: String(first.port), STRIPE_SANDBOX_DIR: '/nowhere' },
    ...['--dir', state],
  )
  expect([second.port, second.key]).toEqual([first.port, first.key])
})
