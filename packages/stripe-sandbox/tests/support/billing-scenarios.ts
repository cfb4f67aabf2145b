// Subscriptions and invoices for several tests.
import type Stripe from 'stripe'
import { createSession, errorOf, idOf, payByApi, payByForm, postForm, type World } from './world.js'

export const day = 24 * 60 * 60

/** A monthly price of 15.00. */
export async function monthlyPrice(stripe: Stripe, amount = 1500): Promise<Stripe.Price> {
  return stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    product_data: { name: 'Mug club' },
  })
}

/** A customer with a default card. */
export async function customerWithCard(
  stripe: Stripe,
  card = 'pm_card_visa',
  more: Stripe.CustomerCreateParams = {},
): Promise<Stripe.Customer> {
  return stripe.customers.create({
    email: 'ada@example.com',
    name: 'Ada',
    payment_method: card,
    invoice_settings: { default_payment_method: card },
    ...more,
  })
}

export async function createClock(stripe: Stripe, start = '2027-01-31T10:00:00Z') {
  return stripe.testHelpers.testClocks.create({ frozen_time: Date.parse(start) / 1000, name: 'A year' })
}

/** Advances a test clock, and resolves when everything that was due has run. */
export async function advance({ stripe, sandbox }: World, clock: { id: string }, to: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to })
  for (;;) {
    await sandbox.idle()
    const { status } = await stripe.testHelpers.testClocks.retrieve(clock.id)
    if (status === 'ready') return
    if (status === 'internal_failure') throw new Error('the test clock failed')
  }
}

