import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/http/rate-limits.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
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
  it('signs in, and remembers the address in lower case', async () => {
    const { shopper } = await newShopper(shop.url, 'Grace@Shopper.example')
    expect(await isSignedIn(shopper)).toBe(true)
    const user = await shop.database.prisma.user.findUnique({ where: { email: 'grace@shopper.example' } })
    expect(user?.passwordHash).toMatch(/^\$argon2id\$/)
  })

  it('refuses a taken address without a word about whose it is', async () => {
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

  it('two forms at once for one address: one account', async () => {
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
  ])('says at the field what is wrong with %j', async (change, words) => {
    const form = { name: 'New', email: 'new@shopper.example', password: PASSWORD, ...change }
    const { text } = await stranger(shop.url).post('/register').type('form').send(form).expect(422)
    expect(textOf(text)).toContain(words)
    expect(text).toContain('aria-invalid')
  })

  it('shows again what was typed, escaped, and never the password', async () => {
    const form = { name: '"><script>alert(1)</script>', email: 'nobody', password: 'secret-password' }
    const { text } = await stranger(shop.url).post('/register').type('form').send(form).expect(422)
    expect(text).not.toContain('<script>alert')
    expect(text).not.toContain('secret-password')
  })

  it('answers a body that is no form in kind', async () => {
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
  it('gives a new session id, and comes back to where one wanted to go', async () => {
    const { email } = await newShopper(shop.url)
    const shopper = stranger(shop.url)
    const { headers } = await login(shopper, email, PASSWORD, '/orders/x?y=1').expect(303)
    expect(headers['location']).toBe('/orders/x?y=1')
    const [cookie] = headers['set-cookie'] as unknown as string[]
    expect(cookie).toMatch(/^till=.*; Path=\/; .*HttpOnly; SameSite=Lax$/)
    const again = await login(shopper, email).expect(303)
    expect(again.headers['set-cookie']?.[0]).not.toBe(cookie)
  })

  it('comes back to a long path as it was, and to none that is cut', async () => {
    const { email } = await newShopper(shop.url)
    const long = `/pricing?q=${'%C3%BC'.repeat(80)}`
    const { headers } = await login(stranger(shop.url), email, PASSWORD, long).expect(303)
    expect(headers['location']).toBe(long)
    const tooLong = await login(stranger(shop.url), email, PASSWORD, long.repeat(3)).expect(303)
    expect(tooLong.headers['location']).toBe('/pricing')
  })

  it('an address of any length that addresses have is answered', async () => {
    const email = `${'x'.repeat(242)}@shop.example`.slice(-254)
    await login(stranger(shop.url), email).expect(401)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
  })

  it('never leads to another site', async () => {
    const { email } = await newShopper(shop.url)
    const { headers } = await login(stranger(shop.url), email, PASSWORD, '//evil.example/').expect(303)
    expect(headers['location']).toBe('/pricing')
  })

  it('a wrong password and an unknown address are answered alike', async () => {
    const { email } = await newShopper(shop.url)
    const wrong = await login(stranger(shop.url), email, 'wrong password').expect(401)
    const unknown = await login(stranger(shop.url), 'nobody@shopper.example', 'wrong password').expect(401)
    expect(textOf(wrong.text)).toContain('Incorrect email or password')
    expect(textOf(wrong.text).replaceAll(email, '')).toBe(
      textOf(unknown.text).replaceAll('nobody@shopper.example', ''),
    )
  })

  it('too many tries are stopped, for that address from there, and with the time to wait', async () => {
    const { email } = await newShopper(shop.url)
    for (let time = 0; time < 10; time++) await login(stranger(shop.url), email, 'wrong password').expect(401)
    const { headers, text } = await login(stranger(shop.url), email).expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(60)
    expect(textOf(text)).toContain('Too many tries')
    const { email: other } = await newShopper(shop.url)
    await login(stranger(shop.url), other).expect(303)
  })

  it('what succeeds counts for nothing, and takes back nothing that others tried', async () => {
    const { email } = await newShopper(shop.url)
    await login(stranger(shop.url), email, 'wrong password').expect(401)
    // As if 97 more had tried from elsewhere, within the hour.
    const key = `signInAccount:${addressKey(email)}`
    const { database } = shop
    await database.prisma.rateLimit.update({ where: { key }, data: { points: 98 } })
    for (let time = 0; time < 3; time++) await login(stranger(shop.url), email).expect(303)
    expect(await database.prisma.rateLimit.findUnique({ where: { key } })).toMatchObject({ points: 98 })
    for (let time = 0; time < 2; time++) await login(stranger(shop.url), email, 'wrong password').expect(401)
    await login(stranger(shop.url), email).expect(429)
  })

  it('out means out: the old cookie opens nothing', async () => {
    const { shopper, email } = await newShopper(shop.url)
    const thief = stranger(shop.url)
    const { headers } = await login(thief, email).expect(303)
    const cookie = String(headers['set-cookie']?.[0]).split(';')[0] ?? ''
    await thief.post('/logout').expect(303)
    await stranger(shop.url).get('/account/purchases').set('cookie', cookie).expect(303)
    expect(await isSignedIn(shopper)).toBe(true)
  })

  it('a page that needs an account leads through sign-in', async () => {
    const { headers } = await stranger(shop.url).get('/account/purchases?page=2').expect(303)
    expect(headers['location']).toBe('/login?next=%2Faccount%2Fpurchases%3Fpage%3D2')
  })

  it('a forged or broken session cookie is nobody', async () => {
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

  it('is set anew by a link that works once, and ends the other sessions', async () => {
    const { shopper, email } = await newShopper(shop.url)
    await ask(email).expect(200)
    const link = await linkFor(email)
    const visitor = stranger(shop.url)
    await visitor.get(link).expect(200)
    await visitor.post(link).type('form').send({ password: 'short' }).expect(422)
    const answer = await visitor
      .post(link)
      .type('form')
      .send({ password: 'a brand new password' })
      .expect(303)
    expect(answer.headers['location']).toBe('/login?changed')
    expect(await isSignedIn(shopper)).toBe(false)
    await login(stranger(shop.url), email).expect(401)
    await login(stranger(shop.url), email, 'a brand new password').expect(303)
    await visitor.get(link).expect(410)
    await visitor.post(link).type('form').send({ password: 'a third password' }).expect(410)
  })

  it('is the way back in when too many tries were stopped, and for nobody else', async () => {
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

  it('says the same for an address without an account, and writes no mail', async () => {
    const { email } = await newShopper(shop.url)
    const known = await ask(email).expect(200)
    const unknown = await ask('nobody@shopper.example').expect(200)
    const plain = (text: string, address: string) => textOf(text).replaceAll(address, '')
    expect(plain(known.text, email)).toBe(plain(unknown.text, 'nobody@shopper.example'))
    expect(await shop.database.prisma.mail.count({ where: { to: 'nobody@shopper.example' } })).toBe(0)
  })

  it('an old link is over', async () => {
    const { email } = await newShopper(shop.url)
    await ask(email).expect(200)
    const link = await linkFor(email)
    await shop.database.prisma.passwordReset.updateMany({ data: { expiresAt: new Date() } })
    await stranger(shop.url).get(link).expect(410)
    await stranger(shop.url).post(link).type('form').send({ password: PASSWORD }).expect(410)
  })

  it('is mailed a few times an hour at most', async () => {
    const { email } = await newShopper(shop.url)
    for (let time = 0; time < 3; time++) await ask(email).expect(200)
    await ask(email).expect(429)
  })
})
