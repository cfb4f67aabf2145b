// Automatic tax and tax rates.
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemsIn, sdkTypes } from './support/conformance.js'
import {
  createSession,
  createWorld,
  errorOf,
  payByApi,
  payByForm,
  postForm,
  type World,
} from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  sdkTypes()
  world = await createWorld()
  stripe = world.stripe
})
afterAll(async () => {
  // Every answer and delivery here must match the SDK's types.
  expect(problemsIn(world.bodies)).toEqual([])
  await world.close()
})

type Params = Partial<Stripe.Checkout.SessionCreateParams>
const taxed: Params = { automatic_tax: { enabled: true } }

function lines(
  currency: string,
  unit_amount: number,
  tax_behavior?: 'inclusive' | 'exclusive',
  quantity = 1,
): Stripe.Checkout.SessionCreateParams.LineItem[] {
  return [
    {
      quantity,
      price_data: {
        currency,
        unit_amount,
        product_data: { name: 'Mug' },
        ...(tax_behavior ? { tax_behavior } : {}),
      },
    },
  ]
}

const pageOf = async (session: { url: string | null }): Promise<string> =>
  (await fetch(session.url ?? '')).text()
const locate = (session: { url: string | null }, country: string): Promise<Response> =>
  postForm(`${session.url ?? ''}/tax`, { country })
const alertOf = (page: string): string => /role="alert"><p>([^<]*)/.exec(page)?.[1] ?? ''

