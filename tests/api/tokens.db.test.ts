// Bearer tokens: how long they work, what ends them, and what pages of other origins may do with them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MAX_TOKENS, TOKEN_TIMES } from '../../src/accounts/api-tokens.js'
import { deleteExpiredRows } from '../../src/background/expired-rows.js'
import { addressKey } from '../../src/http/rate-limits.js'
import { changeSettings } from '../support/change-settings.js'
import { newShopper, PASSWORD, stranger, textOf } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const FRONT = 'https://front.example'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, settings: { apiOrigins: [FRONT] } })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const signIn = (email: string, password = PASSWORD) =>
  stranger(shop.url).post('/api/sign-in').set('origin', FRONT).send({ email, password })

async function tokenOf(email: string): Promise<string> {
  const { body } = (await signIn(email).expect(200)) as { body: { token: string } }
  return body.token
}

const get = (token: string, path = '/api/me') =>
  stranger(shop.url).get(path).set('authorization', `Bearer ${token}`)

const rows = (email: string) => shop.database.prisma.apiToken.findMany({ where: { user: { email } } })

describe('a token', () => {
  it('is stored as a hash, and works until it is revoked', async () => {
    const { email } = await newShopper(shop.url)
    const token = await tokenOf(email)
    expect(token).toMatch(/^till_[\w-]{43}$/)
    expect(JSON.stringify(await rows(email))).not.toContain(token.slice(5))
    await get(token).expect(200).expect('cache-control', 'no-store')
    await stranger(shop.url).post('/api/sign-out').set('authorization', `Bearer ${token}`).expect(204)
    await get(token).expect(401)
  })

  it('ends without use, with age, and with the password', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { prisma } = shop.database
    const token = await tokenOf(email)
    const [issued] = await rows(email)
    if (!issued) throw new Error('There is no token.')
    const age = async (data: object) => prisma.apiToken.update({ where: { id: issued.id }, data })
    const ago = (ms: number) => new Date(Date.now() - ms)
    expect(issued.expiresAt.getTime() - issued.createdAt.getTime()).toBe(TOKEN_TIMES.idle)

    // Used now and then, it lasts longer, but no longer than its age allows.
    await age({ lastUsedAt: ago(TOKEN_TIMES.renewal / 2) })
    await get(token).expect(200)
    expect((await rows(email))[0]?.expiresAt).toEqual(issued.expiresAt)
    const createdAt = ago(TOKEN_TIMES.absolute - 60_000)
    await age({ createdAt, lastUsedAt: ago(TOKEN_TIMES.renewal + 60_000) })
    await get(token).expect(200)
    const [used] = await rows(email)
    expect(used?.expiresAt.getTime()).toBe(createdAt.getTime() + TOKEN_TIMES.absolute)
    expect(used?.lastUsedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)

    await age({ expiresAt: ago(1000) })
    await get(token).expect(401)
    await deleteExpiredRows(prisma)
    expect(await rows(email)).toEqual([])

    const other = await tokenOf(email)
    const form = { currentPassword: PASSWORD, password: `${PASSWORD} too` }
    await shopper.post('/account/password').type('form').send(form).expect(303)
    await get(other).expect(401)
    expect(await rows(email)).toEqual([])
  })

  it('is ended by a password that was changed past the shop', async () => {
    const { email } = await newShopper(shop.url)
    const token = await tokenOf(email)
    await shop.database.prisma.user.update({ where: { email }, data: { passwordHash: 'x' } })
    await get(token).expect(401)
  })

  it(`is one of ${MAX_TOKENS}: another one ends the one that was unused the longest`, async () => {
    const { email } = await newShopper(shop.url)
    const first = await tokenOf(email)
    const { pool } = shop.database
    await pool.query(
      `INSERT INTO "ApiToken" (id, "tokenHash", "userId", "credentialVersion", "expiresAt", "lastUsedAt")
       SELECT id::text || n, id::text || n, id, 1, now() + interval '1 day', now() + n * interval '1 second'
       FROM "User", generate_series(1, $2) n WHERE email = $1`,
      [email, MAX_TOKENS - 1],
    )
    const last = await tokenOf(email)
    expect(await rows(email)).toHaveLength(MAX_TOKENS)
    await get(first).expect(401)
    await get(last).expect(200)
  })

  it('that is bad never falls back to the cookie, and a good one never uses it', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { email: other } = await newShopper(shop.url)
    const token = await tokenOf(other)
    await shopper.get('/api/me').expect(200)
    for (const bad of ['Bearer till_x', `Bearer ${token}x`, 'Bearer', 'bearer  '])
      await shopper
        .get('/api/me')
        .set('authorization', bad)
        .expect(401)
        .expect('www-authenticate', /invalid_token/)
    const { body } = (await shopper.get('/api/me').set('authorization', `Bearer ${token}`)) as {
      body: { email: string }
    }
    expect(body.email).toBe(other)
    expect(email).not.toBe(other)
    // Tokens are for the API.
    await stranger(shop.url).get('/account').set('authorization', `Bearer ${token}`).expect(303)
  })

  it('touches no session, even if one comes along', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const token = await tokenOf(email)
    await shop.database.pool.query(`UPDATE "Session" SET sess = (sess::jsonb || '{"signedInAt": 1}')::json`)
    const before = await shop.database.prisma.session.findMany()
    const answer = await shopper.get('/api/me').set('authorization', `Bearer ${token}`).expect(200)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(await shop.database.prisma.session.findMany()).toEqual(before)
  })

  it('is shown on the account’s page, and ended there', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const token = await tokenOf(email)
    expect(textOf((await shopper.get('/account')).text)).toContain('front.example')
    const [row] = await rows(email)
    const { shopper: stranger } = await newShopper(shop.url)
    const end = (who: typeof shopper) => who.post('/account/tokens/end').type('form').send({ token: row?.id })
    await end(stranger).expect(303)
    await get(token).expect(200)
    await end(shopper).expect(303)
    await get(token).expect(401)
  })
})

