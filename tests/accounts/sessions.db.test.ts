// How sessions end: with the password, with time, and one by one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import express from 'express'
import supertest from 'supertest'
import { SESSION_TIMES, validSessions } from '../../src/accounts/sessions.js'
import { signIn, signInMiddleware } from '../../src/accounts/sign-in.js'
import { sessionCookie } from '../../bench/shoppers.js'
import { newShopper, PASSWORD, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const isSignedIn = async (shopper: Shopper) => (await shopper.get('/account/purchases')).status === 200
const userOf = (email: string) => shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
const login = (shopper: Shopper, email: string, password = PASSWORD) =>
  shopper.post('/login').type('form').send({ email, password })

async function sessionRows(email: string) {
  const { id } = await userOf(email)
  const { rows } = await shop.database.pool.query<{
    sid: string
    sess: { signedInAt?: number; seenAt?: number; credentialVersion?: number }
    expire: Date
  }>(`SELECT * FROM "Session" WHERE sess->'passport'->>'user' = $1 ORDER BY expire DESC`, [String(id)])
  return rows
}

/** Changes what is stored in the user's only session. */
async function setSession(email: string, change: object) {
  const [row] = await sessionRows(email)
  await shop.database.pool.query('UPDATE "Session" SET sess = (sess::jsonb || $2)::json WHERE sid = $1', [
    row?.sid,
    change,
  ])
}

describe('the credential version', () => {
  it('rises with every change of the password, also by plain SQL, and with nothing else', async () => {
    const { email } = await newShopper(shop.url)
    const { id, passwordHash, credentialVersion } = await userOf(email)
    const { prisma, pool } = shop.database
    await prisma.user.update({ where: { id }, data: { name: 'Other', passwordHash } })
    expect((await userOf(email)).credentialVersion).toBe(credentialVersion)
    await pool.query(`UPDATE "User" SET "passwordHash" = 'x' WHERE id = $1`, [id])
    expect((await userOf(email)).credentialVersion).toBe(credentialVersion + 1)
  })

  it('ends sessions whose rows still exist, as after a change by the previous release', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const [row] = await sessionRows(email)
    expect(await validSessions(shop.database.pool, [row?.sid ?? ''])).toEqual(new Set([row?.sid]))
    await shop.database.prisma.user.update({ where: { email }, data: { passwordHash: 'x' } })
    expect(await validSessions(shop.database.pool, [row?.sid ?? ''])).toEqual(new Set())
    expect(await isSignedIn(shopper)).toBe(false)
    expect(await sessionRows(email)).toEqual([])
  })

  it('refuses a sign-in that was verified before the password changed and is saved after', async () => {
    const { email } = await newShopper(shop.url)
    const verified = await userOf(email)
    const app = express()
    const { handlers } = signInMiddleware(shop.database, {
      sessionSecrets: ['a'.repeat(32)],
      secureCookies: false,
    })
    app.use(...handlers)
    app.post('/', (request, response) =>
      signIn(request, verified).then((isSignedIn) => response.json({ isSignedIn })),
    )
    expect((await supertest(app).post('/')).body).toEqual({ isSignedIn: true })
    await shop.database.prisma.user.update({ where: { email }, data: { passwordHash: 'x' } })
    const rows = (await sessionRows(email)).length
    const { body, headers } = await supertest(app).post('/')
    expect(body).toEqual({ isSignedIn: false })
    expect(headers['set-cookie']).toBeUndefined()
    expect(await sessionRows(email)).toHaveLength(rows)
  })

  it('a sign-in that is saved while a change is being committed waits for it and is refused', async () => {
    const { email } = await newShopper(shop.url)
    await shop.database.pool.query(`DELETE FROM "Session" WHERE sess->'passport'->>'user' = $1`, [
      String((await userOf(email)).id),
    ])
    const client = await shop.database.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query(`UPDATE "User" SET "passwordHash" = 'x' WHERE email = $1`, [email])
      const answer = login(stranger(shop.url), email).then(({ status }) => status)
      // The sign-in waits for the lock.
      await expect
        .poll(async () => {
          const { rows } = await shop.database.pool.query(
            `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO "Session"%'
               AND datname = current_database()`,
          )
          return rows.length
        })
        .toBe(1)
      await client.query('COMMIT')
      expect(await answer).toBe(401)
      expect(await sessionRows(email)).toEqual([])
    } finally {
      client.release()
    }
  })

  it('accepts a session of the previous release until the password changes', async () => {
    const { email } = await newShopper(shop.url)
    const { id } = await userOf(email)
    const { pool, prisma } = shop.database
    await pool.query(`DELETE FROM "Session" WHERE sess->'passport'->>'user' = $1`, [String(id)])
    const old = (sid: string) => ({
      sid,
      cookie: sessionCookie(sid, 'a secret of the tests'),
      sess: { cookie: { originalMaxAge: 1e9, expires: new Date(Date.now() + 1e9) }, passport: { user: id } },
    })
    const add = async (sid: string) => {
      const { cookie, sess } = old(sid)
      await pool.query(`INSERT INTO "Session" VALUES ($1, $2, now() + interval '10 days')`, [sid, sess])
      return cookie
    }
    const cookie = await add(`first-${id}`)
    const page = await supertest(shop.url).get('/account/purchases').set('cookie', cookie).expect(200)
    // It is renewed, and its browser becomes a known device.
    expect(String(page.headers['set-cookie'])).toMatch(/till=.*till-device=/)
    const [row] = await sessionRows(email)
    expect(row?.sess).toMatchObject({ credentialVersion: 1 })
    await prisma.user.update({ where: { email }, data: { passwordHash: 'x' } })
    await supertest(shop.url).get('/account/purchases').set('cookie', cookie).expect(303)
    await supertest(shop.url)
      .get('/account/purchases')
      .set('cookie', await add(`second-${id}`))
      .expect(303)
  })
})

