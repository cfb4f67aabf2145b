// The pages about incidents, Stripe's events and mails.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INCIDENT_KINDS, subjectType, type IncidentKind } from '../../src/incidents/kinds.js'
import { openIncident } from '../../src/incidents/incidents.js'
import { KNOWN_KINDS } from '../../src/outbox/mail-kinds.js'
import { versionOf } from '../../src/outbox/resend-mail.js'
import { runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { newOperator } from '../support/operator.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
let operatorId: number
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  ;({ operator, id: operatorId } = await newOperator(shop))
})
afterAll(() => shop.close())

const audited = (subject: string, subjectId: string | number) =>
  shop.database.prisma.auditEntry.findMany({
    where: { subject, subjectId: String(subjectId) },
    orderBy: { id: 'asc' },
  })
const send = (path: string, fields: Record<string, string> = {}) =>
  operator.post(path).type('form').send(fields)

/** An event with a status that the shop does not know. */
async function quarantined() {
  const order = await openOrder(shop)
  const event = sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'late' })
  await deliver(shop, event).expect(200)
  const where = { kind: 'event_quarantined', subject: event.id, resolvedAt: null }
  const incident = await shop.database.prisma.incident.findFirstOrThrow({ where })
  return { order, event, incident }
}

const outcomeOf = async (id: string) =>
  (await shop.database.prisma.stripeEvent.findUniqueOrThrow({ where: { id } })).outcome

