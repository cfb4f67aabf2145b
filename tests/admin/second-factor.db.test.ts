// In production, the admin opens with a second factor, asks for it again, and forgets operators after a while.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ageSessions,
  AuthenticatorApp,
  newOperator,
  newOperatorWithApp,
  PRODUCTION,
  secretIn,
  setUpApp,
} from '../support/operator.js'
import { PASSWORD, stranger, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: PRODUCTION })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const auditOf = async (actorId: number) => {
  const entries = await shop.database.prisma.auditEntry.findMany({
    where: { actorId },
    orderBy: { id: 'asc' },
  })
  return entries.map(({ action }) => action)
}

const signInAgain = async (email: string): Promise<Shopper> => {
  const operator = stranger(shop.url)
  await operator.post('/login').type('form').send({ email, password: PASSWORD }).expect(303)
  return operator
}

const enter = (operator: Shopper, code: string, next = '/admin') =>
  operator.post('/admin/security/code').type('form').send({ code, next })

const CODE_PAGE = '/admin/security/code?next=%2Fadmin'

describe('a new operator', () => {
  it('sets up an app, gets recovery codes, and is in', async () => {
    const { operator, id } = await newOperator(shop)
    const { headers } = await operator.get('/admin').expect(303)
    expect(headers['location']).toBe('/admin/security/set-up?next=%2Fadmin')
    const app = await setUpApp(operator)
    expect(new Set(app.recoveryCodes).size).toBe(10)
    expect((await operator.get('/admin').expect(200)).text).toContain('<h1>Home</h1>')
    expect(await auditOf(id)).toEqual(['operator.factor_set_up', 'operator.signed_in'])
  })

  it('keeps the key when the first code is wrong', async () => {
    const { operator } = await newOperator(shop)
    const { text } = await operator.get('/admin/security/set-up').expect(200)
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
    const again = await operator
      .post('/admin/security/set-up')
      .type('form')
      .send({ sealed, code: '000000' })
      .expect(422)
    expect(secretIn(again.text)).toBe(secretIn(text))
    await operator.get('/admin').expect(303)
  })

  it('can’t set up an app whose key was made for another', async () => {
    const { operator: other } = await newOperator(shop)
    const { operator } = await newOperator(shop)
    const { text } = await other.get('/admin/security/set-up').expect(200)
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
    const code = new AuthenticatorApp(secretIn(text)).code()
    await operator.post('/admin/security/set-up').type('form').send({ sealed, code }).expect(303)
    const { headers } = await operator.get('/admin').expect(303)
    expect(headers['location']).toContain('/set-up')
  })

  it('who sets up two apps at once has one', async () => {
    const { operator, email, id } = await newOperator(shop)
    const browsers = await Promise.all(
      [operator, await signInAgain(email)].map(async (browser) => {
        const { text } = await browser.get('/admin/security/set-up').expect(200)
        const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
        return { browser, sealed, code: new AuthenticatorApp(secretIn(text)).code() }
      }),
    )
    const blocker = await shop.database.pool.connect()
    try {
      // Both have passed the check for an app when the first of them is stored.
      await blocker.query('BEGIN')
      await blocker.query('LOCK TABLE "SecondFactor" IN EXCLUSIVE MODE')
      const answers = browsers.map(({ browser, sealed, code }) =>
        browser.post('/admin/security/set-up').type('form').send({ sealed, code, next: '/admin' }).then(),
      )
      await expect
        .poll(async () => {
          const { rows } = await blocker.query(
            `SELECT FROM pg_locks WHERE NOT granted AND relation = '"SecondFactor"'::regclass
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          )
          return rows.length
        })
        .toBe(2)
      await blocker.query('COMMIT')
      const statuses = (await Promise.all(answers)).map(({ status }) => status)
      expect(statuses.sort()).toEqual([200, 409])
    } finally {
      blocker.release()
    }
    expect(await auditOf(id)).toEqual(['operator.factor_set_up'])
  })

  it('has a secret that the table does not give away', async () => {
    const { operator, id } = await newOperator(shop)
    const { text } = await operator.get('/admin/security/set-up').expect(200)
    const secret = secretIn(text)
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1]
    await operator
      .post('/admin/security/set-up')
      .type('form')
      .send({ sealed, code: new AuthenticatorApp(secret).code() })
      .expect(200)
    const row = await shop.database.prisma.secondFactor.findUniqueOrThrow({ where: { userId: id } })
    expect(secret).toHaveLength(32)
    expect(Buffer.from(row.secret, 'base64url').toString('latin1')).not.toContain(secret)
  })
})

describe('signing in', () => {
  it('asks for a code, which counts once', async () => {
    const { email, app, id } = await newOperatorWithApp(shop)
    const operator = await signInAgain(email)
    expect((await operator.get('/admin').expect(303)).headers['location']).toBe(CODE_PAGE)
    await operator.get(CODE_PAGE).expect(200)
    const code = app.code()
    await enter(operator, code).expect(303).expect('location', '/admin')
    await operator.get('/admin').expect(200)
    const second = await signInAgain(email)
    const refused = await enter(second, code).expect(422)
    expect(refused.text).toContain('aria-describedby="code-error"')
    await second.get('/admin').expect(303)
    expect((await auditOf(id)).filter((action) => action === 'operator.signed_in')).toHaveLength(1)
  })

  it('accepts each recovery code once, however it is typed', async () => {
    const { email, app, id } = await newOperatorWithApp(shop)
    const [code = ''] = app.recoveryCodes
    const operator = await signInAgain(email)
    await enter(operator, ` ${code.toUpperCase().replaceAll('-', ' ')} `).expect(303)
    await operator.get('/admin').expect(200)
    expect((await operator.get('/admin/security').expect(200)).text).toContain('<dd>9')
    await enter(await signInAgain(email), code).expect(422)
    expect(await auditOf(id)).toContain('operator.recovery_code_used')
  })

  it('does not let the password alone replace the app', async () => {
    const { email } = await newOperatorWithApp(shop)
    const operator = await signInAgain(email)
    for (const answer of [
      await operator.get('/admin/security/set-up'),
      await operator.post('/admin/security/set-up').type('form').send({ code: '1' }),
      await operator.post('/admin/security/recovery-codes'),
      await operator.get('/admin/security'),
    ]) {
      expect(answer.status).toBe(303)
      expect(answer.headers['location']).toContain('/admin/security/code?')
    }
  })

  it('slows down who guesses codes, for a while', async () => {
    const { email, app, id, operator: present } = await newOperatorWithApp(shop)
    const operator = await signInAgain(email)
    for (let count = 0; count < 10; count++) await enter(operator, '000000').expect(422)
    const { headers, text } = await enter(operator, app.code()).expect(429)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(120)
    expect(text).toContain('too many wrong codes')
    // Who is in stays in.
    await present.get('/admin').expect(200)
    await shop.database.pool.query('DELETE FROM "RateLimit" WHERE key LIKE $1', ['pause:%'])
    await app.forgetCodes(shop, id)
    await enter(operator, app.code()).expect(303)
  })

  it('leads only to pages of the admin', async () => {
    const { email, app } = await newOperatorWithApp(shop)
    const operator = await signInAgain(email)
    await enter(operator, app.code(), '//elsewhere.example/admin').expect(303).expect('location', '/admin')
  })
})

describe('a session', () => {
  it.each([
    ['30 minutes without use', { seen: 31 }],
    ['12 hours', { signedIn: 12 * 60 + 1 }],
  ])('ends after %s, and returns to the page', async (_when, age) => {
    const { operator, id } = await newOperatorWithApp(shop)
    await operator.get('/admin').expect(200)
    await ageSessions(shop, id, age)
    const { headers } = await operator.get('/admin/security').expect(303)
    expect(headers['location']).toBe('/login?next=%2Fadmin%2Fsecurity')
    await operator.get(String(headers['location'])).expect(200)
    await operator.get('/admin').expect(404)
  })

  it.each([
    ['a short form', '/admin/security/recovery-codes', 'application/x-www-form-urlencoded'],
    ['a long text', '/admin/policies/terms', 'application/x-www-form-urlencoded'],
    ['a form with files', '/admin/products/1', 'multipart/form-data'],
  ])('%s that comes after its end is not lost', async (_what, action, type) => {
    const { operator, id } = await newOperatorWithApp(shop, 'owner')
    await operator.get('/admin').expect(200)
    await ageSessions(shop, id, { seen: 31 })
    const text = `A "text".\n${type === 'multipart/form-data' ? '' : 'More. '.repeat(3000)}End.`
    const form = operator.post(action)
    const sent = type === 'multipart/form-data' ? form.field('text', text) : form.type('form').send({ text })
    const { text: page } = await sent.expect(401)
    expect(page).toContain(`action="${action}"`)
    expect(page).toContain('value="A &#34;text&#34;.\n')
    expect(page).toContain('End.">')
    await operator.get('/admin').expect(404)
  })

  it('lasts while it is used', async () => {
    const { operator, id } = await newOperatorWithApp(shop)
    for (let count = 0; count < 3; count++) {
      await ageSessions(shop, id, { seen: 29 })
      await operator.get('/admin').expect(200)
    }
  })

  it('does not come back when it was ended while a page was shown', async () => {
    const { operator, id } = await newOperatorWithApp(shop)
    const { pool } = shop.database
    const ofUser = `sess->'passport'->>'user' = '${id}'`
    await pool.query(
      `CREATE FUNCTION "endSession"() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN DELETE FROM "Session" WHERE ${ofUser}; RETURN NULL; END $$`,
    )
    // The first page writes an entry.
    await pool.query(
      `CREATE TRIGGER "endSession" AFTER INSERT ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION "endSession"()`,
    )
    await operator.get('/admin').expect(200)
    await pool.query('DROP FUNCTION "endSession" CASCADE')
    expect((await pool.query(`SELECT FROM "Session" WHERE ${ofUser}`)).rowCount).toBe(0)
  })
})

describe('what needs a recent code', () => {
  const renew = (operator: Shopper, fields: object = {}) =>
    operator.post('/admin/security/recovery-codes').type('form').send(fields)

  it('passes within ten minutes, and then asks', async () => {
    const { operator, app, id } = await newOperatorWithApp(shop)
    await renew(operator).expect(200)
    await ageSessions(shop, id, { code: 11 })
    const asked = await renew(operator, { note: 'a "note"', several: ['1', '2'] }).expect(200)
    expect(asked.text).toContain('action="/admin/security/recovery-codes"')
    expect(asked.text).toContain('<input type="hidden" name="note" value="a &#34;note&#34;">')
    expect(asked.text.match(/name="several"/g)).toHaveLength(2)
    const wrong = await renew(operator, { note: 'kept', second_factor_code: '000000' }).expect(422)
    expect(wrong.text).toContain('value="kept"')
    expect(wrong.text).not.toContain('value="000000"')
    const done = await renew(operator, { note: 'kept', second_factor_code: app.code() }).expect(200)
    expect(done.text).toContain('Your recovery codes')
    await renew(operator).expect(200)
    expect((await auditOf(id)).filter((action) => action === 'operator.recovery_codes_renewed')).toHaveLength(
      3,
    )
  })

  it('shows a page after the code', async () => {
    const { operator, app, id } = await newOperatorWithApp(shop)
    await ageSessions(shop, id, { code: 11 })
    const { headers } = await operator.get('/admin/security/set-up?next=%2Fadmin%2Fsecurity').expect(303)
    const next = new URL(String(headers['location']), shop.url).searchParams.get('next') ?? ''
    await enter(operator, app.code(), next)
      .expect(303)
      .expect('location', '/admin/security/set-up?next=%2Fadmin%2Fsecurity')
    await operator.get(next).expect(200)
  })

  it('makes old recovery codes stop working', async () => {
    const { operator, email, app } = await newOperatorWithApp(shop)
    await renew(operator).expect(200)
    await enter(await signInAgain(email), app.recoveryCodes[3] ?? '').expect(422)
  })
})
