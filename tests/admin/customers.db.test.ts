// The pages about customers and about checkouts that were not completed, and what a blocked shopper can't do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderNumber } from '../../src/orders/order-key.js'
import { runCommand } from '../support/command.js'
import { deliver, sessionEvent } from '../support/events.js'
import { newOperator } from '../support/operator.js'
import { openOrderOf, reportOfSession, settleReports } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
let operatorId: number
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, settings: { guestCheckout: true } })
  ;({ operator, id: operatorId } = await newOperator(shop))
})
afterAll(() => shop.close())

const send = (path: string, fields: Record<string, string> = {}) =>
  operator.post(path).type('form').send(fields)
const page = async (path: string) => (await operator.get(path).expect(200)).text
const audited = async (id: number) =>
  (
    await shop.database.prisma.auditEntry.findMany({
      where: { subject: 'customer', subjectId: String(id) },
      orderBy: { id: 'asc' },
    })
  ).map(({ action, actor }) => `${actor} ${action}`)

async function newCustomer(email?: string) {
  const signedIn = await newShopper(shop.url, email)
  const { id } = await shop.database.prisma.user.findUniqueOrThrow({ where: { email: signedIn.email } })
  return { ...signedIn, id, path: `/admin/customers/${id}` }
}

describe('customers', () => {
  it('are found by words of their name and address', async () => {
    const { id, email } = await newCustomer('grace.hopper+1e5@navy.example')
    await shop.database.prisma.user.update({
      where: { id },
      data: { name: 'Grace Brewster O’Hopper-Murray' },
    })
    const finds = async (search: string) =>
      (await page(`/admin/customers?search=${encodeURIComponent(search)}`)).includes(email)
    for (const search of [
      'grace',
      'GRA brew',
      'murray',
      '1e5',
      email,
      'grace.hopper+1e5@navy',
      'hopper grace',
    ])
      expect([search, await finds(search)]).toEqual([search, true])
    for (const search of ['race', 'grace smith', 'grace@other', '@', "'", '\\', ':* & !'])
      expect([search, await finds(search)]).toEqual([search, false])
  })

  it('are shown with their orders, spend by currency, addresses and sessions', async () => {
    const { id, email, path } = await newCustomer()
    const first = await openOrderOf(shop, email)
    const second = await openOrderOf(shop, email)
    await settleReports(shop, reportOfSession(first, 'paid'), reportOfSession(second, 'paid'))
    await shop.database.prisma.order.update({ where: { id: second.id }, data: { currency: 'eur' } })
    const address = {
      line1: '1 Main Street',
      line2: null,
      city: 'Bath',
      state: null,
      postal_code: 'BA1',
      country: 'GB',
    }
    const collected = {
      shipping: { name: 'Ada', address },
      phone: null,
      billing: null,
      taxIds: [],
      presentment: null,
    }
    await shop.database.prisma.checkoutAttempt.updateMany({
      where: { orderId: { in: [first.id, second.id] } },
      data: { collected },
    })
    await shop.database.prisma.address.create({
      data: {
        userId: id,
        name: 'Grace',
        line1: '5 Side Street',
        city: 'Bath',
        country: 'GB',
        isDefault: true,
      },
    })
    const text = textOf(await page(path))
    expect(text).toContain('Saved addresses Grace 5 Side Street Bath United Kingdom Default')
    expect(text).toMatch(/Last used .* ends .* if it isn’t used/)
    expect(text.match(/in 1 paid order /g)).toHaveLength(2)
    expect(text.match(/1 Main Street/g)).toHaveLength(1)
    expect(await page(path)).toContain(`href="/admin/orders/${first.key}"`)
    const { output } = await runCommand(shop, 'customers', 'show', email)
    expect(output).toContain(second.key)
    expect(output).toContain('5 Side Street')
    expect((await runCommand(shop, 'customers', 'sessions', email)).output).toContain('ENDS (UTC)')
    expect((await runCommand(shop, 'customers', 'list', email)).output).toContain(String(id))
    await operator.get('/admin/customers/999999').expect(404)
  })

  it('are signed out of one session, and everywhere', async () => {
    const { id, email, path, shopper } = await newCustomer()
    const other = stranger(shop.url)
    await other.post('/login').type('form').send({ email, password: PASSWORD }).expect(303)
    const { body } = await stranger(shop.url)
      .post('/api/sign-in')
      .send({ email, password: PASSWORD })
      .expect(200)
    const ids = [...(await page(path)).matchAll(/name="id" value="([^"]+)"/g)].map(([, value]) => value ?? '')
    expect(ids).toHaveLength(3)
    await send(`${path}/sessions/end`, { id: ids[0] ?? '' }).expect(303)
    // The most recent one.
    await other.get('/account').expect(303)
    await shopper.get('/account').expect(200)
    await send(`${path}/tokens/revoke`, { id: ids[2] ?? '' }).expect(303)
    await stranger(shop.url).get('/api/me').set('authorization', `Bearer ${body.token}`).expect(401)
    await send(`${path}/sign-out`).expect(303)
    await shopper.get('/account').expect(303)
    expect(await audited(id)).toEqual([
      'operator customer.session_ended',
      'operator customer.token_revoked',
      'operator customer.signed_out',
    ])
  })

  it('are exported with all that is kept about them, and nothing that gives access', async () => {
    const { id, email, path } = await newCustomer()
    const order = await openOrderOf(shop, email, 2)
    await settleReports(shop, reportOfSession(order, 'paid'))
    await shop.database.prisma.note.create({ data: { orderId: order.id, text: 'Called us' } })
    const { body, text, headers } = await operator.get(`${path}/export`).expect(200)
    expect(headers['content-disposition']).toBe(`attachment; filename=customer-${id}.json`)
    expect(body).toMatchObject({
      profile: { email, name: 'Ada Shopper' },
      sessions: [{}],
      orders: [{ key: order.key, items: [{ quantity: 2 }], notes: [{ text: 'Called us' }] }],
      purchases: [{ purchaseSuccess: true }],
    })
    expect(text).toContain('"kind":"email_verification"')
    expect(text).not.toMatch(/argon2|password|tokenHash|guestHash/i)
    expect(JSON.parse((await runCommand(shop, 'customers', 'export', email)).output).profile).toEqual(
      body.profile,
    )
    expect(await audited(id)).toEqual(['operator customer.exported', 'command customer.exported'])
  })
})

