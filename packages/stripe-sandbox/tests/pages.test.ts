// The pay page without a browser, and the protection of all pages.
import { request } from 'node:http'
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSession, createWorld, payByApi, payByForm, postForm, type World } from './support/world.js'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

async function textOf(path: string): Promise<string> {
  return (await fetch(new URL(path, world.sandbox.url))).text()
}

describe('the pay page', () => {
  test('shows what is bought, escaped, and the amount in its currency', async () => {
    const session = await createSession(world.stripe, {
      customer_email: undefined as never,
      line_items: [
        {
          quantity: 3,
          price_data: {
            currency: 'kwd',
            unit_amount: 1230,
            product_data: { name: '<script>alert(1)</script>', images: ['http://127.0.0.1:3000/mug.png'] },
          },
        },
      ],
      custom_text: { submit: { message: 'We ship on Mondays' } },
    })
    const page = await textOf(session.url ?? '')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script>alert')
    expect(page).toMatch(/Pay KWD.3\.690/)
    expect(page).toContain('src="http://127.0.0.1:3000/mug.png"')
    expect(page).toContain('We ship on Mondays')
    expect(page).toContain('no money moves')
    expect(page).toContain('href="http://127.0.0.1:3000/cancelled"')
  })

  const plan: Stripe.Checkout.SessionCreateParams.LineItem = {
    quantity: 1,
    price_data: {
      currency: 'usd',
      unit_amount: 1500,
      recurring: { interval: 'month' },
      product_data: { name: 'Tea box' },
    },
  }
  const gift: Stripe.Checkout.SessionCreateParams.LineItem = {
    quantity: 1,
    price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Gift' } },
  }
  test.each<[string, Partial<Stripe.Checkout.SessionCreateParams>]>([
    ['a payment', {}],
    ['a gift', { line_items: [gift] }],
    ['a subscription', { mode: 'subscription', line_items: [plan] }],
    ['a trial', { mode: 'subscription', line_items: [plan], subscription_data: { trial_period_days: 7 } }],
    ['a set-up', { mode: 'setup', currency: 'usd', line_items: undefined as never }],
  ])('%s works with the form fields that the page has', async (_, params) => {
    const session = await createSession(world.stripe, params)
    const [, hidden = ''] = /id="expected_amount" value="(\d+)"/.exec(await textOf(session.url ?? '')) ?? []
    expect((await payByForm(session.url, { expected_amount: hidden })).status).toBe(303)
    expect((await world.stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete')
  })

  test('lists every test card once', async () => {
    const session = await createSession(world.stripe)
    const numbers = [...(await textOf(session.url ?? '')).matchAll(/data-value="([\d ]+)"/g)].map(
      ([, number]) => number,
    )
    expect(numbers.length).toBeGreaterThan(40)
    expect([...new Set(numbers)]).toEqual(numbers)
  })

  test.each<[string, string | undefined, string | undefined, string]>([
    ['usd', undefined, undefined, 'Pay $1,234.50'],
    ['eur', 'de', 'fr', 'Pay 1.234,50 €'],
    ['eur', 'auto', 'fr-CA,fr;q=0.9,en;q=0.8', 'Pay 1 234,50 €'],
    ['eur', undefined, 'de;q=0.5, pt-BR;q=0.7', 'Pay € 1.234,50'],
    ['chf', undefined, 'de-CH', 'Pay CHF 1’234.50'],
    ['jpy', 'ja', undefined, 'Pay ¥123,450'],
    ['jpy', 'de', undefined, 'Pay 123.450 ¥'],
    ['kwd', 'de', undefined, 'Pay 123,450 KWD'],
    ['kwd', undefined, 'ja', 'Pay KWD 123.450'],
    // A language that Stripe's page lacks, unwanted digits, and no language at all.
    ['usd', undefined, 'ar-EG, fr;q=0', 'Pay $1,234.50'],
    ['usd', undefined, 'de-u-nu-arab', 'Pay 1.234,50 $'],
    ['usd', undefined, '*, ;;=,q=1,x-y-z, de-$$;q=, \t' + 'a,'.repeat(3000), 'Pay $1,234.50'],
  ])('amounts in %s with locale %s and Accept-Language %s', async (currency, locale, accepted, text) => {
    const session = await createSession(world.stripe, {
      ...(locale === undefined ? {} : { locale: locale as 'de' }),
      line_items: [
        { quantity: 1, price_data: { currency, unit_amount: 123_450, product_data: { name: 'Desk' } } },
      ],
    })
    const headers = accepted === undefined ? {} : { 'Accept-Language': accepted }
    const answer = await fetch(session.url ?? '', { headers })
    expect(answer.status).toBe(200)
    const page = (await answer.text())
      .replaceAll(/[\u00A0\u202F]/g, ' ')
      .replaceAll('￥', '¥')
      .replaceAll('&#39;', '’')
    expect(/id="pay-button">([^<]*)/.exec(page)?.[1]).toBe(text)
    // Everything but amounts is in English, whatever the locale.
    expect(page).toContain('<html lang="en">')
  })

  test('has no inline script or style, and its form may lead only to the shop', async () => {
    const session = await createSession(world.stripe)
    const answer = await fetch(session.url ?? '')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("form-action 'self' http://127.0.0.1:3000;")
    const page = await answer.text()
    expect(page).not.toMatch(/<style|<script(?! src)| style=| on\w+=/)
  })

  test('the link back has the name of the business, where it is known', async () => {
    const named = await createWorld({ businessName: () => 'Ada’s pins' })
    onTestFinished(() => named.close())
    for (const [{ stripe }, name] of [
      [world, '127.0.0.1:3000'],
      [named, 'Ada’s pins'],
    ] as const) {
      const session = await stripe.checkout.sessions.create({
        mode: 'payment',
        success_url: 'http://127.0.0.1:3000/done',
        cancel_url: 'http://127.0.0.1:3000/cart',
        line_items: [
          { quantity: 1, price_data: { currency: 'usd', unit_amount: 100, product_data: { name: 'Pin' } } },
        ],
      })
      expect(await textOf(session.url ?? '')).toContain(`Back to ${name}`)
    }
  })

  test('without a cancel_url there is no link back', async () => {
    const session = await world.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://127.0.0.1:3000/done',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 100, product_data: { name: 'Pin' } } },
      ],
    })
    expect(await textOf(session.url ?? '')).not.toContain('Back to')
  })

  test.each([
    ['number', '4242424242424241', 402, 'Your card number is incorrect.'],
    ['number', '4000056655665557', 402, 'Your card number is incorrect.'],
    ['number', '5425233430109903', 402, 'used a non test card'],
    ['number', '42', 402, 'not a valid credit card number'],
    ['expiry', '12 / 20', 402, 'expiration year is invalid'],
    ['expiry', '13 / 34', 402, 'expiration month is invalid'],
    ['expiry', 'soon', 422, 'MM / YY'],
    ['cvc', '12', 402, 'security code is invalid'],
    ['cvc', '', 422, 'Enter the security code.'],
    ['name', '', 422, 'Enter the name on the card.'],
    ['postal_code', '', 422, 'Enter a ZIP code.'],
  ])('%s "%s" is marked at its field, and nothing is charged', async (field, value, status, message) => {
    const session = await createSession(world.stripe)
    const answer = await payByForm(session.url, { [field]: value })
    expect(answer.status).toBe(status)
    const page = await answer.text()
    const problem = new RegExp(`id="${field}-problem">([^<]*)<`).exec(page)?.[1] ?? ''
    expect(problem.replaceAll('&#39;', "'")).toContain(message)
    expect(page).not.toContain('4242 4242 4242 4242"  type')
    expect((await world.stripe.checkout.sessions.retrieve(session.id)).payment_intent).toBeNull()
  })

  test('an email that the shop set cannot be changed by the form', async () => {
    const session = await createSession(world.stripe)
    await payByForm(session.url, { email: 'eve@example.com' })
    const paid = await world.stripe.checkout.sessions.retrieve(session.id)
    expect(paid.customer_details?.email).toBe('ada@example.com')
  })

  test('the page asks for an email when the shop set none', async () => {
    const session = await createSession(world.stripe, { customer_email: undefined as never })
    expect((await payByForm(session.url, { email: 'nothing' })).status).toBe(422)
    await payByForm(session.url, { email: 'eve@example.com' })
    expect((await world.stripe.checkout.sessions.retrieve(session.id)).customer_details?.email).toBe(
      'eve@example.com',
    )
  })

  test('says when the session is paid, expired or unknown', async () => {
    const session = await createSession(world.stripe)
    await payByApi(world.stripe, session)
    expect(await textOf(`/c/pay/${session.id}`)).toContain('all done here')
    const old = await createSession(world.stripe)
    await world.stripe.checkout.sessions.expire(old.id)
    expect(await textOf(`/c/pay/${old.id}`)).toContain('This checkout has expired')
    expect((await fetch(`${world.sandbox.url}/c/pay/cs_test_none`)).status).toBe(404)
    expect((await fetch(`${world.sandbox.url}/authenticate/pi_none`)).status).toBe(404)
  })

  test('{CHECKOUT_SESSION_ID} is replaced in its escaped form too', async () => {
    const session = await createSession(world.stripe, {
      success_url: 'http://127.0.0.1:3000/?a=%7BCHECKOUT_SESSION_ID%7D',
    })
    expect((await payByForm(session.url)).headers.get('location')).toBe(
      `http://127.0.0.1:3000/?a=${session.id}`,
    )
  })
})

