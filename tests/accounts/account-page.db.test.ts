// What a signed-in shopper manages: the address, the password and the sessions; and what mail says of it.
import { get } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openOrderOf } from '../support/settled-orders.js'
import { runCommand } from '../support/command.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())
beforeEach(() => shop.database.pool.query('DELETE FROM "RateLimit"'))

const NEW_PASSWORD = 'a brand new password'
const isSignedIn = async (shopper: Shopper) => (await shopper.get('/account')).status === 200
const userOf = (email: string) => shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
const login = (shopper: Shopper, email: string, password = PASSWORD) =>
  shopper.post('/login').type('form').send({ email, password })
const change = (shopper: Shopper, currentPassword: string, password = NEW_PASSWORD) =>
  shopper.post('/account/password').type('form').send({ currentPassword, password })

/** The newest mail of this kind to this address, once it was put into words. */
async function mailTo(to: string, kind: 'email_verification' | 'password_changed' | 'password_reset') {
  const find = () => shop.database.prisma.mail.findFirst({ where: { to, kind }, orderBy: { id: 'desc' } })
  await expect.poll(async () => (await find())?.sentAt ?? null).not.toBeNull()
  const mail = await find()
  return `${mail?.subject ?? ''}\n${mail?.text ?? ''}`
}
const pathIn = (text: string, start: string) => new RegExp(`${start}[\\w-]+`).exec(text)?.[0] ?? ''

/** A second browser of the same account. */
async function anotherDevice(email: string, userAgent: string) {
  const shopper = stranger(shop.url)
  const { headers } = await login(shopper, email).set('user-agent', userAgent).expect(303)
  return { shopper, cookie: String(headers['set-cookie']).split(';')[0] ?? '' }
}
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0'

describe('changing the password', () => {
  it('when refused, still shows which page of the account this is', async () => {
    const { shopper } = await newShopper(shop.url)
    const current = (text: string) =>
      [...text.matchAll(/href="([^"]*)"[^>]* aria-current/g)].map(([, href]) => href)
    const page = (await shopper.get('/account').expect(200)).text
    expect(current(page)).toEqual(['/account', '/account'])
    expect(current((await change(shopper, 'not the password').expect(422)).text)).toEqual(current(page))
  })

  it('ends every other session, an open stream too, keeps this one, and is reported by mail', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { shopper: other, cookie } = await anotherDevice(email, FIREFOX)
    const order = await openOrderOf(shop, email)
    const streamEnds = new Promise<void>((resolve, reject) => {
      get(`${shop.url}/orders/${order.key}/events`, { headers: { cookie } }, (response) => {
        response.once('close', resolve).resume()
        void change(shopper, PASSWORD).expect(303).then(undefined, reject)
      }).on('error', reject)
    })
    await streamEnds
    expect(await isSignedIn(shopper)).toBe(true)
    expect(await isSignedIn(other)).toBe(false)
    await login(stranger(shop.url), email).expect(401)
    await login(stranger(shop.url), email, NEW_PASSWORD).expect(303)
    const mail = await mailTo(email, 'password_changed')
    expect(mail).toContain('Your Till password was changed')
    expect(mail).toContain(`${shop.url}/password/forgot`)
  })

  it('requires the current password, and a good new one', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { passwordHash } = await userOf(email)
    expect(textOf((await change(shopper, 'wrong password').expect(422)).text)).toContain(
      'isn’t your current password',
    )
    for (const password of ['short', 'password123', email, 'adashopper'])
      expect((await change(shopper, PASSWORD, password).expect(422)).text).toContain('id="password-error"')
    expect((await userOf(email)).passwordHash).toBe(passwordHash)
    for (let time = 1; time < 10; time++) await change(shopper, 'wrong password').expect(422)
    await change(shopper, PASSWORD).expect(429)
  })

  it('a reset is reported too, and proves the address', async () => {
    const { email } = await newShopper(shop.url)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
    const link = pathIn(await mailTo(email, 'password_reset'), '/password/reset/')
    expect((await userOf(email)).verifiedAt).toBeNull()
    await stranger(shop.url).post(link).type('form').send({ password: 'password123' }).expect(422)
    await stranger(shop.url).post(link).type('form').send({ password: NEW_PASSWORD }).expect(303)
    expect((await userOf(email)).verifiedAt).not.toBeNull()
    expect(await mailTo(email, 'password_changed')).toContain('was changed')
  })
})

