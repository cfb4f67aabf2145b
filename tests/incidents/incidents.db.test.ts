// What opens an incident, what does not, and what resolves it.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeSession } from '../../src/checkout/checkout-session.js'
import { openDatabase } from '../../src/database/client.js'
import { openIncident, type NewIncident } from '../../src/incidents/incidents.js'
import { markFailed } from '../../src/outbox/due-mails.js'
import { refundOrder } from '../../src/payments/refunds.js'
import { sendDueRefunds } from '../../src/payments/send-refunds.js'
import { handleEvents } from '../../src/webhooks/handle-events.js'
import { parseEvent } from '../../src/webhooks/verify.js'
import { depsOf, runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import {
  settleReports,
  openOrderOf,
  reportOfRefund,
  reportOfSession,
  type KnownOrder,
} from '../support/settled-orders.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ environment: { METRICS_TOKEN: 'a token for the tests' } })
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const incidentsOf = (subject: string) =>
  prisma().incident.findMany({ where: { subject }, orderBy: { id: 'asc' } })

const unique = (prefix: string) => `${prefix}_${randomBytes(8).toString('hex')}`

/** A completed session that does not say whether it is paid, so that nothing is known of money. */
async function unclear() {
  const order = await openOrder(shop)
  const event = sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'late' })
  return { order, event }
}

/** A payment that does not fit its order. Its incident is about the session. */
async function mismatch() {
  const order = await openOrder(shop)
  const event = sessionEvent(shop, order, 'checkout.session.completed', { amount_total: order.total + 1 })
  return { order, event }
}

async function paidOrder(): Promise<KnownOrder> {
  const { userId } = await openOrder(shop)
  const { email } = await prisma().user.findUniqueOrThrow({ where: { id: userId } })
  const order = await openOrderOf(shop, email)
  await settleReports(shop, reportOfSession(order, 'paid'))
  return order
}

