// Orders without an account: from the checkout page to the mail, its link, and the account that later proves the address.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askToVerify, verifyEmail } from '../../src/accounts/email-verification.js'
import { joinOrders } from '../../src/accounts/join-orders.js'
import { resetPassword } from '../../src/accounts/password-reset.js'
import { addressKey, createRateLimits, type Limit } from '../../src/http/rate-limits.js'
import { networkKey } from '../../src/http/network.js'
import { MAX_HELD } from '../../src/checkout/held-stock.js'
import { newAccessToken } from '../../src/orders/order-access.js'
import { newOrderKey } from '../../src/orders/order-key.js'
import { hashToken, newToken } from '../../src/http/random-token.js'
import { changeSettings } from '../support/change-settings.js'
import { checkoutFields } from '../support/checkout-page.js'
import { runCommand } from '../support/command.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { settleReports, reportOfSession } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { openOrder } from '../support/events.js'

let shop: TestShop
let mailbox: Mailbox
beforeAll(async () => {
  mailbox = await openMailbox()
  shop = await startTestShop({
    settings: { guestCheckout: true },
    environment: { SMTP_URL: mailbox.url, TRUST_PROXY: '1' },
  })
  await shop.database.prisma.product.updateMany({
    where: { slug: 'stoneware-mug' },
    data: { requiresShipping: true },
  })
})
afterAll(async () => {
  await shop.close()
  await mailbox.close()
})

const prisma = () => shop.database.prisma
const mugOf = () => prisma().product.findFirstOrThrow({ where: { slug: 'stoneware-mug' } })
const posterOf = () => prisma().product.findFirstOrThrow({ where: { requiresShipping: false } })
const newEmail = () =>
  `guest-${newToken()
    .slice(0, 8)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@shopper.example`
const post = (visitor: Shopper, path: string, form: object, ip = '127.0.0.1') =>
  visitor.post(path).set('x-forwarded-for', ip).set('accept', 'text/html').type('form').send(form)
const ordersOf = (email: string) =>
  prisma().order.findMany({ where: { email }, include: { purchases: true }, orderBy: { id: 'asc' } })
const mailsTo = (email: string) => mailbox.mails.filter((mail) => JSON.stringify(mail.to).includes(email))

/** Buys a product that needs no delivery. Returns the address of Stripe's page. */
async function order(visitor: Shopper, email: string): Promise<string> {
  const { id } = await posterOf()
  const { text } = await visitor.get(`/checkout/${id}`).expect(200)
  const { headers } = await post(visitor, `/checkout/${id}`, { ...checkoutFields(text), email }).expect(303)
  return String(headers['location'])
}

async function paidOrder(visitor: Shopper, email: string) {
  const paid = await payByCard(await order(visitor, email))
  const success = String(paid.headers['location']).replace(shop.url, '')
  await expect.poll(async () => (await ordersOf(email)).at(-1)?.status, { timeout: 20_000 }).toBe('paid')
  const placed = (await ordersOf(email)).at(-1)
  if (!placed) throw new Error('no order')
  return { ...placed, success }
}

/** Proves the address of a shopper's account. */
async function verify(shopper: Shopper, email: string): Promise<void> {
  const user = await prisma().user.findUniqueOrThrow({ where: { email } })
  await prisma().$transaction((tx) => askToVerify(tx, shop.url, user))
  const link = /\/email\/verify\/[\w-]+/
  const newest = () => mailsTo(email).at(-1)?.text ?? ''
  await expect.poll(newest, { timeout: 20_000 }).toMatch(link)
  await post(shopper, String(link.exec(newest())?.[0]), {}).expect(200)
}

