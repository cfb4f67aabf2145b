// Shipping addresses, shipping options and adjustable quantities.
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSession, createWorld, errorOf, payByForm, postForm, type World } from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  world = await createWorld()
  stripe = world.stripe
})
afterAll(() => world.close())

const parcel = {
  shipping_name: 'Grace Hopper',
  shipping_line1: '1 Navy Yard',
  shipping_line2: '',
  shipping_city: 'Arlington',
  shipping_state: 'VA',
  shipping_postal_code: '22202',
  shipping_country: 'US',
}

const twoWays: Stripe.Checkout.SessionCreateParams.ShippingOption[] = [
  {
    shipping_rate_data: {
      display_name: 'Post',
      fixed_amount: { amount: 500, currency: 'usd' },
      delivery_estimate: {
        minimum: { unit: 'business_day', value: 3 },
        maximum: { unit: 'business_day', value: 5 },
      },
    },
  },
  { shipping_rate_data: { display_name: 'Courier', fixed_amount: { amount: 1500, currency: 'usd' } } },
]

async function problemsOf(answer: Response): Promise<string[]> {
  const page = await answer.text()
  return [...page.matchAll(/class="problem" id="(\w+)-problem">([^<]+)</g)].map((match) => match[1] ?? '')
}

describe('a shipping address', () => {
  test('is checked and stored on session, payment and charge, also after a decline', async () => {
    const session = await createSession(stripe, {
      shipping_address_collection: { allowed_countries: ['US', 'CA'] },
      phone_number_collection: { enabled: true },
    })
    expect(session.shipping_address_collection).toEqual({ allowed_countries: ['US', 'CA'] })
    const page = await (await fetch(session.url ?? '')).text()
    expect(page).toContain('Shipping country')
    const empty = await payByForm(session.url)
    expect(empty.status).toBe(422)
    expect(await problemsOf(empty)).toEqual([
      'phone',
      'shipping_name',
      'shipping_line1',
      'shipping_city',
      'shipping_country',
    ])
    const abroad = await payByForm(session.url, { ...parcel, phone: '+1 555 0100', shipping_country: 'FR' })
    expect(await problemsOf(abroad)).toEqual(['shipping_country'])
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_intent).toBeNull()

    const fields = { ...parcel, phone: '+1 555 0100' }
    expect((await payByForm(session.url, { ...fields, number: '4000000000000002' })).status).toBe(402)
    expect((await payByForm(session.url, { ...fields, shipping_line1: '2 Navy Yard' })).status).toBe(303)
    const address = {
      line1: '2 Navy Yard',
      line2: null,
      city: 'Arlington',
      state: 'VA',
      postal_code: '22202',
      country: 'US',
    }
    expect(
      await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] }),
    ).toMatchObject({
      collected_information: { shipping_details: { name: 'Grace Hopper', address } },
      customer_details: { phone: '+1 555 0100', name: 'Ada Lovelace' },
      payment_intent: {
        shipping: { name: 'Grace Hopper', address },
        latest_charge: {
          shipping: { name: 'Grace Hopper', address },
          billing_details: { phone: '+1 555 0100' },
        },
      },
    })
  })

  test('the page asks for the whole billing address when the shop requires it', async () => {
    const session = await createSession(stripe, { billing_address_collection: 'required' })
    expect(await problemsOf(await payByForm(session.url))).toEqual(['billing_line1', 'billing_city'])
    await payByForm(session.url, { billing_line1: '10 Downing Street', billing_city: 'London' })
    expect((await stripe.checkout.sessions.retrieve(session.id)).customer_details?.address).toEqual({
      line1: '10 Downing Street',
      line2: null,
      city: 'London',
      state: null,
      postal_code: '94103',
      country: 'US',
    })
  })
})

