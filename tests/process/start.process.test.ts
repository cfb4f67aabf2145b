import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { DEMO_ACCOUNT } from '../../src/accounts/demo-account.js'
import { removePostgres, startPostgres } from 'dev-postgres'
import { newDataDir, spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'
import { payByCard } from '../support/pay-page.js'
import { patternOf, stranger, type Shopper } from '../support/shopper.js'

const dataDirs: string[] = []
const started: ShopProcess[] = []

async function start(dataDir: string, environment?: NodeJS.ProcessEnv): Promise<ShopProcess> {
  const shop = await spawnShop(dataDir, environment)
  started.push(shop)
  return shop
}

function dataDir(): string {
  const folder = newDataDir()
  dataDirs.push(folder)
  return folder
}

async function stop(shop: ShopProcess): Promise<number | null> {
  shop.process.kill('SIGTERM')
  return shop.ended
}

afterEach(async () => {
  for (const shop of started.splice(0)) {
    shop.process.kill('SIGKILL')
    await shop.ended
  }
})
afterAll(async () => {
  for (const folder of dataDirs) {
    await removePostgres(folder)
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Signs in with the demo account and buys a product. */
async function buy(shop: ShopProcess): Promise<void> {
  const shopper = await signedIn(shop)
  const { headers } = await shopper.post(`/checkout/${await patternOf(shopper)}`).expect(303)
  const paid = await payByCard(String(headers['location']))
  expect(paid.status).toBe(303)
  await expect.poll(async () => (await statuses(shopper))[0]).toBe('paid')
}

/** Statuses of the shopper's orders, newest first. */
async function statuses(shopper: Shopper): Promise<string[]> {
  const { body } = (await shopper.get('/api/orders').expect(200)) as {
    body: { orders: { status: string }[] }
  }
  return body.orders.map((order) => order.status)
}

async function signedIn(shop: ShopProcess) {
  const { email, password } = DEMO_ACCOUNT
  const shopper = stranger(shop.url)
  await shopper.post('/login').type('form').send({ email, password }).expect(303)
  return shopper
}

describe('starting with an empty data folder', () => {
  it('prints the addresses, sells, stops cleanly, and keeps its data', async () => {
    const folder = dataDir()
    const first = await start(folder)
    await untilOpen(first)
    await expect.poll(() => first.output()).toContain('No money moves')
    for (const word of [
      `${first.url}/pricing`,
      first.sandboxUrl,
      DEMO_ACCOUNT.email,
      DEMO_ACCOUNT.password,
      '4242 4242 4242 4242',
      'Production also needs BASE_URL,',
    ]) {
      expect(first.output()).toContain(word)
    }
    await buy(first)
    expect(await stop(first)).toBe(0)

    const second = await start(folder)
    await untilOpen(second)
    const shopper = await signedIn(second)
    expect(await statuses(shopper)).toEqual(['paid'])
    expect(await stop(second)).toBe(0)
  })

  it('restarts after kill -9 without losing data, and sells', async () => {
    const folder = dataDir()
    const first = await start(folder)
    await untilOpen(first)
    await buy(first)
    first.process.kill('SIGKILL')
    expect(await first.ended).toBeNull()

    const second = await start(folder)
    await untilOpen(second)
    const shopper = await signedIn(second)
    expect(await statuses(shopper)).toEqual(['paid'])
    await buy(second)
    expect(await stop(second)).toBe(0)
  })

  it('several processes share the data, and dead workers are replaced', async () => {
    const shop = await start(dataDir(), { WEB_CONCURRENCY: '2' })
    await untilOpen(shop)
    await buy(shop)
    const children = readFileSync(`/proc/${shop.process.pid}/task/${shop.process.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
    const workers = children.filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/main.js'),
    )
    expect(workers).toHaveLength(2)
    for (const worker of workers) process.kill(worker, 'SIGKILL')
    await expect.poll(() => shop.output().match(/another takes its place/g)?.length).toBe(2)
    await untilOpen(shop)
    await buy(shop)
    expect(await stop(shop)).toBe(0)
  })
})

describe('starting with invalid settings', () => {
  const occupy = async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return { port: String(typeof address === 'object' ? address?.port : 0), server }
  }

  it.each(['PORT', 'SANDBOX_PORT'])('a taken %s is reported without a stack trace', async (variable) => {
    const { port, server } = await occupy()
    const shop = await start(dataDir(), { [variable]: port })
    expect(await shop.ended).toBe(1)
    server.close()
    expect(shop.output()).toContain(`Port ${port} is taken`)
    expect(shop.output()).toContain(variable)
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })

  it.each([
    ['HOST', '192.0.2.1', '192.0.2.1 is not an address of this machine: set HOST'],
    ['TRUST_PROXY', 'foo', 'TRUST_PROXY must be on, off'],
    ['DATA_DIR', '/etc/passwd', 'DATA_DIR must be a writable folder'],
  ])('%s=%s is reported without a stack trace', async (variable, value, said) => {
    const shop = await start(dataDir(), { [variable]: value })
    expect(await shop.ended).toBe(1)
    expect(shop.output()).toContain(said)
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })

  it('a taken port stops all processes', async () => {
    const { port, server } = await occupy()
    const shop = await start(dataDir(), { PORT: port, WEB_CONCURRENCY: '2' })
    expect(await shop.ended).toBe(1)
    server.close()
    expect(shop.output()).toContain(`Port ${port} is taken`)
  })

  it('production without secrets names each missing one and starts no sandbox', async () => {
    const shop = await start(dataDir(), { NODE_ENV: 'production' })
    expect(await shop.ended).toBe(1)
    for (const name of [
      'BASE_URL',
      'DATABASE_URL',
      'SESSION_SECRET',
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
      'SMTP_URL',
      'MAIL_FROM',
    ])
      expect(shop.output()).toContain(`${name} is missing`)
    expect(await fetch(shop.sandboxUrl).catch(() => null)).toBeNull()
  })

  it('an unreachable database is reported without a stack trace or the password', async () => {
    const shop = await start(dataDir(), { DATABASE_URL: 'postgresql://till:secret-word@127.0.0.1:1/till' })
    expect(await shop.ended).toBe(1)
    expect(shop.output()).toContain('DATABASE_URL')
    expect(shop.output()).not.toContain('secret-word')
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })

  it('production with its secrets opens without demo products, sandbox or mail page', async () => {
    const folder = dataDir()
    const postgres = await startPostgres({ dir: folder })
    const shop = await start(folder, {
      NODE_ENV: 'production',
      BASE_URL: 'https://shop.example',
      TRUST_PROXY: '1',
      DATABASE_URL: postgres.url,
      SESSION_SECRET: '0123456789abcdef0123456789abcdef',
      STRIPE_SECRET_KEY: 'sk_test_0123456789',
      STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'Till <till@till.example>',
    })
    await untilOpen(shop)
    for (const warning of ['STRIPE_SECRET_KEY is a test key', 'OPERATOR_EMAIL is missing'])
      expect(shop.output()).toContain(warning)
    expect((await fetch(`${shop.url}/metrics`)).status).toBe(404)
    expect(await (await fetch(`${shop.url}/api/products`)).json()).toMatchObject({ total: 0 })
    expect((await fetch(`${shop.url}/dev/mail`)).status).toBe(404)
    expect(await fetch(shop.sandboxUrl).catch(() => null)).toBeNull()
    expect(await stop(shop)).toBe(0)
    await postgres.stop()
  })
})
