// The shop in German: every page and link of it, a purchase from the list to the receipt by mail, and who sees which language.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSettings } from '../support/change-settings.js'
import { checkoutFields } from '../support/checkout-page.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { PASSWORD, stranger, textOf } from '../support/shopper.js'

let mailbox: Mailbox
let shop: TestShop
beforeAll(async () => {
  mailbox = await openMailbox()
  shop = await startTestShop({
    demoProducts: true,
    environment: { SMTP_URL: mailbox.url, MAIL_FROM: 'Till <shop@till.example>' },
    settings: { guestCheckout: true, supportEmail: 'hilfe@shop.example' },
  })
  const { prisma } = shop.database
  await prisma.policy.create({ data: { slug: 'terms', published: 1 } })
  await prisma.policyVersion.create({
    data: { slug: 'terms', version: 1, markdown: 'See [the shop](/pricing).' },
  })
  await prisma.shop.updateMany({ data: { policies: ['terms'] } })
})
afterAll(async () => {
  await shop.close()
  await mailbox.close()
})

const to = (address: string) => mailbox.mails.filter((mail) => JSON.stringify(mail.to).includes(address))
const productId = async () =>
  (
    await shop.database.prisma.product.findFirstOrThrow({
      where: { requiresShipping: true, options: { isEmpty: true } },
    })
  ).id

/** Paths that a page leads to or sends forms to. */
function linksOf(html: string): string[] {
  return [...html.matchAll(/ (?:href|action|formaction|data-[a-z-]+-href)="(\/[^"]*)"/g)].map(
    ([, path = '']) => path.replaceAll('&amp;', '&'),
  )
}

const SAME_IN_ALL = /^\/(admin|api|assets|dev|look|pictures|[^/?]+\.\w+)(\/|\?|$)/

it('leads to German pages alone, from all of them', async () => {
  const shopper = stranger(shop.url)
  await shopper
    .post('/de/register')
    .type('form')
    .send({ name: 'Ada', email: 'crawl@shopper.example', password: PASSWORD })
    .expect(303)
    .expect('Location', '/de/pricing')
  const id = await productId()
  await shopper.post('/de/cart/items').type('form').send({ product_id: id, quantity: 1 }).expect(303)
  const visitors = [stranger(shop.url), shopper]
  for (const visitor of visitors) {
    const seen = new Set<string>()
    const waiting = [
      '/de',
      '/de/cart',
      '/de/account',
      `/de/checkout/${id}`,
      '/de/password/forgot',
      '/de/nowhere',
    ]
    while (waiting.length > 0) {
      const path = waiting.pop() ?? ''
      if (seen.has(path) || SAME_IN_ALL.test(path)) continue
      seen.add(path)
      expect(path).toMatch(/^\/de(\/|\?|$)/)
      const { status, headers, text } = await visitor.get(path).set('Accept', 'text/html')
      if (status >= 300 && status < 400) {
        waiting.push(String(headers['location']))
        continue
      }
      if (!String(headers['content-type']).startsWith('text/html')) continue
      expect(text, path).toContain('<html lang="de"')
      const links = linksOf(text)
      expect(links.length, path).toBeGreaterThan(3)
      // One product, category and order in each list is enough.
      waiting.push(
        ...links.filter((link) => !/[?&](page|sort|q|category|next)=|pricing\/\d/.test(link)),
        ...links.filter((link) => /pricing\/\d/.test(link)).slice(0, 1),
      )
    }
    expect(seen.size).toBeGreaterThan(8)
  }
})

