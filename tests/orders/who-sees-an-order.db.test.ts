// Who sees an order: every route that is about one, opened by everyone who may and may not.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashToken, newToken } from '../../src/http/random-token.js'
import { newAccessToken, revokeAccess } from '../../src/orders/order-access.js'
import { newOrderKey } from '../../src/orders/order-key.js'
import { routesOfApp } from '../support/app-routes.js'
import { openOrder, type OpenOrder } from '../support/events.js'
import { reportOfSession, settleReports } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

type Named = Pick<OpenOrder, 'key' | 'sessionId' | 'productId'>

/** How a route is opened about an order. */
type Open = (visitor: Shopper, order: Named) => Promise<{ status: number; text?: string }>

const returnOf = ({ productId }: Named) => ({
  items: [{ variant_id: productId, quantity: 1 }],
  reason: 'It is too small.',
})

/** Every route about one order, as its router spells it. */
const ROUTES: Record<string, Open> = {
  'GET /orders/:orderKey': (visitor, { key }) => visitor.get(`/orders/${key}`),
  'GET /orders/:orderKey/events': (visitor, { key }) => visitor.head(`/orders/${key}/events`),
  'GET /orders/:orderKey/receipt': (visitor, { key }) => visitor.get(`/orders/${key}/receipt`),
  'GET /orders/:orderKey/receipt.pdf': (visitor, { key }) => visitor.get(`/orders/${key}/receipt.pdf`),
  'POST /orders/:orderKey/pay': (visitor, { key }) => visitor.post(`/orders/${key}/pay`),
  'POST /orders/:orderKey/cancel': (visitor, { key }) => visitor.post(`/orders/${key}/cancel`),
  'POST /orders/:orderKey/buy-again': (visitor, { key }) => visitor.post(`/orders/${key}/buy-again`),
  'POST /orders/:orderKey/returns': (visitor, { key }) =>
    visitor.post(`/orders/${key}/returns`).type('form').send({ item_1: '1', reason: 'It is too small.' }),
  'GET /payment-success/:productId': (visitor, { sessionId }) =>
    visitor.get(`/payment-success/1?session_id=${sessionId}`),
  'GET /api/orders/:orderKey': (visitor, { key }) => visitor.get(`/api/orders/${key}`),
  'POST /api/orders/:orderKey/cancel': (visitor, { key }) => visitor.post(`/api/orders/${key}/cancel`),
  'POST /api/orders/:orderKey/returns': (visitor, order) =>
    visitor.post(`/api/orders/${order.key}/returns`).send(returnOf(order)),
  'POST /api/payments/create-session': (visitor, { key }) =>
    visitor.post('/api/payments/create-session').send({ order_id: key }),
}

/** Routes that list the orders of the account that is signed in. */
const LISTS = [
  'GET /account/export',
  'GET /account/orders',
  'GET /account/purchases',
  'GET /api/orders',
  'GET /api/purchases',
]

