// Payment intents by API: off-session payments, ownership of cards, saved cards, updates.
import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSession, createWorld, errorOf, idOf, payByApi, type World } from './support/world.js'

let world: World
let customer: string
let other: string

beforeAll(async () => {
  world = await createWorld()
  customer = (await world.stripe.customers.create({ name: 'Ada' })).id
  other = (await world.stripe.customers.create({ name: 'Bob' })).id
})
beforeEach(async () => {
  await world.sandbox.idle()
  world.events.length = 0
})
afterAll(() => world.close())

function pay(
  changes: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.Response<Stripe.PaymentIntent>> {
  return world.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    ...changes,
  })
}

async function newMethod(owner?: string, card = 'tok_visa'): Promise<string> {
  const { id } = await world.stripe.paymentMethods.create({ type: 'card', card: { token: card } })
  if (owner !== undefined) await world.stripe.paymentMethods.attach(id, { customer: owner })
  return id
}

async function methodsOf(owner: string): Promise<string[]> {
  const { data } = await world.stripe.customers.listPaymentMethods(owner)
  return data.map((method) => method.id)
}

async function heard(type: string): Promise<Stripe.Event[]> {
  await world.sandbox.idle()
  return world.events.filter((event) => event.type === type)
}

describe('a customer who is not present', () => {
  test.each([true, 'one_off', 'recurring'] as const)(
    'off_session %s cannot be authenticated',
    async (value) => {
      const error = await errorOf(
        pay({ customer, payment_method: 'pm_card_authenticationRequired', off_session: value }),
      )
      expect(error).toMatchObject({
        type: 'StripeCardError',
        statusCode: 402,
        code: 'authentication_required',
        decline_code: 'authentication_required',
        payment_intent: { status: 'requires_payment_method' },
      })
    },
  )

  test('a card that was set up pays at creation and at confirmation', async () => {
    const card = 'pm_card_authenticationRequiredSetupForOffSession'
    expect((await pay({ payment_method: card, off_session: true })).status).toBe('succeeded')
    expect((await pay({ payment_method: card, off_session: false })).status).toBe('requires_action')
    const { id } = await pay({ payment_method: card, confirm: false })
    const confirmed = await world.stripe.paymentIntents.confirm(id, { off_session: true })
    expect(confirmed.status).toBe('succeeded')
  })

  test('error_on_requires_action refuses instead of asking for 3-D Secure', async () => {
    const given = { payment_method: 'pm_card_authenticationRequired', error_on_requires_action: true }
    expect(await errorOf(pay(given))).toMatchObject({ statusCode: 402, code: 'authentication_required' })
    const { id } = await pay({ payment_method: 'pm_card_authenticationRequired', confirm: false })
    const confirming = world.stripe.paymentIntents.confirm(id, { error_on_requires_action: true })
    expect(await errorOf(confirming)).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  })

  test.each([
    { off_session: true },
    { error_on_requires_action: true },
    { return_url: 'https://shop.example' },
  ])('%j needs a payment that is confirmed', async (given) => {
    const [name] = Object.keys(given)
    const error = await errorOf(pay({ ...given, confirm: false }))
    expect(error).toMatchObject({ statusCode: 400, param: name })
  })

  test('other values of off_session are refused', async () => {
    const error = await errorOf(pay({ off_session: 'perhaps' as never }))
    expect(error.message).toBe('Invalid off_session: must be one of one_off, recurring, or a boolean')
  })
})