describe('an incident', () => {
  it('is open at most once per kind and subject, and can be reopened after it is resolved', async () => {
    const incident: NewIncident = {
      kind: 'event_failed',
      subject: unique('evt'),
      orderId: null,
      message: 'a NUL \0 and half a pair \ud800',
    }
    const open = () => openIncident(prisma(), incident)
    await Promise.all(Array.from({ length: 20 }, open))
    const [first, ...others] = await incidentsOf(incident.subject)
    expect(others).toEqual([])
    expect(first).toMatchObject({ kind: 'event_failed', resolvedAt: null, resolvedBy: null })

    await openIncident(prisma(), { ...incident, kind: 'event_quarantined' })
    expect(await incidentsOf(incident.subject)).toHaveLength(2)

    const id = String(first?.id)
    expect((await runCommand(shop, 'incidents', 'resolve', id)).code).toBe(0)
    await Promise.all(Array.from({ length: 20 }, open))
    const all = (await incidentsOf(incident.subject)).filter(({ kind }) => kind === incident.kind)
    expect(all.map(({ resolvedBy }) => resolvedBy)).toEqual(['operator', null])
  })

  it('is rolled back with the transaction that opened it', async () => {
    const subject = unique('evt')
    await expect(
      prisma().$transaction(async (tx) => {
        await openIncident(tx, { kind: 'event_failed', subject, orderId: null, message: 'no' })
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    expect(await incidentsOf(subject)).toEqual([])
  })
})

describe('a quarantined event', () => {
  it('without an order opens one incident; deliveries after its resolution open none', async () => {
    const order = await openOrder(shop)
    const event = sessionEvent(shop, order, 'checkout.session.expired', {
      id: unique('cs_test'),
      client_reference_id: 'none',
      metadata: { app: shop.appId, order_key: 'none' },
    })
    await Promise.all([1, 2, 3, 4, 5].map(() => deliver(shop, event).expect(200)))
    await deliver(shop, event).expect(200)
    const [incident, ...others] = await incidentsOf(event.id)
    expect(others).toEqual([])
    expect(incident).toMatchObject({
      kind: 'event_quarantined',
      orderId: null,
      message: 'checkout.session.expired: no order has the key none',
      resolvedAt: null,
    })
    await runCommand(shop, 'incidents', 'resolve', String(incident?.id))
    await deliver(shop, event).expect(200)
    expect(await incidentsOf(event.id)).toHaveLength(1)
    // A replay that fails again opens a new incident.
    await runCommand(shop, 'events', 'replay', event.id)
    expect((await incidentsOf(event.id)).map(({ resolvedBy }) => resolvedBy)).toEqual(['operator', null])
  })

  it('among others of its set opens the only incident, with its order', async () => {
    const { order, event } = await unclear()
    const healthy = await Promise.all([1, 2, 3, 4, 5, 6].map(() => openOrder(shop)))
    const others = healthy.map((one) => sessionEvent(shop, one, 'checkout.session.completed'))
    await Promise.all([...others, event].map((one) => deliver(shop, one).expect(200)))
    expect(await incidentsOf(event.id)).toMatchObject([{ kind: 'event_quarantined', orderId: order.id }])
    const ids = others.map(({ id }) => id)
    expect(await prisma().incident.count({ where: { subject: { in: ids } } })).toBe(0)
    expect(await prisma().stripeEvent.count({ where: { id: { in: ids }, outcome: 'done' } })).toBe(6)
  })

  it('writes its incident in one statement; a healthy event does not touch incidents', async () => {
    const statements: string[] = []
    const database = openDatabase(shop.databaseUrl, { max: 1, onQuery: (sql) => statements.push(sql) })
    const handle = async (event: object) => {
      statements.length = 0
      const deps = { database, operatorEmail: null, appId: shop.appId, livemode: false }
      await handleEvents(deps, [parseEvent(JSON.stringify(event))])
      return statements.filter((sql) => sql.includes('"Incident"')).length
    }
    const healthy = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    expect(await handle(healthy)).toBe(0)
    expect(statements).not.toEqual([])
    expect(await handle((await unclear()).event)).toBe(1)
    await database.close()
  })

  it('with an unreadable field opens an incident', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed', {
      amount_total: 2 ** 53,
    })
    await deliver(shop, event).expect(200)
    expect(await incidentsOf(event.id)).toMatchObject([
      { message: expect.stringContaining('amount_total') as string },
    ])
  })

  it('resolves its incident when a replay succeeds', async () => {
    const { event } = await unclear()
    await deliver(shop, event).expect(200)
    event.data.object.payment_status = 'paid'
    await prisma().stripeEvent.update({
      where: { id: event.id },
      data: { payload: JSON.stringify(event) },
    })
    const { output } = await runCommand(shop, 'events', 'replay', event.id)
    expect(output).toContain('Outcome   done')
    const [incident] = await incidentsOf(event.id)
    expect(incident).toMatchObject({ resolvedBy: 'automatic' })
    expect(Date.now() - (incident?.resolvedAt?.getTime() ?? 0)).toBeLessThan(60_000)
  })
})

describe('replaying all that failed', () => {
  it('includes quarantined events, but not those whose incident was resolved', async () => {
    const [open, dealtWith] = [(await unclear()).event, (await unclear()).event]
    for (const event of [open, dealtWith]) await deliver(shop, event).expect(200)
    const [incident] = await incidentsOf(dealtWith.id)
    await runCommand(shop, 'incidents', 'resolve', String(incident?.id))
    const { output } = await runCommand(shop, 'events', 'replay', '--failed')
    expect(output).toMatch(new RegExp(`^${open.id} .*quarantined$`, 'm'))
    expect(output).not.toContain(dealtWith.id)
    expect(await incidentsOf(open.id)).toHaveLength(1)
    expect(await incidentsOf(dealtWith.id)).toHaveLength(1)
  })
})

