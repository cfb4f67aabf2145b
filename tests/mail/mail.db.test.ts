import { pino } from 'pino'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, stranger } from '../support/shopper.js'

let mailbox: Mailbox
let shop: TestShop
const log: string[] = []
beforeAll(async () => {
  mailbox = await openMailbox()
  shop = await startTestShop({
    sandbox: false,
    log: pino({ level: 'warn' }, { write: (line: string) => void log.push(line) }),
    environment: {
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Till <shop@till.example>',
      OPERATOR_EMAIL: 'operator@till.example',
    },
  })
})
afterAll(async () => {
  await shop.close()
  await mailbox.close()
})

const to = (address: string) => mailbox.mails.filter((mail) => JSON.stringify(mail.to).includes(address))
const emailOf = async (orderId: number) =>
  (await shop.database.prisma.order.findUniqueOrThrow({ where: { id: orderId } })).email

describe('mail about an order', () => {
  it('is sent once by SMTP, as text and HTML, with the items and a link to the order', async () => {
    const order = await openOrder(shop, 2)
    const event = sessionEvent(shop, order, 'checkout.session.completed')
    await Promise.all([deliver(shop, event), deliver(shop, event), deliver(shop, event)])
    const email = await emailOf(order.id)
    await expect.poll(() => to(email).length).toBe(1)

    const [mail] = to(email)
    const item = await shop.database.prisma.orderItem.findFirstOrThrow({ where: { orderId: order.id } })
    expect(mail?.from?.text).toContain('shop@till.example')
    expect(mail?.subject).toMatch(/^Your order T-\w{8} is paid$/)
    for (const part of [mail?.text, String(mail?.html)]) {
      expect(part).toContain(item.name)
      expect(part).toContain(`${shop.url}/orders/${order.key}`)
    }
    // The mail arrives a moment before its row is updated.
    const row = () => shop.database.prisma.mail.findFirstOrThrow({ where: { orderId: order.id } })
    await expect.poll(async () => (await row()).sentAt).not.toBeNull()
    expect(await row()).toMatchObject({ attempts: 1, dueAt: null, lastError: null })
  })

  it('a payment on its way and a failed payment have their own subjects', async () => {
    const order = await openOrder(shop)
    const email = await emailOf(order.id)
    const unpaid = { payment_status: 'unpaid' }
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed', unpaid)).expect(200)
    await expect.poll(() => to(email).length).toBe(1)
    expect(to(email)[0]?.subject).toMatch(/is on its way$/)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_failed')).expect(200)
    await expect.poll(() => to(email).length).toBe(2)
    expect(to(email)[1]?.subject).toMatch(/didn’t go through$/)
  })

  it('an outdated mail is not sent after a newer one', async () => {
    mailbox.refuse(true)
    const order = await openOrder(shop)
    const email = await emailOf(order.id)
    const unpaid = { payment_status: 'unpaid' }
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed', unpaid)).expect(200)
    const { prisma } = shop.database
    const where = { orderId: order.id }
    const refused = () => prisma.mail.count({ where: { ...where, lastError: { not: null } } })
    await expect.poll(refused).toBe(1)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.async_payment_succeeded')).expect(200)
    await expect.poll(refused).toBe(2)
    mailbox.refuse(false)
    await prisma.mail.updateMany({ where, data: { dueAt: new Date() } })
    await expect.poll(() => prisma.mail.count({ where: { ...where, dueAt: null } })).toBe(2)
    expect(to(email).map(({ subject }) => subject)).toEqual([expect.stringMatching(/is paid$/)])
    expect(await prisma.mail.findMany({ where: { ...where, outdated: true } })).toMatchObject([
      { kind: 'payment_on_its_way', sentAt: null },
    ])
  })
})

describe('mail to the operator', () => {
  it('tells of an order that needs attention, a minute later', async () => {
    const order = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed', { amount_total: 1 })).expect(
      200,
    )
    await shop.database.prisma.incident.updateMany({ data: { createdAt: new Date(Date.now() - 61_000) } })
    await expect.poll(() => to('operator@till.example').length, { timeout: 20_000 }).toBe(1)
    expect(to('operator@till.example')[0]?.text).toContain('is over 1 ')
  })
})