describe('which customer a method belongs to', () => {
  const usedUp = /^The provided PaymentMethod was previously used .* It may not be used again\./

  test('another customer’s card cannot pay or be attached', async () => {
    const method = await newMethod(other)
    const { stripe } = world
    const foreign = `The PaymentMethod ${method} does not belong to the Customer you supplied ${customer}. Please use this PaymentMethod with the Customer that it belongs to instead.`
    const open = await pay({ customer, confirm: false })
    const setup = await stripe.setupIntents.create({ customer })
    const calls = [
      () => pay({ customer, payment_method: method }),
      () => pay({ customer, payment_method: method, confirm: false }),
      () => stripe.paymentIntents.confirm(open.id, { payment_method: method }),
      () => stripe.setupIntents.create({ customer, payment_method: method, confirm: true }),
      () => stripe.setupIntents.confirm(setup.id, { payment_method: method }),
    ]
    for (const call of calls) {
      expect(await errorOf(call())).toMatchObject({
        statusCode: 400,
        param: 'payment_method',
        message: foreign,
      })
    }
    const session = await createSession(stripe, { customer_email: undefined as never, customer })
    expect((await errorOf(payByApi(stripe, session, method))).message).toBe(foreign)
    expect(await methodsOf(other)).toContain(method)
    expect(await heard('charge.succeeded')).toEqual([])
  })

  test('a customer’s card does not pay without that customer', async () => {
    const method = await newMethod(other)
    expect((await errorOf(pay({ payment_method: method }))).message).toBe(
      `The \`payment_method\` parameter supplied ${method} belongs to the Customer ${other}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    )
    const setup = world.stripe.setupIntents.create({ payment_method: method, confirm: true })
    expect((await errorOf(setup)).message).toBe(
      `The payment method supplied (${method}) belongs to the Customer ${other}. Please include the Customer in the \`customer\` parameter on the SetupIntent.`,
    )
    expect((await pay({ customer: other, payment_method: method })).status).toBe('succeeded')
    expect((await pay({ customer: other, payment_method: method })).status).toBe('succeeded')
  })

  test('an invoice is not paid with another customer’s card', async () => {
    const { stripe } = world
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
    const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
    const paying = stripe.invoices.pay(invoice.id, { payment_method: await newMethod(other) })
    expect((await errorOf(paying)).message).toContain('does not belong to the Customer you supplied')
    const paid = await stripe.invoices.pay(invoice.id, { payment_method: await newMethod(customer) })
    expect(paid.status).toBe('paid')
  })

  test('a card without a customer pays once, and cannot be saved afterwards', async () => {
    const method = await newMethod()
    await pay({ payment_method: method })
    expect((await errorOf(pay({ payment_method: method }))).message).toMatch(usedUp)
    const attaching = world.stripe.paymentMethods.attach(method, { customer })
    expect((await errorOf(attaching)).message).toMatch(usedUp)
    const session = await createSession(world.stripe)
    expect((await errorOf(payByApi(world.stripe, session, method))).message).toMatch(usedUp)
  })

  test('a card that was declined or only set up can still be used', async () => {
    const declined = await newMethod(undefined, 'tok_chargeDeclined')
    const intent = await pay({ payment_method: declined, confirm: false })
    for (let attempt = 0; attempt < 2; attempt++) {
      const confirming = world.stripe.paymentIntents.confirm(intent.id, { payment_method: declined })
      expect(await errorOf(confirming)).toMatchObject({ statusCode: 402 })
    }
    const method = await newMethod()
    await world.stripe.setupIntents.create({ payment_method: method, confirm: true })
    expect((await world.stripe.paymentMethods.attach(method, { customer })).customer).toBe(customer)
  })

  test('a detached card cannot pay, not even a renewal', async () => {
    const { stripe } = world
    const method = await newMethod(customer)
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
      product_data: { name: 'Tea' },
    })
    const subscription = await stripe.subscriptions.create({
      customer,
      default_payment_method: method,
      items: [{ price: price.id }],
    })
    await stripe.paymentMethods.detach(method)
    expect((await errorOf(pay({ payment_method: method }))).message).toMatch(usedUp)
    expect((await errorOf(pay({ customer, payment_method: method }))).message).toMatch(usedUp)
    const attaching = stripe.paymentMethods.attach(method, { customer })
    expect((await errorOf(attaching)).message).toMatch(usedUp)
    world.sandbox.advanceClock(32 * 24 * 60 * 60)
    await world.sandbox.idle()
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
    await stripe.subscriptions.cancel(subscription.id)
  })
})