describe('an order’s attention', () => {
  const attentionOf = async ({ id }: { id: number }) =>
    (await prisma().order.findUniqueOrThrow({ where: { id } })).needsAttention
  const listed = async () =>
    (await runCommand(shop, 'orders', 'list', '--attention', '--limit', '9999')).output

  it('ends when its last incident is resolved, and its incidents when it is acknowledged', async () => {
    const { order, event } = await mismatch()
    await deliver(shop, event).expect(200)
    await openIncident(prisma(), {
      kind: 'refund_failed',
      subject: unique('re'),
      orderId: order.id,
      message: 'no',
    })
    expect(await attentionOf(order)).toContain(' is over ')
    const [first, second] = await prisma().incident.findMany({ where: { orderId: order.id } })
    await runCommand(shop, 'incidents', 'resolve', String(first?.id))
    expect(await attentionOf(order)).toContain(' is over ')
    await runCommand(shop, 'incidents', 'resolve', String(second?.id))
    expect(await attentionOf(order)).toBeNull()
    expect(await listed()).not.toContain(order.key)

    const other = await mismatch()
    await deliver(shop, other.event).expect(200)
    await runCommand(shop, 'orders', 'attended', other.order.key)
    expect(await attentionOf(other.order)).toBeNull()
    expect(await incidentsOf(other.event.data.object.id)).toMatchObject([{ resolvedBy: 'operator' }])
  })

  it('includes a refund that failed', async () => {
    const order = await paidOrder()
    await settleReports(shop, {
      ...reportOfRefund(order, 'failed'),
      failureReason: 'expired_or_canceled_card',
    })
    expect(await listed()).toMatch(new RegExp(`${order.key} .* failed: expired_or_canceled_card`))
    await runCommand(shop, 'orders', 'attended', order.key)
    expect(await listed()).not.toContain(order.key)
  })
})

describe('Stripe’s answers that need a person', () => {
  it('a session that Stripe does not know opens an incident', async () => {
    const order = await openOrder(shop)
    await closeSession(depsOf(shop), order.sessionId)
    expect(await incidentsOf(order.sessionId)).toMatchObject([{ kind: 'session_unknown', orderId: order.id }])
  })

  it('a checkout that Stripe refuses opens one incident for each cause', async () => {
    const { id } = await prisma().product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
    const product = await prisma().product.findUniqueOrThrow({ where: { id } })
    const { unitAmount, currency } = product
    await prisma().product.update({
      where: { id },
      data: { stripePriceId: 'price_none', stripePriceAmount: unitAmount, stripePriceCurrency: currency },
    })
    for (let shoppers = 0; shoppers < 2; shoppers++) {
      const { shopper } = await newShopper(shop.url)
      await shopper.post(`/checkout/${id}`).type('form').send({ quantity: '1' }).expect(502)
    }
    await prisma().product.update({ where: { id }, data: { stripePriceId: null } })
    expect(await prisma().incident.findMany({ where: { kind: 'checkout_refused' } })).toMatchObject([
      { message: expect.stringContaining('price_none') as string },
    ])
  })

  it.each([
    ['our own', () => shop.appId, 1],
    ['another app’s', () => 'other', 0],
  ])(
    'an event of %s in Stripe’s list that can’t be read opens an incident once',
    async (_whose, app, count) => {
      const id = unique('evt')
      const broken = {
        id,
        object: 'event',
        type: 'refund.failed',
        data: { object: { metadata: { app: app() } } },
      }
      const stripe = createServer((_request, response) =>
        response.end(JSON.stringify({ object: 'list', url: '/v1/events', has_more: false, data: [broken] })),
      )
      await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve))
      const address = stripe.address()
      const port = typeof address === 'object' ? address?.port : 0
      const environment = { ...shop.environment, STRIPE_API_BASE: `http://127.0.0.1:${port}` }
      const catchUp = () => runCommand({ ...shop, environment }, 'events', 'catch-up')
      for (let times = 0; times < 2; times++) expect((await catchUp()).code).toBe(0)
      await prisma().incident.updateMany({ where: { subject: id }, data: { resolvedAt: new Date() } })
      await catchUp()
      stripe.close()
      expect(await incidentsOf(id)).toHaveLength(count)
    },
  )
})

