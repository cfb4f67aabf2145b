import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { DEMO_ACCOUNT } from '../../src/accounts/demo-account.js'
import { startPostgres } from 'dev-postgres'
import { untilOpen } from '../support/shop-process.js'
import { buy, signedIn, statuses, useShops } from './shops.js'

const { dataDir, start, stop } = useShops()

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