it('takes an order in German, up to the receipt', async () => {
  const shopper = stranger(shop.url)
  const id = await productId()
  const page = await shopper.get(`/de/checkout/${id}?country=DE`).expect(200)
  expect(textOf(page.text)).toContain('Kasse')
  expect(page.text).toMatch(/<option value="DE" selected>\s*Deutschland/)
  const email = 'gast@shopper.example'
  const form = { ...checkoutFields(page.text), email }
  expect(page.text).toContain('Zahlungspflichtig bestellen')
  const { headers } = await shopper.post(`/de/checkout/${id}`).type('form').send(form).expect(303)
  const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(headers['location'])))
  expect(session).toMatchObject({
    locale: 'de',
    cancel_url: `${shop.url}/de/pricing/${id}?cancelled`,
    success_url: `${shop.url}/de/payment-success/${id}?session_id={CHECKOUT_SESSION_ID}`,
  })
  const paid = await payByCard(String(headers['location']), undefined, { country: 'DE' })
  const back = new URL(String(paid.headers['location']))
  expect(back.pathname).toBe(`/de/payment-success/${id}`)
  const success = await shopper.get(back.pathname + back.search).expect(200)
  expect(textOf(success.text)).toContain('Vielen Dank für Ihre Bestellung')
  const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
  expect(order.locale).toBe('de')

  await expect.poll(() => to(email).length, { timeout: 30_000 }).toBe(1)
  const [mail] = to(email)
  expect(mail?.subject).toMatch(/^Ihre Bestellung T-\w{8} ist bezahlt$/)
  for (const part of [mail?.text, String(mail?.html)]) {
    expect(part).toContain('Guten Tag')
    expect(part).toContain(`${shop.url}/de/orders/${order.key}?token=`)
    expect(part).toMatch(/\d+,\d\d\s\$/)
    expect(part).toContain('Deutschland')
  }
  const receipt = await shopper.get(`/de/orders/${order.key}/receipt`).expect(200)
  expect(textOf(receipt.text)).toContain('Rechnung an')
  const pdf = await shopper.get(`/de/orders/${order.key}/receipt.pdf`).expect(200)
  expect(pdf.headers['content-disposition']).toContain('Beleg')
  // The page follows its address, whatever the language of the order is.
  const english = await shopper.get(`/orders/${order.key}`).expect(200)
  expect(textOf(english.text)).toContain('Order history')
})

it('shows, finds and sells products by their German names, where the owner wrote them', async () => {
  const { prisma } = shop.database
  const tray = await prisma.product.findUniqueOrThrow({ where: { slug: 'oak-desk-tray' } })
  const visitor = stranger(shop.url)
  const read = async (path: string) => textOf((await visitor.get(path).expect(200)).text)
  const german = 'Schreibtischschale aus Eiche'
  expect(await read(`/de/pricing/${tray.id}`)).toMatch(
    /Schreibtisch .*Schreibtischschale aus Eiche.*Ein Stück Eiche/,
  )
  expect(await read(`/pricing/${tray.id}`)).toContain('One board of oak')
  expect(await read('/de/pricing?q=schreibtischschalen')).toContain(german)
  expect(await read('/de/pricing?q=eiche+k%C3%BCche')).not.toContain(german)
  expect(await read('/de/pricing?category=Desk')).toMatch(/Schreibtisch \d+ Artikel/)
  const { suggestions } = (await visitor.get('/de/pricing/suggestions?q=k%C3%BCche').expect(200)).body as {
    suggestions: { label: string; href: string }[]
  }
  expect(suggestions[0]).toMatchObject({ label: 'Küche', href: '/de/pricing?category=Kitchen' })

  await visitor.post('/de/cart/items').type('form').send({ product_id: tray.id, quantity: 1 }).expect(303)
  expect(await read('/de/cart')).toContain(german)
  const page = await visitor.get('/de/checkout?country=DE').expect(200)
  expect(textOf(page.text)).toContain('Europa')
  const form = { ...checkoutFields(page.text), email: 'eiche@shopper.example' }
  const { headers } = await visitor.post('/de/checkout').type('form').send(form).expect(303)
  const items = await shop.stripe.checkout.sessions.listLineItems(sessionOf(String(headers['location'])))
  expect(items.data.map(({ description }) => description)).toEqual([german])
  const order = await prisma.order.findFirstOrThrow({
    where: { email: 'eiche@shopper.example' },
    include: { items: true },
  })
  expect([order.shippingRateName, order.items[0]?.name]).toEqual(['Europa', german])
})

