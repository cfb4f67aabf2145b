// The audit log: what is written to it, who reads it, and that nobody changes it.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newOperator } from '../support/operator.js'
import { runCommand } from '../support/command.js'
import { openOrderOf } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const SHOPPER = 'audited@shopper.example'
const BUYER = 'buyer@shopper.example'
const OPERATOR = 'auditor@shopper.example'
const PICTURE = 'public/images/icon-512.png'
const OTHER_PICTURE = 'public/images/icon-192.png'

let shop: TestShop
let operator: Shopper
let operatorId: number
beforeAll(async () => {
  shop = await startTestShop({ settings: { timeZone: 'America/New_York' } })
  const account = await newOperator(shop)
  operator = account.operator
  operatorId = account.id
  await operator.get('/admin').expect(200)
  await newShopper(shop.url, SHOPPER)
  await newShopper(shop.url, BUYER)
  await newShopper(shop.url, OPERATOR)
  await shop.database.prisma.user.update({ where: { email: OPERATOR }, data: { role: 'operator' } })
})
afterAll(() => shop.close())

const rowsOf = (text: string) =>
  (text.match(/<tbody>[\s\S]*<\/tbody>/)?.[0] ?? '').split('<tr>').slice(1).map(textOf)
const list = async (query: string) => rowsOf((await operator.get(`/admin/audit?${query}`).expect(200)).text)
const entry = (data: object) =>
  shop.database.prisma.auditEntry.create({
    data: { actor: 'command', action: 'test.done', subject: 'test', subjectId: '1', ...data },
  })

describe('an entry', () => {
  it.each([
    ['UPDATE', `UPDATE "AuditEntry" SET action = 'nothing.happened'`],
    ['DELETE', `DELETE FROM "AuditEntry"`],
    ['TRUNCATE', `TRUNCATE "AuditEntry"`],
  ])('can’t be changed by %s', async (_statement, sql) => {
    await expect(shop.database.pool.query(sql)).rejects.toThrow('append-only')
    expect(await shop.database.prisma.auditEntry.count()).toBeGreaterThan(0)
  })

  it.each([
    [['settings', 'set', 'name', 'Mugs'], 'setting.changed', 'name', ['name']],
    [['products', 'add', 'Cup', '--price', '9.00'], 'product.added', null, []],
    [['products', 'set', '1', '--stock', '5'], 'variant.changed', '1', ['stock']],
    [['products', 'product', '1', '--summary', 'Round'], 'product.changed', '1', ['summary']],
    [['products', 'push', '1'], 'variant.changed', '1', expect.arrayContaining(['stripePriceId'])],
    [['products', 'payment-link', '1'], 'payment_link.created', null, []],
    [['products', 'payment-link', '1', '--off'], 'payment_link.ended', null, []],
    [['shipping', 'add', 'Standard', '--countries', 'DE', '--amount', '4'], 'shipping_rate.added', null, []],
    [['shipping', 'set', '1', '--amount', '5'], 'shipping_rate.changed', '1', ['amount']],
    [['shipping', 'remove', '1'], 'shipping_rate.changed', '1', ['active']],
    [['shipping', 'restore', '1'], 'shipping_rate.changed', '1', ['active']],
    [
      ['products', 'adjust', '1', '+3', '--reason', 'received'],
      'variant.stock_adjusted',
      null,
      expect.anything(),
    ],
    [['products', 'duplicate', '1'], 'product.added', null, []],
    [['products', 'unlink', '1'], 'variant.changed', '1', expect.arrayContaining(['stripePriceId'])],
    [['pictures', 'add', '1', PICTURE, '--alt', 'A cup'], 'product.changed', '1', ['pictures']],
    [['pictures', 'add', '1', OTHER_PICTURE], 'product.changed', '1', ['pictures']],
    [['pictures', 'describe', '1', '2', 'A', 'red', 'cup'], 'product.changed', '1', ['pictures']],
    [['pictures', 'move', '1', '2', '1'], 'product.changed', '1', ['pictures']],
    [['pictures', 'remove', '1', '1'], 'product.changed', '1', ['pictures']],
    [['policies', 'draft', 'returns', 'LICENSE'], 'policy.drafted', 'returns', ['draft']],
    [['policies', 'discard', 'returns'], 'policy.draft_discarded', 'returns', ['draft']],
    [['policies', 'publish', 'returns', 'LICENSE'], 'policy.published', 'returns', ['version 1']],
    [['policies', 'withdraw', 'returns'], 'policy.withdrawn', 'returns', []],
    [['settings', 'logo', PICTURE], 'setting.changed', null, ['logo']],
    [['settings', 'logo', 'none'], 'setting.changed', null, ['logo']],
    [['operators', 'invite', 'new@shop.example'], 'operator.invited', null, expect.anything()],
    [['operators', 'remove', 'new@shop.example'], 'operator.invitation_withdrawn', null, expect.anything()],
    [['customers', 'block', SHOPPER, 'Stolen', 'cards'], 'customer.blocked', null, ['blockedReason']],
    [['customers', 'sessions', SHOPPER, '--end-all'], 'customer.signed_out', null, []],
    [['customers', 'export', SHOPPER], 'customer.exported', null, []],
    [['customers', 'unblock', SHOPPER], 'customer.unblocked', null, []],
    [['customers', 'erase', SHOPPER], 'customer.erased', null, expect.anything()],
    [['orders', 'views', OPERATOR, '--save', 'Paid', '--status', 'paid'], 'view.saved', null, ['query']],
    [['orders', 'views', OPERATOR, '--remove', 'Paid'], 'view.deleted', null, []],
    [['discounts', 'add', 'SPRING-10', '--percent', '10'], 'discount.created', null, expect.anything()],
    [['numbers', 'rebuild'], 'numbers.rebuilt', 'all', []],
  ] as const)('is written by %j', async ([name, ...words], action, subjectId, fields) => {
    const { output, code } = await runCommand(shop, name, ...words)
    expect([code, output]).toEqual([0, expect.anything()])
    const newest = await shop.database.prisma.auditEntry.findFirstOrThrow({
      where: { action },
      orderBy: { id: 'desc' },
    })
    expect(newest).toMatchObject({
      ...{ actor: 'command', actorId: null, action, fields },
      // Who ran it, on which machine.
      address: expect.stringMatching(/^[^@]+@[^@]+$/),
    })
    if (subjectId !== null) expect(newest.subjectId).toBe(subjectId)
  })
})