describe('an event that is given up', () => {
  it('opens an incident with its last try, which is resolved when the event is handled later', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')
    await prisma().$executeRawUnsafe(
      'ALTER TABLE "Mail" ADD CONSTRAINT broken CHECK (kind <> \'purchase_succeeded\') NOT VALID',
    )
    for (let tries = 1; tries <= 7; tries++) await deliver(shop, event).expect(500)
    expect(await incidentsOf(event.id)).toEqual([])
    for (let tries = 8; tries <= 10; tries++) await deliver(shop, event).expect(500)
    expect(await incidentsOf(event.id)).toMatchObject([
      { kind: 'event_failed', message: expect.stringContaining('broken') as string, resolvedAt: null },
    ])
    await prisma().$executeRawUnsafe('ALTER TABLE "Mail" DROP CONSTRAINT broken')
    // Stripe keeps sending the event for three days.
    await deliver(shop, event).expect(200)
    expect(await incidentsOf(event.id)).toMatchObject([{ resolvedBy: 'automatic' }])
  })
})

describe('events that are not ours', () => {
  it.each([
    ['another app’s', 'checkout.session.completed', { metadata: { app: 'other' } }],
    [
      'another app’s, with an unreadable field',
      'checkout.session.completed',
      { metadata: { app: 'other' }, url: 1 },
    ],
    ['of a type that is ignored', 'payment_intent.succeeded', { metadata: null, amount_total: 'odd' }],
    ['of an unknown type', 'some.event.of.2031', {}],
  ])('%s open no incident', async (_what, type, session) => {
    const order = await openOrder(shop)
    const event = { ...sessionEvent(shop, order, 'checkout.session.completed', session), type }
    await deliver(shop, event).expect(200)
    const { outcome } = await prisma().stripeEvent.findUniqueOrThrow({ where: { id: event.id } })
    expect(['ignored', 'not_ours']).toContain(outcome)
    expect(await incidentsOf(event.id)).toEqual([])
  })

  it('open no incident when they are given up', async () => {
    const event = sessionEvent(shop, await openOrder(shop), 'checkout.session.completed', {
      metadata: { app: 'other' },
    })
    await prisma().$executeRawUnsafe(
      `ALTER TABLE "StripeEvent" ADD CONSTRAINT broken CHECK (outcome <> 'not_ours') NOT VALID`,
    )
    for (let tries = 1; tries <= 8; tries++) await deliver(shop, event).expect(500)
    await prisma().$executeRawUnsafe('ALTER TABLE "StripeEvent" DROP CONSTRAINT broken')
    expect(await prisma().stripeEvent.findUnique({ where: { id: event.id } })).toMatchObject({
      outcome: 'failed',
    })
    expect(await incidentsOf(event.id)).toEqual([])
  })
})

describe('a refund', () => {
  it('that Stripe reports as failed opens an incident with its order', async () => {
    const order = await paidOrder()
    const failed = { ...reportOfRefund(order, 'failed'), failureReason: 'lost_or_stolen_card' }
    await settleReports(shop, { ...failed, status: 'pending' as const }, failed, failed)
    expect(await incidentsOf(failed.stripeRefundId)).toMatchObject([
      {
        kind: 'refund_failed',
        orderId: order.id,
        message: expect.stringMatching(/^The refund of .* failed: lost_or_stolen_card\.$/) as string,
      },
    ])
  })

  it('that Stripe refuses opens an incident when sent later, but none when the command reports it', async () => {
    const [now, later] = [await paidOrder(), await paidOrder()]
    // Stripe knows neither payment.
    const wanted = { amount: null, restock: false, requestKey: null }
    await expect(refundOrder(depsOf(shop), now.id, wanted)).rejects.toThrow(/refused/i)
    expect(await prisma().incident.count({ where: { orderId: now.id } })).toBe(0)

    const { id } = await prisma().refund.create({
      data: {
        orderId: later.id,
        paymentIntentId: later.paymentIntentId,
        amount: later.total,
        currency: later.currency,
        retryAt: new Date(Date.now() - 1000),
      },
    })
    await sendDueRefunds(depsOf(shop))
    // The shop's own loop may have sent it already.
    await expect.poll(() => incidentsOf(id)).toMatchObject([{ kind: 'refund_refused', orderId: later.id }])
    expect(await prisma().refund.findUnique({ where: { id } })).toMatchObject({ status: 'failed' })
  })
})