it('exports what a customer ordered as a guest, once their address is confirmed', async () => {
  const { prisma } = shop.database
  const { id, email, path } = await newCustomer()
  const order = await openOrderOf(shop, email)
  await settleReports(shop, reportOfSession(order, 'paid'))
  await prisma.purchaseHistory.updateMany({ where: { orderId: order.id }, data: { userId: null } })
  await prisma.order.update({ where: { id: order.id }, data: { userId: null } })
  const exported = async (): Promise<unknown> => (await operator.get(`${path}/export`).expect(200)).body
  await prisma.user.update({ where: { id }, data: { verifiedAt: null } })
  expect(await exported()).toMatchObject({ orders: [], purchases: [] })
  await prisma.user.update({ where: { id }, data: { verifiedAt: new Date() } })
  expect(await exported()).toMatchObject({
    orders: [{ key: order.key }],
    purchases: [{ orderId: order.id }],
  })
})

describe('a blocked shopper', () => {
  it('is told so, and gets in by no way until they are unblocked', async () => {
    const { id, email, path, shopper } = await newCustomer()
    const { body } = await stranger(shop.url)
      .post('/api/sign-in')
      .send({ email, password: PASSWORD })
      .expect(200)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
    expect((await send(`${path}/block`, { reason: '' }).expect(422)).text).toContain('Say why it is blocked.')
    await send(`${path}/block`, { reason: 'Three chargebacks' }).expect(303)
    expect((await send(`${path}/block`, { reason: 'Again' }).expect(409)).text).toContain('blocked already')
    expect(await page('/admin/customers?blocked=1')).toContain(email)

    // The session and the token that were open.
    await shopper.get('/account').expect(303)
    await stranger(shop.url).get('/api/me').set('authorization', `Bearer ${body.token}`).expect(401)
    // The password, on the page and in the API.
    const sentence = 'You can’t sign in or order with this email.'
    const signIn = await stranger(shop.url)
      .post('/login')
      .type('form')
      .send({ email, password: PASSWORD })
      .expect(403)
    expect(textOf(signIn.text)).toContain(sentence)
    const api = await stranger(shop.url).post('/api/sign-in').send({ email, password: PASSWORD }).expect(403)
    expect(api.body).toMatchObject({ code: 'account_blocked' })
    // Who does not know the password learns nothing.
    await stranger(shop.url)
      .post('/login')
      .type('form')
      .send({ email, password: 'a wrong password' })
      .expect(401)
    // A link mailed before the block, and one mailed after it.
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
    const mails = await shop.database.prisma.mail.findMany({ where: { to: email, kind: 'password_reset' } })
    expect(mails).toHaveLength(2)
    for (const { data } of mails) {
      const link = new URL((data as { resetUrl: string }).resetUrl).pathname
      await stranger(shop.url).get(link).expect(403)
      await stranger(shop.url).post(link).type('form').send({ password: 'another long password' }).expect(403)
    }
    // A new account with the address.
    const again = { name: 'Ada', email, password: PASSWORD }
    await stranger(shop.url).post('/register').type('form').send(again).expect(409)
    // A guest with the address, on the page and in the API.
    const product = await shop.database.prisma.product.findFirstOrThrow({
      where: { requiresShipping: false, stock: { gte: 10 } },
    })
    const guest = stranger(shop.url)
    const order = await guest
      .post(`/checkout/${product.id}`)
      .type('form')
      .send({ email, quantity: '1' })
      .expect(403)
    expect(textOf(order.text)).toContain(sentence)
    const items = [{ product_id: product.id, quantity: 1 }]
    await stranger(shop.url).post('/api/orders').send({ email, items }).expect(403)
    expect(await shop.database.prisma.order.count({ where: { email } })).toBe(0)

    await send(`${path}/unblock`).expect(303)
    await send(`${path}/unblock`).expect(409)
    await stranger(shop.url).post('/login').type('form').send({ email, password: PASSWORD }).expect(303)
    await stranger(shop.url).get('/api/me').set('authorization', `Bearer ${body.token}`).expect(401)
    expect(await audited(id)).toEqual(['operator customer.blocked', 'operator customer.unblocked'])
  })

  it('is no operator, and neither is who gets signed out', async () => {
    for (const action of ['sign-out', 'sessions/end', 'tokens/revoke'])
      await send(`/admin/customers/${operatorId}/${action}`, { id: 'x' }).expect(409)
    const own = await page(`/admin/customers/${operatorId}`)
    expect(own).toContain('Where it is signed in')
    expect(own).not.toContain(`action="/admin/customers/${operatorId}/`)
    const { text } = await send(`/admin/customers/${operatorId}/block`, { reason: 'Myself' }).expect(409)
    expect(text).toContain('This account runs the shop')
    const { email, id } = await newCustomer()
    expect((await runCommand(shop, 'customers', 'block', email, 'spam', 'orders')).output).toContain(
      'spam orders',
    )
    expect(await audited(id)).toEqual(['command customer.blocked'])
  })

  it('who was placing an order when they were blocked does not place it', async () => {
    const { email, id, shopper } = await newCustomer()
    const product = await shop.database.prisma.product.findFirstOrThrow({
      where: { requiresShipping: false, stock: { gte: 10 } },
    })
    // As after the request was signed in. They are a customer, so Stripe, which is away, is not asked before.
    const data = { blockedAt: new Date(), stripeCustomerId: 'cus_example' }
    await shop.database.prisma.user.update({ where: { id }, data })
    await shopper
      .post(`/checkout/${product.id}`)
      .type('form')
      .send({ quantity: '1' })
      .expect(/blocked|Stripe/)
    expect(await shop.database.prisma.order.count({ where: { email } })).toBe(0)
  })
})

