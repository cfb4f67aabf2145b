// The shop's numbers equal what adding up every row gives, whatever happens to old orders, in any time zone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { readBestSellers } from '../../src/numbers/best-sellers.js'
import { countNumbers } from '../../src/numbers/count-numbers.js'
import { daysBefore, daysIn, todayIn } from '../../src/numbers/days.js'
import { readRange, type Range } from '../../src/numbers/range.js'
import { netOf, readCurrencies, readNumbers, readState } from '../../src/numbers/read-numbers.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'
import { addUp } from './added-up.js'
import { CURRENCIES, randomFrom, WrittenHistory } from './written-history.js'

let testDatabase: TestDatabase
let database: Database
beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url, { max: 4 })
  await database.prisma.shop.create({ data: {} })
})
afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

const ORDERS = 60

async function history(seed: number, days?: number): Promise<WrittenHistory> {
  const written = new WrittenHistory(database.prisma, randomFrom(seed), new Date(), days)
  await written.begin()
  for (let order = 0; order < ORDERS; order++) await written.live()
  return written
}

async function countAll(timeZone: string): Promise<void> {
  for (let turns = 0; turns < 500; turns++) {
    const turn = await countNumbers(database.prisma, timeZone, 5000)
    if (turn?.isBehind === false) return
  }
  throw new Error('The numbers are never up to date.')
}

function rangeOf(input: Parameters<typeof readRange>[0], today: string): Range {
  const range = readRange(input, today)
  if ('errors' in range) throw new Error(JSON.stringify(range.errors))
  return range
}

const withoutZeros = <Key>(map: Iterable<readonly [Key, number]>) =>
  new Map([...map].filter(([, value]) => value !== 0))

/** Compares everything that the page shows with what the rows add up to. */
async function expectRight(timeZone: string, input: Parameters<typeof readRange>[0]): Promise<void> {
  const { prisma, direct } = database
  const range = rangeOf(input, todayIn(timeZone))
  for (const currency of CURRENCIES) {
    const numbers = await readNumbers(direct, range, currency)
    const now = await addUp(prisma, currency, timeZone, (day) => day >= range.from && day <= range.to)
    const before = await addUp(
      ...([prisma, currency, timeZone] as const),
      (day) => day >= range.before.from && day <= range.before.to,
    )
    expect(numbers.total).toEqual({ now: now.figures, before: before.figures })
    const inRange = [...numbers.days].filter(([day]) => day >= range.from)
    expect(withoutZeros(inRange.map(([day, figures]) => [day, netOf(figures)]))).toEqual(
      withoutZeros([...now.byDay].map(([day, { net }]) => [day, net])),
    )
    expect(withoutZeros(inRange.map(([day, figures]) => [day, figures.orders]))).toEqual(
      withoutZeros([...now.byDay].map(([day, { orders }]) => [day, orders])),
    )
    expect(withoutZeros(numbers.countries.map((row) => [row.country, netOf(row.now)]))).toEqual(
      withoutZeros(now.byCountry),
    )
    expect(withoutZeros(numbers.origins.map((row) => [row.origin, netOf(row.now)]))).toEqual(
      withoutZeros(now.byOrigin),
    )
    const best = await readBestSellers(direct, range, currency, timeZone)
    const sold = [...now.units].sort(([, one], [, other]) => other - one)
    expect(best.map(({ units }) => units)).toEqual(sold.slice(0, 10).map(([, units]) => units))
    for (const { productId, units, unitsBefore } of best) {
      expect(units).toBe(now.units.get(productId))
      expect(unitsBefore).toBe(before.units.get(productId) ?? 0)
    }
  }
}

const RANGES = ['today', '7', '30', '90', 'year'] as const

it.each([1, 2, 3])(
  'history %i adds up to the same for every range',
  async (seed) => {
    await history(seed)
    await countAll('Europe/Berlin')
    for (const range of RANGES) await expectRight('Europe/Berlin', { range })
    const today = todayIn('Europe/Berlin')
    const custom = { range: 'custom', from: daysBefore(today, 40), to: daysBefore(today, 11) }
    await expectRight('Europe/Berlin', custom)
  },
  120_000,
)