describe('automatic tax', () => {
  test('waits for a country, is shown, and is part of the total', async () => {
    const session = await createSession(stripe, taxed)
    expect(session).toMatchObject({
      automatic_tax: {
        enabled: true,
        liability: { type: 'self' },
        provider: 'stripe',
        status: 'requires_location_inputs',
      },
      amount_total: 2000,
      total_details: { amount_tax: 0 },
    })
    expect(await pageOf(session)).toContain('Depends on your country')
    expect((await locate(session, 'Atlantis')).status).toBe(422)
    expect((await locate(session, 'US')).status).toBe(303)
    const page = await pageOf(session)
    expect(page).toContain('Sales tax 8%')
    expect(page).toContain('Pay $21.60')
    expect((await payByForm(session.url)).status).toBe(303)
    expect(
      await stripe.checkout.sessions.retrieve(session.id, {
        expand: ['line_items.data.taxes', 'total_details.breakdown', 'payment_intent'],
      }),
    ).toMatchObject({
      automatic_tax: { status: 'complete' },
      amount_subtotal: 2000,
      amount_total: 2160,
      total_details: {
        amount_tax: 160,
        breakdown: { taxes: [{ amount: 160, taxability_reason: 'standard_rated', taxable_amount: 2000 }] },
      },
      line_items: {
        data: [
          {
            amount_subtotal: 2000,
            amount_tax: 160,
            amount_total: 2160,
            taxes: [{ amount: 160, rate: { percentage: 8, inclusive: false, country: 'US', active: false } }],
          },
        ],
      },
      payment_intent: { amount_received: 2160 },
    })
  })

  test('the customer pays only the total that the page showed; a program pays what is due', async () => {
    const session = await createSession(stripe, taxed)
    const surprised = await payByForm(session.url, { expected_amount: '2000' })
    expect(surprised.status).toBe(409)
    const page = await surprised.text()
    expect(alertOf(page)).toContain('The total has changed')
    expect(page).toContain('Pay $21.60')
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_intent).toBeNull()
    expect((await payByForm(session.url, { expected_amount: '2160' })).status).toBe(303)

    const unseen = await createSession(stripe, taxed)
    await payByForm(unseen.url, { country: 'CA', postal_code: 'K1A' })
    expect((await stripe.checkout.sessions.retrieve(unseen.id)).amount_total).toBe(2100)
  })

  test.each<[string, number, 'inclusive' | 'exclusive' | undefined, string, number, number, string]>([
    ['eur', 1190, 'inclusive', 'DE', 190, 1190, 'VAT 19%, included'],
    ['eur', 1000, 'exclusive', 'DE', 190, 1190, 'VAT 19%'],
    ['eur', 1190, undefined, 'DE', 190, 1190, 'VAT 19%, included'],
    ['usd', 1000, undefined, 'DE', 190, 1190, 'VAT 19%'],
    ['chf', 999, 'exclusive', 'CH', 81, 1080, 'VAT 8.1%'],
    ['eur', 1255, 'inclusive', 'FI', 255, 1255, 'VAT 25.5%, included'],
    ['jpy', 105, 'exclusive', 'JP', 11, 116, 'Consumption tax 10%'],
    // The last of three decimals cannot be charged.
    ['kwd', 1230, 'exclusive', 'GB', 250, 1480, 'VAT 20%'],
    ['usd', 1000, undefined, 'BR', 0, 1000, 'none for Brazil'],
  ])('%s %i, %s, in %s: %i', async (currency, unit, behavior, country, tax, total, text) => {
    const session = await createSession(stripe, { ...taxed, line_items: lines(currency, unit, behavior) })
    await locate(session, country)
    expect(await pageOf(session)).toContain(`${text}<`)
    await payByForm(session.url, { country })
    expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })).toMatchObject(
      {
        amount_subtotal: unit,
        amount_total: total,
        total_details: { amount_tax: tax },
        payment_intent: { amount: total },
      },
    )
  })

  test.each([
    ['jpy', 'JP', 'exclusive', 105, 333, 11 + 33, 105 + 11 + 333 + 33],
    ['jpy', 'JP', 'inclusive', 105, 333, 10 + 30, 105 + 333],
    ['usd', 'US', 'exclusive', 1999, 499, 160 + 40, 1999 + 160 + 499 + 40],
    ['eur', 'DE', 'inclusive', 1999, 499, 319 + 80, 1999 + 499],
    ['kwd', 'BH', 'exclusive', 1230, 550, 120 + 60, 1230 + 120 + 550 + 60],
    ['kwd', 'BH', 'inclusive', 1230, 550, 110 + 50, 1230 + 550],
    ['kwd', 'KW', 'exclusive', 1230, 550, 0, 1230 + 550],
  ] as const)(
    '%s in %s, all %s: %i and %i of shipping',
    async (currency, country, behavior, item, shipping, tax, total) => {
      const session = await createSession(stripe, {
        ...taxed,
        line_items: lines(currency, item, behavior),
        shipping_options: [
          {
            shipping_rate_data: {
              display_name: 'Post',
              tax_behavior: behavior,
              fixed_amount: { amount: shipping, currency },
            },
          },
        ],
      })
      await payByForm(session.url, { country, postal_code: '94103' })
      const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
      expect(paid).toMatchObject({
        amount_subtotal: item,
        amount_total: total,
        // What the rate costs: with an inclusive rate the tax is part of it.
        total_details: { amount_shipping: shipping, amount_tax: tax },
        payment_intent: { amount_received: total },
      })
      const added = behavior === 'exclusive' ? (paid.shipping_cost?.amount_tax ?? 0) : 0
      expect(paid.shipping_cost).toMatchObject({
        amount_subtotal: shipping,
        amount_total: shipping + added,
      })
    },
  )

  test('fractions of the smallest unit add up to an amount that can be charged', async () => {
    const session = await createSession(stripe, {
      line_items: [
        {
          quantity: 3,
          price_data: {
            currency: 'kwd',
            unit_amount_decimal: Stripe.Decimal.from('1230.4'),
            product_data: { name: 'Mug' },
          },
        },
      ],
    })
    expect(session.amount_total).toBe(3690)
  })

  test('a product’s tax code is kept, and what is never taxed is not taxed', async () => {
    const [line] = lines('eur', 2000, 'exclusive')
    const coded = (tax_code: string): Params => ({
      ...taxed,
      line_items: [
        {
          quantity: 1,
          price_data: { ...line?.price_data, currency: 'eur', product_data: { name: 'Card', tax_code } },
        },
      ],
      expand: ['line_items.data.price.product'],
    })
    const session = await createSession(stripe, coded('txcd_00000000'))
    expect(session.line_items?.data[0]?.price).toMatchObject({
      tax_behavior: 'exclusive',
      product: { tax_code: 'txcd_00000000' },
    })
    await locate(session, 'DE')
    expect(
      await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items.data.taxes'] }),
    ).toMatchObject({
      amount_total: 2000,
      line_items: { data: [{ taxes: [{ taxability_reason: 'product_exempt' }] }] },
    })
    const goods = await createSession(stripe, coded('txcd_99999999'))
    await locate(goods, 'DE')
    expect((await stripe.checkout.sessions.retrieve(goods.id)).amount_total).toBe(2380)
    const error = await errorOf(createSession(stripe, coded('mug')))
    expect(error).toMatchObject({ code: 'resource_missing', message: "No such tax code: 'mug'" })
  })

  test('applies after the discount, and to shipping', async () => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 50 })
    const session = await createSession(stripe, {
      ...taxed,
      discounts: [{ coupon }],
      shipping_options: [
        { shipping_rate_data: { display_name: 'Post', fixed_amount: { amount: 500, currency: 'usd' } } },
      ],
      shipping_address_collection: { allowed_countries: ['US', 'GB'] },
    })
    const [, asked = ''] = /name="country">(.*?)<\/select>/s.exec(await pageOf(session)) ?? []
    expect([...asked.matchAll(/value="(\w\w)"/g)].map(([, code]) => code)).toEqual(['GB', 'US'])
    await locate(session, 'GB')
    expect(
      await stripe.checkout.sessions.retrieve(session.id, {
        expand: ['shipping_cost.taxes', 'total_details.breakdown'],
      }),
    ).toMatchObject({
      amount_total: 2000 - 1000 + 500 + 300,
      total_details: {
        amount_discount: 1000,
        amount_shipping: 500,
        amount_tax: 300,
        breakdown: { taxes: [{ amount: 300, taxable_amount: 1500 }] },
      },
      shipping_cost: { amount_subtotal: 500, amount_tax: 100, amount_total: 600, taxes: [{ amount: 100 }] },
    })
    // The shipping address decides, not the billing address.
    await payByForm(session.url, {
      country: 'DE',
      shipping_name: 'Ada',
      shipping_line1: '1 Street',
      shipping_city: 'Town',
      shipping_postal_code: '94103',
      shipping_country: 'US',
    })
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(1500 + 120)
  })

  test('a known customer’s address is used first, and an exempt customer pays none', async () => {
    const at = async (changes: Stripe.CustomerCreateParams): Promise<Params> => ({
      ...taxed,
      customer: (
        await stripe.customers.create({ email: 'grace@example.com', address: { country: 'FR' }, ...changes })
      ).id,
      customer_email: undefined as never,
      expand: ['line_items.data.taxes'],
    })
    expect(await createSession(stripe, await at({}))).toMatchObject({
      amount_total: 2400,
      automatic_tax: { status: 'complete' },
    })
    for (const tax_exempt of ['exempt', 'reverse'] as const) {
      expect(await createSession(stripe, await at({ tax_exempt }))).toMatchObject({
        amount_total: 2000,
        customer_details: { tax_exempt },
        line_items: {
          data: [
            {
              taxes: [{ taxability_reason: tax_exempt === 'exempt' ? 'customer_exempt' : 'reverse_charge' }],
            },
          ],
        },
      })
    }
    const nowhere = await at({ address: '' })
    expect(await errorOf(createSession(stripe, nowhere))).toMatchObject({
      code: 'customer_tax_location_invalid',
      param: 'customer',
    })
    const asked = await createSession(stripe, {
      ...nowhere,
      customer_update: { address: 'auto', name: 'auto' },
    })
    expect(asked.automatic_tax.status).toBe('requires_location_inputs')
    await payByForm(asked.url, { country: 'GB', postal_code: 'N1' })
    expect(await stripe.customers.retrieve(nowhere.customer ?? '')).toMatchObject({
      address: { country: 'GB', postal_code: 'N1' },
      name: 'Ada Lovelace',
    })
    await world.sandbox.idle()
    expect(world.types()).toContain('customer.updated')
  })

  test('a payment by API uses the address of its method, and is refused without one', async () => {
    const session = await createSession(stripe, taxed)
    const error = await errorOf(payByApi(stripe, session))
    expect(error).toMatchObject({ statusCode: 400, code: 'customer_tax_location_invalid' })
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { token: 'tok_visa' },
      billing_details: { address: { country: 'GB' } },
    })
    await payByApi(stripe, session, method.id)
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2400)
  })

  test('works with a payment link', async () => {
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      product_data: { name: 'Pin' },
    })
    const link = await stripe.paymentLinks.create({
      automatic_tax: { enabled: true },
      line_items: [{ price: price.id, quantity: 1 }],
    })
    expect(link.automatic_tax).toEqual({ enabled: true, liability: { type: 'self' } })
    const opened = await fetch(link.url)
    await locate({ url: opened.url }, 'DE')
    expect(await pageOf({ url: opened.url })).toContain('Pay $11.90')
  })

  test('is refused where it cannot be calculated', async () => {
    const recurring: Params = {
      mode: 'subscription',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 1000,
            recurring: { interval: 'month' },
            product_data: { name: 'Plan' },
          },
        },
      ],
    }
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 5, inclusive: false })
    const refusals: [Params, string][] = [
      [{ ...taxed, ...recurring }, 'automatic_tax'],
      [
        { automatic_tax: { enabled: true, liability: { type: 'account', account: 'acct_1' } } },
        'automatic_tax[liability][account]',
      ],
      [
        { ...taxed, line_items: lines('usd', 1000).map((line) => ({ ...line, tax_rates: [rate.id] })) },
        'line_items[0][tax_rates]',
      ],
      [{ customer_update: { address: 'auto' } }, 'customer_update'],
    ]
    for (const [params, param] of refusals)
      expect(await errorOf(createSession(stripe, params))).toMatchObject({ statusCode: 400, param })
  })
})