describe('checkouts that were not completed', () => {
  it('say what became of them, with Stripe’s words for a decline', async () => {
    const { email } = await newCustomer()
    const [open, expired, failed, canceled, paid] = await Promise.all(
      [1, 2, 3, 4, 5].map(() => openOrderOf(shop, email)),
    )
    if (!open || !expired || !failed || !canceled || !paid) throw new Error('an order is missing')
    const { prisma } = shop.database
    await settleReports(shop, reportOfSession(expired, 'expired'), reportOfSession(canceled, 'expired'))
    await settleReports(shop, reportOfSession(failed, 'processing'), reportOfSession(failed, 'failed'))
    await settleReports(shop, reportOfSession(paid, 'paid'))
    await prisma.order.update({ where: { id: canceled.id }, data: { canceledAt: new Date() } })
    const decline = (code: string, created: number) => {
      const event = sessionEvent(shop, open, 'checkout.session.expired', {
        object: 'payment_intent',
        last_payment_error: { code: 'card_declined', decline_code: code, message: 'Your card was declined.' },
      })
      return { ...event, type: 'payment_intent.payment_failed', created }
    }
    const now = Math.floor(Date.now() / 1000)
    await deliver(shop, decline('insufficient_funds', now)).expect(200)
    await deliver(shop, decline('expired_card', now - 60)).expect(200)
    const shown = async (reason: string) => {
      const text = await page(`/admin/checkouts?reason=${reason}`)
      return Object.entries({ open, expired, failed, canceled, paid })
        .filter(([, { key }]) => text.includes(`/admin/orders/${key}`))
        .map(([name]) => name)
    }
    for (const reason of ['open', 'expired', 'failed', 'canceled'])
      expect(await shown(reason)).toEqual([reason])
    expect(await shown('')).toEqual(['open', 'expired', 'failed', 'canceled'])
    const text = await page('/admin/checkouts?reason=open')
    expect(text).toContain('insufficient funds')
    expect(text).not.toContain('expired card')
    const { output } = await runCommand(shop, 'checkouts', 'list', '--reason', 'open')
    expect(output).toContain(orderNumber(open.key))
    expect(output).toContain('insufficient_funds: Your card was declined.')
    expect(output).not.toContain(orderNumber(expired.key))
    expect((await runCommand(shop, 'checkouts', 'list', '--reason', 'x')).output).toContain('no reason "x"')
    const orderPage = textOf(await page(`/admin/orders/${open.key}`))
    expect(orderPage).toContain('Last decline insufficient funds : Your card was declined.')
    expect(await page(`/admin/orders/${expired.key}`)).not.toContain('Last decline')
  })
})
