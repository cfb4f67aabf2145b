// What is kept for a limited time goes when the time is over, and not before. The page at /privacy names the same times.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { deleteExpiredRows } from '../../src/background/expired-rows.js'
import { eraseOldBodies } from '../../src/retention/erase-bodies.js'
import { KEPT } from '../../src/retention/kept.js'
import { MESSAGES, t, type Messages } from '../../src/messages/index.js'
import { replayEvent } from '../../src/webhooks/replay-events.js'
import { depsOf } from '../support/command.js'
import { stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const SETTINGS = { eventDays: 40, mailDays: 100 }

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, settings: SETTINGS })
})
afterAll(() => shop.close())

const hoursOf = (what: string) => KEPT.find((kept) => kept.what === what)?.hours(SETTINGS) ?? 0

/** Rows that are a minute past their time, and rows that have a minute left, where nobody refreshes them. */
it('is deleted once its time is over', async () => {
  const { pool, prisma } = shop.database
  const at = (what: string, over: boolean) =>
    `now() - interval '${hoursOf(what)} hours' ${over ? '-' : '+'} interval '1 minute'`
  await pool.query(
    `INSERT INTO "User" (id, email, name, "passwordHash") VALUES (1000, 'old@shopper.example', 'O', 'x')`,
  )
  for (const [name, over] of [
    ['old', true],
    ['young', false],
  ] as const)
    await pool.query(`
      INSERT INTO "Session" VALUES ('${name}', '{}', (${at('sessions', over)} + interval '14 days')::timestamp);
      INSERT INTO "ApiToken" (id, "tokenHash", "userId", "credentialVersion", "createdAt", "expiresAt") VALUES
        ('${name}', '${name}', 1000, 1, ${at('apiTokens', over)}, ${at('apiTokens', over)} + interval '30 days');
      INSERT INTO "Cart" ("tokenHash", "updatedAt") VALUES ('${name}', ${at('guestCarts', over)});
      INSERT INTO "RateLimit" VALUES ('${name}', 1,
        extract(epoch FROM ${at('attempts', over)} + interval '24 hours') * 1000);
      INSERT INTO "PasswordReset" ("tokenHash", "userId", "expiresAt") VALUES
        ('${name}', 1000, ${at('passwordResets', over)} + interval '1 hour');
      INSERT INTO "EmailVerification" ("tokenHash", "userId", "expiresAt") VALUES
        ('${name}', 1000, ${at('verifications', over)} + interval '24 hours');
      INSERT INTO "EmailChange" ("tokenHash", "userId", email, "expiresAt") VALUES
        ('${name}', 1000, 'new@shopper.example', ${at('emailChanges', over)} + interval '24 hours');
      INSERT INTO "StockNotice" ("variantId", email, "createdAt") VALUES
        (1, '${name}', ${at('stockNotices', over)})`)
  await prisma.emailChange.create({
    data: {
      tokenHash: 'used',
      userId: 1000,
      email: 'x',
      expiresAt: new Date(0),
      usedAt: new Date(0),
      former: 'y',
    },
  })
  while ((await deleteExpiredRows(prisma)) > 0);
  const left = {
    sessions: (await prisma.session.findMany()).map(({ sid }) => sid),
    apiTokens: (await prisma.apiToken.findMany()).map(({ id }) => id),
    guestCarts: (await prisma.cart.findMany()).map(({ tokenHash }) => tokenHash),
    attempts: (await prisma.rateLimit.findMany()).map(({ key }) => key),
    passwordResets: (await prisma.passwordReset.findMany()).map(({ tokenHash }) => tokenHash),
    verifications: (await prisma.emailVerification.findMany()).map(({ tokenHash }) => tokenHash),
    emailChanges: (await prisma.emailChange.findMany({ where: { usedAt: null } })).map(
      (row) => row.tokenHash,
    ),
    stockNotices: (await prisma.stockNotice.findMany()).map(({ email }) => email),
  }
  const deleted = KEPT.filter(({ deleteExpired }) => deleteExpired !== null).map(({ what }) => [
    what,
    ['young'],
  ])
  expect(left).toEqual(Object.fromEntries(deleted))
  expect(await prisma.emailChange.count({ where: { usedAt: { not: null } } })).toBe(1)
})

