// Every route of the admin, opened by everyone who may and may not. A new route belongs into the table.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { routesOfApp } from '../support/app-routes.js'
import { SHOP_COMMANDS } from '../../src/commands/command-table.js'
import { ageSessions, newOperator, newOperatorWithApp, PRODUCTION } from '../support/operator.js'
import { newShopper, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

interface Access {
  /** Who may besides owners: by default operators. */
  for?: 'owners'
  /** A code of the last ten minutes is needed. */
  recentCode?: true
  /** Open before a second factor is set up or proved. */
  beforeFactor?: true
}

const ROUTES: Record<string, Access> = {
  'GET /admin': {},
  'GET /admin/audit': {},
  'GET /admin/audit.csv': {},
  'GET /admin/checkouts': {},
  'GET /admin/customers': {},
  'GET /admin/customers/:id': {},
  'POST /admin/customers/:id/block': {},
  'GET /admin/customers/:id/erase': { for: 'owners', recentCode: true },
  'POST /admin/customers/:id/erase': { for: 'owners', recentCode: true },
  'GET /admin/customers/:id/export': {},
  'POST /admin/customers/:id/factor/remove': { recentCode: true },
  'POST /admin/customers/:id/sessions/end': {},
  'POST /admin/customers/:id/sign-out': {},
  'POST /admin/customers/:id/tokens/revoke': {},
  'POST /admin/customers/:id/unblock': {},
  'GET /admin/events': {},
  'GET /admin/events/:id': {},
  'POST /admin/events/:id/ignore': {},
  'POST /admin/events/:id/replay': {},
  'POST /admin/events/catch-up': {},
  'POST /admin/events/fetch': {},
  'POST /admin/events/replay-failed': {},
  'GET /admin/health': {},
  'GET /admin/incidents': {},
  'GET /admin/incidents/:id': {},
  'POST /admin/incidents/:id': {},
  'GET /admin/mails': {},
  'GET /admin/mails/:id': {},
  'GET /admin/mails/:id/html': {},
  'POST /admin/mails/:id/resend': {},
  'GET /admin/mails/preview': {},
  'GET /admin/mails/preview/:kind': {},
  'GET /admin/mails/preview/:kind/html': {},
  'GET /admin/operators': { for: 'owners' },
  'POST /admin/operators/:userId/remove': { for: 'owners', recentCode: true },
  'POST /admin/operators/:userId/reset-factor': { for: 'owners', recentCode: true },
  'POST /admin/operators/:userId/role': { for: 'owners', recentCode: true },
  'POST /admin/operators/invitations': { for: 'owners', recentCode: true },
  'POST /admin/operators/invitations/withdraw': { for: 'owners', recentCode: true },
  'GET /admin/discounts': {},
  'POST /admin/discounts': { recentCode: true },
  'POST /admin/discounts/:id/end': {},
  'GET /admin/disputes': {},
  'GET /admin/numbers': {},
  'GET /admin/disputes/:id': {},
  'POST /admin/disputes/:id': {},
  'GET /admin/disputes/:id/accept': { recentCode: true },
  'POST /admin/disputes/:id/accept': { recentCode: true },
  'GET /admin/disputes/:id/files/:field': {},
  'GET /admin/disputes/:id/preview': {},
  'POST /admin/disputes/:id/submit': { recentCode: true },
  'GET /admin/numbers/reconciliation': {},
  'GET /admin/numbers/reconciliation.csv': {},
  'GET /admin/orders': {},
  'GET /admin/orders.csv': {},
  'GET /admin/orders/packing-slips': {},
  'GET /admin/orders/ship': {},
  'POST /admin/orders/ship': {},
  'POST /admin/orders/views': {},
  'POST /admin/orders/views/:viewId/delete': {},
  'GET /admin/orders/:orderKey': {},
  'GET /admin/orders/:orderKey/guest': {},
  'POST /admin/orders/:orderKey/guest/erase': { for: 'owners', recentCode: true },
  'GET /admin/orders/:orderKey/guest/export': {},
  'GET /admin/orders/:orderKey/packing-slip': {},
  'GET /admin/orders/:orderKey/refund': { recentCode: true },
  'POST /admin/orders/:orderKey/address': {},
  'POST /admin/orders/:orderKey/attended': {},
  'POST /admin/orders/:orderKey/cancel': {},
  'POST /admin/orders/:orderKey/delivered': {},
  'POST /admin/orders/:orderKey/events/:eventId/replay': {},
  'POST /admin/orders/:orderKey/mails/:mailId/resend': {},
  'POST /admin/orders/:orderKey/notes': {},
  'POST /admin/orders/:orderKey/refund': { recentCode: true },
  'POST /admin/orders/:orderKey/revoke-links': {},
  'POST /admin/orders/:orderKey/settle': {},
  'POST /admin/orders/:orderKey/ship': {},
  'GET /admin/payments/:paymentId': {},
  'POST /admin/payments/:paymentId/refund': { recentCode: true },
  'GET /admin/policies': { for: 'owners' },
  'GET /admin/policies/:slug': { for: 'owners' },
  'POST /admin/policies/:slug': { for: 'owners' },
  'POST /admin/policies/:slug/discard': { for: 'owners' },
  'GET /admin/policies/:slug/preview': { for: 'owners' },
  'POST /admin/policies/:slug/publish': { for: 'owners' },
  'GET /admin/policies/:slug/withdraw': { for: 'owners' },
  'POST /admin/policies/:slug/withdraw': { for: 'owners' },
  'GET /admin/products': {},
  'GET /admin/products.csv': {},
  'GET /admin/products/import': {},
  'POST /admin/products/import': {},
  'GET /admin/products/imports/:importId': {},
  'POST /admin/products/imports/:importId': {},
  'GET /admin/products/new': {},
  'POST /admin/products/new': {},
  'GET /admin/products/:productId': {},
  'POST /admin/products/:productId': {},
  'POST /admin/products/:productId/archive': {},
  'POST /admin/products/:productId/duplicate': {},
  'POST /admin/products/:productId/link': {},
  'GET /admin/products/:productId/preview': {},
  'POST /admin/products/:productId/push': {},
  'POST /admin/products/:productId/restore': {},
  'GET /admin/products/:productId/stock': {},
  'POST /admin/products/:productId/stock': {},
  'POST /admin/products/:productId/unlink': {},
  'GET /admin/returns': {},
  'POST /admin/returns/:returnKey/answer': {},
  'POST /admin/returns/:returnKey/received': {},
  'GET /admin/returns/:returnKey/refund': { recentCode: true },
  'POST /admin/returns/:returnKey/refund': { recentCode: true },
  'GET /admin/security': {},
  'GET /admin/settings': { for: 'owners' },
  'POST /admin/settings': { for: 'owners' },
  'POST /admin/settings/logo': { for: 'owners' },
  'POST /admin/settings/logo/remove': { for: 'owners' },
  'GET /admin/shipping': {},
  'POST /admin/shipping': {},
  'GET /admin/shipping/new': {},
  'GET /admin/shipping/:id': {},
  'POST /admin/shipping/:id': {},
  'POST /admin/shipping/:id/remove': {},
  'POST /admin/shipping/:id/restore': {},
  'GET /admin/to-ship': {},
  'GET /admin/security/code': { beforeFactor: true },
  'POST /admin/security/code': { beforeFactor: true },
  'POST /admin/security/recovery-codes': { recentCode: true },
  'GET /admin/security/set-up': { beforeFactor: true, recentCode: true },
  'POST /admin/security/set-up': { beforeFactor: true, recentCode: true },
}

let shop: TestShop
let unknown: string
const visitors: Record<'nobody' | 'shopper' | 'without', Shopper> = {} as never
const people: Record<'operator' | 'owner', { operator: Shopper; id: number }> = {} as never

beforeAll(async () => {
  shop = await startTestShop({ environment: PRODUCTION })
  visitors.nobody = stranger(shop.url)
  visitors.shopper = (await newShopper(shop.url)).shopper
  visitors.without = (await newOperator(shop)).operator
  people.operator = await newOperatorWithApp(shop)
  people.owner = await newOperatorWithApp(shop, 'owner')
  unknown = plain((await visitors.nobody.get('/nothing-here').expect(404)).text)
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

it('each is in the table', () => {
  const routes = routesOfApp(shop).filter((route) => route.includes(' /admin'))
  expect(routes.sort()).toEqual(Object.keys(ROUTES).sort())
})

it('each form has a command, which docs/8-reference.md names', async () => {
  const docs = await readFile('docs/8-reference.md', 'utf8')
  const rows = [...docs.matchAll(/^\| `(POST [^`]+)` \| (.+) \|$/gm)]
  expect(rows.map(([, form]) => form).sort()).toEqual(
    Object.keys(ROUTES)
      .filter((route) => route.startsWith('POST '))
      .sort(),
  )
  for (const [, form, text = ''] of rows) {
    const named = [...text.matchAll(/`npm run (\w+) -- ([\w-]+)`/g)]
    expect([form, named.length]).not.toEqual([form, 0])
    for (const [, name = '', word = ''] of named) {
      const { usage } = SHOP_COMMANDS[name as keyof typeof SHOP_COMMANDS]
      expect([form, usage]).toEqual([form, expect.stringMatching(new RegExp(`^  ${word}\\b`, 'm'))])
    }
  }
})

/** Opens a route with ids that nothing has, and no fields. */
const open = (visitor: Shopper, route: string) => {
  const [method, path = ''] = route.replaceAll(/:\w+/g, '0').split(' ')
  return method === 'GET' ? visitor.get(path) : visitor.post(path).type('form').send({})
}

/** A page without what differs from request to request, and between visitors. */
function plain(page: string): string {
  return page
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
    .replaceAll(/\/login\?next=[^"]*/g, '/login')
    .replaceAll(/name="next" value="[^"]*"/g, '')
}

const locationOf = ({ headers }: { headers: Record<string, string> }) => headers['location'] ?? ''

const asksForCode = (answer: { text: string; headers: Record<string, string> }) =>
  answer.text.includes('name="second_factor_code"') || locationOf(answer).startsWith('/admin/security/code?')

describe.each(Object.entries(ROUTES))('%s', (route, access) => {
  it('is an unknown address for nobody and shoppers', async () => {
    const answer = await open(visitors.nobody, route)
    expect([answer.status, plain(answer.text)]).toEqual([404, unknown])
    const { status, text } = await open(visitors.shopper, route)
    expect([status, text.includes('class="admin"')]).toEqual([404, false])
  })

  it('is closed to operators without a second factor', async () => {
    const answer = await open(visitors.without, route)
    const { status } = answer
    const leadsToSetUp = locationOf(answer).startsWith('/admin/security/set-up?')
    if (access.beforeFactor) expect(status).not.toBe(404)
    else expect([status, leadsToSetUp]).toEqual([303, true])
  })

  it.each(['operator', 'owner'] as const)('is open to whom it is meant for: %s', async (role) => {
    const { operator, id } = people[role]
    const isAllowed = access.for === undefined || role === 'owner'
    await ageSessions(shop, id, { code: 11 })
    const old = await open(operator, route)
    expect(asksForCode(old)).toBe(isAllowed && access.recentCode === true)
    await ageSessions(shop, id, { code: 0 })
    const answer = await open(operator, route)
    expect(answer.status === 403).toBe(!isAllowed)
    expect(asksForCode(answer)).toBe(false)
    // Ids that nothing has: the admin's own page says so.
    if (answer.status === 404) expect(answer.text).toContain('class="admin"')
  })
})
