// The page of the shop's numbers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countNumbers } from '../../src/numbers/count-numbers.js'
import { daysBefore, todayIn } from '../../src/numbers/days.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { randomFrom, WrittenHistory } from '../numbers/written-history.js'

let shop: TestShop
let operator: Shopper
let written: WrittenHistory

beforeAll(async () => {
  shop = await startTestShop({ settings: { timeZone: 'Asia/Kolkata', currency: 'usd' } })
  operator = (await newOperator(shop)).operator
  written = new WrittenHistory(shop.database.prisma, randomFrom(1), new Date())
  await written.begin()
})
afterAll(() => shop.close())

/** The background loop counts too: whoever comes second has nothing to do. */
async function count(): Promise<void> {
  const { prisma } = shop.database
  let turn = await countNumbers(prisma, 'Asia/Kolkata', 5000)
  while (turn?.isBehind !== false) turn = await countNumbers(prisma, 'Asia/Kolkata', 5000)
}

const page = async (query: Record<string, string>, status = 200) =>
  (await operator.get('/admin/numbers').query(query).expect(status)).text

it('an empty shop has a page without charts', async () => {
  await count()
  const html = await page({})
  expect(textOf(html)).toContain('Nothing was ordered, paid or refunded in USD in these days.')
  expect(html).not.toContain('<svg class="a-chart')
})

describe('with orders in three currencies', () => {
  it('shows each currency by itself, with its own decimals', async () => {
    const db = shop.database.prisma
    const amounts = { usd: 123456, jpy: 6800, kwd: 12340 }
    for (const [currency, amount] of Object.entries(amounts)) {
      const id = await written.place(new Date())
      await db.order.update({ where: { id }, data: { currency, total: amount } })
      await written.settle(id, true, new Date())
    }
    await count()
    const shown = { usd: '$1,234.56', jpy: '¥6,800', kwd: 'KWD 12.340' }
    for (const [currency, money] of Object.entries(shown)) {
      const text = textOf(await page({ range: 'today', currency })).replaceAll('\u00a0', ' ')
      expect(text).toContain(`Revenue, net of refunds ${money}`)
      for (const [other, foreign] of Object.entries(shown))
        if (other !== currency) expect(text).not.toContain(foreign)
    }
  })

  it('compares with the days before, and has the chart’s values in a table', async () => {
    const id = await written.place(new Date(Date.now() - 7 * 86_400_000))
    const db = shop.database.prisma
    await db.order.update({ where: { id }, data: { currency: 'usd', total: 61728 } })
    await written.settle(id, true, new Date(Date.now() - 7 * 86_400_000))
    await count()
    const html = await page({ range: '7', currency: 'usd' })
    expect(textOf(html)).toContain('Revenue, net of refunds $1,234.56 before: $617.28 (+100%)')
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'Asia/Kolkata' })
    expect(html).toContain(
      `<th scope="row">${day.format(new Date())}</th><td class="a-number">1</td><td class="a-number">$1,234.56</td>`,
    )
    expect(html).toMatch(/<svg class="a-chart [^>]+role="img" aria-labelledby="chart-0-title"/)
    expect(html).toMatch(/<title>[^<]+: \$1,234\.56, 1 order<\/title>/)
    expect(html).not.toMatch(/ style=/)
  })

  it('names the countries and the origins', async () => {
    const db = shop.database.prisma
    await db.order.updateMany({ data: { deliveryCountry: 'FR', origin: 'api' } })
    await db.$executeRaw`INSERT INTO "DayToCount" SELECT DISTINCT day FROM "DayNumbers" ON CONFLICT DO NOTHING`
    await count()
    const text = textOf(await page({ range: '7', currency: 'usd' }))
    expect(text).toContain('France 1 before: 1 (±0%)')
    expect(text).toContain('API 1 before: 1 (±0%)')
  })
})

it('says which days are wrong, and keeps what was typed', async () => {
  const today = todayIn('Asia/Kolkata')
  const wrong: [Record<string, string>, string][] = [
    [{ from: '2026-02-30', to: today }, 'Enter the first day, such as 2026-11-01.'],
    [{ from: today, to: '' }, 'Enter the last day, such as 2026-11-30.'],
    [{ from: today, to: daysBefore(today, 3) }, 'The last day comes before the first.'],
    [{ from: daysBefore(today, -2), to: daysBefore(today, -3) }, 'The first day is still to come.'],
    [{ from: '2001-01-01', to: today }, 'Choose at most 1100 days, which is three years.'],
  ]
  for (const [days, message] of wrong) {
    const html = await page({ range: 'custom', ...days }, 422)
    expect(textOf(html)).toContain(message)
    expect(html).toContain(`name="from" type="date" value="${days['from']}"`)
    expect(html).toContain(`name="to" type="date" value="${days['to']}"`)
  }
  for (const query of [
    { range: 'century' },
    { currency: 'doubloons' },
    { currency: "'" },
    { range: '__proto__' },
  ])
    await page(query)
})

it('a command prints the same, and adds everything up again', async () => {
  const { prisma } = shop.database
  await prisma.$executeRaw`UPDATE "DayNumbers" SET revenue = 1`
  const { output } = await runCommand(shop, 'numbers', 'rebuild')
  expect(output).toMatch(/^Added up \d+ days\.$/)
  const shown = await runCommand(shop, 'numbers', 'show', '--range', '7', '--currency', 'usd')
  expect(shown.output).toMatch(/revenue, net of refunds +\$1,234\.56 +\$617\.28/)
  expect(shown.output).toMatch(/Counted up to/)
  expect(await prisma.auditEntry.count({ where: { action: 'numbers.rebuilt', actor: 'command' } })).toBe(1)
  expect((await runCommand(shop, 'numbers', 'show', '--from', 'soon')).output).toContain(
    'Enter the first day',
  )
}, 60_000)

it('the shop counts by itself', async () => {
  const { prisma } = shop.database
  const id = await written.place(new Date())
  await prisma.order.update({ where: { id }, data: { currency: 'eur', total: 4242 } })
  await written.settle(id, true, new Date())
  await expect
    .poll(async () => textOf(await page({ range: 'today', currency: 'eur' })), {
      timeout: 90_000,
      interval: 500,
    })
    .toContain('€42.42')
}, 120_000)
