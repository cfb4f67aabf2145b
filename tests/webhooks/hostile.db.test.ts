// Sends every hostile request: each gets the response of its row, and refused ones leave nothing in the database.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOrder, type OpenOrder } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { hostileRows, type Row } from './hostile-requests.js'
import { sendRaw } from './raw-http.js'

let shop: TestShop
let order: OpenOrder
let rows: Row[]
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { OPERATOR_EMAIL: 'operator@till.example' } })
  order = await openOrder(shop)
  rows = hostileRows(shop, order)
})
afterAll(() => shop.close())

const port = () => Number(new URL(shop.url).port)

/** Number of rows that a request could add, and the newest event's outcome. */
async function tables() {
  const { rows: found } = await shop.database.pool.query<{
    events: number
    others: number
    outcome: string | null
    detail: string | null
  }>(
    `SELECT (SELECT count(*)::int FROM "StripeEvent") AS events,
       (SELECT count(*)::int FROM "PurchaseHistory") + (SELECT count(*)::int FROM "CheckoutAttempt")
         + (SELECT count(*)::int FROM "Session") + (SELECT count(*)::int FROM "RateLimit") AS others,
       last.outcome, last.detail
     FROM (SELECT 1) one LEFT JOIN (SELECT * FROM "StripeEvent" ORDER BY "receivedAt" DESC LIMIT 1) last ON true`,
  )
  return found[0] ?? { events: 0, others: 0, outcome: null, detail: null }
}

/** Differences between a row and its response; empty if there are none. */
async function faultsOf(row: Row): Promise<string[]> {
  const before = await tables()
  const { statuses, headers, body } = await sendRaw(port(), row.request())
  const after = await tables()
  const expectedStatuses = row.statuses ?? (row.status === null ? [] : [row.status])
  const stored = expectedStatuses.filter((status) => status === 200).length
  const faults: string[] = []
  const check = (what: string, isRight: boolean, found: unknown) => {
    if (!isRight) faults.push(`${row.name}: ${what}: ${JSON.stringify(found)}`)
  }
  check('statuses', JSON.stringify(statuses) === JSON.stringify(expectedStatuses), [
    statuses,
    body.slice(0, 200),
  ])
  check('events stored', after.events - before.events === stored, after.events - before.events)
  check('other rows', after.others === before.others, after.others - before.others)
  check('no cookie', !/set-cookie/i.test(headers), headers)
  check('no stack', !/\bat .*\.[jt]s:\d/.test(body), body)
  if (row.code) {
    check('code', body.includes(`"code":"${row.code}"`), body)
    check('problem', /content-type: application\/problem\+json/i.test(headers), headers)
  }
  if (row.status === 200) {
    check('outcome', after.outcome === row.outcome, [after.outcome, after.detail])
    check('received', body === '{"received":true}', body)
    if (row.detail) check('detail', row.detail.test(after.detail ?? ''), after.detail)
  }
  if (row.status === 405) check('Allow', /^allow: POST\r?$/im.test(headers), headers)
  return faults
}

describe('hostile requests', () => {
  it('at least 200 requests each get the expected response', async () => {
    expect(rows.length).toBeGreaterThanOrEqual(200)
    const faults: string[] = []
    for (const row of rows) faults.push(...(await faultsOf(row)))
    expect(faults).toEqual([])
  })

  it('no request paid the order or mailed its shopper', async () => {
    const { prisma } = shop.database
    expect(await prisma.order.findUniqueOrThrow({ where: { id: order.id } })).toMatchObject({
      status: 'pending',
      amountPaid: null,
      stockHeld: true,
    })
    expect(await prisma.mail.count({ where: { NOT: { kind: 'incident_report' } } })).toBe(0)
    expect(await prisma.stripeEvent.count({ where: { handledAt: null } })).toBe(0)
  })

  it('the heap stays flat over several rounds', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const sizes: number[] = []
    for (let round = 0; round < 4; round++) {
      await Promise.all(rows.map((row) => sendRaw(port(), row.request())))
      collect()
      sizes.push(Math.round(process.memoryUsage().heapUsed / 104_857.6) / 10)
    }
    console.log(`heap after each round of ${rows.length} requests, in MB: ${sizes.join(', ')}`)
    // What is kept of requests grows with each round. What other tests leave in this process comes once.
    const growths = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0))
    expect(Math.min(...growths)).toBeLessThan(2)
  })
})
