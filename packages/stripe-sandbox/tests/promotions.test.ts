// Coupons, promotion codes and discounts.
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSession,
  createWorld,
  errorOf,
  idOf,
  payByApi,
  payByForm,
  postForm,
  type World,
} from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  world = await createWorld()
  stripe = world.stripe
})
afterAll(() => world.close())

let counter = 0

async function promotion(
  coupon: Stripe.CouponCreateParams = { percent_off: 20 },
  rest: Partial<Stripe.PromotionCodeCreateParams> = {},
): Promise<Stripe.PromotionCode> {
  const { id } = await stripe.coupons.create(coupon)
  return stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: id },
    code: `SAVE-${++counter}`,
    ...rest,
  })
}

function type(session: Stripe.Checkout.Session, code: string): Promise<Response> {
  return postForm(`${session.url ?? ''}/promotion`, { code })
}

async function problemOf(answer: Response): Promise<string> {
  expect(answer.status).toBe(422)
  const page = await answer.text()
  return (/id="code-problem">([^<]*)</.exec(page)?.[1] ?? '').replaceAll('&#39;', "'")
}

describe('coupons', () => {
  test('are created, found, renamed and deleted', async () => {
    const coupon = await stripe.coupons.create({ id: 'SPRING', percent_off: 12.5, name: 'Spring' })
    expect(coupon).toMatchObject({ id: 'SPRING', percent_off: 12.5, duration: 'once', valid: true })
    expect(await errorOf(stripe.coupons.create({ id: 'SPRING', percent_off: 5 }))).toMatchObject({
      code: 'resource_already_exists',
    })
    const renamed = await stripe.coupons.update('SPRING', { name: 'Summer', metadata: { a: 'b' } })
    expect(renamed).toMatchObject({ name: 'Summer', metadata: { a: 'b' }, percent_off: 12.5 })
    expect((await stripe.coupons.list({ limit: 1 })).data[0]?.id).toBe('SPRING')
    expect(await stripe.coupons.del('SPRING')).toEqual(
      expect.objectContaining({ id: 'SPRING', object: 'coupon', deleted: true }),
    )
    expect(await errorOf(stripe.coupons.retrieve('SPRING'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
    await world.sandbox.idle()
    expect(world.types().filter((name) => name.startsWith('coupon.'))).toEqual([
      'coupon.created',
      'coupon.updated',
      'coupon.deleted',
    ])
  })

  test('the products they apply to are sent when expanded', async () => {
    const product = await stripe.products.create({ name: 'Mug' })
    const { id } = await stripe.coupons.create({ percent_off: 5, applies_to: { products: [product.id] } })
    expect((await stripe.coupons.retrieve(id)).applies_to).toBeUndefined()
    const expanded = await stripe.coupons.retrieve(id, { expand: ['applies_to'] })
    expect(expanded.applies_to).toEqual({ products: [product.id] })
  })

  test.each<[string, Stripe.CouponCreateParams]>([
    ['nothing off', {}],
    ['both', { percent_off: 5, amount_off: 100, currency: 'usd' }],
    ['more than all', { percent_off: 101 }],
    ['an amount without a currency', { amount_off: 100 }],
    ['a duration without months', { percent_off: 5, duration: 'repeating' }],
    ['months without a duration', { percent_off: 5, duration_in_months: 3 }],
    ['a past end', { percent_off: 5, redeem_by: 1000 }],
    ['no redemption', { percent_off: 5, max_redemptions: 0 }],
    ['an unknown product', { percent_off: 5, applies_to: { products: ['prod_x'] } }],
  ])('%s is refused', async (_, params) => {
    expect((await errorOf(stripe.coupons.create(params))).statusCode).toBe(400)
  })
})

describe('promotion codes', () => {
  test('are unique while active, whatever their case', async () => {
    const first = await promotion({ percent_off: 5 }, { code: 'Twice' })
    const error = await errorOf(promotion({ percent_off: 5 }, { code: 'TWICE' }))
    expect(error.message).toBe('An active promotion code with `code: TWICE` already exists.')
    await stripe.promotionCodes.update(first.id, { active: false })
    const second = await promotion({ percent_off: 5 }, { code: 'TWICE' })
    expect((await stripe.promotionCodes.list({ code: 'twice', active: true })).data).toMatchObject([
      { id: second.id },
    ])
    expect(await errorOf(stripe.promotionCodes.update(first.id, { active: true }))).toMatchObject({
      statusCode: 400,
    })
  })

  test('are inactive when their coupon is used up or deleted', async () => {
    const code = await promotion({ percent_off: 5, max_redemptions: 1 })
    await payByApi(
      stripe,
      await createSession(stripe, { discounts: [{ coupon: idOf(code.promotion.coupon) }] }),
    )
    expect(await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })).toMatchObject({
      active: false,
      promotion: { coupon: { times_redeemed: 1, valid: false } },
    })
    const other = await promotion()
    await stripe.coupons.del(idOf(other.promotion.coupon))
    expect((await stripe.promotionCodes.retrieve(other.id)).active).toBe(false)
  })
})

describe('discounts set by the shop', () => {
  test('a coupon: all amounts agree, down to the charge', async () => {
    const { id } = await stripe.coupons.create({ percent_off: 25 })
    const line = (unit_amount: number, quantity: number) => ({
      quantity,
      price_data: { currency: 'usd', unit_amount, product_data: { name: 'Mug' } },
    })
    const session = await createSession(stripe, {
      discounts: [{ coupon: id }],
      line_items: [line(1000, 1), line(333, 3)],
    })
    expect(session).toMatchObject({
      amount_subtotal: 1999,
      amount_total: 1499,
      total_details: { amount_discount: 500, amount_shipping: 0, amount_tax: 0 },
      discounts: [{ coupon: id, promotion_code: null }],
      allow_promotion_codes: null,
    })
    expect(session.total_details).not.toHaveProperty('breakdown')
    await payByApi(stripe, session)
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['total_details.breakdown', 'line_items.data.discounts', 'payment_intent', 'discounts.coupon'],
    })
    expect(paid).toMatchObject({
      payment_intent: { amount_received: 1499 },
      discounts: [{ coupon: { id, times_redeemed: 1 } }],
      total_details: { breakdown: { discounts: [{ amount: 500, discount: { source: { coupon: id } } }] } },
      line_items: {
        data: [
          { amount_subtotal: 1000, amount_discount: 250, amount_total: 750, discounts: [{ amount: 250 }] },
          { amount_subtotal: 999, amount_discount: 250, amount_total: 749, discounts: [{ amount: 250 }] },
        ],
      },
    })
  })

  test('an amount is divided among the lines without a remainder', async () => {
    const { id } = await stripe.coupons.create({ amount_off: 1000, currency: 'usd' })
    const session = await createSession(stripe, {
      discounts: [{ coupon: id }],
      line_items: [700, 700, 701].map((unit_amount) => ({
        quantity: 1,
        price_data: { currency: 'usd', unit_amount, product_data: { name: 'Mug' } },
      })),
    })
    const { data } = await stripe.checkout.sessions.listLineItems(session.id)
    expect(data.map((line) => line.amount_discount)).toEqual([333, 333, 334])
    expect(session.amount_total).toBe(1101)
  })

  test('only the products of a coupon are discounted', async () => {
    const mug = await stripe.products.create({
      name: 'Mug',
      default_price_data: { currency: 'usd', unit_amount: 2000 },
    })
    const lamp = await stripe.products.create({
      name: 'Lamp',
      default_price_data: { currency: 'usd', unit_amount: 4000 },
    })
    const { id } = await stripe.coupons.create({ percent_off: 50, applies_to: { products: [lamp.id] } })
    const prices = [mug, lamp].map((product) => ({ quantity: 1, price: idOf(product.default_price ?? null) }))
    const session = await createSession(stripe, { discounts: [{ coupon: id }], line_items: prices })
    expect(session.amount_total).toBe(4000)
    const error = await errorOf(
      createSession(stripe, { discounts: [{ coupon: id }], line_items: prices.slice(0, 1) }),
    )
    expect(error.message).toContain('does not apply to any product')
  })

  test('free: paid without a payment', async () => {
    const code = await promotion({ percent_off: 100 })
    const session = await createSession(stripe, { discounts: [{ promotion_code: code.id }] })
    expect(session).toMatchObject({
      amount_total: 0,
      discounts: [{ coupon: null, promotion_code: code.id }],
    })
    expect(await (await fetch(session.url ?? '')).text()).not.toContain('Card number')
    expect((await payByForm(session.url)).status).toBe(303)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    })
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1)
  })

  test('refuses what Stripe refuses', async () => {
    const coupon = (await stripe.coupons.create({ percent_off: 99 })).id
    const yen = (await stripe.coupons.create({ amount_off: 100, currency: 'jpy' })).id
    const refusals: [Partial<Stripe.Checkout.SessionCreateParams>, string][] = [
      [
        { discounts: [{ coupon }], allow_promotion_codes: true },
        'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      ],
      [{ discounts: [{ coupon }, { coupon: yen }] }, 'at most one discount'],
      [{ discounts: [{ coupon: 'none' }] }, "No such coupon: 'none'"],
      [{ discounts: [{ promotion_code: 'promo_x' }] }, "No such promotion code: 'promo_x'"],
      [{ discounts: [{ coupon: yen }] }, 'cannot be applied to a purchase in usd'],
      [{ discounts: [{ coupon }] }, 'must add up to at least $0.50 usd'],
    ]
    for (const [params, text] of refusals)
      expect((await errorOf(createSession(stripe, params))).message).toContain(text)
  })
})