it('old events and mails keep their row and lose what they said, in batches', async () => {
  const { pool, prisma } = shop.database
  const event = `'{"id": "evt", "data": {"object": {"email": "old@shopper.example"}}}'`
  await pool.query(`
    INSERT INTO "StripeEvent" (id, type, created, livemode, payload, outcome, "handledAt")
      SELECT 'evt_old_' || n, 'refund.created', now() - interval '40 days 1 minute' - n / 10 * interval '1 second',
        false, ${event}, 'done', now() FROM generate_series(1, 1200) n;
    INSERT INTO "StripeEvent" (id, type, created, livemode, payload, outcome, "handledAt") VALUES
      ('evt_young', 'refund.created', now() - interval '40 days' + interval '1 minute', false, ${event}, 'done', now()),
      ('evt_open', 'refund.created', now() - interval '50 days', false, ${event}, 'quarantined', now());
    INSERT INTO "Mail" (kind, "to", subject, text, html, data, "sentAt", "dueAt", "createdAt")
      SELECT 'password_changed', 'old@shopper.example', 'Changed', 'Text', '<p>', '{"a": 1}', now(), NULL,
        now() - interval '100 days 1 minute' FROM generate_series(1, 1200);
    INSERT INTO "Mail" (kind, "to", subject, text, html, "sentAt", "dueAt", "createdAt") VALUES
      ('password_changed', 'young@shopper.example', 'Changed', 'Text', '<p>', now(), NULL,
        now() - interval '100 days' + interval '1 minute')`)
  let turns = 0
  while ((await eraseOldBodies(prisma, SETTINGS)) > 0) turns++
  // The shop's own loop may take a turn meanwhile.
  expect(turns).toBeGreaterThan(1)

  const withPayload = async () => {
    const events = await prisma.stripeEvent.findMany({
      where: { payload: { contains: 'old@shopper.example' } },
    })
    return events.map(({ id }) => id).sort()
  }
  // It may still be at its turn.
  await expect.poll(withPayload).toEqual(['evt_open', 'evt_young'])
  expect(
    await prisma.stripeEvent.count({ where: { id: { startsWith: 'evt_old_' }, type: 'refund.created' } }),
  ).toBe(1200)
  const withText = async () => {
    const mails = await prisma.mail.findMany({
      where: { OR: [{ text: { not: null } }, { html: { not: null } }] },
    })
    return mails.map(({ to }) => to)
  }
  await expect.poll(withText).toEqual(['young@shopper.example'])
  expect(await prisma.mail.count({ where: { to: 'old@shopper.example', subject: 'Changed' } })).toBe(1200)

  // Later ones are found from where it stopped.
  await pool.query(`UPDATE "StripeEvent" SET created = created - interval '2 minutes' WHERE id = 'evt_young'`)
  await eraseOldBodies(prisma, SETTINGS)
  await expect.poll(withPayload).toEqual(['evt_open'])
})

it('an event without its body can’t be replayed, and is known when it comes again', async () => {
  await expect(replayEvent(depsOf(shop), 'evt_old_1')).rejects.toMatchObject({
    status: 409,
    code: 'event_erased',
  })
})

it('the page names the times of the table and of the settings', async () => {
  const text = textOf((await stranger(shop.url).get('/privacy').expect(200)).text)
  const { kept, days, hours, period } = t().retention
  for (const { what, hours: hoursIn } of KEPT) {
    const count = hoursIn(SETTINGS)
    const { label, from } = kept[what]
    const time = period(count % 24 === 0 ? days(count / 24) : hours(count), from)
    expect(text).toContain(`${label} ${time}`)
  }
  expect(text).toContain('The text of our emails 100 days')
  expect(text).toContain('What Stripe reports about payments 40 days')
})

