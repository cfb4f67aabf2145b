// Limits by network and by account, seen from addresses that a proxy reports.
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isPassword } from '../../src/accounts/passwords.js'
import { addressKey } from '../../src/http/rate-limits.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { TRUST_PROXY: '1' } })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const from = (ip: string, shopper: Shopper = stranger(shop.url)) => ({
  post: (path: string, form: object) => shopper.post(path).set('x-forwarded-for', ip).type('form').send(form),
  get: (path: string) => shopper.get(path).set('x-forwarded-for', ip),
})
const login = (ip: string, email: string, password = PASSWORD, shopper?: Shopper) =>
  from(ip, shopper).post('/login', { email, password })
const forgot = (ip: string, email: string, shopper?: Shopper) =>
  from(ip, shopper).post('/password/forgot', { email })
const resetMails = (to: string) => shop.database.prisma.mail.count({ where: { to, kind: 'password_reset' } })

/** As if there had been this many attempts already. */
async function setCount(key: string, points: number) {
  const expire = BigInt(Date.now() + 600_000)
  await shop.database.prisma.rateLimit.upsert({
    where: { key },
    create: { key, points, expire },
    update: { points, expire },
  })
}
const endPause = (key: string) =>
  shop.database.prisma.rateLimit.update({ where: { key }, data: { expire: 0n } })

