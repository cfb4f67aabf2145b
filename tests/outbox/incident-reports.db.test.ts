// The operator's mail about new incidents.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openIncident } from '../../src/incidents/incidents.js'
import { markFailed, markOutdated } from '../../src/outbox/due-mails.js'
import { reportIncidents } from '../../src/outbox/incident-reports.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { runCommand } from '../support/command.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const OPERATOR = 'operator@till.example'

let mailbox: Mailbox
let shop: TestShop
beforeAll(async () => {
  mailbox = await openMailbox()
  // Without OPERATOR_EMAIL, so that no loop writes reports.
  shop = await startTestShop({
    sandbox: false,
    environment: { SMTP_URL: mailbox.url, MAIL_FROM: 'Till <shop@till.example>' },
  })
})
afterAll(async () => {
  await shop.close()
  await mailbox.close()
})

const prisma = () => shop.database.prisma
const report = () => reportIncidents(shop.database, OPERATOR)
const reports = () => prisma().mail.findMany({ where: { kind: 'incident_report' }, orderBy: { id: 'asc' } })

beforeEach(async () => {
  await prisma().incident.deleteMany()
  await prisma().mail.deleteMany()
  mailbox.mails.length = 0
})

/** Opens an incident this many seconds ago. */
async function opened(secondsAgo: number): Promise<number> {
  const subject = randomBytes(6).toString('hex')
  await openIncident(prisma(), { kind: 'refund_failed', subject, orderId: null, message: `about ${subject}` })
  const { id } = await prisma().incident.findFirstOrThrow({ where: { subject } })
  await prisma().incident.update({
    where: { id },
    data: { createdAt: new Date(Date.now() - secondsAgo * 1000) },
  })
  return id
}

/** Writes a report that the mail server refuses for now. */
async function refusedReport() {
  mailbox.refuse(true)
  await report()
  await expect.poll(async () => (await reports()).at(-1)?.lastError).toBeTruthy()
  mailbox.refuse(false)
  const mail = (await reports()).at(-1)
  if (!mail) throw new Error('There is no report.')
  return mail
}

const trySending = () => prisma().mail.updateMany({ where: { sentAt: null }, data: { dueAt: new Date() } })

describe('the report', () => {
  it('waits for others, and is one mail about all of them, whichever process writes it', async () => {
    await opened(30)
    expect(await report()).toBe(0)
    await opened(61)
    for (let count = 0; count < 40; count++) await opened(1)
    const written = await Promise.all([report(), report(), report(), report()])
    expect(written.sort()).toEqual([0, 0, 0, 42])
    await expect.poll(() => mailbox.mails.length).toBe(1)
    const [mail] = mailbox.mails
    expect(mail?.subject).toBe('Till: 42 things need you')
    expect(mail?.text?.match(/about [0-9a-f]{12}/g)).toHaveLength(30)
    expect(mail?.text).toContain('And 12 more.')
    expect(mail?.text).toContain('send it outside Stripe')
    expect(mail?.html).toContain('And 12 more.')
    await expect.poll(async () => (await reports())[0]?.sentAt).not.toBeNull()
    expect((await reports())[0]?.text).toContain('about ')
  })

  it('comes at most every 15 minutes, and is about what was not reported before', async () => {
    await opened(61)
    expect(await report()).toBe(1)
    await expect.poll(async () => (await reports())[0]?.sentAt).not.toBeNull()
    const next = await opened(61)
    expect(await report()).toBe(0)
    await prisma().mail.updateMany({ data: { sentAt: new Date(Date.now() - 16 * 60_000) } })
    expect(await report()).toBe(1)
    await expect.poll(() => mailbox.mails.length).toBe(2)
    expect(mailbox.mails[1]?.text).toContain(`Incident ${next} `)
    expect(await report()).toBe(0)
  })

  it('leaves out what was resolved before it was sent, and is not sent when nothing is left', async () => {
    const [first, second] = [await opened(61), await opened(61)]
    await refusedReport()
    await runCommand(shop, 'incidents', 'resolve', String(first))
    await trySending()
    await expect.poll(() => mailbox.mails.length).toBe(1)
    expect(mailbox.mails[0]?.subject).toBe('Till: something needs you')
    expect(mailbox.mails[0]?.text).toContain(`Incident ${second} `)

    await prisma().mail.deleteMany()
    await prisma().incident.updateMany({ data: { mailId: null } })
    await refusedReport()
    await runCommand(shop, 'incidents', 'resolve', String(second))
    await trySending()
    await expect.poll(async () => (await reports())[0]).toMatchObject({ outdated: true, sentAt: null })
  })

  it('that another release marks as outdated is written again at once, one that is given up too', async () => {
    await opened(61)
    await markOutdated(prisma(), await refusedReport())
    const again = await refusedReport()
    expect(await prisma().incident.count({ where: { mailId: again.id } })).toBe(1)
    await markFailed(prisma(), again, new Error('550 no such mailbox'), null)
    // With the incident about the mail itself.
    expect(await report()).toBe(2)
  })

  it('tells of an order whose payment does not fit, in one mail for a storm of them', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, () => openOrder(shop)))
    for (const order of orders)
      await deliver(
        shop,
        sessionEvent(shop, order, 'checkout.session.completed', { amount_total: 1 }),
      ).expect(200)
    await prisma().incident.updateMany({ data: { createdAt: new Date(Date.now() - 61_000) } })
    expect(await report()).toBe(5)
    await expect.poll(() => mailbox.mails.length).toBe(1)
    expect(mailbox.mails[0]?.text?.match(/is over 1 /g)).toHaveLength(5)
  })
})