/** Where the page mentions what a table has about people: the text, by its place in the messages. */
const MENTIONS: Record<string, (texts: Messages['retention']) => string | undefined> = {
  User: ({ account }) => account[0],
  Address: ({ account }) => account[0],
  Cart: ({ account }) => account[0],
  CartItem: ({ account }) => account[0],
  EmailChange: ({ account }) => account[1],
  SecondFactor: ({ account }) => account[2],
  RecoveryCode: ({ account }) => account[2],
  Session: ({ kept }) => kept.sessions.label,
  ApiToken: ({ kept }) => kept.apiTokens.label,
  RateLimit: ({ kept }) => kept.attempts.label,
  PasswordReset: ({ kept }) => kept.passwordResets.label,
  EmailVerification: ({ kept }) => kept.verifications.label,
  StockNotice: ({ kept }) => kept.stockNotices.label,
  Mail: ({ kept }) => kept.mails.label,
  StripeEvent: ({ kept }) => kept.events.label,
  Order: ({ orders }) => orders[0],
  OrderSearch: ({ orders }) => orders[0],
  CheckoutAttempt: ({ orders }) => orders[0],
  OrderAccess: ({ orders }) => orders[2],
  Note: ({ orders }) => orders[3],
  Return: ({ orders }) => orders[3],
  Refund: ({ orders }) => orders[3],
  Incident: ({ orders }) => orders[3],
  DisputeDraft: ({ orders }) => orders[3],
  DisputeFile: ({ orders }) => orders[3],
  PurchaseHistory: ({ books }) => books,
  Erasure: ({ erased }) => erased,
  OperatorInvitation: ({ staff }) => staff,
  SavedView: ({ staff }) => staff,
  AuditEntry: ({ staff }) => staff,
}

/** Has nothing of a person: what is sold, amounts, times and Stripe's ids. */
const IMPERSONAL = [
  ...[
    'Shop',
    'Policy',
    'PolicyVersion',
    'Product',
    'ProductSearch',
    'ProductToIndex',
    'SearchWord',
    'Category',
  ],
  ...[
    'Picture',
    'PictureFile',
    'ProductPicture',
    'Variant',
    'ShippingRate',
    'PaymentLink',
    'StripeShippingRate',
  ],
  ...['OrderItem', 'OrderSearchProgress', 'Shipment', 'ShipmentItem', 'ReturnItem', 'RetentionProgress'],
  ...['Dispute', 'DisputeDetails', 'UnmatchedPayment', 'RiskSignal'],
  ...['DayNumbers', 'DayProduct', 'YearProduct', 'CumulativeProduct', 'CumulativeMonth'],
  ...['NumbersProgress', 'DayToCount', 'NumbersChange', 'Repair'],
  // An operator's id.
  ...['StockAdjustment', 'ProductImport'],
]

const PERSONAL_COLUMN =
  /^(email|name|to|phone|network|address|userAgent|passwordHash|userId|guestHash|\w*Address|billingDetails|sess)$/

it('the page mentions every table that has something of a person', async () => {
  const schema = readFileSync(path.join(projectRoot, 'prisma', 'schema.prisma'), 'utf8')
  const models = new Map(
    [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => [
      name,
      body.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? ''),
    ]),
  )
  expect([...models.keys()].sort()).toEqual([...Object.keys(MENTIONS), ...IMPERSONAL].sort())
  // Names of things, and networks of cards.
  const things = new Set([
    'DisputeDetails',
    'Shop',
    'Product',
    'Category',
    'ShippingRate',
    'StripeShippingRate',
    'OrderItem',
  ])
  for (const name of IMPERSONAL.filter((one) => !things.has(one)))
    expect(
      (models.get(name) ?? []).filter((column) => PERSONAL_COLUMN.test(column)),
      name,
    ).toEqual([])
  for (const [language, prefix] of [
    ['en', ''],
    ['de', '/de'],
  ] as const) {
    const text = textOf((await stranger(shop.url).get(`${prefix}/privacy`).expect(200)).text)
    for (const [name, mention] of Object.entries(MENTIONS)) {
      const words = mention(MESSAGES[language].retention)
      expect(words?.length, name).toBeGreaterThan(0)
      expect(text, name).toContain(words)
    }
  }
})