/** Scenarios for the test that compares every body with the SDK's types. */
export const billingScenarios: Record<string, (world: World) => Promise<void>> = {
  async 'a subscription bought at the checkout'({ stripe }) {
    const price = await monthlyPrice(stripe)
    const session = await createSession(stripe, {
      mode: 'subscription',
      line_items: [
        { price: price.id, quantity: 2 },
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Welcome mug' } },
        },
      ],
      subscription_data: { description: 'Mugs', metadata: { club: 'yes' } },
    })
    await payByForm(session.url)
    await stripe.checkout.sessions.retrieve(session.id, {
      expand: [
        'line_items',
        'customer',
        'subscription.latest_invoice.payments',
        'subscription.default_payment_method',
        'subscription.items.data.price.product',
        'invoice.customer',
      ],
    })
  },

  async 'a trial at the checkout, with 3-D Secure'({ stripe, sandbox }) {
    const price = await monthlyPrice(stripe)
    const session = await createSession(stripe, {
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      subscription_data: { trial_period_days: 14 },
    })
    await errorOf(payByApi(stripe, session, 'pm_card_chargeDeclined'))
    await payByApi(stripe, session, 'pm_card_authenticationRequired')
    const [setup] = (await stripe.setupIntents.list({ limit: 1 })).data
    await postForm(`${sandbox.url}/authenticate/${setup?.id ?? ''}`, { outcome: 'complete' })
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  },

  async 'a set-up at the checkout'({ stripe }) {
    const customer = await stripe.customers.create({ email: 'ada@example.com' })
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'http://127.0.0.1:3000/done',
    })
    await payByForm(session.url)
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method'] })
    await stripe.paymentMethods.list({ customer: customer.id })
    await stripe.customers.listPaymentMethods(customer.id, { type: 'card' })
  },

  async 'payment methods and setup intents by API'({ stripe }) {
    const customer = await stripe.customers.create({})
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
    await stripe.customers.retrieve(customer.id, { expand: ['invoice_settings.default_payment_method'] })
    await stripe.paymentMethods.update(method.id, {
      billing_details: { name: 'Ada', address: { country: 'GB' } },
      metadata: { main: 'yes' },
    })
    await stripe.paymentMethods.detach(method.id)
    await stripe.setupIntents.create({ confirm: true, customer: customer.id, payment_method: 'pm_card_visa' })
    await stripe.setupIntents.create({ confirm: true, payment_method: 'pm_card_authenticationRequired' })
    await errorOf(stripe.setupIntents.create({ confirm: true, payment_method: 'pm_card_chargeDeclined' }))
    const plain = await stripe.setupIntents.create({ description: 'later' })
    // As the official CLI sends it.
    await stripe.rawRequest('POST', '/v1/setup_intents', { payment_method_types: ['card'] })
    await stripe.setupIntents.update(plain.id, { metadata: { a: '1' } })
    await stripe.setupIntents.cancel(plain.id, { cancellation_reason: 'abandoned' })
  },

  async 'cards in the old way'({ stripe }) {
    const price = await monthlyPrice(stripe)
    const customer = await stripe.customers.create({ source: 'tok_visa' })
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    const second = await stripe.customers.createSource(customer.id, { source: 'tok_mastercard' })
    await stripe.customers.updateSource(customer.id, second.id, { metadata: { foo: 'bar' } })
    await stripe.customers.retrieveSource(customer.id, second.id)
    await stripe.customers.listSources(customer.id)
    await stripe.customers.retrieve(customer.id, { expand: ['default_source', 'sources'] })
  },

  async 'invoices by hand'({ stripe }) {
    const customer = await customerWithCard(stripe)
    const draft = async (more: Stripe.InvoiceCreateParams = {}): Promise<Stripe.Invoice> => {
      await stripe.invoiceItems.create({ customer: customer.id, amount: 2000, currency: 'usd' })
      return stripe.invoices.create({
        customer: customer.id,
        pending_invoice_items_behavior: 'include',
        ...more,
      })
    }
    const paid = await draft()
    await stripe.invoices.pay(paid.id)
    await stripe.invoices.retrieve(paid.id, {
      expand: ['payments.data.payment.payment_intent', 'confirmation_secret', 'customer'],
    })
    const changed = await draft({ description: 'Mugs' })
    const item = await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: changed.id,
      amount: 300,
      currency: 'usd',
      description: 'Ribbon',
    })
    await stripe.invoiceItems.del(item.id)
    await stripe.invoices.update(changed.id, { metadata: { a: 'b' }, footer: 'Thank you' })
    await stripe.invoices.finalizeInvoice(changed.id)
    await stripe.invoices.voidInvoice(changed.id)
    const lost = await draft()
    await stripe.invoices.finalizeInvoice(lost.id)
    await stripe.invoices.markUncollectible(lost.id)
    const sent = await draft({ collection_method: 'send_invoice', days_until_due: 7 })
    await stripe.invoices.sendInvoice(sent.id)
    await stripe.invoices.pay(sent.id, { paid_out_of_band: true })
    const gone = await draft()
    await stripe.invoices.del(gone.id)
    await stripe.invoices.retrieve(gone.id)
    await stripe.invoices.list({ customer: customer.id, expand: ['data.payments'] })
    await stripe.invoices.listLineItems(paid.id, { expand: ['data.pricing.price_details.price'] })
    await stripe.invoicePayments.list({ invoice: paid.id })
    await stripe.invoiceItems.list({ customer: customer.id })
  },

  async 'an invoice that needs 3-D Secure, and one that is refused'({ stripe, sandbox }) {
    const customer = await stripe.customers.create({})
    const secure = await stripe.paymentMethods.attach('pm_card_threeDSecure2Required', {
      customer: customer.id,
    })
    await stripe.invoiceItems.create({ customer: customer.id, amount: 2000, currency: 'usd' })
    const invoice = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    })
    await errorOf(stripe.invoices.pay(invoice.id, { payment_method: secure.id }))
    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id })
    const intent = data[0]?.payment.payment_intent ?? null
    await postForm(`${sandbox.url}/authenticate/${idOf(intent)}`, { outcome: 'complete' })
    await stripe.invoices.retrieve(invoice.id)
  },

  async 'a subscription by API, changed and canceled'({ stripe }) {
    const customer = await customerWithCard(stripe)
    const [small, large] = [await monthlyPrice(stripe), await monthlyPrice(stripe, 4500)]
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: small.id }],
      metadata: { club: 'yes' },
      expand: ['latest_invoice.confirmation_secret'],
    })
    await stripe.subscriptions.update(subscription.id, { metadata: { foo: 'bar' } })
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: large.id }],
      proration_behavior: 'always_invoice',
    })
    await stripe.invoices.createPreview({ subscription: subscription.id })
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })
    await stripe.subscriptionItems.list({ subscription: subscription.id })
    await stripe.subscriptions.list({
      customer: customer.id,
      expand: ['data.customer', 'data.latest_invoice'],
    })
    await stripe.customers.retrieve(customer.id, { expand: ['subscriptions'] })
    await stripe.subscriptions.cancel(subscription.id, {
      cancellation_details: { feedback: 'too_expensive' },
    })
  },

  async 'a trial without a card, which pauses'({ stripe }) {
    const customer = await stripe.customers.create({})
    const price = await monthlyPrice(stripe)
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 1,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    await stripe.subscriptions.update(subscription.id, { trial_end: 'now' })
    await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    const { data } = await stripe.paymentMethods.list({ customer: customer.id })
    await stripe.subscriptions.update(subscription.id, { default_payment_method: idOf(data[0] ?? null) })
    await stripe.subscriptions.resume(subscription.id)
  },

  async 'a year on a test clock'(world) {
    const { stripe } = world
    const clock = await createClock(stripe)
    const customer = await customerWithCard(stripe, 'pm_card_visa', { test_clock: clock.id })
    const price = await monthlyPrice(stripe)
    const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'forever' })
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      discounts: [{ coupon: coupon.id }],
    })
    await advance(world, clock, clock.frozen_time + 45 * day)
    await stripe.subscriptions.retrieve(id, { expand: ['discounts', 'latest_invoice.discounts'] })
    await stripe.testHelpers.testClocks.list()
    await stripe.testHelpers.testClocks.del(clock.id)
  },

  async 'payment links'({ stripe }) {
    const link = await stripe.paymentLinks.create({
      allow_promotion_codes: true,
      line_items: [
        {
          quantity: 2,
          price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } },
        },
      ],
      after_completion: { type: 'redirect', redirect: { url: 'http://127.0.0.1:3000/thanks' } },
      custom_text: { submit: { message: 'Thank you' } },
      payment_intent_data: { description: 'By link', metadata: { from: 'link' } },
      restrictions: { completed_sessions: { limit: 3 } },
      metadata: { season: 'spring' },
    })
    await stripe.paymentLinks.update(link.id, {
      metadata: { season: 'summer' },
      inactive_message: 'Sold out',
    })
    const opened = await fetch(link.url, { redirect: 'manual' })
    await payByForm(new URL(opened.headers.get('location') ?? '', link.url).href)
    await stripe.checkout.sessions.list({ payment_link: link.id, expand: ['data.payment_link'] })
    const price = await monthlyPrice(stripe)
    await stripe.paymentLinks.create({
      line_items: [{ price: price.id, quantity: 1 }],
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    })
    const rate = await stripe.shippingRates.create({
      display_name: 'Post',
      type: 'fixed_amount',
      fixed_amount: { amount: 500, currency: 'usd' },
    })
    await stripe.paymentLinks.create({
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } } },
      ],
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['DE'] },
      shipping_options: [{ shipping_rate: rate.id }],
      tax_id_collection: { enabled: true },
    })
    await stripe.paymentLinks.list({ expand: ['data.line_items'] })
    await stripe.paymentLinks.listLineItems(link.id)
  },

  async 'the billing portal'({ stripe }) {
    const customer = await customerWithCard(stripe)
    const price = await monthlyPrice(stripe)
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    const configuration = await stripe.billingPortal.configurations.create({
      business_profile: { headline: 'Mugs', privacy_policy_url: 'https://www.example.com' },
      features: { subscription_cancel: { enabled: true }, payment_method_update: { enabled: true } },
    })
    await stripe.billingPortal.configurations.update(configuration.id, { metadata: { foo: 'bar' } })
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: configuration.id,
      return_url: 'http://127.0.0.1:3000/account',
      expand: ['configuration'],
    })
    await postForm(`${session.url}/card`, { number: '5555555555554444', expiry: '12 / 34', cvc: '123' })
    await stripe.billingPortal.configurations.list()
  },
}