describe('the list of sessions', () => {
  it('names each device, and ends one or all others', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const { shopper: firefox } = await anotherDevice(email, FIREFOX)
    const { shopper: second } = await anotherDevice(email, FIREFOX)
    const { text } = await shopper.get('/account').expect(200)
    expect(textOf(text)).toContain('Firefox on Windows')
    expect(textOf(text).match(/This device/g)).toHaveLength(1)
    const handles = [...text.matchAll(/name="session" value="([^"]+)"/g)].map(([, handle]) => handle ?? '')
    expect(handles).toHaveLength(2)
    const end = (who: Shopper, session: string) =>
      who.post('/account/sessions/end').type('form').send({ session })

    const { shopper: eve } = await newShopper(shop.url)
    await end(eve, handles[0] ?? '').expect(303)
    expect([await isSignedIn(firefox), await isSignedIn(second)]).toEqual([true, true])
    // The newest comes first.
    await end(shopper, handles[0] ?? '').expect(303)
    expect([await isSignedIn(firefox), await isSignedIn(second)]).toEqual([true, false])
    await shopper.post('/account/sessions/end-others').expect(303)
    expect([await isSignedIn(shopper), await isSignedIn(firefox)]).toEqual([true, false])
  })

  it('does not show the id of a session', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await anotherDevice(email, FIREFOX)
    const { id } = await userOf(email)
    const { rows } = await shop.database.pool.query<{ sid: string }>(
      `SELECT sid FROM "Session" WHERE sess->'passport'->>'user' = $1`,
      [String(id)],
    )
    const { text } = await shopper.get('/account')
    expect(rows).toHaveLength(2)
    for (const { sid } of rows) expect(text).not.toContain(sid)
  })
})

describe('verifying the address', () => {
  it('takes the link in the mail and a click; the link works once', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const link = pathIn(await mailTo(email, 'email_verification'), '/email/verify/')
    expect(textOf((await shopper.get('/account')).text)).toContain('Not confirmed yet')
    // A program that checks mail opens the link.
    await shopper.get(link).expect(200)
    expect((await userOf(email)).verifiedAt).toBeNull()
    await shopper.post(link).expect(200)
    expect((await userOf(email)).verifiedAt).not.toBeNull()
    expect(textOf((await shopper.get('/account')).text)).toContain('Confirmed')
    await stranger(shop.url).get(link).expect(410)
    await stranger(shop.url).post(link).expect(410)
  })

  it('takes a sign-in to the account, whose password its owner alone knows', async () => {
    const { email } = await newShopper(shop.url)
    const link = pathIn(await mailTo(email, 'email_verification'), '/email/verify/')
    const token = link.replace(/.*\//, '')
    const mailbox = stranger(shop.url)
    const { shopper: another } = await newShopper(shop.url)
    for (const method of ['get', 'post'] as const) {
      await mailbox[method](link)
        .expect(303)
        .expect('location', `/login?next=${encodeURIComponent(link)}`)
        .expect('referrer-policy', 'strict-origin')
      expect(textOf((await another[method](link).expect(403)).text)).toContain('signed in to another account')
    }
    await mailbox.post('/api/email-verifications').send({ token }).expect(401)
    await another.post('/api/email-verifications').send({ token }).expect(410)
    expect((await userOf(email)).verifiedAt).toBeNull()
    await mailbox
      .post('/login')
      .type('form')
      .send({ email, password: PASSWORD, next: link })
      .expect('location', link)
    await mailbox.post(link).expect(200)
    expect((await userOf(email)).verifiedAt).not.toBeNull()
  })

  it('an expired or wrong link gets 410', async () => {
    const { email } = await newShopper(shop.url)
    const link = pathIn(await mailTo(email, 'email_verification'), '/email/verify/')
    await shop.database.prisma.emailVerification.updateMany({ data: { expiresAt: new Date() } })
    expect((await stranger(shop.url).get(link)).headers['referrer-policy']).toBe('strict-origin')
    for (const path of [link, '/email/verify/x']) {
      await stranger(shop.url).get(path).expect(410)
      await stranger(shop.url).post(path).expect(410)
    }
    expect((await userOf(email)).verifiedAt).toBeNull()
  })

  it('the link can be sent again, a few times an hour, until it is used', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const first = await mailTo(email, 'email_verification')
    for (let time = 0; time < 5; time++)
      await shopper.post('/account/verification').expect(303).expect('location', '/account?done=link')
    await shopper.post('/account/verification').expect(429).expect('retry-after', /^\d+$/)
    await expect.poll(() => mailTo(email, 'email_verification')).not.toBe(first)
    const link = pathIn(await mailTo(email, 'email_verification'), '/email/verify/')
    await shopper.post(link).expect(200)
    // The earlier links are used up with it.
    await shopper.get(pathIn(first, '/email/verify/')).expect(410)
    await shopper.post('/account/verification').expect(303).expect('location', '/account?done=confirmed')
  })

  it('does not keep anyone from buying', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    await shopper.get(`/orders/${order.key}`).expect(200)
    expect((await userOf(email)).verifiedAt).toBeNull()
  })
})