it('is written for what an operator’s account does through the API', async () => {
  const { body } = await stranger(shop.url)
    .post('/api/sign-in')
    .send({ email: OPERATOR, password: PASSWORD })
    .expect(200)
  const { id } = await shop.database.prisma.user.findUniqueOrThrow({ where: { email: OPERATOR } })
  const order = await openOrderOf(shop, OPERATOR)
  await stranger(shop.url)
    .post(`/api/orders/${order.key}/cancel`)
    .set('authorization', `Bearer ${(body as { token: string }).token}`)
    .expect(200)
  const entries = await shop.database.prisma.auditEntry.findMany({
    where: { actor: 'api' },
    orderBy: { id: 'asc' },
  })
  expect(entries).toMatchObject([
    { action: 'operator.token_issued', actorId: id, subjectId: String(id) },
    { action: 'order.canceled', actorId: id, subjectId: order.key },
  ])
  // A shopper’s are not operators’ work.
  await stranger(shop.url).post('/api/sign-in').send({ email: BUYER, password: PASSWORD }).expect(200)
  expect(await shop.database.prisma.auditEntry.count({ where: { actor: 'api' } })).toBe(2)
})

describe('the list', () => {
  it('shows who signed in to the admin, and from where', async () => {
    const [newest] = await list(`who=${operatorId}`)
    expect(newest).toMatch(/Ada Shopper operator\.signed_in operator \d+ .*127\.0\.0\.1/)
  })

  it('is filtered by who, action, subject and id', async () => {
    await entry({ subject: 'order', subjectId: 'ord_filtered', action: 'order.shipped', fields: ['carrier'] })
    await entry({ subject: 'order', subjectId: 'ord_other', action: 'order.shipped' })
    for (const query of [
      'id=ord_filtered',
      'subject=order&id=ord_filtered&who=command',
      'id=ord_filtered&action=order.shipped',
    ]) {
      const rows = await list(query)
      expect(rows).toEqual([expect.stringContaining('ord_filtered')])
    }
    expect(await list('action=order.shipped')).toHaveLength(2)
    expect(await list(`who=${operatorId}&action=order.shipped`)).toEqual([])
    expect((await operator.get('/admin/audit?id=ord_filtered')).text).toContain(
      'href="/admin/orders/ord_filtered"',
    )
    expect((await operator.get('/admin/audit?id=nothing')).text).toContain('Nothing matches these filters.')
  })

  it('is filtered by days in the shop’s time zone', async () => {
    // Half past eleven in the evening of 30 June in New York.
    await entry({ subjectId: 'evening', at: new Date('2026-07-01T03:30:00Z') })
    expect(await list('id=evening&from=2026-06-30&to=2026-06-30')).toHaveLength(1)
    expect(await list('id=evening&from=2026-07-01')).toHaveLength(0)
    expect(await list('id=evening&to=2026-06-29')).toHaveLength(0)
  })

  it('ignores filters that make no sense', async () => {
    for (const query of [
      'who=everyone',
      'from=yesterday',
      'after=x',
      'action=',
      'id=a&id=b',
      `who=${'9'.repeat(20)}`,
    ])
      expect((await list(query)).length).toBeGreaterThan(0)
  })

  it('is paged by key, with its filters', async () => {
    const { prisma } = shop.database
    const data = Array.from({ length: 120 }, (_, index) => ({
      ...{ actor: 'command', action: 'paged.done', subject: 'paged', subjectId: String(index) },
    }))
    await prisma.auditEntry.createMany({ data })
    const seen: string[] = []
    let next: string | undefined = '/admin/audit?action=paged.done'
    for (let page = 0; next !== undefined; page++) {
      const { text }: { text: string } = await operator.get(next).expect(200)
      seen.push(...rowsOf(text).map((row) => / paged (\d+) /.exec(row)?.[1] ?? ''))
      next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
      expect(page).toBeLessThan(4)
    }
    expect(seen).toEqual(data.map(({ subjectId }) => subjectId).reverse())
  })
})