describe('setup_future_usage saves the card', () => {
  test.each([
    ['for all methods', { setup_future_usage: 'off_session' }],
    ['for cards', { payment_method_options: { card: { setup_future_usage: 'on_session' } } }],
  ] as const)('of a payment intent, %s', async (_, given) => {
    const intent = await pay({ customer, ...given })
    const method = idOf(intent.payment_method)
    expect(await methodsOf(customer)).toContain(method)
    expect((await heard('payment_method.attached')).map((event) => event.data.object)).toMatchObject([
      { id: method, customer },
    ])
    expect((await pay({ customer, payment_method: method })).status).toBe('succeeded')
  })

  test('at confirmation, or by an update', async () => {
    const { paymentIntents } = world.stripe
    const first = await pay({ customer, confirm: false })
    const confirmed = await paymentIntents.confirm(first.id, { setup_future_usage: 'off_session' })
    expect(confirmed.setup_future_usage).toBe('off_session')
    const second = await pay({ customer, confirm: false })
    await paymentIntents.update(second.id, { setup_future_usage: 'off_session' })
    const updated = await paymentIntents.confirm(second.id)
    expect(await methodsOf(customer)).toEqual(
      expect.arrayContaining([idOf(confirmed.payment_method), idOf(updated.payment_method)]),
    )
  })

  test('not without it, nor when cards are excluded', async () => {
    const before = await methodsOf(customer)
    await pay({ customer })
    await pay({
      customer,
      setup_future_usage: 'off_session',
      payment_method_options: { card: { setup_future_usage: 'none' } },
    })
    expect(await methodsOf(customer)).toEqual(before)
    expect(await heard('payment_method.attached')).toEqual([])
  })

  test('without a customer it can be attached afterwards', async () => {
    const intent = await pay({ setup_future_usage: 'off_session' })
    const method = idOf(intent.payment_method)
    expect((await world.stripe.paymentMethods.attach(method, { customer })).customer).toBe(customer)
  })

  test.each([
    ['by the payment', { payment_intent_data: { setup_future_usage: 'off_session' } }],
    ['by the card', { payment_method_options: { card: { setup_future_usage: 'off_session' } } }],
  ] as const)('of a session with a customer, %s', async (_, given) => {
    const session = await createSession(world.stripe, {
      customer_email: undefined as never,
      customer,
      ...given,
    })
    await payByApi(world.stripe, session)
    const intent = await paymentOf(session.id)
    expect(await methodsOf(customer)).toContain(idOf(intent.payment_method))
    expect(await heard('payment_method.attached')).toHaveLength(1)
  })

  test('in a session that creates its customer, and only then', async () => {
    const { stripe } = world
    const once = await createSession(stripe, { customer_creation: 'always' })
    await payByApi(stripe, once)
    const buyer = idOf((await stripe.checkout.sessions.retrieve(once.id)).customer)
    expect(await methodsOf(buyer)).toEqual([])
    expect(await heard('payment_method.attached')).toEqual([])

    const kept = await createSession(stripe, {
      customer_creation: 'always',
      payment_intent_data: { setup_future_usage: 'off_session' },
    })
    await payByApi(stripe, kept)
    const regular = idOf((await stripe.checkout.sessions.retrieve(kept.id)).customer)
    expect(await methodsOf(regular)).toEqual([idOf((await paymentOf(kept.id)).payment_method)])
    expect(await heard('payment_method.attached')).toHaveLength(1)
  })

  test('in a session that only saves a card for a customer it creates', async () => {
    const { stripe } = world
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer_creation: 'always',
      success_url: 'http://127.0.0.1:3000/done',
    })
    await payByApi(stripe, session)
    const buyer = idOf((await stripe.checkout.sessions.retrieve(session.id)).customer)
    expect(await methodsOf(buyer)).toHaveLength(1)
    expect(await heard('payment_method.attached')).toHaveLength(1)
  })

  test('a session without a payment saves no card', async () => {
    const error = await errorOf(
      world.stripe.checkout.sessions.create({
        mode: 'setup',
        currency: 'usd',
        success_url: 'http://127.0.0.1:3000/done',
        payment_method_options: { card: { setup_future_usage: 'off_session' } },
      }),
    )
    expect(error).toMatchObject({ param: 'payment_method_options[card][setup_future_usage]' })
  })
})