describe('the field on the pay page', () => {
  test('a typed code changes the total, can be removed, and updates a payment that failed before', async () => {
    const code = await promotion({ amount_off: 500, currency: 'usd' })
    const session = await createSession(stripe, { allow_promotion_codes: true })
    expect((await payByForm(session.url, { number: '4000000000000002' })).status).toBe(402)
    expect((await type(session, ` ${code.code.toLowerCase()} `)).status).toBe(303)
    const page = await (await fetch(session.url ?? '')).text()
    expect(page).toContain('$15.00')
    expect(page).toContain('-$5.00')
    expect(page).toContain(`Remove the code ${code.code}`)
    const cheaper = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
    expect(cheaper).toMatchObject({
      amount_total: 1500,
      discounts: [{ coupon: null, promotion_code: code.id }],
      payment_intent: { amount: 1500 },
    })
    await postForm(`${session.url ?? ''}/promotion`, { remove: 'yes' })
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      amount_total: 2000,
      discounts: [],
    })
    await type(session, code.code)
    await payByForm(session.url)
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
    expect(paid).toMatchObject({ payment_status: 'paid', payment_intent: { amount_received: 1500 } })
  })

  test('a code typed after a decline lowers the first payment of a subscription', async () => {
    const code = await promotion({ amount_off: 500, currency: 'usd', duration: 'once' })
    const session = await createSession(stripe, {
      mode: 'subscription',
      allow_promotion_codes: true,
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 2000,
            recurring: { interval: 'month' },
            product_data: { name: 'Mug club' },
          },
        },
      ],
    })
    expect((await payByForm(session.url, { number: '4000000000000002' })).status).toBe(402)
    await type(session, code.code)
    expect((await payByForm(session.url, { expected_amount: '1500' })).status).toBe(303)
    const { subscription } = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription.latest_invoice'],
    })
    const { latest_invoice: invoice } = subscription as Stripe.Subscription
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 1500 })
    const [charge] = (await stripe.charges.list({ limit: 1 })).data
    expect(charge?.amount).toBe(1500)
  })

  test('a session without promotion codes has no field and accepts none', async () => {
    const code = await promotion()
    const session = await createSession(stripe)
    expect(await (await fetch(session.url ?? '')).text()).not.toContain('promotion code')
    expect((await type(session, code.code)).status).toBe(422)
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2000)
  })

  test('each refusal says why', async () => {
    const now = Math.floor(Date.now() / 1000)
    const customer = await stripe.customers.create({ email: 'known@example.com' })
    const usd = { minimum_amount: 5000, minimum_amount_currency: 'usd' }
    const soon = await promotion({ percent_off: 5 }, { expires_at: now + 100 })
    const cases: [string, string][] = [
      ['nothing', 'This code is invalid.'],
      ['', 'Enter a promotion code.'],
      [(await promotion({ percent_off: 5 }, { active: false })).code, 'no longer active'],
      [(await promotion({ percent_off: 5 }, { restrictions: usd })).code, 'below its minimum of $50.00'],
      [
        (await promotion({ percent_off: 5 }, { restrictions: { ...usd, minimum_amount_currency: 'eur' } }))
          .code,
        'its minimum is in eur',
      ],
      [
        (await promotion({ amount_off: 100, currency: 'eur' })).code,
        'cannot be applied to a purchase in usd',
      ],
      [(await promotion({ percent_off: 5 }, { customer: customer.id })).code, 'belongs to another customer'],
      [(await promotion({ percent_off: 99 })).code, 'must add up to at least $0.50 usd'],
      [soon.code, 'no longer active'],
    ]
    const session = await createSession(stripe, { allow_promotion_codes: true })
    world.sandbox.advanceClock(200)
    for (const [code, text] of cases) expect(await problemOf(await type(session, code))).toContain(text)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      amount_total: 2000,
      discounts: [],
    })
  })

  test('for first purchases only: a customer who has paid before is refused at payment', async () => {
    const code = await promotion({ percent_off: 10 }, { restrictions: { first_time_transaction: true } })
    const buy = async (): Promise<{ id: string; answer: Response }> => {
      const session = await createSession(stripe, {
        allow_promotion_codes: true,
        customer_email: undefined as never,
      })
      await type(session, code.code)
      return { id: session.id, answer: await payByForm(session.url, { email: 'first@example.com' }) }
    }
    expect((await buy()).answer.status).toBe(303)
    const second = await buy()
    expect(second.answer.status).toBe(400)
    expect(await second.answer.text()).toContain('the associated customer has prior transactions')
    expect((await stripe.checkout.sessions.retrieve(second.id)).payment_intent).toBeNull()
  })

  test('two sessions, one redemption: the second is refused before it is charged', async () => {
    const code = await promotion({ percent_off: 10 }, { max_redemptions: 1 })
    const sessions = [
      await createSession(stripe, { allow_promotion_codes: true }),
      await createSession(stripe, { allow_promotion_codes: true }),
    ] as const
    for (const session of sessions) expect((await type(session, code.code)).status).toBe(303)
    expect((await payByForm(sessions[0].url)).status).toBe(303)
    const late = await payByForm(sessions[1].url)
    expect(late.status).toBe(400)
    expect(await late.text()).toContain('no longer active')
    await postForm(`${sessions[1].url ?? ''}/promotion`, { remove: 'yes' })
    expect((await payByForm(sessions[1].url)).status).toBe(303)
    expect((await stripe.checkout.sessions.retrieve(sessions[1].id)).amount_total).toBe(2000)
  })

  test('free after a decline: the failed payment is canceled', async () => {
    const code = await promotion({ percent_off: 100 })
    const session = await createSession(stripe, { allow_promotion_codes: true })
    await payByForm(session.url, { number: '4000000000000002' })
    const failed = await stripe.checkout.sessions.retrieve(session.id)
    await type(session, code.code)
    await payByForm(session.url)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      payment_status: 'no_payment_required',
      payment_intent: null,
    })
    expect((await stripe.paymentIntents.retrieve(idOf(failed.payment_intent))).status).toBe('canceled')
  })
})