describe('incidents', () => {
  it('are listed with filters, the open ones first, and paged by key', async () => {
    const { prisma } = shop.database
    for (let number = 0; number < 55; number++)
      await openIncident(prisma, {
        kind: 'loop_failing',
        subject: `loop ${number}`,
        orderId: null,
        message: `Loop <b>${number}</b> fails`,
      })
    const first = await operator.get('/admin/incidents?kind=loop_failing').expect(200)
    expect(first.text).toContain('Loop &lt;b&gt;0&lt;/b&gt; fails')
    expect(first.text).not.toContain('Loop &lt;b&gt;50&lt;/b&gt; fails')
    const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await operator.get(next).expect(200)
    expect(second.text).toContain('Loop &lt;b&gt;50&lt;/b&gt; fails')
    expect(second.text).not.toContain('Loop &lt;b&gt;0&lt;/b&gt; fails')
    await prisma.incident.updateMany({ where: { subject: 'loop 3' }, data: { resolvedAt: new Date() } })
    const page = async (query: string) => (await operator.get(`/admin/incidents?${query}`).expect(200)).text
    expect(await page('kind=loop_failing')).not.toContain('Loop &lt;b&gt;3&lt;/b&gt;')
    expect(await page('kind=loop_failing&state=resolved')).toContain('Loop &lt;b&gt;3&lt;/b&gt;')
    expect(await page('kind=clock_skew&state=nonsense')).toContain('No open incidents')
    for (const kind of Object.keys(INCIDENT_KINDS)) expect(first.text).toContain(`value="${kind}"`)
  })

  it.each(Object.keys(INCIDENT_KINDS))(
    'of the kind %s say what to do in the admin, and lead there',
    async (kind) => {
      const { prisma } = shop.database
      const { order, event } = await quarantined()
      const mail = await prisma.mail.create({
        data: { kind: 'purchase_failed', orderId: order.id, to: 'a@b.example' },
      })
      const subjects: Record<string, string> = {
        customer: String(operatorId),
        event: event.id,
        mail: String(mail.id),
        order: order.key,
        product: String(order.productId),
        queue: 'events',
      }
      const subject = subjects[subjectType(kind)] ?? order.key
      await openIncident(prisma, { kind: kind as IncidentKind, subject, orderId: order.id, message: 'Look.' })
      const { id } = await prisma.incident.findFirstOrThrow({
        where: { kind, subject },
        orderBy: { id: 'desc' },
      })
      const { text } = await operator.get(`/admin/incidents/${id}`).expect(200)
      const advice = text.split('id="to-do"')[1]?.split('</section>')[0] ?? ''
      expect(textOf(advice)).toMatch(/\w\. /)
      expect(advice).not.toContain('npm run')
      await operator.get(/href="([^"#]+)/.exec(advice)?.[1] ?? '').expect(200)
    },
  )

  it('say what to do, and are resolved once, with a note', async () => {
    const { event, incident } = await quarantined()
    const path = `/admin/incidents/${incident.id}`
    const { text } = await operator.get(path).expect(200)
    expect(text).toContain(`href="/admin/events/${event.id}"`)
    expect(textOf(text)).toContain('Then replay the event. Open the event')
    const tooLong = await send(path, { note: 'x'.repeat(2001) }).expect(422)
    expect(tooLong.text).toContain('Use at most 2,000 characters.')
    expect(tooLong.text).toContain('x'.repeat(2001))
    await send(path, { note: 'Refunded by hand' }).expect(303).expect('location', `${path}?done=resolved`)
    expect((await send(path, { note: 'Again' }).expect(409)).text).toContain('was resolved before')
    expect(
      await shop.database.prisma.incident.findUniqueOrThrow({ where: { id: incident.id } }),
    ).toMatchObject({
      note: 'Refunded by hand',
      resolvedBy: 'operator',
      resolvedById: operatorId,
    })
    expect(await audited('incident', incident.id)).toMatchObject([
      { action: 'incident.resolved', actor: 'operator', actorId: operatorId, fields: ['note'] },
    ])
    expect(textOf((await operator.get(path)).text)).toContain('By Ada Shopper')
    await operator.get('/admin/incidents/999999').expect(404)
  })
})

describe('events', () => {
  it('are found by outcome, type, order and id', async () => {
    const { order, event } = await quarantined()
    const good = sessionEvent(shop, order, 'checkout.session.completed')
    await deliver(shop, good).expect(200)
    const ids = async (query: string) => {
      const { text } = await operator.get(`/admin/events?${query}`).expect(200)
      return [event.id, good.id].filter((id) => text.includes(id))
    }
    expect(await ids('')).toEqual([event.id, good.id])
    expect(await ids('outcome=quarantined')).toEqual([event.id])
    expect(await ids('outcome=done')).toEqual([good.id])
    expect(await ids('type=checkout.session.completed')).toEqual([event.id, good.id])
    expect(await ids('type=checkout.session.completed&outcome=done')).toEqual([good.id])
    expect(await ids('type=checkout.session.expired')).toEqual([])
    expect(await ids(`order=${order.key}`)).toEqual([event.id, good.id])
    expect(await ids('order=T-00000000')).toEqual([])
    expect(await ids(`id=${event.id}`)).toEqual([event.id])
    const { text } = await operator.get(`/admin/events/${event.id}`).expect(200)
    expect(text).toContain('&#34;payment_status&#34;: &#34;late&#34;')
    await operator.get('/admin/events/evt_nothing').expect(404)
  })

  it('are paged by key, also those of one type', async () => {
    const created = (number: number) => new Date(Date.UTC(2020, 0, 1) + (number % 7) * 1000)
    const data = Array.from({ length: 120 }, (_, number) => ({
      id: `evt_page${String(number).padStart(3, '0')}`,
      type: 'paged.event',
      created: created(number),
      livemode: false,
      payload: '{"data":{"object":{}}}',
      outcome: number % 2 === 0 ? ('ignored' as const) : ('done' as const),
      handledAt: new Date(),
    }))
    await shop.database.prisma.stripeEvent.createMany({ data })
    const seen: string[] = []
    for (let path = '/admin/events?type=paged.event'; path !== '';) {
      const { text } = await operator.get(path).expect(200)
      seen.push(...new Set([...text.matchAll(/evt_page\d+/g)].map(([id]) => id)))
      path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    }
    expect(seen).toHaveLength(120)
    expect([...seen].sort()).toEqual(data.map(({ id }) => id))
  })

  it('are replayed, one by one and all that failed', async () => {
    const { event } = await quarantined()
    const payload = JSON.stringify(event).replace('"late"', '"paid"')
    await shop.database.prisma.stripeEvent.update({ where: { id: event.id }, data: { payload } })
    await send(`/admin/events/${event.id}/replay`).expect(303)
    expect(await outcomeOf(event.id)).toBe('done')
    expect(await audited('event', event.id)).toMatchObject([
      { action: 'event.replayed', actorId: operatorId },
    ])
    const incident = await shop.database.prisma.incident.findFirstOrThrow({ where: { subject: event.id } })
    expect(incident.resolvedBy).toBe('automatic')

    const other = await quarantined()
    const { headers } = await send('/admin/events/replay-failed').expect(303)
    expect(textOf((await operator.get(String(headers['location']))).text)).toMatch(
      /\d+ replayed, \d+ of them still/,
    )
    expect(await outcomeOf(other.event.id)).toBe('quarantined')
    expect(await audited('events', 'failed')).toHaveLength(1)
  })

  it('are ignored with a reason, which resolves their incident, and can still be replayed', async () => {
    const { event, incident } = await quarantined()
    const path = `/admin/events/${event.id}/ignore`
    expect((await send(path, { reason: ' ' }).expect(422)).text).toContain('Say why it is ignored.')
    await send(path, { reason: 'A test of ours' }).expect(303)
    expect(
      await shop.database.prisma.stripeEvent.findUniqueOrThrow({ where: { id: event.id } }),
    ).toMatchObject({
      outcome: 'ignored',
      detail: 'ignored by an operator: A test of ours',
      retryAt: null,
    })
    expect(
      await shop.database.prisma.incident.findUniqueOrThrow({ where: { id: incident.id } }),
    ).toMatchObject({
      resolvedBy: 'operator',
      note: 'A test of ours',
    })
    expect(await audited('event', event.id)).toMatchObject([{ action: 'event.ignored', fields: ['reason'] }])
    expect((await send(path, { reason: 'Again' }).expect(409)).text).toContain('it is not tried again')
    // Stripe sends it again, and nothing happens.
    await deliver(shop, event).expect(200)
    expect(await outcomeOf(event.id)).toBe('ignored')
    const replayed = await runCommand(shop, 'events', 'replay', event.id)
    expect(replayed.output).toContain('Outcome   quarantined')
  })

  it('are ignored by the command too', async () => {
    const { event } = await quarantined()
    expect((await runCommand(shop, 'events', 'ignore', event.id)).output).toMatch(/^Why is it ignored\?/)
    const { output } = await runCommand(shop, 'events', 'ignore', event.id, 'not', 'ours')
    expect(output).toContain('ignored: ignored by an operator: not ours')
    expect(await audited('event', event.id)).toMatchObject([{ actor: 'command', actorId: null }])
    expect((await runCommand(shop, 'events', 'ignore', 'evt_nothing', 'why')).output).toContain(
      'has not been received',
    )
  })

  it('that failed keep the new error, and are not lost', async () => {
    const { event } = await quarantined()
    const { prisma } = shop.database
    const payload = JSON.stringify(event).replace('"late"', '"paid"')
    const given = { outcome: 'failed' as const, attempts: 8, handledAt: null, lastError: 'an old error' }
    await prisma.stripeEvent.update({ where: { id: event.id }, data: { payload, ...given } })
    await prisma.$executeRawUnsafe(
      'ALTER TABLE "Mail" ADD CONSTRAINT broken CHECK (kind <> \'purchase_succeeded\') NOT VALID',
    )
    const { text } = await send(`/admin/events/${event.id}/replay`).expect(409)
    await prisma.$executeRawUnsafe('ALTER TABLE "Mail" DROP CONSTRAINT broken')
    expect(textOf(text)).toContain('fix its cause')
    const stored = await prisma.stripeEvent.findUniqueOrThrow({ where: { id: event.id } })
    expect(stored).toMatchObject({ attempts: 9, outcome: 'failed' })
    expect(stored.lastError).toContain('broken')
    await send(`/admin/events/${event.id}/replay`).expect(303)
    expect(await outcomeOf(event.id)).toBe('done')
  })

  it('can’t be fetched when Stripe is away, and say so', async () => {
    const search = await operator.get('/admin/orders?q=ch_1Unknown').expect(422)
    expect(textOf(search.text)).toContain('Stripe could not be asked')
    expect(search.text).toContain('value="ch_1Unknown"')
    expect((await send('/admin/events/fetch', { id: 'nonsense' }).expect(422)).text).toContain(
      'Enter the id of an event',
    )
    expect((await send('/admin/events/fetch', { id: 'evt_missing' }).expect(503)).text).toContain(
      'Stripe could not be asked',
    )
    expect((await send('/admin/events/catch-up', { hours: '0' }).expect(422)).text).toContain('from 1 to 720')
    expect((await send('/admin/events/catch-up', { hours: '2' }).expect(503)).text).toContain(
      'Stripe could not be asked',
    )
  })
})

describe('mails', () => {
  const to = 'ada@shopper.example'
  const newMail = (data: object = {}) =>
    shop.database.prisma.mail.create({ data: { kind: 'password_changed', to, data: {}, ...data } })
  const sent = {
    subject: 'Hello',
    text: 'Plain words',
    html: '<p>Rich <script>alert(1)</script></p>',
    dueAt: null,
    attempts: 1,
  }

  it('are found by state, kind and recipient', async () => {
    const given = await newMail({
      dueAt: null,
      attempts: 8,
      lastError: 'mailbox full',
      to: 'full@shopper.example',
    })
    const page = async (query: string) =>
      textOf((await operator.get(`/admin/mails?${query}`).expect(200)).text)
    expect(await page('state=failed')).toContain('mailbox full')
    expect(await page('state=sent&to=full@shopper.example')).toContain('No emails match')
    expect(await page('to=Full@Shopper.example')).toContain('mailbox full')
    expect(await page('kind=new_order')).toContain('No emails match')
    expect(
      await page(`kind=password_changed&after=${Buffer.from(`[${given.id}]`).toString('base64url')}`),
    ).not.toContain('mailbox full')
  })

  it('are shown as they were sent, in a frame in which nothing runs', async () => {
    const mail = await newMail({ ...sent, sentAt: new Date() })
    const { text } = await operator.get(`/admin/mails/${mail.id}`).expect(200)
    expect(text).toContain(`src="/admin/mails/${mail.id}/html"`)
    const frame = await operator.get(`/admin/mails/${mail.id}/html`).expect(200)
    expect(frame.text).toBe(sent.html)
    expect(frame.headers['content-security-policy']).toMatch(/^default-src 'none'.*; sandbox /)
  })

  it('with a secret link never show it, and are not sent again', async () => {
    const link = {
      text: 'https://shop.example/password/reset/secret',
      html: '<a href="https://shop.example/password/reset/secret">',
    }
    const mail = await newMail({ ...sent, ...link, kind: 'password_reset', sentAt: new Date() })
    const { text } = await operator.get(`/admin/mails/${mail.id}`).expect(200)
    expect(text).not.toContain('reset/secret')
    await operator.get(`/admin/mails/${mail.id}/html`).expect(404)
    const path = `/admin/mails/${mail.id}/resend`
    expect((await send(path, { version: versionOf(mail) }).expect(409)).text).toContain('link is not kept')
    const guests = await newMail({
      ...sent,
      text: 'https://shop.example/orders/ord_1?token=secret',
      sentAt: new Date(),
    })
    expect((await operator.get(`/admin/mails/${guests.id}`)).text).not.toContain('token=secret')
  })

  it('are sent again once for each click', async () => {
    const mail = await newMail({ ...sent, sentAt: new Date(Date.now() - 60_000) })
    const path = `/admin/mails/${mail.id}/resend`
    const version = versionOf(mail)
    const { headers } = await send(path, { version }).expect(303)
    expect((await send(path, { version }).expect(409)).text).toContain('Nothing was sent now')
    await send(path).expect(409)
    expect(await audited('mail', mail.id)).toMatchObject([{ action: 'mail.resent', actorId: operatorId }])
    const row = (id: number) => shop.database.prisma.mail.findUniqueOrThrow({ where: { id } })
    const [again] = await shop.database.prisma.mail.findMany({ where: { resendOf: mail.id } })
    expect(headers['location']).toBe(`/admin/mails/${again?.id ?? 0}?done=resent`)
    await expect
      .poll(async () => (await row(again?.id ?? 0)).subject, { timeout: 30_000 })
      .toContain('password')
    // The first one stays as it was sent.
    const { subject, sentAt, createdAt } = mail
    expect(await row(mail.id)).toMatchObject({ subject, sentAt, createdAt, resends: 1 })
    expect((await operator.get(`/admin/mails/${again?.id ?? 0}`)).text).toContain(
      `href="/admin/mails/${mail.id}"`,
    )
    expect((await runCommand(shop, 'mails', 'resend', String(mail.id))).output).toContain('add --again')
    expect((await runCommand(shop, 'mails', 'resend', String(mail.id), '--again')).code).toBe(0)
  })

  it.each(KNOWN_KINDS)('of the kind %s have a preview', async (kind) => {
    const { text } = await operator.get(`/admin/mails/preview/${kind}`).expect(200)
    expect(text).toContain(`<iframe class="a-frame"`)
    const frame = await operator.get(`/admin/mails/preview/${kind}/html`).expect(200)
    expect(frame.text).toContain('Till')
    expect(frame.text).not.toMatch(/undefined|\[object/)
    const { output } = await runCommand(shop, 'mails', 'preview', kind)
    expect(output).not.toMatch(/undefined|\[object/)
  })
})
