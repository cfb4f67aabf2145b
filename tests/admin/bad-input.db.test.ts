// What nobody means to send to the admin: addresses and forms that were made up. They get an answer, not a failure.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newOperator } from '../support/operator.js'
import { placedDelivery, send } from '../support/operated-orders.js'
import { newShopper, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let owner: Shopper
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator: owner } = await newOperator(shop, 'owner'))
})
afterAll(() => shop.close())

const cursorOf = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')

const CURSORS = [
  'garbage',
  Buffer.from('{').toString('base64url'),
  cursorOf(),
  cursorOf(null, null),
  cursorOf('x', 'y'),
  cursorOf(1e20),
  cursorOf(-1e20, 1e20),
  cursorOf(1.5),
  cursorOf(2 ** 31, 2 ** 31),
  cursorOf('requested', 1e20),
  cursorOf('requested', 1.5),
  cursorOf(8e14, 'x\0'),
  cursorOf('\0', 1),
  cursorOf('9999-12-31T23:59:59Z', '\0'),
  cursorOf('0000-01-01T00:00:00Z', 'x'),
]
const LISTS = [
  '/admin/audit',
  '/admin/checkouts',
  '/admin/customers',
  '/admin/disputes',
  '/admin/disputes?state=all',
  '/admin/events',
  '/admin/incidents',
  '/admin/mails',
  '/admin/orders',
  '/admin/orders?sort=oldest',
  '/admin/orders?sort=total',
  '/admin/returns',
  '/admin/returns?state=declined',
  '/admin/to-ship',
]

it.each(LISTS)('%s opens with any cursor', async (list) => {
  for (const after of CURSORS) {
    const { status } = await owner.get(`${list}${list.includes('?') ? '&' : '?'}after=${after}`)
    expect.soft(status, `${list} ${Buffer.from(after, 'base64url').toString()}`).toBe(200)
  }
})

const TEXTS = [
  'a\0b@shop.example',
  `%_\\'":*&|!<->()`,
  'x'.repeat(1000),
  '\uD800',
  '0000-01-01',
  '9999-12-31',
  '1e309',
  '99999999999999999999',
]
const FILTERS = {
  '/admin/audit': ['who', 'action', 'subject', 'id', 'from', 'to'],
  '/admin/audit.csv': ['who', 'action', 'subject', 'id', 'from', 'to'],
  '/admin/checkouts': ['reason'],
  '/admin/customers': ['search', 'blocked'],
  '/admin/events': ['outcome', 'type', 'order', 'id', 'replayed', 'done'],
  '/admin/incidents': ['state', 'kind', 'done'],
  '/admin/mails': ['state', 'kind', 'to'],
  '/admin/returns': ['state'],
  '/admin/disputes': ['state'],
  '/admin/security/code': ['next'],
  '/admin/security/set-up': ['next'],
}

it.each(Object.entries(FILTERS))('%s opens with any filter', async (path, names) => {
  for (const text of TEXTS) {
    const { status } = await owner.get(path).query(Object.fromEntries(names.map((name) => [name, text])))
    expect.soft(status, `${path} ${JSON.stringify(text).slice(0, 40)}`).toBe(text.includes('\0') ? 400 : 200)
  }
})

const TYPED = {
  from: ['0000-01-01', '0001-01-01', '9999-12-31'],
  to: ['0000-01-01', '0001-01-01', '9999-12-31'],
  min: ['-1', '1e3', '9999999999.99'],
  max: ['-1', '1e3', '9999999999.99'],
  q: [
    '\u0301\u0301\u0301',
    '²²²',
    'ª:*',
    "it's",
    '%',
    '_',
    '\\',
    '@',
    'T-',
    'ord_',
    '<->',
    '!a',
    '__proto__',
  ],
  sort: ['constructor'],
}

it.each(['/admin/orders', '/admin/orders.csv'])('%s says what is wrong with a filter', async (path) => {
  for (const [name, texts] of Object.entries(TYPED))
    for (const text of texts) {
      const { status } = await owner.get(path).query({ [name]: text })
      expect.soft([200, 400, 422], `${path} ${name}=${text}`).toContain(status)
    }
})

const PATHS = [
  '/admin/customers/ID',
  '/admin/customers/ID/export',
  '/admin/events/ID',
  '/admin/incidents/ID',
  '/admin/mails/ID',
  '/admin/mails/preview/ID',
  '/admin/orders/ID',
  '/admin/orders/ID/refund',
  '/admin/payments/ID',
  '/admin/returns/ID/refund',
]
const IDS = [
  '%00',
  'evt_%00',
  'ord_%00',
  'cs_%00',
  'T-%00',
  '0',
  '-1',
  '2147483648',
  '1e3',
  '__proto__',
  '%E0%A4%A',
]

it.each(PATHS)('%s knows no such thing', async (path) => {
  for (const id of IDS) {
    const { status } = await owner.get(path.replace('ID', id))
    expect.soft([400, 404], `${path} ${id}`).toContain(status)
  }
})

it('forms with null characters get an answer', async () => {
  const { key } = await placedDelivery(shop)
  const { id } = await shop.database.prisma.user.findUniqueOrThrow({
    where: { email: (await newShopper(shop.url)).email },
  })
  const forms: [string, Record<string, string>][] = [
    [`/admin/orders/${key}/notes`, { note: 'a\0b' }],
    [`/admin/orders/${key}/address`, { name: 'a\0b', line1: 'a\0b', city: 'x' }],
    [`/admin/orders/${key}/ship`, { carrier: 'a\0b', tracking: 'a\0b', link: 'a\0b' }],
    [`/admin/orders/${key}/refund`, { what: 'all', note: 'a\0b' }],
    [`/admin/orders/${key}/refund`, { what: 'amount', amount: '1\0' }],
    [`/admin/orders/${key}/refund`, { what: 'amount', amount: '1', payment: '\0' }],
    [`/admin/customers/${id}/block`, { reason: 'a\0b' }],
    [`/admin/customers/${id}/sessions/end`, { id: 'a\0b' }],
    [`/admin/customers/${id}/tokens/revoke`, { id: 'a\0b' }],
    ['/admin/events/catch-up', { hours: '1e309' }],
    ['/admin/events/fetch', { id: 'evt_\0' }],
    ['/admin/operators/invitations', { email: 'a\0b@shop.example', role: 'operator' }],
    ['/admin/operators/invitations', { email: 'ab@shop.example', role: '\0' }],
    ['/admin/operators/invitations/withdraw', { email: 'a\0b@shop.example' }],
    ['/admin/security/code', { code: 'a\0b', next: '\0' }],
    ['/admin/security/set-up', { code: 'a\0b', sealed: '\0' }],
  ]
  for (const [path, fields] of forms) {
    const { status } = await send(owner, path, fields)
    expect.soft(status, `${path} ${JSON.stringify(fields)}`).toBeLessThan(500)
  }
})