it('calls options by their German names, from the list to the mail', async () => {
  const { prisma } = shop.database
  const bowls = await prisma.product.findUniqueOrThrow({
    where: { slug: 'nesting-bowls' },
    include: { variants: { orderBy: { position: 'asc' } } },
  })
  const [, blue] = bowls.variants
  const visitor = stranger(shop.url)
  const get = async (path: string) => (await visitor.get(path).expect(200)).text
  const path = `/de/pricing/${bowls.id}?variant=${blue?.id}`
  const name = 'Schüsselsatz, dreiteilig – ganz blau'
  expect(textOf(await get(path))).toMatch(/Rand .*gemischt.*ganz blau/)
  // The form sends the same in every language.
  expect(await get(path)).toContain('value="All blue" checked')
  expect(await get(path)).toContain(`"name":"${name}"`)
  expect(await get(`/pricing/${bowls.id}`)).toContain('<legend>Rims</legend>')
  const list = await get('/de/pricing?category=Kitchen&option=Rims%3A+All+blue')
  expect(list).toMatch(/<legend>Rand<\/legend>/)
  expect(list).toMatch(/value="Rims: All blue" checked> <span>ganz blau</)
  expect(textOf(list)).toContain('Schüsselsatz, dreiteilig')
  expect(textOf(list)).not.toContain('All blue')
  expect(textOf(await get('/de/pricing?q=blau'))).toContain('Schüsselsatz, dreiteilig')

  await visitor.post('/de/cart/items').type('form').send({ variant_id: blue?.id, quantity: 1 }).expect(303)
  expect(textOf(await get('/de/cart'))).toContain('ganz blau')
  expect(textOf(await get('/cart'))).toContain('All blue')
  const page = await get('/de/checkout?country=DE')
  expect(textOf(page)).toContain('ganz blau')
  const email = 'blau@shopper.example'
  const form = { ...checkoutFields(page), email }
  const { headers } = await visitor.post('/de/checkout').type('form').send(form).expect(303)
  const items = await shop.stripe.checkout.sessions.listLineItems(sessionOf(String(headers['location'])))
  expect(items.data.map(({ description }) => description)).toEqual([name])
  await payByCard(String(headers['location']), undefined, { country: 'DE' })
  await expect.poll(() => to(email).length, { timeout: 30_000 }).toBe(1)
  for (const part of [to(email)[0]?.text, String(to(email)[0]?.html)]) expect(part).toContain('ganz blau')
  const { key } = await prisma.order.findFirstOrThrow({ where: { email } })
  for (const read of [`/de/orders/${key}`, `/de/orders/${key}/receipt`])
    expect(textOf(await get(read))).toContain('ganz blau')
})

it('takes orders of programs in the language that they name, or else ask for', async () => {
  const shopper = stranger(shop.url)
  const { body } = await shopper
    .post('/api/register')
    .send({ name: 'Ada', email: 'programm@shopper.example', password: PASSWORD })
    .expect(201)
  const id = await productId()
  const rate = await shop.database.prisma.shippingRate.findFirstOrThrow({
    where: { countries: { has: 'DE' } },
  })
  const order = async (more: object, language?: string) => {
    const request = shopper
      .post('/api/orders')
      .set('Authorization', `Bearer ${(body as { token: string }).token}`)
    if (language !== undefined) request.set('Accept-Language', language)
    return request.send({
      ...{ items: [{ product_id: id, quantity: 1 }], country: 'DE', shipping_rate: rate.id },
      ...more,
    })
  }
  const localeOf = async (key: string) =>
    (await shop.database.prisma.order.findUniqueOrThrow({ where: { key } })).locale
  for (const [more, language, locale] of [
    [{}, undefined, null],
    [{}, 'de-AT, en;q=0.5', 'de'],
    [{ locale: 'en' }, 'de', 'en'],
  ] as const) {
    const answer = await order(more, language)
    const { order_id: key } = answer.body as { order_id: string }
    expect(await localeOf(key)).toBe(locale)
    await shop.database.prisma.order.update({
      where: { key },
      data: { canceledAt: new Date(), status: 'expired' },
    })
  }
  expect((await order({ locale: 'fr' })).body).toMatchObject({
    code: 'invalid_order',
    errors: [{ field: 'locale', detail: 'must be one of en, de' }],
  })
})

