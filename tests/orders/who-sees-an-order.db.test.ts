// Who sees an order: every route that shows one, opened by everyone who may and may not.
import type { Router } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type AppDeps } from '../../src/app.js'
import { newOrderKey } from '../../src/orders/order-key.js'
import { newAccessToken } from '../../src/orders/order-access.js'
import { hashToken, newToken } from '../../src/http/random-token.js'
import { openOrder, type OpenOrder } from '../support/events.js'
import { reportOfSession, settleReports } from '../support/settled-orders.js'
import { newShopper, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

/** How a route is opened about an order. */
type Open = (
  visitor: Shopper,
  order: Pick<OpenOrder, 'key' | 'sessionId'>,
) => Promise<{ status: number; text?: string }>

/** Every route about one order, as its router spells it. */
const ROUTES: Record<string, Open> = {
  'GET /orders/:orderKey': (visitor, { key }) => visitor.get(`/orders/${key}`),
  'GET /orders/:orderKey/events': (visitor, { key }) => visitor.head(`/orders/${key}/events`),
  'GET /orders/:orderKey/receipt': (visitor, { key }) => visitor.get(`/orders/${key}/receipt`),
  'POST /orders/:orderKey/pay': (visitor, { key }) => visitor.post(`/orders/${key}/pay`),
  'GET /payment-success/:productId': (visitor, { sessionId }) =>
    visitor.get(`/payment-success/1?session_id=${sessionId}`),
  'GET /api/orders/:orderKey': (visitor, { key }) => visitor.get(`/api/orders/${key}`),
  'POST /api/payments/create-session': (visitor, { key }) =>
    visitor.post('/api/payments/create-session').send({ order_id: key }),
}

/** Routes with such words in their path that are about no order, or about those of an account alone. */
const OTHERS = ['GET /account/orders', 'GET /api/orders', 'POST /api/orders']

let shop: TestShop
let own: OpenOrder
let guests: OpenOrder
const visitors: Record<string, Shopper> = {}

beforeAll(async () => {
  shop = await startTestShop({ settings: { guestCheckout: true }, sandbox: false })
  const { shopper: owner, email } = await newShopper(shop.url)
  const { shopper: other } = await newShopper(shop.url)
  const { id: userId } = await shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
  const tokens = { browser: newToken(), otherBrowser: newToken() }
  own = await paidOrder({ userId, email })
  guests = await paidOrder({
    userId: null,
    guestHash: hashToken(tokens.browser),
    email: 'guest@shopper.example',
  })
  const browser = (token: string) => {
    const visitor = stranger(shop.url)
    visitor.jar.setCookie(`till-cart=${token}`, '127.0.0.1')
    return visitor
  }
  const opened = async (visitor: Shopper, order: OpenOrder) => {
    const token = await newAccessToken(shop.database.prisma, order.id)
    await visitor.get(`/orders/${order.key}?token=${token}`).expect(303)
    return visitor
  }
  Object.assign(visitors, {
    nobody: stranger(shop.url),
    'a wrong link': stranger(shop.url),
    'the link': await opened(stranger(shop.url), guests),
    'the link of the other order': await opened(stranger(shop.url), own),
    'the browser that ordered': browser(tokens.browser),
    'another guest': browser(tokens.otherBrowser),
    'another shopper': other,
    'another shopper with the link': await opened((await newShopper(shop.url)).shopper, guests),
    owner,
  })
  await visitors['a wrong link']?.get(`/orders/${guests.key}?token=${newToken()}`).expect(303)
})
afterAll(() => shop.close())

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

/** Visitor → whether they see the guest's order, and the order of the account. */
const SEES: Record<string, { guests: boolean; own: boolean }> = {
  nobody: { guests: false, own: false },
  'a wrong link': { guests: false, own: false },
  'the link': { guests: true, own: false },
  'the link of the other order': { guests: false, own: true },
  'the browser that ordered': { guests: true, own: false },
  'another guest': { guests: false, own: false },
  'another shopper': { guests: false, own: false },
  'another shopper with the link': { guests: true, own: false },
  owner: { guests: false, own: true },
}

it('every route about an order is listed', () => {
  const routes = routesOf(appOf(shop).router).filter((route) =>
    /order|payment|receipt|shipment|return/i.test(route),
  )
  expect([...new Set(routes)].sort()).toEqual([...Object.keys(ROUTES), ...OTHERS].sort())
})

describe.each(Object.entries(ROUTES))('%s', (_route, open) => {
  it.each(Object.entries(SEES))('%s', async (name, sees) => {
    const visitor = visitors[name]
    if (!visitor) throw new Error(`There is no visitor ${name}.`)
    const missing = await open(visitor, { key: newOrderKey(), sessionId: 'cs_test_missing' })
    expect(missing.status).toBe(404)
    for (const [order, isSeen] of [
      [guests, sees.guests],
      [own, sees.own],
    ] as const) {
      const { status, text } = await open(visitor, order)
      // A paid order can't be paid again.
      if (isSeen) expect([200, 409]).toContain(status)
      else {
        expect(status).toBe(404)
        // The answer is that of an order that doesn't exist.
        expect(withoutNames(text)).toBe(withoutNames(missing.text))
      }
    }
  })
})

/** Without what differs between any two requests. */
function withoutNames(text = ''): string {
  return text.replaceAll(/ord_\w{26}|cs_test_\w+/g, 'ID').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'REQUEST')
}

function appOf({ database }: TestShop): ReturnType<typeof createApp> {
  const deps = {
    config: { production: false, baseUrl: 'http://127.0.0.1', sessionSecrets: ['x'], trustProxy: false },
    database,
    stripe: { payPageOrigins: [], livemode: false },
    registry: {},
  }
  return createApp(deps as unknown as AppDeps)
}

/** "GET /orders/:orderKey" for each route of the app and of the routers in it. */
function routesOf({ stack }: Pick<Router, 'stack'>): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route) return route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`)
    return 'stack' in handle ? routesOf(handle as unknown as Router) : []
  })
}
