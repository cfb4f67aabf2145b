// Queues that do not move on open an incident each, which is resolved when they do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchBacklogs } from '../../src/background/backlogs.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import { createTestDatabase } from '../support/postgres/test-database.js'

let database: Database
let drop: () => Promise<void>
let orderId: number
beforeAll(async () => {
  const created = await createTestDatabase()
  drop = created.drop
  database = openDatabase(created.url, { max: 2 })
  await database.prisma.shop.create({ data: {} })
  const user = { create: { email: 'ada@shopper.example', name: 'Ada', passwordHash: 'none' } }
  const order = await database.prisma.order.create({
    data: { key: 'ord_1', email: 'ada@shopper.example', user, currency: 'usd', total: 100 },
  })
  orderId = order.id
})
afterAll(async () => {
  await database.close()
  await drop()
})

const LIMIT_SECONDS = 300
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)

/** How each queue comes to wait since a time. */
const WAITS: Record<string, (since: Date) => Promise<unknown>> = {
  events: (retryAt) =>
    database.prisma.stripeEvent.upsert({
      where: { id: 'evt_1' },
      create: { id: 'evt_1', type: 'a.type', created: retryAt, livemode: false, payload: '{}', retryAt },
      update: { retryAt },
    }),
  mails: async (dueAt) => {
    await database.prisma.mail.deleteMany()
    await database.prisma.mail.create({ data: { kind: 'dispute_opened', to: 'a@b.example', dueAt } })
  },
  'mails that the server refuses': async (createdAt) => {
    await database.prisma.mail.deleteMany()
    const [to, dueAt] = ['a@b.example', new Date(Date.now() + 60_000)]
    const sent = { kind: 'password_changed', to, dueAt: null, sentAt: createdAt, attempts: 1 } as const
    await database.prisma.mail.create({ data: sent })
    const mail = { kind: 'password_changed', to, dueAt, createdAt, attempts: 3 } as const
    await database.prisma.mail.create({ data: mail })
  },
  'mails without a time': async (createdAt) => {
    await database.prisma.mail.deleteMany()
    const mail = { kind: 'password_changed', to: 'a@b.example', dueAt: null, createdAt } as const
    await database.prisma.mail.create({ data: mail })
  },
  refunds: (createdAt) =>
    database.prisma.refund.upsert({
      where: { id: 'refund' },
      create: { id: 'refund', orderId, amount: 1, currency: 'usd', createdAt, retryAt: new Date() },
      update: { createdAt },
    }),
  checkouts: (expiresAt) =>
    database.prisma.checkoutAttempt.upsert({
      where: { id: 'attempt' },
      create: { id: 'attempt', orderId, number: 1, status: 'open', expiresAt },
      update: { expiresAt },
    }),
  'catch-up': (caughtUpTo) => database.prisma.shop.updateMany({ data: { caughtUpTo } }),
}

const openQueues = async () =>
  (await database.prisma.incident.findMany({ where: { kind: 'backlog', resolvedAt: null } })).map(
    ({ subject }) => subject,
  )

describe('a backlog', () => {
  it.each([
    ['events', LIMIT_SECONDS, 'events'],
    ['mails', LIMIT_SECONDS, 'mails'],
    ['mails without a time', LIMIT_SECONDS, 'mails'],
    ['mails that the server refuses', LIMIT_SECONDS, 'mails'],
    ['refunds', 3600, 'refunds'],
    ['checkouts', 3600, 'checkouts'],
    ['catch-up', 3600, 'catch-up'],
  ])('of %s opens one incident after %d seconds, and resolves it by itself', async (what, seconds, queue) => {
    const watch = () => watchBacklogs(database.prisma, LIMIT_SECONDS)
    await database.prisma.incident.deleteMany()
    await WAITS[what]?.(ago(seconds - 30))
    await watch()
    expect(await openQueues()).toEqual([])
    await WAITS[what]?.(ago(seconds + 30))
    await Promise.all([watch(), watch(), watch()])
    expect(await openQueues()).toEqual([queue])
    await WAITS[what]?.(new Date())
    await watch()
    expect(await openQueues()).toEqual([])
    const all = await database.prisma.incident.findMany({ where: { subject: queue } })
    expect(all).toMatchObject([
      { resolvedBy: 'automatic', message: expect.stringContaining(' since 20') as string },
    ])
  })

  it('of mails does not count one that its own address keeps from being sent', async () => {
    await WAITS['mails that the server refuses']?.(ago(86_400))
    const newer = {
      kind: 'password_changed',
      to: 'c@d.example',
      dueAt: null,
      sentAt: new Date(),
      attempts: 1,
    } as const
    await database.prisma.mail.create({ data: newer })
    await watchBacklogs(database.prisma, LIMIT_SECONDS)
    expect(await openQueues()).toEqual([])
  })

  it('of checkouts does not count payments that take days, and orders that a person looks at', async () => {
    await WAITS['checkouts']?.(ago(86_400))
    for (const [status, needsAttention] of [
      ['processing', null],
      ['open', 'The amount differs.'],
    ] as const) {
      await database.prisma.checkoutAttempt.update({ where: { id: 'attempt' }, data: { status } })
      await database.prisma.order.update({ where: { id: orderId }, data: { needsAttention } })
      await watchBacklogs(database.prisma, LIMIT_SECONDS)
      expect(await openQueues()).toEqual([])
    }
  })
})