/** All others: they are about no order, or place a new one. A new route belongs here only if it shows nothing of an order. */
const OTHERS = [
  'GET /favicon.ico',
  'POST /pricing/:productId/notices',
  'GET /stock-notices/:token',
  'POST /stock-notices/:token',
  'GET /pricing/suggestions',
  'GET /robots.txt',
  'GET /sitemap.xml',
  'GET /sitemap-:number.xml',
  'GET /site.webmanifest',
  'GET /pictures/:file',
  'GET /pages/:slug',
  'GET /pages/:slug/versions/:version',
  'GET /look/:file',
  'GET /',
  'GET /account',
  'GET /account/addresses',
  'GET /account/addresses/:id',
  'POST /account/addresses/:id',
  'POST /account/addresses/:id/remove',
  'GET /account/addresses/new',
  'POST /account/addresses/new',
  'GET /account/delete',
  'POST /account/delete',
  'GET /account/deleted',
  'POST /account/email',
  'POST /account/email/cancel',
  'POST /account/name',
  'POST /account/password',
  'GET /account/second-factor',
  'POST /account/second-factor',
  'POST /account/second-factor/recovery-codes',
  'POST /account/second-factor/remove',
  'POST /account/sessions/end',
  'POST /account/sessions/end-others',
  'POST /account/tokens/end',
  'POST /account/verification',
  'GET /cart',
  'POST /cart/checkout',
  'POST /cart/items',
  'POST /cart/items/:variantId',
  'GET /checkout',
  'POST /checkout',
  'GET /checkout/:productId',
  'POST /checkout/:productId',
  'GET /email/change/:token',
  'POST /email/change/:token',
  'GET /email/verify/:token',
  'POST /email/verify/:token',
  'GET /healthz',
  'GET /healthz/request',
  'GET /login',
  'POST /language',
  'POST /login',
  'POST /login/code',
  'POST /logout',
  'GET /metrics',
  'GET /operators/invitation/:token',
  'POST /operators/invitation/:token',
  'GET /password/forgot',
  'POST /password/forgot',
  'GET /password/reset/:token',
  'POST /password/reset/:token',
  'GET /payment-success/link',
  'GET /pricing',
  'GET /pricing/:productId',
  'GET /privacy',
  'GET /readyz',
  'GET /register',
  'POST /register',
  'GET /api/cart',
  'POST /api/cart/items',
  'DELETE /api/cart/items/:variantId',
  'PUT /api/cart/items/:variantId',
  'GET /api/categories',
  'POST /api/delivery-quotes',
  'GET /api/docs',
  'POST /api/email-verifications',
  'GET /api/me',
  'POST /api/me/password',
  'DELETE /api/me/sessions',
  'GET /api/me/sessions',
  'DELETE /api/me/sessions/:sessionId',
  'GET /api/me/tokens',
  'DELETE /api/me/tokens/:tokenId',
  'POST /api/me/verification',
  'GET /api/openapi.json',
  'POST /api/orders',
  'POST /api/password-resets',
  'POST /api/password-resets/complete',
  'GET /api/products',
  'GET /api/products/:productId',
  'POST /api/register',
  'GET /api/shipping-rates',
  'POST /api/sign-in',
  'POST /api/sign-out',
]

/** What a visitor sees: the guest's order, the order of the account. */
interface Sees {
  guests?: true
  own?: true
  /** The visitor sends a bearer token, which counts in the JSON API only. `refused`: it has ended. */
  token?: 'valid' | 'refused'
}

const SEES: Record<string, Sees> = {
  nobody: {},
  'a wrong link': {},
  'a revoked link': {},
  'the link': { guests: true },
  'the link of the other order': { own: true },
  'the browser that ordered': { guests: true },
  'another guest': {},
  'another shopper': {},
  'another shopper’s token': { token: 'valid' },
  'another shopper with the link': { guests: true },
  owner: { own: true },
  'the owner’s token': { own: true, token: 'valid' },
  'the owner’s revoked token': { token: 'refused' },
}

let shop: TestShop
let own: OpenOrder
let guests: OpenOrder
const visitors: Record<string, Shopper> = {}