it('a guest buys a mug, opens the link in another browser, and later finds the order in their account', async () => {
  const email = newEmail()
  const guest = stranger(shop.url)
  const mug = await mugOf()

  // Purchase leads to the page, which asks for the address.
  const asked = await post(guest, `/checkout/${mug.id}`, { quantity: '2' }).expect(303)
  expect(asked.headers['location']).toBe(`/checkout/${mug.id}?quantity=2`)
  const first = await guest.get(String(asked.headers['location'])).expect(200)
  expect(first.text).toMatch(/<input id="email" name="email" type="text" autocomplete="email" required/)
  expect(textOf(first.text)).toContain('Already have an account? Sign in')
  expect(first.text).toContain(`/login?next=${encodeURIComponent(`/checkout/${mug.id}?quantity=2`)}`)

  // Without script, what was typed is still there when the delivery is shown.
  const update = { ...checkoutFields(first.text), email: ' Guest@ ', country: 'DE', update: 'yes' }
  const shown = await post(guest, `/checkout/${mug.id}`, update).expect(200)
  expect(checkoutFields(shown.text)).toMatchObject({ email: ' Guest@ ', country: 'DE' })
  expect(textOf(shown.text)).toContain('The total is now $')

  const wrong = await post(guest, `/checkout/${mug.id}`, checkoutFields(shown.text)).expect(422)
  expect(textOf(wrong.text)).toContain('Enter a valid email')
  expect(wrong.text).toContain('aria-describedby="email-hint email-error"')
  const form = { ...checkoutFields(wrong.text), email: ` ${email.toUpperCase()}` }
  const [opened, again] = await Promise.all([
    post(guest, `/checkout/${mug.id}`, form).expect(303),
    post(guest, `/checkout/${mug.id}`, form).expect(303),
  ])
  // A double click is one order.
  expect(again.headers['location']).toBe(opened.headers['location'])
  expect(await ordersOf(email)).toMatchObject([{ userId: null, status: 'pending', deliveryCountry: 'DE' }])

  const paid = await payByCard(String(opened.headers['location']))
  const success = await guest.get(String(paid.headers['location']).replace(shop.url, '')).expect(200)
  expect(textOf(success.text)).toContain('Thank you for your order')
  expect(textOf(success.text)).toContain('We’ve emailed you the details, with a link to your order.')
  const [placed] = await ordersOf(email)
  expect(placed).toMatchObject({ status: 'paid', purchases: [{ userId: null, purchaseSuccess: true }] })
  const key = placed?.key ?? ''
  await guest.get(`/orders/${key}`).expect(200)

  // The mail's links have a token. What is kept of the mail has none.
  await expect.poll(() => mailsTo(email).length, { timeout: 20_000 }).toBe(1)
  const [mail] = mailsTo(email)
  const link = new RegExp(`/orders/${key}\\?token=[\\w-]{43}`).exec(mail?.text ?? '')?.[0] ?? ''
  expect(mail?.text).toContain(link.replace('?', '/receipt?'))
  expect(mail?.text).not.toContain('/account')
  const token = link.replace(/.*=/, '')
  await expect
    .poll(() => prisma().mail.findFirst({ where: { to: email, sentAt: { not: null } } }), { timeout: 20_000 })
    .not.toBeNull()
  expect(JSON.stringify(await prisma().mail.findMany())).not.toContain(token)
  expect(await prisma().orderAccess.findMany({ where: { orderId: placed?.id ?? 0 } })).toMatchObject([
    { tokenHash: hashToken(token) },
  ])

  // In another browser the link opens this order, and nothing else.
  const elsewhere = stranger(shop.url)
  const other = await paidOrder(stranger(shop.url), newEmail())
  await elsewhere.get(`/orders/${key}`).expect(404)
  const redirect = await elsewhere.get(link).expect(303)
  expect(redirect.headers).toMatchObject({ location: `/orders/${key}`, 'referrer-policy': 'strict-origin' })
  expect(String(redirect.headers['set-cookie'])).toMatch(/till-orders=.*HttpOnly; SameSite=Lax/)
  await elsewhere.get(`/orders/${key}`).expect(200).expect('cache-control', 'no-store')
  await elsewhere.get(`/orders/${key}/receipt`).expect(200)
  await elsewhere.get(`/orders/${other.key}?token=${token}`).expect(303)
  await elsewhere.get(`/orders/${other.key}`).expect(404)

  // An account with that address sees the order once it has proved the address.
  const { shopper } = await newShopper(shop.url, email)
  await shopper.get(`/orders/${key}`).expect(404)
  expect(textOf((await shopper.get('/account/orders')).text)).toContain('No orders yet')
  await verify(shopper, email)
  await shopper.get(`/orders/${key}`).expect(200)
  for (const path of ['/account/orders', '/account/purchases'])
    expect((await shopper.get(path)).text).toContain(key)
  // The browser that placed it no longer sees it without the link, which still works, until it is revoked.
  await guest.get(`/orders/${key}`).expect(404)
  await elsewhere.get(`/orders/${key}`).expect(200)
  expect((await runCommand(shop, 'orders', 'revoke-links', key)).output).toContain('Revoked 1 link.')
  await elsewhere.get(`/orders/${key}`).expect(404)
  await elsewhere.get(link).expect(303)
  await elsewhere.get(`/orders/${key}`).expect(404)
  await shopper.get(`/orders/${key}`).expect(200)
})

