// The histories again, a few dozen, through the events' own way into a real database, four sets at a time.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkHistories, openLedger, type Ledger } from './ledger.js'

let ledger: Ledger
beforeAll(async () => {
  ledger = await openLedger()
})
afterAll(() => ledger.close())

it('24 histories told through one another leave 24 orders as their plans say', async () => {
  expect(await checkHistories(ledger, 24, Date.now() % 1_000_000)).toBeGreaterThan(24)
})
