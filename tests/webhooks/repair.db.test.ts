// Recovers events that were never delivered or could not be handled.
import { pino } from 'pino'
import Stripe from 'stripe'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Inbox } from '../../src/webhooks/inbox.js'
import { parseConfig } from '../../src/config.js'
import { startShop } from '../../src/shop.js'
import { catchUp, catchUpInTurn, catchUpSoon } from '../../src/webhooks/catch-up.js'
import { depsOf, runCommand } from '../support/command.js'
import { freePort } from '../support/free-port.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({
    environment: { BACKLOG_LIMIT_SECONDS: '60', METRICS_TOKEN: 'a token for the tests' },
  })
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const statusOf = async (key: string) => (await prisma().order.findUniqueOrThrow({ where: { key } })).status

/** A paid order at Stripe whose events were never delivered. */
async function paidUnheard(): Promise<string> {
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? '', { disabled: true })
  const { id } = await prisma().product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
  const { shopper, email } = await newShopper(shop.url)
  const { headers } = await shopper.post(`/checkout/${id}`).expect(303)
  await payByCard(String(headers['location']))
  await shop.sandbox?.idle()
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? '', { disabled: false })
  const { key, status } = await prisma().order.findFirstOrThrow({ where: { email } })
  expect(status).toBe('pending')
  return key
}

function catchUpParts() {
  const deps = depsOf(shop)
  const { appId, livemode } = deps.stripe
  return { ...deps, inbox: new Inbox({ ...deps, appId, livemode, onCommit: () => undefined }) }
}

describe('events that were never delivered', () => {
  it('one process of many finds them in Stripe’s list, once', async () => {
    const key = await paidUnheard()
    // The last catch-up was long ago.
    await prisma().shop.updateMany({ data: { caughtUpAt: null } })
    const answers = await Promise.all([1, 2, 3, 4].map(() => catchUpInTurn(catchUpParts())))
    const [caughtUp, ...others] = answers.filter((answer) => answer !== null)
    expect(others).toEqual([])
    expect(caughtUp).toMatchObject({ failed: 0 })
    expect(caughtUp?.missed).toBeGreaterThanOrEqual(1)
    expect(await statusOf(key)).toBe('paid')
    expect(await catchUpInTurn(catchUpParts())).toBeNull()
    const { caughtUpTo } = await prisma().shop.findFirstOrThrow()
    expect(caughtUpTo?.getTime()).toBeGreaterThan(Date.now() - 700_000)
  })

  it('every start finds them at once, however recent the last catch-up is', async () => {
    const key = await paidUnheard()
    await prisma().shop.updateMany({ data: { caughtUpAt: new Date() } })
    const config = parseConfig({ ...shop.environment, PORT: String(await freePort()) })
    if (!config.stripe) throw new Error('the shop under test has no Stripe')
    const { databaseUrl } = shop
    const log = pino({ level: 'silent' })
    const another = await startShop({ config, databaseUrl, stripe: config.stripe, demo: false, log })
    try {
      await expect.poll(() => statusOf(key)).toBe('paid')
    } finally {
      await another.stop()
    }
  })

  it('a failed catch-up is tried again within a minute, by one process', async () => {
    const { stripe, ...parts } = catchUpParts()
    const away = {
      ...parts,
      stripe: { ...stripe, client: new Stripe('sk_test_x', { host: '127.0.0.1', port: 1 }) },
    }
    await catchUpSoon(prisma())
    await expect(catchUpInTurn(away)).rejects.toMatchObject({ code: 'stripe_unavailable' })
    expect(await catchUpInTurn(catchUpParts())).toBeNull()
    await prisma().$executeRaw`UPDATE "Shop" SET "caughtUpAt" = "caughtUpAt" - interval '1 minute'`
    expect(await catchUpInTurn(catchUpParts())).not.toBeNull()
  })

  it('several catch-ups at once record them once', async () => {
    const key = await paidUnheard()
    const since = new Date(Date.now() - 3_600_000)
    const found = await Promise.all([1, 2, 3].map(() => catchUp(catchUpParts(), since)))
    expect(found.map(({ failed }) => failed)).toEqual([0, 0, 0])
    expect(await statusOf(key)).toBe('paid')
    const where = { order: { key } }
    expect(await prisma().purchaseHistory.count({ where })).toBe(1)
    expect(await prisma().stripeEvent.count({ where })).toBe(1)
  })

  it('an operator can fetch all of them, or one', async () => {
    const key = await paidUnheard()
    expect(await runCommand(shop, 'events', 'catch-up', '--since', '2h')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/had been missed\.$/) as string,
    })
    expect(await statusOf(key)).toBe('paid')

    const other = await paidUnheard()
    const listed = await shop.stripe.events.list({ type: 'checkout.session.completed', limit: 1 })
    const replayed = await runCommand(shop, 'events', 'replay', listed.data[0]?.id ?? '')
    expect(replayed).toMatchObject({ code: 0, output: expect.stringContaining('Outcome   done') as string })
    expect(await statusOf(other)).toBe('paid')
  })
})

