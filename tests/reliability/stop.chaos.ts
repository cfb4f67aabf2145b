// A process stops in time although Stripe does not answer; the next process finishes its work.
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { engine, createTestDatabase } from '../support/postgres/test-database.js'
import { newDataDir, spawnShop, untilOpen } from '../support/shop-process.js'
import { freePort } from '../support/free-port.js'
import { ledgerAt, storeOrder } from './ledger.js'

const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

it('a process whose loops wait for Stripe stops within 10 seconds', async () => {
  const { url, drop } = await createTestDatabase()
  const ledger = await ledgerAt(url, 'any', drop)
  cleanups.push(() => ledger.close())
  // The session is overdue: the shop asks Stripe about it as soon as it starts.
  await storeOrder(ledger, {
    lines: [[1000, 1]],
    shipping: 0,
    sessions: [{ life: 'open', discount: 0, tax: 0, lookedAt: false, refunds: [], dispute: null }],
  })
  const asking: Socket[] = []
  const silent = createServer((socket) => asking.push(socket.on('error', () => undefined)))
  const port = await freePort()
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of asking) socket.destroy()
    silent.close()
  })

  const dataDir = newDataDir()
  const shop = await spawnShop(dataDir, {
    DATABASE_URL: url,
    STRIPE_SECRET_KEY: 'sk_test_shopthatasks',
    STRIPE_WEBHOOK_SECRET: 'whsec_of_the_shop_that_asks',
    STRIPE_API_BASE: `http://127.0.0.1:${port}`,
    SESSION_SECRET: 'a secret of the tests that is long enough',
  })
  cleanups.push(async () => {
    shop.process.kill('SIGKILL')
    await shop.ended
    rmSync(dataDir, { recursive: true, force: true })
  })
  await untilOpen(shop)
  await expect.poll(() => asking.length, { timeout: 20_000 }).toBeGreaterThan(0)
  const began = Date.now()
  shop.process.kill('SIGTERM')
  expect(await shop.ended, shop.output()).toBe(0)
  const seconds = (Date.now() - began) / 1000
  console.log(`${engine()}: stopped in ${seconds.toFixed(1)} s while Stripe did not answer`)
  expect(seconds).toBeLessThan(10)
})
