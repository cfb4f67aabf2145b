import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/http/rate-limits.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { askedCosts } from '../support/cheap-argon2.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const login = (shopper: Shopper, email: string, password = PASSWORD, next = '') =>
  shopper.post('/login').type('form').send({ email, password, next })

const isSignedIn = async (shopper: Shopper) => (await shopper.get('/account/purchases')).status === 200

describe('registering', () => {
  it('signs the shopper in, and stores the email in lower case', async () => {
    const { shopper } = await newShopper(shop.url, 'Grace@Shopper.example')
    expect(await isSignedIn(shopper)).toBe(true)
    const user = await shop.database.prisma.user.findUnique({ where: { email: 'grace@shopper.example' } })
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$/)
    expect([...askedCosts]).toEqual([JSON.stringify({ memoryCost: 65_536, timeCost: 3, parallelism: 1 })])
  })

  it('refuses a registered email without showing whose it is', async () => {
    const { email } = await newShopper(shop.url)
    const shopper = stranger(shop.url)
    const { text } = await shopper
      .post('/register')
      .type('form')
      .send({ name: 'Eve', email: email.toUpperCase(), password: 'another password' })
      .expect(409)
    expect(textOf(text)).toContain('can’t create an account with this email')
    expect(text).not.toContain('Ada Shopper')
    expect(await isSignedIn(shopper)).toBe(false)
    await login(stranger(shop.url), email, 'another password').expect(401)
  })

  it('simultaneous registrations with one email create one account', async () => {
    const form = { name: 'Twin', email: 'twin@shopper.example', password: PASSWORD }
    const answers = await Promise.all(
      [1, 2, 3].map(() => stranger(shop.url).post('/register').type('form').send(form)),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 409, 409])
  })

  it.each([
    [{ name: '' }, 'enter your name'],
    [{ name: 'a\r\nBcc: x@y.example' }, 'control characters'],
    [{ email: 'nobody' }, 'Enter a valid email'],
    [{ password: 'short' }, 'at least 10 characters'],
    [{ password: 'x'.repeat(201) }, 'at most 200 characters'],
    [{ password: 'new@shopper.example' }, 'can’t be your email address'],
  ])('shows an error at the field for %j', async (change, words) => {
    const form = { name: 'New', email: 'new@shopper.example', password: PASSWORD, ...change }
    const { text } = await stranger(shop.url).post('/register').type('form').send(form).expect(422)
    expect(textOf(text)).toContain(words)
    expect(text).toContain('aria-invalid')
  })

  it('refills the form with escaped values, without the password', async () => {
    const form = { name: '"><script>alert(1)</script>', email: 'nobody', password: 'secret-password' }
    const { text } = await stranger(shop.url).post('/register').type('form').send(form).expect(422)
    expect(text).not.toContain('<script>alert')
    expect(text).not.toContain('secret-password')
  })

  it('answers malformed bodies with 4xx', async () => {
    await stranger(shop.url)
      .post('/register')
      .set('content-type', 'application/json')
      .send('{"name": {"$gt": ""}}')
      .expect(422)
    await stranger(shop.url).post('/register').set('content-type', 'application/json').send('{').expect(400)
    await stranger(shop.url)
      .post('/login')
      .type('form')
      .send({ email: 'a\0@b.example', password: PASSWORD })
      .expect(400)
    await stranger(shop.url).post('/register').type('form').send('x='.padEnd(40_000, 'y')).expect(413)
  })
})