describe('tax rates', () => {
  test('are created, changed, listed, and applied to lines', async () => {
    const city = await stripe.taxRates.create({
      display_name: 'City',
      percentage: 1.25,
      inclusive: false,
      country: 'US',
      tax_type: 'sales_tax',
    })
    const within = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: true })
    expect(
      await stripe.taxRates.update(city.id, { display_name: 'Town', metadata: { a: 'b' } }),
    ).toMatchObject({
      display_name: 'Town',
      percentage: 1.25,
      metadata: { a: 'b' },
    })
    expect((await stripe.taxRates.list({ inclusive: true, active: true })).data.map(({ id }) => id)).toEqual([
      within.id,
    ])
    expect((await stripe.taxRates.retrieve(city.id)).display_name).toBe('Town')
    const [line] = lines('usd', 1200)
    const session = await createSession(stripe, {
      line_items: [
        { ...line, tax_rates: [city.id, within.id] },
        { ...line, quantity: 1 },
      ],
      expand: ['line_items.data.taxes'],
    })
    // 200 of the 1200 are the inclusive tax; the other is 1.25 % of the rest.
    expect(session).toMatchObject({
      amount_subtotal: 2400,
      amount_total: 2413,
      total_details: { amount_tax: 213 },
      automatic_tax: { enabled: false, status: null },
      line_items: {
        data: [
          { amount_total: 1213, taxes: [{ amount: 13, taxability_reason: null }, { amount: 200 }] },
          { amount_total: 1200, amount_tax: 0, taxes: [] },
        ],
      },
    })
    const page = await pageOf(session)
    expect(page).toContain('Town 1.25%')
    expect(page).toContain('VAT 20%, included')
    await stripe.taxRates.update(city.id, { active: false })
    const refused = await errorOf(
      createSession(stripe, { line_items: [{ ...line, quantity: 1, tax_rates: [city.id] }] }),
    )
    expect(refused.param).toBe('line_items[0][tax_rates][0]')
    await world.sandbox.idle()
    expect(world.types()).toEqual(expect.arrayContaining(['tax_rate.created', 'tax_rate.updated']))
  })

  test.each<[Partial<Stripe.TaxRateCreateParams>, string]>([
    [{ percentage: 101 }, 'percentage'],
    [{ percentage: -1 }, 'percentage'],
    [{ percentage: 1.23456 }, 'percentage'],
    [{ country: 'usa' }, 'country'],
    [{ display_name: 'x'.repeat(51) }, 'display_name'],
  ])('%j is refused', async (wrong, param) => {
    const right = { display_name: 'VAT', percentage: 5, inclusive: false }
    expect((await errorOf(stripe.taxRates.create({ ...right, ...wrong }))).param).toBe(param)
  })
})
