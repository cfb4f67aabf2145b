// A few dozen histories as events on a real database, four sets at a time, and a few orders that are shipped and returned.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestShop, type TestShop } from '../support/shop.js'
import { checkLives } from './after-payment.js'
import { checkHistories, openLedger, type Ledger } from './ledger.js'

let ledger: Ledger
let shop: TestShop
beforeAll(async () => {
  ledger = await openLedger()
  shop = await startTestShop()
})
afterAll(async () => {
  await shop.close()
  await ledger.close()
})

it('24 interleaved histories end as planned', async () => {
  expect(await checkHistories(ledger, 24, Date.now() % 1_000_000)).toBeGreaterThan(24)
})

// Each takes dozens of requests to Stripe, which a busy machine answers slowly.
it('whatever is done with 6 orders after they are placed, their units, money and mails add up', async () => {
  expect(await checkLives(shop, 6, 2, Date.now() % 1_000_000)).not.toEqual({})
}, 120_000)