describe('an account', () => {
  it('gets its mail in the language of the page it was asked for on', async () => {
    const email = 'konto@shopper.example'
    const shopper = stranger(shop.url)
    await shopper
      .post('/de/register')
      .type('form')
      .send({ name: 'Ada', email, password: PASSWORD })
      .expect(303)
    await expect.poll(() => to(email).length, { timeout: 30_000 }).toBe(1)
    expect(to(email)[0]?.subject).toContain('Bestätigen Sie Ihre E-Mail-Adresse')
    expect(to(email)[0]?.text).toContain(`${shop.url}/de/email/verify/`)
    await shopper.post('/password/forgot').type('form').send({ email }).expect(200)
    await expect.poll(() => to(email).length, { timeout: 30_000 }).toBe(2)
    expect(to(email)[1]?.subject).toContain('Set a new password')
  })

  it('asks visitors to sign in, and returns to the page in its language', async () => {
    const email = 'zurueck@shopper.example'
    const shopper = stranger(shop.url)
    const { headers } = await shopper.get('/de/account').expect(303)
    expect(headers['location']).toBe('/de/login?next=%2Faccount')
    await stranger(shop.url).post('/register').type('form').send({ name: 'Ada', email, password: PASSWORD })
    await shopper
      .post('/de/login')
      .type('form')
      .send({ email, password: 'a wrong password', next: '/account' })
      .expect(401, /E-Mail-Adresse oder Passwort ist falsch/)
    await shopper
      .post('/de/login')
      .type('form')
      .send({ email, password: PASSWORD, next: '/account' })
      .expect(303)
      .expect('Location', '/de/account')
    // After the session was read, and the form.
    await shopper
      .post('/de/account/password')
      .type('form')
      .send({ currentPassword: 'a wrong password', password: 'another long password' })
      .expect(422, /Das ist nicht Ihr aktuelles Passwort/)
  })
})

describe('the choice of a language', () => {
  it('leads to the same page, and is remembered', async () => {
    const visitor = stranger(shop.url)
    const german = 'de-AT,de;q=0.9,en;q=0.5'
    const first = await visitor.get('/pricing?sort=name').set('Accept-Language', german).expect(200)
    expect(first.text).toContain('Diese Seite gibt es auf Deutsch.')
    expect(first.text).toContain('<html lang="en"')
    await visitor
      .post('/language')
      .type('form')
      .send({ language: 'de', next: '/pricing?sort=name' })
      .expect(303)
      .expect('Location', '/de/pricing?sort=name')
    const chosen = await visitor.get('/de/pricing?sort=name').set('Accept-Language', 'en').expect(200)
    expect(chosen.text).not.toContain('class="suggestion"')
    await visitor
      .post('/de/language')
      .type('form')
      .send({ language: 'en', next: '/pricing' })
      .expect(303)
      .expect('Location', '/pricing')
    const back = await visitor.get('/pricing').set('Accept-Language', german).expect(200)
    expect(back.text).not.toContain('class="suggestion"')
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'never leads to %s',
    async (next) => {
      const { headers } = await stranger(shop.url)
        .post('/language')
        .type('form')
        .send({ language: 'de', next })
        .expect(303)
      expect(headers['location']).toBe('/de/')
    },
  )

  it('names the page in each language for search engines', async () => {
    const { text } = await stranger(shop.url).get('/de/pricing').expect(200)
    expect(text).toContain(`<link rel="alternate" hreflang="en" href="${shop.url}/pricing">`)
    expect(text).toContain(`<link rel="alternate" hreflang="de" href="${shop.url}/de/pricing">`)
    expect(text).toContain(`<link rel="alternate" hreflang="x-default" href="${shop.url}/pricing">`)
  })
})

it('has nothing else below a language', async () => {
  for (const path of ['/de/api/products', '/de/assets/css/till.css', '/de/admin', '/de/healthz'])
    await stranger(shop.url).get(path).expect(404)
})

it('is German without a language in the address, if the owner says so', async () => {
  await changeSettings(shop, { language: 'de' })
  try {
    const visitor = stranger(shop.url)
    expect((await visitor.get('/pricing').expect(200)).text).toContain('<html lang="de"')
    expect((await visitor.get('/en/pricing').expect(200)).text).toContain('href="/en/pricing"')
    await visitor.get('/de/pricing').expect(302).expect('Location', '/pricing')
    expect((await visitor.get('/en/nowhere').set('Accept', 'text/html').expect(404)).text).toContain(
      'This page doesn’t exist',
    )
  } finally {
    await changeSettings(shop, { language: 'en' })
  }
})