describe('signing in', () => {
  it('one network can’t try account after account, and the /64 of an IPv6 address is one network', async () => {
    const { email } = await newShopper(shop.url)
    for (const [network, key] of [
      [(n: number) => `203.0.113.${n % 1}`, '203.0.113.0'],
      [(n: number) => `2001:db8:0:5::${n.toString(16)}`, '2001:db8:0:5::/64'],
    ] as const) {
      await setCount(`signInNetwork:${key}`, 98)
      await login(network(1), 'one@shopper.example').expect(401)
      await login(network(2), 'two@shopper.example').expect(401)
      await login(network(3), email).expect(429).expect('retry-after', /^\d+$/)
    }
    await login('2001:db8:0:6::1', email).expect(303)
    await login('198.51.100.1', email).expect(303)
  })

  it('after many wrong passwords, one more is let through after each pause, and the pauses grow', async () => {
    const { email } = await newShopper(shop.url)
    const [ip, key] = ['203.0.113.9', `signIn:${addressKey(email)} 203.0.113.9`]
    const wait = async () => Number((await login(ip, email).expect(429)).headers['retry-after'])
    await setCount(key, 9)
    await login(ip, email, 'wrong password').expect(401)
    const first = await wait()
    await endPause(`pause:${key}`)
    await login(ip, email, 'wrong password').expect(401)
    expect(await wait()).toBeGreaterThan(first)
    // Refused attempts make nobody wait longer.
    expect((await shop.database.prisma.rateLimit.findUnique({ where: { key } }))?.points).toBe(11)
    await setCount(key, 5000)
    await endPause(`pause:${key}`)
    await login(ip, email, 'wrong password').expect(401)
    expect(await wait()).toBeLessThanOrEqual(900)
    await endPause(`pause:${key}`)
    await login(ip, email).expect(303)
  })

  it('strangers’ guesses lock the owner out neither of a known device nor of a new one after a reset', async () => {
    const email = 'owner@shopper.example'
    const phone = stranger(shop.url)
    await from('198.51.100.1', phone)
      .post('/register', { name: 'Ada', email, password: PASSWORD })
      .expect(303)
    await from('198.51.100.1', phone).post('/logout', {}).expect(303)
    await setCount(`signInAccount:${addressKey(email)}`, 99)
    await login('203.0.113.1', email, 'wrong password').expect(401)
    await login('203.0.113.2', email, 'wrong password').expect(429)
    await setCount('signInNetwork:198.51.100.1', 99)
    await login('198.51.100.1', 'other@shopper.example', 'wrong password').expect(401)
    await login('198.51.100.1', email).expect(429)

    await login('198.51.100.1', email, 'wrong password', phone).expect(401)
    await login('198.51.100.1', email, PASSWORD, phone).expect(303)

    const laptop = stranger(shop.url)
    await login('198.51.100.2', email, PASSWORD, laptop).expect(429)
    await forgot('198.51.100.2', email, laptop).expect(200)
    const mail = await shop.database.prisma.mail.findFirstOrThrow({
      where: { to: email, kind: 'password_reset' },
    })
    const { resetUrl } = mail.data as { resetUrl: string }
    const password = 'a brand new password'
    await from('198.51.100.2', laptop).post(new URL(resetUrl).pathname, { password }).expect(303)
    await setCount(`signInAccount:${addressKey(email)}`, 100)
    await login('203.0.113.3', email, 'wrong password').expect(401)
    await login('203.0.113.4', email, password).expect(429)
    await login('198.51.100.2', email, password, laptop).expect(303)
  })

  it('a known device is known for its accounts only, and has a limit of its own', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { email: other } = await newShopper(shop.url)
    await shopper.post('/logout')
    for (const address of [email, other]) await setCount(`signInAccount:${addressKey(address)}`, 100)
    await login('203.0.113.1', other, 'wrong password').expect(401)
    await login('203.0.113.2', other, PASSWORD, shopper).expect(429)
    for (let time = 0; time < 10; time++)
      await login('203.0.113.2', email, 'wrong password', shopper).expect(401)
    await login('203.0.113.3', email, PASSWORD, shopper).expect(429)
  })

  it('an invented device cookie is not known', async () => {
    const { email } = await newShopper(shop.url)
    await setCount(`signInAccount:${addressKey(email)}`, 100)
    await login('203.0.113.1', email, 'wrong password').expect(401)
    for (const value of [`${'a'.repeat(22)}.${'b'.repeat(43)}`, 'a.b', 'a'.repeat(22), ''])
      await login('203.0.113.2', email).set('cookie', `till-device=${value}`).expect(429)
  })

  it('while too many are being verified, others are asked to come back, and everything else is served', async () => {
    const { shopper, email } = await newShopper(shop.url)
    // The shop runs in this process. Fifty keep its queue full.
    let trying = true
    const keepTrying = async () => {
      while (trying) await isPassword('some password', null).catch(() => wait(5))
    }
    const others = Array.from({ length: 50 }, keepTrying)
    try {
      const { text } = await login('203.0.113.1', email).expect(503).expect('retry-after', '5')
      expect(textOf(text)).toContain('Many people are signing in')
      await shopper.get('/account/purchases').expect(200)
      await shopper.get('/assets/css/till.css').expect(200)
      await shopper.get('/readyz').expect(200)
    } finally {
      trying = false
      await Promise.all(others)
    }
    // It was not tried, so it does not count.
    const counts = await shop.database.prisma.rateLimit.findMany({ where: { key: { startsWith: 'signIn' } } })
    expect(counts.map(({ points }) => points)).toEqual([0, 0, 0])
    await login('203.0.113.1', email).expect(303)
  })
})

describe('reset emails', () => {
  it('strangers don’t use up the owner’s', async () => {
    const { shopper, email } = await newShopper(shop.url)
    for (let time = 0; time < 3; time++) await forgot('203.0.113.1', email).expect(200)
    await forgot('203.0.113.1', email).expect(429)
    await forgot('198.51.100.1', email).expect(200)
    expect(await resetMails(email)).toBe(4)
    // After many, those who don't have the owner's device cause one every few minutes, and all get the same page.
    await setCount(`passwordResetAccount:${addressKey(email)}`, 19)
    for (const network of [2, 3, 4]) await forgot(`203.0.113.${network}`, email).expect(200)
    expect(await resetMails(email)).toBe(5)
    await forgot('198.51.100.1', email, shopper).expect(200)
    expect(await resetMails(email)).toBe(6)
  })

  it('one network can’t ask for address after address', async () => {
    await setCount('passwordResetNetwork:203.0.113.1', 29)
    await forgot('203.0.113.1', 'one@shopper.example').expect(200)
    await forgot('203.0.113.1', 'two@shopper.example').expect(429)
    await forgot('203.0.113.2', 'two@shopper.example').expect(200)
  })
})