it('what happens to old orders changes the days on which it counts', async () => {
  const { prisma } = database
  const written = await history(4)
  await countAll('UTC')
  const open = await prisma.order.findMany({ where: { status: 'pending' }, orderBy: { id: 'asc' } })
  const paid = await prisma.order.findMany({ where: { status: 'paid' }, orderBy: { id: 'asc' } })
  const [late, expired, failed] = open.map(({ id }) => id)
  const [refunded, lost] = paid.map(({ id }) => id)
  if (!late || !expired || !failed || !refunded || !lost) throw new Error('too few orders')
  const steps = {
    'an old order is paid today': () => written.settle(late, true, new Date()),
    'an old checkout expires': () => written.expire(expired),
    'an old payment fails': () => written.settle(failed, false),
    'an old order is refunded today': () => written.refund(refunded, new Date()),
    'a dispute is lost': () => written.loseDispute(lost, new Date()),
    'a new order is placed': () => written.place(new Date()),
    'a refund fails after it had succeeded': () =>
      prisma.refund.updateMany({ where: { orderId: refunded }, data: { status: 'failed' } }),
    'a lost dispute is won after all': () =>
      prisma.dispute.updateMany({ where: { orderId: lost }, data: { status: 'won' } }),
  }
  for (const [what, step] of Object.entries(steps)) {
    await step()
    await countAll('UTC')
    try {
      for (const range of RANGES) await expectRight('UTC', { range })
    } catch (error) {
      throw new Error(`after "${what}"`, { cause: error })
    }
  }
}, 120_000)

it('another time zone moves orders to other days', async () => {
  await history(5)
  await countAll('UTC')
  expect(await readState(database.direct, 'Pacific/Auckland')).toEqual({ countedTo: null, countedFrom: null })
  await countAll('Pacific/Auckland')
  await expectRight('Pacific/Auckland', { range: '90' })
  await countAll('America/Los_Angeles')
  await expectRight('America/Los_Angeles', { range: '90' })
}, 120_000)

describe('a day of 23 and one of 25 hours', () => {
  it.each([
    ['2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59.999Z'],
  ])(
    '%s has what was paid from its first moment to its last',
    async (day, first, last) => {
      const written = new WrittenHistory(database.prisma, randomFrom(6), new Date(last))
      await written.begin()
      for (const at of [first, last])
        await written.settle(await written.place(new Date(at)), true, new Date(at))
      for (const [at, step] of [
        [first, -1],
        [last, 1],
      ] as const) {
        const outside = new Date(Date.parse(at) + step)
        await written.settle(await written.place(outside), true, outside)
      }
      await countAll('Europe/Berlin')
      const range = rangeOf({ range: 'custom', from: day, to: day }, '2026-12-01')
      const orders = await Promise.all(
        CURRENCIES.map(async (currency) => (await readNumbers(database.direct, range, currency)).total.now),
      )
      expect(orders.reduce((sum, one) => sum + one.orders, 0)).toBe(2)
      expect(orders.reduce((sum, one) => sum + one.placed, 0)).toBe(2)
    },
    60_000,
  )
})

it('a turn ends early, the newest days first, and the state says from when there are numbers', async () => {
  await history(7)
  await countNumbers(database.prisma, 'UTC', 0)
  const today = todayIn('UTC')
  expect(await readState(database.direct, 'UTC')).toMatchObject({ countedFrom: today })
  await countNumbers(database.prisma, 'UTC', 0)
  expect(await readState(database.direct, 'UTC')).toMatchObject({ countedFrom: daysBefore(today, 1) })
  await countAll('UTC')
  const { countedTo, countedFrom } = await readState(database.direct, 'UTC')
  expect(countedFrom).toBeNull()
  expect(countedTo?.getTime()).toBeGreaterThan(Date.now() - 60_000)
}, 60_000)

it('two processes that count at once count nothing twice', async () => {
  await history(8)
  const turns = Array.from({ length: 6 }, () => countNumbers(database.prisma, 'UTC'))
  await Promise.all(turns)
  await countAll('UTC')
  await expectRight('UTC', { range: '90' })
}, 60_000)