describe('the address form', () => {
  const allowing = (...countries: string[]) =>
    createSession(stripe, { shipping_address_collection: { allowed_countries: countries } })

  test.each([
    ['DE', 'Town or city', null, 'Postal code', '10115', '1011'],
    ['US', 'City', 'State', 'ZIP code', '94103-1234', '9410'],
    ['GB', 'Town or city', null, 'Postcode', 'SW1A 1AA', 'SW1A'],
    ['JP', 'City or ward', 'Prefecture', 'Postal code', '100-0001', '100'],
    ['KW', 'Town or city', 'State or region', 'Postal code', '', null],
  ])('of %s', async (country, city, state, postalCode, right, wrong) => {
    const session = await allowing(country)
    const page = await (await fetch(session.url ?? '')).text()
    const label = (name: string) => new RegExp(`for="shipping_${name}">([^<]+)`).exec(page)?.[1]
    expect([label('city'), label('postal_code')]).toEqual([city, postalCode])
    expect(label('state')).toBe(state ?? 'State or region')
    expect(/<div class="field "( hidden)?>\s*<label for="shipping_state">/.exec(page)?.[1]).toBe(
      state === null ? ' hidden' : undefined,
    )
    const countries = /name="shipping_country".*?<\/select>/s.exec(page)?.[0] ?? ''
    expect([...countries.matchAll(/value="(\w\w)"/g)].map(([, code]) => code)).toEqual([country])
    const send = (code: string) =>
      payByForm(session.url, { ...parcel, shipping_country: country, shipping_postal_code: code })
    if (wrong !== null) {
      for (const code of [wrong, ''])
        expect(await problemsOf(await send(code))).toEqual(['shipping_postal_code'])
    }
    expect((await send(right)).status).toBe(303)
  })

  test('countries that Stripe does not ship to are refused by name', async () => {
    const error = await errorOf(allowing('US', 'IR'))
    expect(error.message).toMatch(
      /^Invalid shipping_address_collection\[allowed_countries\]\[1\]: must be one of AC, AD, .*, or ZZ$/,
    )
  })
})