describe('sending', () => {
  it('a refused mail is retried later, and its row keeps the error', async () => {
    mailbox.refuse(true)
    const order = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    const email = await emailOf(order.id)
    const row = () => shop.database.prisma.mail.findFirstOrThrow({ where: { orderId: order.id } })
    await expect.poll(async () => (await row()).lastError).toContain('mailbox full')
    expect(await row()).toMatchObject({ attempts: 1, sentAt: null })
    expect((await row()).dueAt?.getTime()).toBeGreaterThan(Date.now() + 30_000)
    const { id } = await row()
    const logged = log.filter((line) => line.includes(`"mail":${id},`)).join('')
    expect(logged).toContain('mailbox full')
    expect(logged).not.toContain(email)

    mailbox.refuse(false)
    await shop.database.prisma.mail.updateMany({ where: { orderId: order.id }, data: { dueAt: new Date() } })
    await expect.poll(async () => (await row()).sentAt).not.toBeNull()
    expect(to(email)).toHaveLength(1)
    expect(await row()).toMatchObject({ attempts: 2, lastError: null, dueAt: null })
  })

  it('a mail claimed by a process that died is sent by another', async () => {
    const { id } = await shop.database.prisma.mail.create({
      data: {
        kind: 'password_reset',
        to: 'left@shopper.example',
        data: { name: 'Ada', resetUrl: 'http://127.0.0.1/password/reset/x', validMinutes: 60 },
        attempts: 1,
        dueAt: new Date(),
      },
    })
    await expect.poll(() => to('left@shopper.example').length).toBe(1)
    expect(await shop.database.prisma.mail.findUnique({ where: { id } })).toMatchObject({ attempts: 2 })
  })

  it('a mail that was given up can be sent again, which resolves its incident', async () => {
    const order = await openOrder(shop)
    const { prisma } = shop.database
    mailbox.refuse(true)
    const { id } = await prisma.mail.create({
      data: { kind: 'purchase_failed', orderId: order.id, to: 'again@shopper.example', attempts: 7 },
    })
    const row = () => prisma.mail.findUniqueOrThrow({ where: { id } })
    const mails = (...words: string[]) => runCommand(shop, 'mails', ...words)
    const open = () => prisma.incident.count({ where: { subject: String(id), resolvedAt: null } })
    await expect.poll(open).toBe(1)
    mailbox.refuse(false)
    expect((await mails('list', '--state', 'failed')).output).toMatch(
      new RegExp(`^${id} +purchase_failed +again@shopper.example .* failed .*mailbox full`, 'm'),
    )
    expect(await mails('resend', String(id))).toMatchObject({ code: 0 })
    await expect.poll(() => to('again@shopper.example').length).toBe(1)
    await expect.poll(open).toBe(0)
    expect(await row()).toMatchObject({ attempts: 1, lastError: null, dueAt: null })
    expect((await mails('show', String(id))).output).toContain('didn’t go through')
    expect((await mails('resend', String(id))).output).toMatch(/was sent at/)
  })

  it.each([
    [['show', '999999999'], /There is no mail 999999999/],
    [['resend'], /Which mail\?/],
    [['list', '--state', 'lost'], /There is no state "lost": use one of waiting, sent, outdated, failed/],
  ])('the command reports an error for %j', async (words, message) => {
    const { code, output } = await runCommand(shop, 'mails', ...words)
    expect(code).toBe(1)
    expect(output).toMatch(message)
  })

  it('old mails are outdated, and the link of a reset is not kept', async () => {
    const order = await openOrder(shop)
    const { prisma } = shop.database
    const data = { name: 'Ada', resetUrl: 'http://127.0.0.1/password/reset/secret', validMinutes: 60 }
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    const due = new Date(Date.now() + 3_600_000)
    const add = (mail: object) =>
      prisma.mail.create({
        data: { kind: 'password_reset', to: 'old@shopper.example', dueAt: due, data, ...mail },
      })
    const rows = [
      await add({ createdAt: at(61) }),
      // It would be expired by its next try, five minutes from now.
      await add({ createdAt: at(56), to: 'refused@shopper.example', attempts: 1 }),
      await add({ kind: 'purchase_failed', orderId: order.id, createdAt: at(3 * 24 * 60 + 1) }),
    ]
    mailbox.refuse(true)
    const ids = rows.map(({ id }) => id)
    await prisma.mail.updateMany({ where: { id: { in: ids } }, data: { dueAt: new Date() } })
    const outdated = () => prisma.mail.count({ where: { id: { in: ids }, outdated: true, dueAt: null } })
    await expect.poll(outdated).toBe(3)
    mailbox.refuse(false)
    const stored = await prisma.mail.findMany({ where: { id: { in: ids.slice(0, 2) } } })
    expect(JSON.stringify(stored)).not.toContain('secret')
    expect(await prisma.incident.count({ where: { subject: { in: ids.map(String) } } })).toBe(0)
    expect(to('old@shopper.example')).toEqual([])
    const { output } = await runCommand(shop, 'mails', 'resend', String(ids[0]))
    expect(output).toContain('The shopper can ask for a new one.')
  })

  it.each([
    ['password_reset', { resetUrl: 'http://127.0.0.1/password/reset/x', validMinutes: 60 }, 61],
    ['email_verification', { verifyUrl: 'http://127.0.0.1/email/verify/x', validHours: 24 }, 24 * 60 + 1],
  ] as const)('a %s mail is not sent once its link has expired', async (kind, data, minutes) => {
    const createdAt = new Date(Date.now() - minutes * 60_000)
    const mail = { kind, to: `late-${kind}@shopper.example`, data, createdAt }
    const { id } = await shop.database.prisma.mail.create({ data: mail })
    const row = () => shop.database.prisma.mail.findUniqueOrThrow({ where: { id } })
    await expect.poll(async () => (await row()).dueAt).toBeNull()
    expect(await row()).toMatchObject({ outdated: true, sentAt: null })
    expect(to(mail.to)).toEqual([])
  })

  it('an email address cannot inject headers', async () => {
    const { email } = await newShopper(shop.url)
    await stranger(shop.url)
      .post('/password/forgot')
      .type('form')
      .send({ email: `${email}\r\nBcc: eve@evil.example` })
      .expect(422)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
    // The first is to verify the address.
    await expect.poll(() => to(email).length).toBe(2)
    expect(to(email)[1]?.text).toContain(`${shop.url}/password/reset/`)
  })

  it('with SMTP, /dev/mail gets 404', async () => {
    await supertest(shop.url).get('/dev/mail').expect(404)
  })
})