describe('parameters of a payment', () => {
  const shipping = { name: 'Ada', address: { line1: '1 Street', country: 'GB' } }

  test.each([
    ['for all methods', { capture_method: 'manual' }],
    ['for cards', { payment_method_options: { card: { capture_method: 'manual' } } }],
  ] as const)('manual capture %s, at creation and at confirmation', async (_, given) => {
    const created = await pay({ ...given, expand: ['latest_charge'] })
    expect(created).toMatchObject({
      status: 'requires_capture',
      amount_received: 0,
      latest_charge: { captured: false },
    })
    const { id } = await pay({ confirm: false })
    expect((await world.stripe.paymentIntents.confirm(id, given)).status).toBe('requires_capture')
  })

  test('a capture can set the statement descriptor', async () => {
    const { id } = await pay({ capture_method: 'manual', metadata: { a: '1' } })
    const captured = await world.stripe.paymentIntents.capture(id, {
      metadata: { b: '2' },
      statement_descriptor_suffix: 'TEA',
      expand: ['latest_charge'],
    })
    expect(captured).toMatchObject({
      status: 'succeeded',
      metadata: { a: '1', b: '2' },
      statement_descriptor_suffix: 'TEA',
      latest_charge: { captured: true, statement_descriptor_suffix: 'TEA' },
    })
  })

  test('3-D Secure can be requested for any card', async () => {
    const given = { payment_method_options: { card: { request_three_d_secure: 'any' } } } as const
    expect((await pay(given)).status).toBe('requires_action')
    const { id } = await pay({ confirm: false })
    expect((await world.stripe.paymentIntents.confirm(id, given)).status).toBe('requires_action')
  })

  test('receipt email and shipping, at confirmation and by an update; an empty string removes them', async () => {
    const { paymentIntents } = world.stripe
    const given = { receipt_email: 'ada@example.com', shipping }
    const told = { receipt_email: 'ada@example.com', shipping: { name: 'Ada', address: { country: 'GB' } } }
    const confirmed = await paymentIntents.confirm((await pay({ confirm: false })).id, {
      ...given,
      expand: ['latest_charge'],
    })
    expect(confirmed).toMatchObject({ ...told, latest_charge: told })
    const { id } = await pay({ confirm: false })
    expect(await paymentIntents.update(id, given)).toMatchObject(told)
    expect(await paymentIntents.update(id, { description: 'Tea' })).toMatchObject(told)
    const emptied = await paymentIntents.update(id, { receipt_email: '', shipping: '' })
    expect(emptied).toMatchObject({ receipt_email: null, shipping: null, description: 'Tea' })
  })

  test('a paid payment’s method cannot be changed', async () => {
    const { id } = await pay()
    const error = await errorOf(world.stripe.paymentIntents.update(id, { capture_method: 'manual' }))
    expect(error).toMatchObject({ code: 'payment_intent_unexpected_state', param: 'capture_method' })
  })

  test.each<[Partial<Stripe.PaymentIntentCreateParams>, string[]]>([
    [{}, ['card', 'us_bank_account']],
    [{ automatic_payment_methods: { enabled: false } }, ['card']],
    [{ allowed_payment_method_types: ['card'] }, ['card']],
    [{ excluded_payment_method_types: ['us_bank_account'] }, ['card']],
  ])('%j leaves %j', async (given, types) => {
    const { automatic_payment_methods: asked, ...same } = given
    const intent = await pay({ confirm: false, ...given })
    expect(intent).toMatchObject({ ...same, payment_method_types: types })
    expect(intent.automatic_payment_methods !== null).toBe(asked?.enabled !== false)
  })

  test('redirects can be excluded, but not all methods', async () => {
    const automatic = { enabled: true, allow_redirects: 'never' } as const
    const intent = await pay({ confirm: false, automatic_payment_methods: automatic })
    expect(intent.automatic_payment_methods).toEqual(automatic)
    const none = pay({ allowed_payment_method_types: ['klarna'] })
    expect(await errorOf(none)).toMatchObject({ param: 'allowed_payment_method_types' })
  })

  test.each<[string, (id: string) => Promise<unknown>]>([
    ['amount_to_confirm', (id) => world.stripe.paymentIntents.confirm(id, { amount_to_confirm: 1000 })],
    ['use_stripe_sdk', (id) => world.stripe.paymentIntents.confirm(id, { use_stripe_sdk: true })],
    ['payment_method_configuration', () => pay({ payment_method_configuration: 'pmc_1' })],
    [
      'payment_method_options[us_bank_account]',
      () => pay({ payment_method_options: { us_bank_account: { verification_method: 'instant' } } }),
    ],
    ['payment_method_options[card][moto]', () => pay({ payment_method_options: { card: { moto: true } } })],
    ['amount', (id) => world.stripe.paymentIntents.update(id, { amount: 100 })],
  ])('%s is refused', async (param, call) => {
    const { id } = await pay({ confirm: false })
    const error = await errorOf(call(id))
    expect(error).toMatchObject({ statusCode: 400, param })
    expect(error.message).toContain('The sandbox does not support')
  })
})