describe('guessing passwords', () => {
  it('counts together on the page and in the API', async () => {
    const { email } = await newShopper(shop.url)
    for (let n = 0; n < 5; n++) {
      await signIn(email, 'wrong password').expect(401)
      await stranger(shop.url)
        .post('/login')
        .type('form')
        .send({ email, password: 'wrong password' })
        .expect(401)
    }
    const key = `signIn:${addressKey(email)} 127.0.0.1`
    expect(await shop.database.prisma.rateLimit.findUnique({ where: { key } })).toMatchObject({ points: 10 })
    await signIn(email)
      .expect(429)
      .expect('retry-after', /^\d+$/)
      .expect('access-control-allow-origin', FRONT)
  })

  it('tells nobody whether an address has an account', async () => {
    const { email } = await newShopper(shop.url)
    const [known, unknown] = [
      await signIn(email, 'wrong password'),
      await signIn('x@x.example', 'wrong password'),
    ]
    const told = ({ body }: { body: object }) => ({ ...body, request_id: '' })
    expect([known.status, told(known)]).toEqual([401, told(unknown)])
  })
})

describe('a page of another origin', () => {
  const preflight = (origin: string, method: string, path = '/api/cart') =>
    stranger(shop.url).options(path).set({
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('may send %s if it is allowed', async (method) => {
    const { headers } = await preflight(FRONT, method).expect(204)
    expect(headers['access-control-allow-origin']).toBe(FRONT)
    expect(headers['access-control-allow-methods']).toContain(method)
    expect(headers['access-control-allow-headers']).toMatch(/Authorization.*Content-Type/)
    expect(headers['access-control-max-age']).toBe('600')
    expect(headers['vary']).toContain('Origin')
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })

  it.each(['https://other.example', 'http://front.example', 'https://front.example.evil.example', 'null'])(
    '%s is told nothing',
    async (origin) => {
      for (const answer of [
        await preflight(origin, 'PUT'),
        await stranger(shop.url).get('/api/products').set({ origin }),
      ]) {
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
        expect(answer.headers['vary']).toContain('Origin')
      }
      const credentials = { email: 'x@x.example', password: PASSWORD }
      await stranger(shop.url).post('/api/sign-in').set({ origin }).send(credentials).expect(403)
    },
  )

  it('may read errors too, but only those of the API, and never with credentials', async () => {
    const from = (path: string) => stranger(shop.url).get(path).set('origin', FRONT)
    for (const path of ['/api/products', '/api/nothing', '/api/me', '/api/products/99999']) {
      const { headers } = await from(path)
      expect(headers['access-control-allow-origin'], path).toBe(FRONT)
      expect(headers['access-control-expose-headers']).toMatch(/Retry-After.*X-Request-Id/)
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
    for (const path of ['/pricing', '/apis', '/cart'])
      expect((await from(path)).headers['access-control-allow-origin'], path).toBeUndefined()
  })

  it('can’t use a cookie, whether or not its origin is allowed', async () => {
    const { shopper } = await newShopper(shop.url)
    await shopper.get('/api/me').set('origin', FRONT).expect(401)
    await shopper.post('/api/me/verification').set('origin', FRONT).expect(401)
    await shopper.post('/api/me/verification').set('origin', 'https://other.example').expect(403)
    await shopper.post('/logout').set('origin', FRONT).expect(403)
    await shopper.get('/api/me').expect(200)
  })

  it('can’t order without an account: no cookie would open the order or pay it', async () => {
    const { prisma } = shop.database
    await changeSettings(shop, { guestCheckout: true })
    const { id } = await prisma.product.findFirstOrThrow({ where: { requiresShipping: false } })
    const order = { items: [{ product_id: id, quantity: 1 }], email: 'guest@shopper.example' }
    const answer = await stranger(shop.url).post('/api/orders').set('origin', FRONT).send(order).expect(401)
    expect(answer.body).toMatchObject({ code: 'sign_in_required' })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(await prisma.order.count({ where: { email: order.email } })).toBe(0)
    await stranger(shop.url).post('/api/orders').send(order).expect(201)
    await changeSettings(shop, { guestCheckout: false })
  })
})