describe('other limits by network', () => {
  const [here, elsewhere] = ['203.0.113.1', '198.51.100.1']

  it('registrations', async () => {
    await setCount(`register:${here}`, 299)
    const form = (email: string) => ({ name: 'Ada', email, password: PASSWORD })
    await from(here).post('/register', form('r1@shopper.example')).expect(303)
    await from(here).post('/register', form('r2@shopper.example')).expect(429)
    await from(elsewhere).post('/register', form('r2@shopper.example')).expect(303)
  })

  it('searches, on the page and in the API, but not lists', async () => {
    await setCount(`search:${here}`, 118)
    await from(here).get('/pricing?q=mug').expect(200)
    await from(here).get('/api/products?q=mug').expect(200)
    const { text } = await from(here).get('/pricing?q=mug').expect(429).expect('retry-after', /^\d+$/)
    expect(textOf(text)).toContain('Too many searches')
    const { body } = await from(here).get('/api/products?q=mug').expect(429)
    expect(body).toMatchObject({ code: 'too_many_requests', status: 429 })
    await from(here).get('/pricing?category=Desk').expect(200)
    await from(elsewhere).get('/pricing?q=mug').expect(200)
  })

  it('carts, also those that begin with an invented cookie', async () => {
    const carts = () => shop.database.prisma.cart.count()
    const add = (ip: string, shopper: Shopper, cookie?: string) => {
      const request = from(ip, shopper).post('/cart/items', { product_id: '1' })
      return cookie === undefined ? request : request.set('cookie', `till-cart=${cookie}`)
    }
    await setCount(`newCart:${here}`, 299)
    const guest = stranger(shop.url)
    const invented = 'x'.repeat(43)
    const { headers } = await add(here, guest, invented).expect(303)
    // The token of the new cart is the shop's own.
    expect(String(headers['set-cookie'])).not.toContain(invented)
    const before = await carts()
    await add(here, stranger(shop.url), 'y'.repeat(43)).expect(429)
    await add(here, stranger(shop.url)).expect(429)
    expect(await carts()).toBe(before)
    await add(here, guest).expect(303)
    await add(elsewhere, stranger(shop.url)).expect(303)
  })

  it('checkouts', async () => {
    const { shopper } = await newShopper(shop.url)
    const order = (ip: string) =>
      shopper
        .post('/api/orders')
        .set('x-forwarded-for', ip)
        .send({ items: [{ product_id: 1, quantity: 1 }] })
    await order(here).expect(201)
    const [row] = await shop.database.prisma.rateLimit.findMany({
      where: { key: { startsWith: 'checkoutNetwork' } },
    })
    await setCount(row?.key ?? '', 300)
    const { body } = await order(here).expect(429)
    expect(body).toMatchObject({ code: 'too_many_requests' })
    await order(elsewhere).expect(200)
  })
})

describe('the log', () => {
  it('has one line for a failed sign-in, with the request’s id and without the address', async () => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const logging = await startTestShop({ sandbox: false, log })
    try {
      lines.length = 0
      const { headers } = await stranger(logging.url)
        .post('/login')
        .type('form')
        .send({ email: 'nobody@shopper.example', password: 'secret password' })
        .expect(401)
      const own = lines.filter((line) => line.includes(headers['x-request-id'] ?? '-'))
      expect(own).toHaveLength(1)
      expect(JSON.parse(own[0] ?? '')).toMatchObject({
        msg: 'sign-in failed',
        account: addressKey('nobody@shopper.example'),
      })
      expect(lines.join('')).not.toMatch(/nobody|secret password/)
    } finally {
      await logging.close()
    }
  })
})