it('what a guest has open is theirs once they register in the same browser, and only with their address', async () => {
  const [email, other] = [newEmail(), newEmail()]
  const guest = stranger(shop.url)
  const { id } = await posterOf()
  const elsewhere = await paidOrder(guest, other)
  const url = await order(guest, email)
  await post(guest, '/cart/items', { product_id: String(id), quantity: '1' }).expect(303)
  const [open] = await ordersOf(email)
  await post(guest, '/register', { name: 'Ada Shopper', email, password: PASSWORD }).expect(303)

  // Two tabs after sign-in take it over once.
  await Promise.all([guest.get('/account/orders').expect(200), guest.get('/cart').expect(200)])
  const { id: userId } = await prisma().user.findUniqueOrThrow({ where: { email } })
  expect(await ordersOf(email)).toMatchObject([{ id: open?.id, userId, guestHash: null, status: 'pending' }])
  expect((await guest.get('/account/orders')).text).toContain(open?.key)
  expect((await guest.get('/cart')).text).toContain('Check out')
  expect(await ordersOf(other)).toMatchObject([{ userId: null, status: 'paid' }])
  await guest.get(`/orders/${elsewhere.key}`).expect(404)

  // The page that is open at Stripe pays the account's order; another checkout would have replaced it.
  await payByCard(url)
  await expect
    .poll(() => ordersOf(email), { timeout: 20_000 })
    .toMatchObject([{ status: 'paid', userId, purchases: [{ userId, purchaseSuccess: true }] }])
  await guest.get(`/orders/${open?.key}`).expect(200)
})

it('a link to an order that is in an account now shows it, and leads to no saved cards', async () => {
  const email = newEmail()
  const guest = stranger(shop.url)
  await order(guest, email)
  const [open] = await ordersOf(email)
  const key = open?.key ?? ''
  const token = await newAccessToken(prisma(), open?.id ?? 0)
  const { shopper: another } = await newShopper(shop.url)
  for (const visitor of [stranger(shop.url), another]) {
    await visitor.get(`/orders/${key}?token=${token}`).expect(303)
    const page = await post(visitor, `/orders/${key}/pay`, {}).expect(303)
    expect(page.headers['location']).toContain('/pay/')
  }
  await post(guest, '/register', { name: 'Ada Shopper', email, password: PASSWORD }).expect(303)
  await post(guest, `/orders/${key}/pay`, {}).expect(303)

  for (const visitor of [stranger(shop.url), another]) {
    await visitor.get(`/orders/${key}?token=${token}`).expect(303)
    await visitor.get(`/orders/${key}`).expect(200)
    const page = await post(visitor, `/orders/${key}/pay`, {}).expect(403)
    expect(textOf(page.text)).toContain('To pay it, sign in with the account that it belongs to.')
    expect(page.text).toContain(`/login?next=${encodeURIComponent(`/orders/${key}`)}`)
    const { body } = await visitor.post('/api/payments/create-session').send({ order_id: key }).expect(403)
    expect(body).toMatchObject({ code: 'order_of_account' })
  }
})

it('a guest checks out a cart, and it is emptied by the payment', async () => {
  const email = newEmail()
  const guest = stranger(shop.url)
  const { id } = await posterOf()
  await post(guest, '/cart/items', { product_id: String(id), quantity: '2' }).expect(303)
  expect((await guest.get('/cart')).text).not.toContain('Sign in to check out')
  await post(guest, '/cart/checkout', {}).expect(303).expect('location', '/checkout')
  const { text } = await guest.get('/checkout').expect(200)
  const { headers } = await post(guest, '/checkout', { ...checkoutFields(text), email }).expect(303)
  await payByCard(String(headers['location']))
  await expect.poll(async () => (await ordersOf(email))[0]?.status, { timeout: 20_000 }).toBe('paid')
  expect(textOf((await guest.get('/cart')).text)).toContain('Your cart is empty')
})