describe('mail to an address that someone else registered', () => {
  it('has none of their words', async () => {
    const email = 'victim@shopper.example'
    const name = 'You won, collect it at http://evil.example/prize'
    const shopper = stranger(shop.url)
    await shopper.post('/register').type('form').send({ name, email, password: PASSWORD }).expect(303)
    await shopper.post('/password/forgot').type('form').send({ email }).expect(200)
    await change(shopper, PASSWORD).expect(303)
    for (const kind of ['email_verification', 'password_reset', 'password_changed'] as const) {
      const mail = await mailTo(email, kind)
      expect(mail).toContain('Hello,\n')
      expect(mail).not.toMatch(/evil|prize/)
    }
    // Nor in what the previous release would render.
    const { data } = await shop.database.prisma.mail.findFirstOrThrow({
      where: { to: email, kind: 'password_reset' },
    })
    expect(JSON.stringify(data)).not.toContain('evil')
    await shop.database.prisma.user.update({ where: { email }, data: { verifiedAt: new Date() } })
    await shopper.post('/password/forgot').type('form').send({ email }).expect(200)
    expect(await mailTo(email, 'password_reset')).not.toContain('evil')
  })
})

describe('addresses', () => {
  it.each([
    ['Ada&Co@Bücher.example', 'ada&co@xn--bcher-kva.example', 'ADA&CO@xn--bcher-kva.example'],
    ['a/b=c@shopper.example', 'a/b=c@shopper.example', 'A/B=C@SHOPPER.example'],
    ['jose\u0301@shopper.example', 'josé@shopper.example', 'JOSÉ@shopper.example'],
  ])('%s registers, signs in in another spelling, and gets a reset mail', async (typed, stored, other) => {
    await newShopper(shop.url, typed)
    expect((await userOf(stored)).email).toBe(stored)
    await login(stranger(shop.url), other).expect(303)
    await stranger(shop.url)
      .post('/register')
      .type('form')
      .send({ name: 'Eve', email: other, password: PASSWORD })
      .expect(409)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email: other }).expect(200)
    expect(await mailTo(stored, 'password_reset')).toContain('/password/reset/')
  })
})

describe('an address with letters that mail servers write in ASCII', () => {
  it('is shown as its owner writes it, and found by the operator in both spellings', async () => {
    const email = 'grace@xn--bcher-kva.example'
    const { shopper } = await newShopper(shop.url, email)
    const order = await openOrderOf(shop, email)
    for (const path of ['/pricing', '/account', `/orders/${order.key}`]) {
      const { text } = await shopper.get(path).expect(200)
      expect(text).toContain('grace@bücher.example')
      expect(text).not.toContain('xn--')
    }
    for (const spelling of [email, 'Grace@Bücher.example'])
      expect((await runCommand(shop, 'orders', 'show', spelling)).output).toContain(order.key)
  })
})

describe('passwords', () => {
  it('match however the keyboard composes letters, and those stored by earlier versions still match', async () => {
    const [composed, decomposed] = ['größer als Zürich', 'gro\u0308ßer als Zu\u0308rich']
    const email = 'composed@shopper.example'
    const form = { name: 'Ada', email, password: decomposed }
    await stranger(shop.url).post('/register').type('form').send(form).expect(303)
    await login(stranger(shop.url), email, composed).expect(303)
    await login(stranger(shop.url), email, decomposed).expect(303)
    const { hash } = await import('@node-rs/argon2')
    await shop.database.prisma.user.update({
      where: { email },
      data: { passwordHash: await hash(decomposed) },
    })
    await login(stranger(shop.url), email, decomposed).expect(303)
    await login(stranger(shop.url), email, 'gr\u0000ßer').expect(400)
  })

  it.each(['none', '', '$argon2id$', '$2b$10$abcdefghijklmnopqrstuv', 'x'.repeat(300)])(
    'a stored hash that can’t be read, %j, is nobody’s password',
    async (passwordHash) => {
      const { email } = await newShopper(shop.url)
      await shop.database.prisma.user.update({ where: { email }, data: { passwordHash } })
      await login(stranger(shop.url), email).expect(401)
    },
  )

  it.each(['password123', '1234567890', 'AdaShopper1815', 'tilltilltill'])(
    '%s is refused, with the reason beside the field',
    async (password) => {
      const form = { name: 'Ada Shopper', email: 'weak@shopper.example', password }
      const { text } = await stranger(shop.url).post('/register').type('form').send(form).expect(422)
      expect(text).toMatch(/id="password-error".*(easy to guess|can’t be your name)/s)
    },
  )
})

describe('what a browser keeps', () => {
  it('nothing of a signed-in shopper, and sign-out clears it', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    for (const path of [
      '/account',
      '/account/orders',
      `/orders/${order.key}`,
      '/pricing',
      '/cart',
      '/api/orders',
    ])
      await shopper.get(path).expect(200).expect('cache-control', 'no-store')
    const { headers } = await shopper.post('/logout').expect(303).expect('clear-site-data', '"cache"')
    expect(String(headers['set-cookie'])).toMatch(/till=;.*Expires=Thu, 01 Jan 1970/)
    await shopper.get('/pricing').expect(200).expect('cache-control', 'private, no-cache')
    for (const path of ['/login', '/register', '/password/forgot', '/cart'])
      await shopper.get(path).expect(200).expect('cache-control', 'no-store')
  })
})
