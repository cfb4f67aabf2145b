// A process ends in time although its database has fallen silent.
import { rmSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { openProxy, type CuttableProxy } from '../support/cuttable-proxy.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'
import { newDataDir, spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'

/** The limit in docs/5-scale-it.md, and a common grace period. */
const STOP_SECONDS = 10

let database: TestDatabase | undefined
let proxy: CuttableProxy | undefined
let shop: ShopProcess | undefined
afterEach(async () => {
  shop?.process.kill('SIGKILL')
  await shop?.ended
  if (shop) rmSync(shop.dataDir, { recursive: true, force: true })
  await proxy?.close()
  await database?.drop()
})

it.each([1, 2])('with %i process(es), SIGTERM ends all of them within 10 seconds', async (processes) => {
  database = await createTestDatabase()
  const { hostname: host, port } = new URL(database.url)
  proxy = await openProxy({ host, port: Number(port) })
  const url = new URL(database.url)
  url.host = `127.0.0.1:${proxy.port}`
  shop = await spawnShop(newDataDir(), {
    DATABASE_URL: url.href,
    STRIPE_SECRET_KEY: 'sk_test_ofashopthatstops',
    STRIPE_WEBHOOK_SECRET: 'whsec_ofashopthatstops',
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    SESSION_SECRET: 'a secret of the tests, long enough',
    WEB_CONCURRENCY: String(processes),
  })
  await untilOpen(shop)
  proxy.silence('open and new')
  // Requests, the loops and the pool wait for the database while the process stops.
  const pages = Array.from({ length: 4 }, () => fetch(`${shop?.url}/pricing`).catch(() => null))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const began = performance.now()
  shop.process.kill('SIGTERM')
  expect(await shop.ended, shop.output()).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(STOP_SECONDS)
  await Promise.all(pages)
  // A worker that outlived its parent would still accept connections.
  await expect(fetch(`${shop.url}/healthz`)).rejects.toThrow()
})