describe('a mail', () => {
  it('that is given up opens an incident; one that will be retried does not', async () => {
    const order = await openOrder(shop)
    const data = { kind: 'purchase_failed', orderId: order.id, to: 'a@b.example', dueAt: null } as const
    const mail = await prisma().mail.create({ data })
    const error = new Error('550 no such mailbox')
    await markFailed(prisma(), mail, error, new Date(Date.now() + 3_600_000))
    expect(await incidentsOf(String(mail.id))).toEqual([])
    await markFailed(prisma(), mail, error, null)
    expect(await incidentsOf(String(mail.id))).toMatchObject([
      {
        kind: 'mail_failed',
        orderId: order.id,
        message: 'The email purchase_failed was not sent: Error: 550 no such mailbox',
      },
    ])
  })
})

describe('the incident commands and metric', () => {
  it('list, show and resolve incidents', async () => {
    const { order, event } = await unclear()
    await deliver(shop, event).expect(200)
    const [incident] = await incidentsOf(event.id)
    const id = String(incident?.id)
    const listed = async (...words: string[]) =>
      (await runCommand(shop, 'incidents', 'list', '--limit', '9999', ...words)).output
    expect(await listed()).toMatch(new RegExp(`^${id} .* event_quarantined +${event.id} +${order.key}$`, 'm'))

    expect((await runCommand(shop, 'orders', 'show', order.key)).output).toMatch(
      new RegExp(`^${id} +event_quarantined .* ${event.id}$`, 'm'),
    )
    expect((await runCommand(shop, 'incidents')).output).toMatch(
      new RegExp(`^ {4}\\S.* npm run events -- replay ${event.id}$`, 'm'),
    )
    const shown = await runCommand(shop, 'incidents', 'show', id)
    expect(shown.code).toBe(0)
    expect(shown.output).toContain(`Subject   event ${event.id}`)
    expect(shown.output).toContain(`npm run events -- replay ${event.id}`)

    const resolved = await runCommand(shop, 'incidents', 'resolve', id, 'refunded', 'by hand')
    expect(resolved).toMatchObject({ code: 0, output: expect.stringMatching(/, operator$/m) as string })
    expect(resolved.output).toContain('Note      refunded by hand')
    expect(await listed()).not.toContain(event.id)
    expect(await listed('--all')).toContain(event.id)
    expect(await runCommand(shop, 'incidents', 'resolve', id)).toEqual({
      code: 1,
      output: `Incident ${id} is resolved already.`,
    })
  })

  it.each([
    [['show', '999999999'], /There is no incident 999999999/],
    [['show', 'evt_1'], /There is no incident evt_1/],
    [['resolve'], /Which incident\?[^]*Usage/],
    [['list', '--limit', '0'], /from 1 to 9999/],
    [['close', '1'], /^There is no command "close".\n\nUsage/],
  ])('report an error for %j', async (words, message) => {
    const { code, output } = await runCommand(shop, 'incidents', ...words)
    expect(code).toBe(1)
    expect(output).toMatch(message)
  })

  it('count open incidents by kind', async () => {
    const open = await prisma().incident.count({ where: { kind: 'event_quarantined', resolvedAt: null } })
    const { text } = await supertest(shop.url)
      .get('/metrics')
      .set('authorization', 'Bearer a token for the tests')
      .expect(200)
    expect(text).toContain(`till_incidents_open{kind="event_quarantined"} ${open}\n`)
    await deliver(shop, (await unclear()).event).expect(200)
    const { text: after } = await supertest(shop.url)
      .get('/metrics')
      .set('authorization', 'Bearer a token for the tests')
    expect(after).toContain(`till_incidents_open{kind="event_quarantined"} ${open + 1}\n`)
    expect(after).toContain('till_incidents_open{kind="refund_failed"} ')
  })
})
