// What starting depends on besides its settings: free ports, and the secrets of a production.
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startPostgres } from 'dev-postgres'
import { untilOpen } from '../support/shop-process.js'
import { useShops } from './shops.js'

const { dataDir, start, stop } = useShops()

describe('a taken port', () => {
  const occupy = async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return { port: String(typeof address === 'object' ? address?.port : 0), server }
  }

  it.each(['PORT', 'SANDBOX_PORT'])('of %s is reported without a stack trace', async (variable) => {
    const { port, server } = await occupy()
    const shop = await start(dataDir(), { [variable]: port })
    expect(await shop.ended).toBe(1)
    server.close()
    expect(shop.output()).toContain(`Port ${port} is taken`)
    expect(shop.output()).toContain(variable)
    expect(shop.output()).not.toMatch(/\n\s+at /)
  })

  it('stops all processes', async () => {
    const { port, server } = await occupy()
    const shop = await start(dataDir(), { PORT: port, WEB_CONCURRENCY: '2' })
    expect(await shop.ended).toBe(1)
    server.close()
    expect(shop.output()).toContain(`Port ${port} is taken`)
  })
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
