// Hundreds of histories on a database, thousands in memory, concurrent sets in opposite orders, and orders that are shipped,
// returned, refunded and canceled at once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { engine } from '../support/postgres/test-database.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { checkLives } from './after-payment.js'
import { checkHistories, openLedger, storeOrder, deliverAll, type Ledger } from './ledger.js'
import { checkInMemory } from './memory.js'
import type { Plan } from './order-lives.js'
import type { Occurrence } from './plan-events.js'

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

/** PostgreSQL's deadlock count for this database. */
async function deadlocks(): Promise<number> {
  const { rows } = await ledger.database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  return Number(rows[0]?.deadlocks)
}

it('10000 histories in memory end as planned', () => checkInMemory(10_000))

it('400 interleaved histories on a database end as planned', async () => {
  const seed = Date.now() % 1_000_000
  const reports = await checkHistories(ledger, 400, seed)
  console.log(`${engine()}: 400 histories, ${reports} reports, seed ${seed}, ${await deadlocks()} deadlocks`)
  expect(await deadlocks()).toBe(0)
})

it('whatever is done with 150 orders after they are placed, their units, money and mails add up', async () => {
  const seed = Date.now() % 1_000_000
  const tally = await checkLives(shop, 150, 4, seed)
  console.log(`${engine()}: 150 orders, seed ${seed}, ${JSON.stringify(tally)}`)
  // Every move succeeds in some of them.
  expect(Object.keys(tally)).toHaveLength(9)
  const { rows } = await shop.database.pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(Number(rows[0]?.deadlocks)).toBe(0)
})

it('sets that touch the same orders, payments and products in opposite orders do not deadlock', async () => {
  const orders = []
  for (let count = 0; count < 24; count++) orders.push(await storeOrder(ledger, ALL_AT_ONCE))
  const all = orders.flatMap(({ occurrences }) => occurrences)
  const sets: Occurrence[][] = []
  for (let round = 0; round < 40; round++) {
    const some = all.filter((_told, index) => (index * 7 + round) % 5 === 0)
    sets.push(some, [...some].reverse())
  }
  await deliverAll(ledger, sets, 8)
  console.log(
    `${engine()}: ${sets.length} opposite sets, ${sets.flat().length} reports, ${await deadlocks()} deadlocks`,
  )
  expect(await deadlocks()).toBe(0)
  const statuses = await ledger.database.prisma.order.groupBy({
    by: ['status'],
    where: { id: { in: orders.map(({ id }) => id) } },
    _count: true,
  })
  expect(statuses).toEqual([{ status: 'disputed', _count: 24 }])
})

it('sets of different orders that return the same products in opposite orders do not deadlock', async () => {
  const sets: Occurrence[][] = []
  for (let pair = 0; pair < 40; pair++) {
    for (const turns of [
      [0, 1],
      [1, 0],
    ]) {
      const orders = []
      for (const turn of turns) orders.push(await storeOrder(ledger, NOBODY_PAYS, turn))
      sets.push(orders.flatMap(({ occurrences }) => occurrences))
    }
  }
  await deliverAll(ledger, sets, 8)
  console.log(`${engine()}: ${sets.length} sets of expiries, ${await deadlocks()} deadlocks`)
  expect(await deadlocks()).toBe(0)
})

const NOBODY_PAYS: Plan = {
  lines: [[1000, 1]],
  shipping: 0,
  sessions: [{ life: 'expired', discount: 0, tax: 0, lookedAt: false, refunds: [], dispute: null }],
}

/** Stock changes in both directions, and refunds and disputes find their order by the payment alone. */
const ALL_AT_ONCE: Plan = {
  lines: [
    [1000, 1],
    [2500, 2],
  ],
  shipping: 0,
  sessions: [
    { life: 'expired', discount: 0, tax: 0, lookedAt: true, refunds: [], dispute: null },
    {
      life: 'paid by debit',
      discount: 0,
      tax: 0,
      lookedAt: true,
      refunds: [
        { life: 'came back', quarters: 1, ours: { restock: true } },
        { life: 'slow', quarters: 1, ours: null },
      ],
      dispute: 'open',
    },
  ],
}