describe('the lifetime', () => {
  it('is renewed with use, with the cookie, but not with every request', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.get('/account/purchases').expect(200)
    expect(headers['set-cookie']).toBeUndefined()
    const longAgo = Date.now() - SESSION_TIMES.renewal - 1000
    await setSession(email, { signedInAt: longAgo })
    await shop.database.pool.query(`UPDATE "Session" SET expire = now() + interval '1 hour'`)
    const renewed = await shopper.get('/account/purchases').expect(200)
    const expires = new Date(/Expires=([^;]+)/.exec(String(renewed.headers['set-cookie']))?.[1] ?? '')
    expect(expires.getTime()).toBeGreaterThan(Date.now() + SESSION_TIMES.idle - 60_000)
    const [row] = await sessionRows(email)
    expect(row?.sess).toMatchObject({ signedInAt: longAgo })
    expect(row?.expire.getTime()).toBeGreaterThan(Date.now() + SESSION_TIMES.idle / 2)
    expect((await shopper.get('/account/purchases')).headers['set-cookie']).toBeUndefined()
  })

  it('ends when it was not used for long', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const [row] = await sessionRows(email)
    await shop.database.pool.query(
      `UPDATE "Session" SET expire = now() - interval '1 minute' WHERE sid = $1`,
      [row?.sid],
    )
    expect(await isSignedIn(shopper)).toBe(false)
  })

  it('ends some time after signing in, however much it is used, and no renewal goes beyond that', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const left = 60_000
    await setSession(email, { signedInAt: Date.now() - SESSION_TIMES.absolute + left, seenAt: 0 })
    const { headers } = await shopper.get('/account/purchases').expect(200)
    const expires = new Date(/Expires=([^;]+)/.exec(String(headers['set-cookie']))?.[1] ?? '')
    expect(expires.getTime()).toBeLessThanOrEqual(Date.now() + left)
    await setSession(email, { signedInAt: Date.now() - SESSION_TIMES.absolute - 1000 })
    const [row] = await sessionRows(email)
    expect(await validSessions(shop.database.pool, [row?.sid ?? ''])).toEqual(new Set())
    expect(await isSignedIn(shopper)).toBe(false)
  })

  it('a renewal does not bring back a session that has ended meanwhile', async () => {
    const { email } = await newShopper(shop.url)
    const [row] = await sessionRows(email)
    const { handlers } = signInMiddleware(shop.database, {
      sessionSecrets: ['a secret of the tests'],
      secureCookies: false,
    })
    await setSession(email, { signedInAt: Date.now() - SESSION_TIMES.renewal - 1000 })
    const app = express()
    app.use(...handlers)
    app.get('/', async (request, response) => {
      await shop.database.prisma.session.delete({ where: { sid: row?.sid ?? '' } })
      response.send(request.user?.email)
    })
    const cookie = sessionCookie(row?.sid ?? '', 'a secret of the tests')
    const { text, headers } = await supertest(app).get('/').set('cookie', cookie)
    expect(text).toBe(email)
    expect(String(headers['set-cookie'])).toContain('till=')
    expect(await sessionRows(email)).toEqual([])
  })
})

describe('a new session secret', () => {
  const [old, fresh] = ['o'.repeat(32), 'n'.repeat(32)] as const
  function machine(...sessionSecrets: string[]) {
    const { handlers, devices } = signInMiddleware(shop.database, { sessionSecrets, secureCookies: false })
    const app = express()
    app.use(...handlers)
    app.post('/:email', async (request, response) => {
      await signIn(request, await userOf(request.params.email))
      devices.remember(request, response, request.params.email)
      response.send('')
    })
    app.get('/', (request, response) =>
      response.json({
        email: request.user?.email ?? null,
        known: request.user !== undefined && devices.idFor(request, request.user.email) !== null,
      }),
    )
    return app
  }

  it('signs nobody out when it is added last on every machine, then moved first, then left alone', async () => {
    const { email } = await newShopper(shop.url)
    // Machines change one after the other: at each moment two neighbors of this list serve together.
    const steps = [[old], [old, fresh], [fresh, old]]
    for (const [index, secrets] of steps.entries()) {
      const { headers } = await supertest(machine(...secrets)).post(`/${email}`)
      const cookie = (headers['set-cookie'] as unknown as string[])
        .map((line) => line.split(';')[0])
        .join('; ')
      for (const neighbor of steps.slice(Math.max(0, index - 1), index + 2)) {
        const { body } = await supertest(machine(...neighbor))
          .get('/')
          .set('cookie', cookie)
        expect(body, `signed by ${index}`).toEqual({ email, known: true })
      }
    }
  })
})