it('a past day is counted again even if no change was noticed', async () => {
  const { prisma } = database
  await history(9)
  await countAll('UTC')
  await prisma.order.updateMany({ where: { amountPaid: { gt: 0 } }, data: { amountPaid: 1 } })
  const first = await prisma.order.findFirstOrThrow({ orderBy: { createdAt: 'asc' } })
  for (let day = daysIn(todayIn('UTC', first.createdAt), todayIn('UTC')); day > 0; day--) {
    await prisma.$executeRaw`UPDATE "NumbersProgress" SET "checkedAt" = now() - interval '1 hour'`
    await countNumbers(prisma, 'UTC', 5000)
  }
  await prisma.$executeRaw`INSERT INTO "DayToCount" VALUES (current_date) ON CONFLICT DO NOTHING`
  await countAll('UTC')
  await expectRight('UTC', { range: '90' })
}, 60_000)

it('the year’s sums move on with the days, and are what adding up the days gives', async () => {
  const { prisma, direct } = database
  await history(10)
  await countAll('UTC')
  await prisma.$executeRaw`UPDATE "NumbersProgress" SET "yearTo" = "yearTo" - 3`
  await prisma.$executeRaw`TRUNCATE "YearProduct"`
  await prisma.$executeRaw`
    INSERT INTO "YearProduct" SELECT currency, "productId", sum(units), sum(revenue) FROM "DayProduct"
    WHERE day <= current_date - 4 GROUP BY 1, 2`
  await countAll('UTC')
  const sums =
    await direct.$queryRaw`SELECT currency, "productId", units, revenue FROM "YearProduct" ORDER BY 1, 2`
  const expected = await direct.$queryRaw`
    SELECT currency, "productId", sum(units)::int AS units, sum(revenue)::bigint AS revenue FROM "DayProduct"
    WHERE day < current_date GROUP BY 1, 2 ORDER BY 1, 2`
  expect(sums).toEqual(expected)
  await expectRight('UTC', { range: 'year' })
}, 60_000)

it('long ranges are differences of months’ sums, which follow what changes', async () => {
  const { prisma, direct } = database
  const written = await history(11, 900)
  await countAll('UTC')
  const today = todayIn('UTC')
  const expectLongRanges = async () => {
    for (const [first, last] of [
      [1099, 0],
      [700, 31],
    ] as const)
      await expectRight('UTC', {
        ...{ range: 'custom', from: daysBefore(today, first), to: daysBefore(today, last) },
      })
  }
  await expectLongRanges()
  const paid = await prisma.order.findMany({ where: { status: 'paid' }, orderBy: { id: 'asc' } })
  const open = await prisma.order.findMany({ where: { status: 'pending' }, orderBy: { id: 'asc' } })
  if (!paid[0] || !open[0]) throw new Error('too few orders')
  await prisma.purchaseHistory.updateMany({
    where: { orderId: paid[0].id },
    data: { purchaseSuccess: false },
  })
  await prisma.$executeRaw`
    INSERT INTO "DayToCount" SELECT ("paidAt" AT TIME ZONE 'UTC')::date FROM "Order" WHERE id = ${paid[0].id}`
  await written.settle(open[0].id, true, new Date(Date.now() - 400 * 86_400_000))
  await countAll('UTC')
  await expectLongRanges()
  const wrong = await direct.$queryRaw`
    SELECT m.before, sums.* FROM "CumulativeMonth" m CROSS JOIN LATERAL (
      SELECT currency, "productId", sum(units) AS units, sum(revenue) AS revenue FROM (
        SELECT currency, "productId", units, revenue FROM "CumulativeProduct" c WHERE c.before = m.before
        UNION ALL
        SELECT currency, "productId", -units, -revenue FROM "DayProduct" d WHERE d.day < m.before) AS parts
      GROUP BY currency, "productId") AS sums WHERE units <> 0 OR revenue <> 0`
  expect(wrong).toEqual([])
  expect(await prisma.cumulativeMonth.count()).toBeGreaterThan(25)
}, 120_000)

it('an empty shop has numbers too', async () => {
  await countAll('UTC')
  const range = rangeOf({}, todayIn('UTC'))
  expect(await readCurrencies(database.direct, range)).toEqual([])
  expect((await readNumbers(database.direct, range, 'usd')).total.now.orders).toBe(0)
  expect(await readState(database.direct, 'UTC')).toMatchObject({ countedFrom: null })
})