it('a corrected address is a new order, and the session of the other one is closed', async () => {
  const guest = stranger(shop.url)
  const [wrong, right] = [newEmail(), newEmail()]
  const first = await order(guest, wrong)
  await order(guest, right)
  expect(await ordersOf(wrong)).toMatchObject([{ status: 'expired' }])
  expect(await ordersOf(right)).toMatchObject([{ status: 'pending' }])
  expect(await shop.stripe.checkout.sessions.retrieve(sessionOf(first))).toMatchObject({ status: 'expired' })
})

it('the page is the same for addresses with and without an account', async () => {
  const { email } = await newShopper(shop.url)
  const answers = [email, newEmail()].map(async (address) => {
    const { id } = await posterOf()
    const guest = stranger(shop.url)
    const { text } = await guest.get(`/checkout/${id}`)
    return textOf(
      (await post(guest, `/checkout/${id}`, { ...checkoutFields(text), email: address, update: 'y' })).text,
    )
  })
  const [known, unknown] = await Promise.all(answers)
  expect(known).toBe(unknown)
})

it('an order joins a verified account at its next sign-in, if it was paid', async () => {
  const { shopper, email } = await newShopper(shop.url)
  await verify(shopper, email)
  const paid = await paidOrder(stranger(shop.url), email)
  await order(stranger(shop.url), email)
  await post(shopper, '/logout', {}).expect(303)
  await post(shopper, '/login', { email, password: PASSWORD }).expect(303)
  await shopper.get(`/orders/${paid.key}`).expect(200)
  const { id: userId } = await prisma().user.findUniqueOrThrow({ where: { email } })
  expect(await ordersOf(email)).toMatchObject([
    { userId, guestHash: null, status: 'paid', purchases: [{ userId }] },
    { userId: null, status: 'pending' },
  ])
})

it('proving an address twice while its order is settled leaves one result', async () => {
  for (let round = 0; round < 3; round++) {
    const { email } = await newShopper(shop.url)
    const user = await prisma().user.findUniqueOrThrow({ where: { email } })
    const placed = await openOrder(shop)
    await prisma().order.update({
      where: { id: placed.id },
      data: { userId: null, guestHash: newToken(), email },
    })
    const known = { ...placed, paymentIntentId: `pi_${placed.key}` }
    await settleReports(shop, reportOfSession(known, 'processing'))
    const tokens = [newToken(), newToken()]
    const resets = [newToken(), newToken()]
    for (const token of resets)
      await prisma().passwordReset.create({
        data: { tokenHash: hashToken(token), userId: user.id, expiresAt: new Date(Date.now() + 60_000) },
      })
    for (const token of tokens)
      await prisma().emailVerification.create({
        data: { tokenHash: hashToken(token), userId: user.id, expiresAt: new Date(Date.now() + 60_000) },
      })
    const proved = await Promise.all([
      ...tokens.map((token) => verifyEmail(shop.database, token, user.id)),
      ...resets.map((token) => resetPassword(shop.database, token, user.passwordHash)),
      settleReports(shop, reportOfSession(known, 'paid')),
      prisma().$transaction((tx) => joinOrders(tx, user.id)),
    ])
    expect(proved).toContain(true)
    // At the next sign-in at the latest.
    await prisma().$transaction((tx) => joinOrders(tx, user.id))
    expect(await ordersOf(email)).toMatchObject([
      { status: 'paid', userId: user.id, guestHash: null, purchases: [{ userId: user.id }] },
    ])
  }
})

describe('the API', () => {
  it('takes orders of guests with an address', async () => {
    const guest = stranger(shop.url)
    const { id } = await posterOf()
    const items = [{ product_id: id, quantity: 1 }]
    const refused = await guest.post('/api/orders').send({ items }).expect(400)
    expect(refused.body).toMatchObject({ code: 'invalid_order', errors: [{ field: 'email' }] })
    const { body } = await guest.post('/api/orders').send({ items, email: newEmail() }).expect(201)
    await guest.get(`/api/orders/${body.order_id}`).expect(200)
    const session = await guest
      .post('/api/payments/create-session')
      .send({ order_id: body.order_id })
      .expect(200)
    expect(sessionOf(session.body.checkout_url)).not.toBe('')
  })
})