describe('an event that can’t be handled', () => {
  it('is kept with its error, given up after eight tries, and replayed once the cause is fixed', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    // A lasting fault: the mail row cannot be written.
    await prisma().$executeRawUnsafe(
      'ALTER TABLE "Mail" ADD CONSTRAINT broken CHECK (kind <> \'purchase_succeeded\') NOT VALID',
    )
    await deliver(shop, event).expect(500)
    expect(await prisma().stripeEvent.findUniqueOrThrow({ where: { id: event.id } })).toMatchObject({
      outcome: 'unhandled',
      attempts: 1,
      handledAt: null,
      lastError: expect.stringContaining('broken') as string,
    })
    // The failing event does not block others.
    const other = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, other, 'checkout.session.expired')).expect(200)
    for (let tries = 2; tries <= 8; tries++) await deliver(shop, event).expect(500)
    expect(await prisma().stripeEvent.findUniqueOrThrow({ where: { id: event.id } })).toMatchObject({
      outcome: 'failed',
      retryAt: null,
    })
    expect((await runCommand(shop, 'events', 'list', '--outcome', 'failed')).output).toContain(event.id)
    expect((await runCommand(shop, 'events', 'show', event.id)).output).toContain(order.sessionId)

    await prisma().$executeRawUnsafe('ALTER TABLE "Mail" DROP CONSTRAINT broken')
    const replayed = await runCommand(shop, 'events', 'replay', '--failed')
    expect(replayed.output).toMatch(new RegExp(`${event.id} .*done`))
    expect(await statusOf(order.key)).toBe('paid')
    expect((await runCommand(shop, 'events', 'replay', '--failed')).output).toBe('Every event is handled.')
  })

  it('is retried by the shop, and makes it unready when the retry is overdue', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    const ready = () => supertest(shop.url).get('/readyz')
    const late = new Date(Date.now() - 120_000)
    await prisma().stripeEvent.create({
      data: {
        id: event.id,
        type: event.type,
        created: late,
        livemode: false,
        payload: JSON.stringify(event),
        receivedAt: late,
        retryAt: new Date(Date.now() + 3_600_000),
      },
    })
    // An event between retries does not count as overdue.
    await ready().expect(200)
    const metrics = await supertest(shop.url)
      .get('/metrics')
      .set('authorization', 'Bearer a token for the tests')
      .expect(200)
    expect(metrics.text).toMatch(/^till_events_unhandled 1$/m)

    // Due, but locked so that no process can take it.
    const holder = await shop.database.pool.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT id FROM "StripeEvent" WHERE id = $1 FOR UPDATE', [event.id])
    await holder.query('UPDATE "StripeEvent" SET "retryAt" = $1 WHERE id = $2', [late, event.id])
    // Committed and claimed again in one statement, so that no loop takes it in between.
    await holder.query(`COMMIT; BEGIN; SELECT id FROM "StripeEvent" WHERE id = '${event.id}' FOR UPDATE`)
    const { body } = await ready().expect(503)
    expect(body).toMatchObject({
      code: 'backlog',
      detail: expect.stringContaining('BACKLOG_LIMIT_SECONDS') as string,
    })
    await holder.query('ROLLBACK')
    holder.release()
    await expect.poll(() => statusOf(order.key)).toBe('paid')
    await ready().expect(200)
  })
})