describe('shipping options', () => {
  test('the first is chosen by default, another can be chosen, and all amounts agree', async () => {
    const session = await createSession(stripe, { shipping_options: twoWays })
    expect(session).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 2500,
      total_details: { amount_shipping: 500 },
      shipping_cost: { amount_total: 500 },
      shipping_options: [{ shipping_amount: 500 }, { shipping_amount: 1500 }],
    })
    const page = await (await fetch(session.url ?? '')).text()
    expect(page).toContain('3–5 business days')
    expect(page).toContain('Pay $25.00')
    const courier = session.shipping_options[1]?.shipping_rate as string
    const choose = (rate: string): Promise<Response> => postForm(`${session.url ?? ''}/shipping`, { rate })
    expect((await choose('shr_none')).status).toBe(422)
    expect((await choose(courier)).status).toBe(303)
    expect((await payByForm(session.url)).status).toBe(303)
    expect(
      await stripe.checkout.sessions.retrieve(session.id, {
        expand: ['payment_intent', 'shipping_cost.shipping_rate'],
      }),
    ).toMatchObject({
      amount_total: 3500,
      shipping_cost: { amount_total: 1500, shipping_rate: { id: courier, display_name: 'Courier' } },
      payment_intent: { amount_received: 3500 },
    })
  })

  test('a discount applies to the goods, not to shipping', async () => {
    const { id } = await stripe.coupons.create({ percent_off: 100 })
    const session = await createSession(stripe, { shipping_options: twoWays, discounts: [{ coupon: id }] })
    expect(session).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 500,
      total_details: { amount_discount: 2000, amount_shipping: 500 },
    })
  })

  test('inline data creates a shipping rate that keeps everything it was given', async () => {
    const data = {
      display_name: 'Courier',
      type: 'fixed_amount',
      fixed_amount: { amount: 900, currency: 'usd' },
      delivery_estimate: {
        minimum: { unit: 'business_day', value: 1 },
        maximum: { unit: 'business_day', value: 2 },
      },
      tax_behavior: 'exclusive',
      tax_code: 'txcd_92010001',
      metadata: { rate: '7' },
    } as const
    const session = await createSession(stripe, { shipping_options: [{ shipping_rate_data: data }] })
    const rate = session.shipping_cost?.shipping_rate as string
    expect(await stripe.shippingRates.retrieve(rate)).toMatchObject({ ...data, active: true })
    expect(session.shipping_options).toEqual([{ shipping_amount: 900, shipping_rate: rate }])
    const wrong = [
      [{ tax_code: 'shipping' }, '[tax_code]'],
      [{ delivery_estimate: { maximum: { unit: 'day', value: 0 } } }, '[delivery_estimate][maximum][value]'],
    ] as const
    for (const [change, param] of wrong) {
      const error = await errorOf(
        createSession(stripe, { shipping_options: [{ shipping_rate_data: { ...data, ...change } }] }),
      )
      expect(error.param).toBe(`shipping_options[0][shipping_rate_data]${param}`)
    }
  })

  test('existing rates, and what is refused', async () => {
    const rate = await stripe.shippingRates.create({
      display_name: 'Post',
      fixed_amount: { amount: 700, currency: 'usd' },
    })
    const option = { shipping_rate: rate.id }
    expect((await createSession(stripe, { shipping_options: [option] })).amount_total).toBe(2700)
    const euros = await errorOf(createSession(stripe, { shipping_options: [option] }, 'eur'))
    expect(euros.message).toContain('The shipping rate is in usd')
    await stripe.shippingRates.update(rate.id, { active: false })
    expect((await stripe.shippingRates.list({ active: false })).data.map((found) => found.id)).toEqual([
      rate.id,
    ])
    const refusals: Stripe.Checkout.SessionCreateParams.ShippingOption[][] = [
      [option],
      [{ shipping_rate: 'shr_x' }],
      [{ ...option, ...twoWays[0] }],
      Array.from({ length: 6 }, () => twoWays[0] ?? {}),
    ]
    for (const shipping_options of refusals)
      expect((await errorOf(createSession(stripe, { shipping_options }))).statusCode).toBe(400)
  })
})

describe('an adjustable quantity', () => {
  const lines = (adjustable_quantity: object): Stripe.Checkout.SessionCreateParams.LineItem[] => [
    {
      quantity: 2,
      adjustable_quantity: { enabled: true, ...adjustable_quantity },
      price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Mug' } },
    },
  ]

  test('is changed by the customer within its limits, and updates the payment', async () => {
    const session = await createSession(stripe, {
      line_items: lines({ minimum: 1, maximum: 5 }),
      expand: ['line_items'],
    })
    const [line] = session.line_items?.data ?? []
    expect(line?.adjustable_quantity).toEqual({ enabled: true, minimum: 1, maximum: 5 })
    const change = (quantity: string): Promise<Response> =>
      postForm(`${session.url ?? ''}/quantity`, { line: line?.id ?? '', quantity })
    for (const wrong of ['0', '6', '-1', '1.5', 'x', '']) expect((await change(wrong)).status).toBe(422)
    expect((await change('5')).status).toBe(303)
    expect((await payByForm(session.url)).status).toBe(303)
    expect(
      await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'payment_intent'] }),
    ).toMatchObject({
      amount_total: 5000,
      line_items: { data: [{ quantity: 5, amount_total: 5000 }] },
      payment_intent: { amount_received: 5000 },
    })
  })

  test('other lines cannot be changed, and impossible limits are refused', async () => {
    const session = await createSession(stripe, { expand: ['line_items'] })
    const answer = await postForm(`${session.url ?? ''}/quantity`, {
      line: session.line_items?.data[0]?.id ?? '',
      quantity: '2',
    })
    expect(answer.status).toBe(422)
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2000)
    const error = await errorOf(createSession(stripe, { line_items: lines({ minimum: 3 }) }))
    expect(error.param).toBe('line_items[0][adjustable_quantity]')
  })
})