beforeAll(async () => {
  shop = await startTestShop({ settings: { guestCheckout: true }, sandbox: false })
  const { prisma } = shop.database
  const { shopper: owner, email } = await newShopper(shop.url)
  const { shopper: other, email: otherEmail } = await newShopper(shop.url)
  const { id: userId } = await prisma.user.findUniqueOrThrow({ where: { email } })
  const cookie = newToken()
  own = await paidOrder({ userId, email })
  const guest = { userId: null, guestHash: hashToken(cookie), email: 'guest@shopper.example' }
  guests = await paidOrder(guest)

  const linkTo = async (order: OpenOrder, token?: string) =>
    `/orders/${order.key}?token=${token ?? (await newAccessToken(prisma, order.id))}`
  const opened = async (link: string, visitor = stranger(shop.url)) => {
    await visitor.get(link).expect(303)
    return visitor
  }
  const browser = (token: string) => {
    const visitor = stranger(shop.url)
    visitor.jar.setCookie(`till-cart=${token}`, '127.0.0.1')
    return visitor
  }
  const bearer = async (of: string) => {
    const credentials = { email: of, password: PASSWORD }
    const { body } = await stranger(shop.url).post('/api/sign-in').send(credentials).expect(200)
    const { token } = body as { token: string }
    return stranger(shop.url).set('authorization', `Bearer ${token}`)
  }

  const revokedLink = await opened(await linkTo(guests))
  await prisma.$transaction((tx) => revokeAccess(tx, guests.id))
  await prisma.order.update({ where: { id: guests.id }, data: guest })
  const signedOut = await bearer(email)
  await signedOut.post('/api/sign-out').expect(204)

  Object.assign(visitors, {
    nobody: stranger(shop.url),
    'a wrong link': await opened(await linkTo(guests, newToken())),
    'a revoked link': revokedLink,
    'the link': await opened(await linkTo(guests)),
    'the link of the other order': await opened(await linkTo(own)),
    'the browser that ordered': browser(cookie),
    'another guest': browser(newToken()),
    'another shopper': other,
    'another shopper’s token': await bearer(otherEmail),
    'another shopper with the link': await opened(await linkTo(guests), (await newShopper(shop.url)).shopper),
    owner,
    'the owner’s token': await bearer(email),
    'the owner’s revoked token': signedOut,
  })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

async function paidOrder(data: {
  userId: number | null
  guestHash?: string
  email: string
}): Promise<OpenOrder> {
  const order = await openOrder(shop)
  await shop.database.prisma.order.update({ where: { id: order.id }, data })
  await settleReports(shop, reportOfSession({ ...order, paymentIntentId: `pi_${order.key}` }, 'paid'))
  return order
}

it('every route of the shop is listed', () => {
  const routes = routesOfApp(shop).filter((route) => !route.includes(' /admin'))
  expect([...new Set(routes)].sort()).toEqual([...Object.keys(ROUTES), ...LISTS, ...OTHERS].sort())
})

function visitorNamed(name: string): Shopper {
  const visitor = visitors[name]
  if (!visitor) throw new Error(`There is no visitor ${name}.`)
  return visitor
}

describe.each(Object.entries(ROUTES))('%s', (route, open) => {
  const isApi = route.includes(' /api/')

  it.each(Object.entries(SEES))('%s', async (name, sees) => {
    const visitor = visitorNamed(name)
    const missing = await open(visitor, { ...own, key: newOrderKey(), sessionId: 'cs_test_missing' })
    expect(missing.status).toBe(isApi && sees.token === 'refused' ? 401 : 404)
    for (const [order, isSeen = false] of [
      [guests, sees.guests],
      [own, sees.own],
    ] as const) {
      const { status, text } = await open(visitor, order)
      if (isSeen && (isApi || sees.token === undefined)) {
        // A paid order can't be paid again or canceled, and what was not sent can't come back. Buying again leads to the cart.
        expect([200, 303, 409]).toContain(status)
        await shop.database.prisma.cartItem.deleteMany()
      } else {
        expect(status).toBe(missing.status)
        // The answer is that of an order that doesn't exist.
        expect(withoutNames(text)).toBe(withoutNames(missing.text))
      }
    }
  })
})

it.each(LISTS)('%s lists the orders of the account, and shows them to nobody else', async (route) => {
  const path = route.replace('GET ', '')
  for (const name of Object.keys(SEES)) {
    const { text } = await visitorNamed(name).get(path)
    const isOwner = name === 'owner' || (name === 'the owner’s token' && path.startsWith('/api/'))
    expect([name, text.includes(own.key), text.includes(guests.key)]).toEqual([name, isOwner, false])
  }
})

/** Without what differs between any two requests. */
function withoutNames(text = ''): string {
  return text.replaceAll(/ord_\w{26}|cs_test_\w+/g, 'ID').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'REQUEST')
}