describe('requests from other sites', () => {
  test.each([
    ['another origin', { Origin: 'http://evil.example' }],
    ['no origin', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port', { 'Sec-Fetch-Site': 'same-site' }],
  ])('%s is refused', async (_, headers) => {
    const session = await createSession(world.stripe)
    expect((await postForm(session.url ?? '', {}, headers)).status).toBe(403)
    expect((await postForm(`${world.sandbox.url}/_sandbox/clock`, { seconds: '1' }, headers)).status).toBe(
      403,
    )
  })

  test('another host name sees nothing', async () => {
    const status = await new Promise((resolve) => {
      request(world.sandbox.url, { headers: { Host: 'evil.example' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).end()
    })
    expect(status).toBe(403)
    expect((await fetch(world.sandbox.url.replace('127.0.0.1', 'localhost'))).status).toBeLessThan(500)
  })
})

test('a charge’s receipt_url opens a receipt', async () => {
  await payByApi(world.stripe, await createSession(world.stripe))
  const [charge] = (await world.stripe.charges.list({ limit: 1 })).data
  expect(await textOf(charge?.receipt_url ?? '')).toContain('Visa ending in 4242')
})

test('the clock accepts only whole seconds', async () => {
  const url = `${world.sandbox.url}/_sandbox/clock`
  for (const seconds of ['-5', '0', 'x', '1.5', ''])
    expect((await postForm(url, { seconds })).status).toBe(400)
  expect((await postForm(url, { seconds: '60' })).status).toBe(200)
})
