// A few dozen histories as events on a real database, four sets at a time.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkHistories, openLedger, type Ledger } from './ledger.js'

let ledger: Ledger
beforeAll(async () => {
  ledger = await openLedger()
})
afterAll(() => ledger.close())

it('24 interleaved histories end as planned', async () => {
  expect(await checkHistories(ledger, 24, Date.now() % 1_000_000)).toBeGreaterThan(24)
})