it('is downloaded as CSV with the list’s filters', async () => {
  await entry({
    action: 'csv.done',
    subjectId: '=1+1',
    fields: ['a', 'b'],
    at: new Date('2026-11-30T12:00:00Z'),
  })
  const { text, headers } = await operator.get('/admin/audit.csv?action=csv.done').expect(200)
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(headers['content-disposition']).toBe('attachment; filename=audit-log.csv')
  expect(text).toBe(
    'time,actor,account,name,address,request,action,subject,id,fields\r\n' +
      "2026-11-30T12:00:00.000Z,command,,,,,csv.done,test,'=1+1,a b\r\n",
  )
  const all = await operator.get('/admin/audit.csv').expect(200)
  expect(all.text.split('\r\n').length - 2).toBe(await shop.database.prisma.auditEntry.count())
})

it('is filtered with an index, whatever is asked for', async () => {
  const { prisma } = shop.database
  await prisma.$executeRaw`
    INSERT INTO "AuditEntry" (at, actor, "actorId", action, subject, "subjectId")
    SELECT '2026-01-01'::timestamptz + n * interval '1 minute', 'operator', 1000 + n % 7, 'order.refunded', 'order', 'ord_' || n
    FROM generate_series(1, 30000) n`
  await prisma.$executeRaw`ANALYZE "AuditEntry"`
  const { pool } = shop.database
  for (const where of [
    `"actorId" = 5`,
    `action = 'csv.done'`,
    `subject = 'order' AND "subjectId" = 'ord_7'`,
  ]) {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM "AuditEntry" WHERE ${where} ORDER BY id DESC LIMIT 51`,
    )
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toContain('Seq Scan')
  }
  expect(await list('from=2026-01-05&to=2026-01-05')).toHaveLength(50)
})

it('is listed and written to a file by the command, with the same filters', async () => {
  await entry({ action: 'command.done', subjectId: '7', actor: 'operator', actorId: operatorId })
  const listed = await runCommand(shop, 'audit', 'list', '--action', 'command.done')
  expect(listed.output).toContain(`${operatorId} Ada Shopper`)
  expect(listed.output).toContain('test 7')
  const others = await runCommand(shop, 'audit', 'list', '--action', 'command.done', '--who', 'command')
  expect(others.output).toBe('No entries found.')
  expect((await runCommand(shop, 'audit', 'list', '--who', 'ada')).output).toBe(
    '--who must be the number of an account, or command, or api.',
  )
  expect((await runCommand(shop, 'audit', 'list', '--from', 'monday')).output).toContain(
    '--from must be a day',
  )
  const folder = await mkdtemp(path.join(tmpdir(), 'till-audit-'))
  const file = path.join(folder, 'audit.csv')
  expect((await runCommand(shop, 'audit', 'export', file, '--action', 'command.done')).code).toBe(0)
  const { text } = await operator.get('/admin/audit.csv?action=command.done').expect(200)
  expect(await readFile(file, 'utf8')).toBe(text)
  expect((await runCommand(shop, 'audit', 'export', file)).output).toContain('could not be written')
  await rm(folder, { recursive: true })
})

it('health names the servers and what is wrong, and no password', async () => {
  const environment = {
    ...shop.environment,
    DATABASE_URL: 'postgresql://till:dbsecret@db.example:6543/till',
    SMTP_URL: 'smtp://user:mailsecret@mail.example:587',
    STRIPE_CHECKOUT_DOMAIN: 'pay.shop.example',
  }
  const { output, code } = await runCommand({ ...shop, environment }, 'health')
  expect(code).toBe(0)
  for (const shown of ['db.example:6543', 'mail.example:587', 'https://pay.shop.example', 'Data folder'])
    expect(output).toContain(shown)
  for (const secret of ['dbsecret', 'mailsecret', shop.environment['STRIPE_SECRET_KEY'] ?? ''])
    expect(output).not.toContain(secret)
  const text = textOf((await operator.get('/admin/health').expect(200)).text)
  for (const label of ['Listens on', 'Data folder', 'Mail server', 'Stripe’s pages', 'Warnings'])
    expect(text).toContain(label)
})
