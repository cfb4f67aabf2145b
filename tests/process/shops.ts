// Shops that run as their own processes, on data folders of their own.
import { rmSync } from 'node:fs'
import { removePostgres } from 'dev-postgres'
import { afterAll, afterEach, expect } from 'vitest'
import { DEMO_ACCOUNT } from '../../src/accounts/demo-account.js'
import { payByCard } from '../support/pay-page.js'
import { newDataDir, spawnShop, type ShopProcess } from '../support/shop-process.js'
import { patternOf, stranger, type Shopper } from '../support/shopper.js'

interface Shops {
  /** Starts a shop. It is killed when the test ends. */
  start: (dataDir: string, environment?: NodeJS.ProcessEnv) => Promise<ShopProcess>
  /** Makes an empty data folder. It is removed when the file's tests have ended. */
  dataDir: () => string
  /** @returns the exit code */
  stop: (shop: ShopProcess) => Promise<number | null>
}

/** Call once at the top of a test file. */
export function useShops(): Shops {
  const dataDirs: string[] = []
  const started: ShopProcess[] = []
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

  return {
    start: async (dataDir, environment) => {
      const shop = await spawnShop(dataDir, environment)
      started.push(shop)
      return shop
    },
    dataDir: () => {
      const folder = newDataDir()
      dataDirs.push(folder)
      return folder
    },
    stop: async (shop) => {
      shop.process.kill('SIGTERM')
      return shop.ended
    },
  }
}

/** Signs in with the demo account and buys a product. */
export async function buy(shop: ShopProcess): Promise<void> {
  const shopper = await signedIn(shop)
  const { headers } = await shopper.post(`/checkout/${await patternOf(shopper)}`).expect(303)
  const paid = await payByCard(String(headers['location']))
  expect(paid.status).toBe(303)
  await expect.poll(async () => (await statuses(shopper))[0]).toBe('paid')
}

/** Statuses of the shopper's orders, newest first. */
export async function statuses(shopper: Shopper): Promise<string[]> {
  const { body } = (await shopper.get('/api/orders').expect(200)) as {
    body: { orders: { status: string }[] }
  }
  return body.orders.map((order) => order.status)
}

/** A shopper who has signed in with the demo account. */
export async function signedIn(shop: ShopProcess): Promise<Shopper> {
  const { email, password } = DEMO_ACCOUNT
  const shopper = stranger(shop.url)
  await shopper.post('/login').type('form').send({ email, password }).expect(303)
  return shopper
}