describe('parameters of a customer', () => {
  test('names, and the numbering of invoices', async () => {
    const { stripe } = world
    const { id, ...rest } = await stripe.customers.create({
      business_name: 'Tea Ltd',
      individual_name: 'Ada Lovelace',
      invoice_prefix: 'TEA',
      next_invoice_sequence: 41,
    })
    expect(rest).toMatchObject({ business_name: 'Tea Ltd', individual_name: 'Ada Lovelace' })
    await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' })
    const draft = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' })
    expect((await stripe.invoices.finalizeInvoice(draft.id)).number).toBe('TEA-0041')
    const updated = await stripe.customers.update(id, { business_name: '', next_invoice_sequence: 50 })
    expect(updated).toMatchObject({ individual_name: 'Ada Lovelace', next_invoice_sequence: 50 })
    expect(updated.business_name).toBeUndefined()
  })

  test('a customer whose card is refused does not exist', async () => {
    const { stripe } = world
    const email = 'refused@example.com'
    const refused: [number, Stripe.CustomerCreateParams][] = [
      [402, { payment_method: 'pm_card_chargeDeclined' }],
      [402, { source: 'tok_chargeDeclined' }],
      [400, { payment_method: await newMethod(other) }],
    ]
    for (const [status, given] of refused) {
      expect((await errorOf(stripe.customers.create({ email, ...given }))).statusCode).toBe(status)
    }
    expect((await stripe.customers.list({ email })).data).toEqual([])
    expect(await heard('customer.created')).toEqual([])
  })

  test('another default card, as a source', async () => {
    const { stripe } = world
    const { id } = await stripe.customers.create({ source: 'tok_visa' })
    const second = await stripe.customers.createSource(id, { source: 'tok_mastercard' })
    expect((await stripe.customers.update(id, { default_source: second.id })).default_source).toBe(second.id)
    const foreign = stripe.customers.update(other, { default_source: second.id })
    expect(await errorOf(foreign)).toMatchObject({ code: 'resource_missing', param: 'default_source' })
  })

  test.each<[string, Stripe.CustomerCreateParams]>([
    ['validate', { validate: true }],
    ['balance', { balance: 100 }],
    ['invoice_settings[footer]', { invoice_settings: { footer: 'Thank you' } }],
    ['invoice_prefix', { invoice_prefix: 'a' }],
    ['next_invoice_sequence', { next_invoice_sequence: 0 }],
  ])('%s is refused', async (param, given) => {
    expect(await errorOf(world.stripe.customers.create(given))).toMatchObject({ statusCode: 400, param })
  })
})

async function paymentOf(session: string): Promise<Stripe.PaymentIntent> {
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session)
  return world.stripe.paymentIntents.retrieve(idOf(intent))
}