describe('limits', () => {
  const body = async (email = newEmail()) => ({
    items: [{ product_id: (await posterOf()).id, quantity: 1 }],
    email,
  })
  const send = async (visitor: Shopper, ip: string, email?: string) =>
    (
      await visitor
        .post('/api/orders')
        .set('x-forwarded-for', ip)
        .send(await body(email))
    ).status
  async function useUp(limit: Limit, caller: string, times: number): Promise<void> {
    const limits = createRateLimits(shop.database.pool)
    for (let count = 0; count < times; count++) await limits.count(limit, caller, '')
  }

  it('20 checkouts without an account name one address in an hour', async () => {
    const email = newEmail()
    await useUp('guestCheckoutAddress', addressKey(email), 19)
    const guest = stranger(shop.url)
    expect(await send(guest, '203.0.113.1', email)).toBe(201)
    expect(await send(stranger(shop.url), '203.0.113.2', email)).toBe(429)
    const [placed, ...others] = await ordersOf(email)
    expect(others).toEqual([])
    // What others did with the address does not keep the guest from their order.
    await guest.post(`/api/orders/${placed?.key}/cancel`).expect(200)
  })

  it('60 checkouts without an account come from one network in an hour, and any with one', async () => {
    const ip = '198.51.100.7'
    await useUp('guestCheckoutNetwork', networkKey(ip) ?? '', 59)
    expect(await send(stranger(shop.url), ip)).toBe(201)
    expect(await send(stranger(shop.url), ip)).toBe(429)
    expect(await send((await newShopper(shop.url)).shopper, ip)).toBe(201)
  })

  it('one browser holds as many units as an account', async () => {
    const guest = stranger(shop.url)
    const email = newEmail()
    await order(guest, email)
    const [{ guestHash } = { guestHash: null }] = await ordersOf(email)
    for (let count = 0; count < MAX_HELD.account.orders; count++)
      await prisma().order.create({
        data: {
          ...{ key: newOrderKey(), guestHash, email, currency: 'usd', total: 1, stockHeld: true },
          items: { create: { productId: 2, name: 'Held', unitAmount: 1, quantity: 1 } },
        },
      })
    const { id } = await posterOf()
    const { text } = await guest.get(`/checkout/${id}?quantity=2`)
    const refused = await post(guest, `/checkout/${id}`, { ...checkoutFields(text), email }).expect(429)
    expect(textOf(refused.text)).toContain('You have other orders to pay')
  })
})

it('after paying, a browser that may not see the order is told how to, whether or not it exists', async () => {
  const { success } = await paidOrder(stranger(shop.url), newEmail())
  const visitor = stranger(shop.url)
  const seen = async (path: string) => {
    const { text } = await visitor.get(path).expect(404)
    return textOf(text).replace(/Request [\da-f-]+/, '')
  }
  const real = await seen(success)
  expect(real).toContain('Sign in to see your order')
  expect(real).toContain('If you’ve paid, we’ll email you about your payment and your order.')
  expect(await seen(success.replace(/.{4}$/, 'AAAA'))).toBe(real)
})

it('a shop without guests asks everyone to sign in, and the links of earlier orders still work', async () => {
  const email = newEmail()
  const guest = stranger(shop.url)
  const { key, success } = await paidOrder(guest, email)
  await changeSettings(shop, { guestCheckout: false })
  const { id } = await posterOf()
  const visitor = stranger(shop.url)
  for (const path of [`/checkout/${id}`, '/checkout', `/orders/${key}`, success])
    await visitor
      .get(path)
      .expect(303)
      .expect('location', /^\/login\?next=/)
  await post(visitor, `/checkout/${id}`, { email })
    .expect(303)
    .expect('location', /^\/login/)
  await visitor
    .post('/api/orders')
    .send({ items: [{ product_id: id, quantity: 1 }], email })
    .expect(401)
  await visitor.get(`/api/orders/${key}`).expect(401)
  await guest.get(`/orders/${key}`).expect(200)
  await guest.get(success).expect(200)
  await changeSettings(shop, { guestCheckout: true })
})