describe('signing in', () => {
  it('creates a new session id, and redirects to the requested page', async () => {
    const { email } = await newShopper(shop.url)
    const shopper = stranger(shop.url)
    const { headers } = await login(shopper, email, PASSWORD, '/orders/x?y=1').expect(303)
    expect(headers['location']).toBe('/orders/x?y=1')
    const [cookie] = headers['set-cookie'] as unknown as string[]
    expect(cookie).toMatch(/^till=.*; Path=\/; .*HttpOnly; SameSite=Lax$/)
    const again = await login(shopper, email).expect(303)
    expect(again.headers['set-cookie']?.[0]).not.toBe(cookie)
  })

  it('redirects to a long path unchanged, and ignores one that is too long', async () => {
    const { email } = await newShopper(shop.url)
    const long = `/pricing?q=${'%C3%BC'.repeat(80)}`
    const { headers } = await login(stranger(shop.url), email, PASSWORD, long).expect(303)
    expect(headers['location']).toBe(long)
    const tooLong = await login(stranger(shop.url), email, PASSWORD, long.repeat(3)).expect(303)
    expect(tooLong.headers['location']).toBe('/pricing')
  })

  it('accepts an email of the maximum length', async () => {
    const email = `${'x'.repeat(242)}@shop.example`.slice(-254)
    await login(stranger(shop.url), email).expect(401)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
  })

  it('never redirects to another site', async () => {
    const { email } = await newShopper(shop.url)
    const { headers } = await login(stranger(shop.url), email, PASSWORD, '//evil.example/').expect(303)
    expect(headers['location']).toBe('/pricing')
  })

  it('a wrong password and an unknown email get the same response', async () => {
    const { email } = await newShopper(shop.url)
    const wrong = await login(stranger(shop.url), email, 'wrong password').expect(401)
    const unknown = await login(stranger(shop.url), 'nobody@shopper.example', 'wrong password').expect(401)
    expect(textOf(wrong.text)).toContain('Incorrect email or password')
    expect(textOf(wrong.text).replaceAll(email, '')).toBe(
      textOf(unknown.text).replaceAll('nobody@shopper.example', ''),
    )
  })

  it('the eleventh try for an email gets 429 with Retry-After; other emails still work', async () => {
    const { email } = await newShopper(shop.url)
    for (let time = 0; time < 10; time++) await login(stranger(shop.url), email, 'wrong password').expect(401)
    const { headers, text } = await login(stranger(shop.url), email).expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(60)
    expect(textOf(text)).toContain('Too many tries')
    expect(text).toContain('href="/password/forgot">Reset your password</a>')
    const { email: other } = await newShopper(shop.url)
    await login(stranger(shop.url), other).expect(303)
  })

  it('a successful sign-in is not counted and clears no one else’s failures', async () => {
    const { email } = await newShopper(shop.url)
    await login(stranger(shop.url), email, 'wrong password').expect(401)
    // As if 97 tries from other networks had failed within the hour.
    const key = `signInAccount:${addressKey(email)}`
    const { database } = shop
    await database.prisma.rateLimit.update({ where: { key }, data: { points: 98 } })
    for (let time = 0; time < 3; time++) await login(stranger(shop.url), email).expect(303)
    expect(await database.prisma.rateLimit.findUnique({ where: { key } })).toMatchObject({ points: 98 })
    for (let time = 0; time < 2; time++) await login(stranger(shop.url), email, 'wrong password').expect(401)
    await login(stranger(shop.url), email).expect(429)
  })

  it('sign-out invalidates the session cookie', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const thief = stranger(shop.url)
    const { headers } = await login(thief, email).expect(303)
    const cookie = String(headers['set-cookie']?.[0]).split(';')[0] ?? ''
    await thief.post('/logout').expect(303)
    await stranger(shop.url).get('/account/purchases').set('cookie', cookie).expect(303)
    expect(await isSignedIn(shopper)).toBe(true)
  })

  it('pages that need an account redirect to sign-in', async () => {
    const { headers } = await stranger(shop.url).get('/account/purchases?page=2').expect(303)
    expect(headers['location']).toBe('/login?next=%2Faccount%2Fpurchases%3Fpage%3D2')
  })

  it('a forged session cookie is treated as signed out', async () => {
    for (const cookie of ['till=s%3Aabc.def', 'till=', 'till=%', `till=${'x'.repeat(4000)}`]) {
      await stranger(shop.url).get('/account/purchases').set('cookie', cookie).expect(303)
    }
  })
})

describe('a forgotten password', () => {
  const ask = (email: string) => stranger(shop.url).post('/password/forgot').type('form').send({ email })

  async function linkFor(email: string): Promise<string> {
    const mail = await shop.database.prisma.mail.findFirstOrThrow({
      where: { to: email, kind: 'password_reset' },
      orderBy: { id: 'desc' },
    })
    const { resetUrl } = mail.data as { resetUrl: string }
    return new URL(resetUrl).pathname
  }

  it('is replaced by a link that works once and ends the other sessions', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await ask(email).expect(200)
    const link = await linkFor(email)
    const links = JSON.stringify(await shop.database.prisma.passwordReset.findMany())
    expect(links).not.toContain(link.split('/').pop())
    const visitor = stranger(shop.url)
    await visitor.get(link).expect(200)
    await visitor.post(link).type('form').send({ password: 'short' }).expect(422)
    const answer = await visitor
      .post(link)
      .type('form')
      .send({ password: 'a brand new password' })
      .expect(303)
    expect(answer.headers['location']).toBe('/account?done=password')
    expect(await isSignedIn(visitor)).toBe(true)
    expect(await isSignedIn(shopper)).toBe(false)
    await login(stranger(shop.url), email).expect(401)
    await login(stranger(shop.url), email, 'a brand new password').expect(303)
    await visitor.get(link).expect(410)
    await visitor.post(link).type('form').send({ password: 'a third password' }).expect(410)
  })

  it('resetting the password lifts that account’s lock only', async () => {
    const { email } = await newShopper(shop.url)
    const { email: other } = await newShopper(shop.url)
    for (const address of [email, other]) {
      for (let time = 0; time < 10; time++) await login(stranger(shop.url), address, 'wrong').expect(401)
      await login(stranger(shop.url), address).expect(429)
    }
    await ask(email).expect(200)
    await login(stranger(shop.url), email).expect(429)
    const link = await linkFor(email)
    await stranger(shop.url).post(link).type('form').send({ password: 'a brand new password' }).expect(303)
    await login(stranger(shop.url), email, 'a brand new password').expect(303)
    await login(stranger(shop.url), other).expect(429)
  })

  it('an unknown email gets the same response, and no mail', async () => {
    const { email } = await newShopper(shop.url)
    const known = await ask(email).expect(200)
    const unknown = await ask('nobody@shopper.example').expect(200)
    const plain = (text: string, address: string) => textOf(text).replaceAll(address, '')
    expect(plain(known.text, email)).toBe(plain(unknown.text, 'nobody@shopper.example'))
    expect(await shop.database.prisma.mail.count({ where: { to: 'nobody@shopper.example' } })).toBe(0)
  })

  it('an expired link gets 410', async () => {
    const { email } = await newShopper(shop.url)
    await ask(email).expect(200)
    const link = await linkFor(email)
    await shop.database.prisma.passwordReset.updateMany({ data: { expiresAt: new Date() } })
    await stranger(shop.url).get(link).expect(410)
    await stranger(shop.url).post(link).type('form').send({ password: PASSWORD }).expect(410)
  })

  it('the fourth reset mail within an hour is refused', async () => {
    const { email } = await newShopper(shop.url)
    for (let time = 0; time < 3; time++) await ask(email).expect(200)
    await ask(email).expect(429)
  })
})
