// Compares every answer and event, and the parameter table, with the SDK's types.
import { readdirSync, readFileSync } from 'node:fs'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billingScenarios } from './support/billing-scenarios.js'
import { conformanceProblems, eventTypes, sdkTypes } from './support/conformance.js'
import { describeParameters } from '../scripts/describe-parameters.js'
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

const source = new URL('../src/', import.meta.url)
const dottedName = /'[a-z_]+\.[a-z_.]*[a-z]'/g

/** Sent when the sandbox has a bug, which no request can cause. */
const faults = ['test_helpers.test_clock.internal_failure']

let world: World

beforeAll(async () => {
  // Takes seconds of computation, so it is done before the server starts.
  sdkTypes()
  world = await createWorld()
})
afterAll(() => world.close())

const scenarios: Record<string, (world: World) => Promise<void>> = {
  async 'a catalog'({ stripe }) {
    const product = await stripe.products.create({
      name: 'Mug',
      description: 'Blue',
      images: ['http://127.0.0.1:3000/mug.png'],
      metadata: { sku: 'mug-1' },
      default_price_data: { currency: 'usd', unit_amount: 1500 },
      marketing_features: [{ name: 'Blue' }],
      package_dimensions: { height: 1.5, length: 2, weight: 3, width: 4 },
    })
    await stripe.products.update(product.id, {
      description: '',
      url: 'https://example.com',
      unit_label: 'mug',
    })
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'kwd',
      unit_amount: 1230,
      nickname: 'Gulf',
    })
    await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 900,
      recurring: { interval: 'month' },
    })
    await stripe.prices.create({
      currency: 'jpy',
      unit_amount_decimal: Stripe.Decimal.from('120.5'),
      product_data: { name: 'Inline' },
    })
    await stripe.prices.update(price.id, { active: false, lookup_key: 'gulf' })
    await stripe.prices.retrieve(price.id, { expand: ['product'] })
    await stripe.products.list({ expand: ['data.default_price'] })
    await stripe.prices.list({ expand: ['data.product'] })
    const spare = await stripe.products.create({ name: 'Spare' })
    await stripe.products.del(spare.id)
    await stripe.products.retrieve(spare.id)
  },

  async 'a saved card, and an invoice of a one-time payment'({ stripe }) {
    const customer = await stripe.customers.create({ email: 'ada@example.com' })
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://127.0.0.1:3000/success',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: 'Mug' } } },
      ],
      customer: customer.id,
      saved_payment_method_options: { payment_method_save: 'enabled' },
      invoice_creation: { enabled: true, invoice_data: { metadata: { order: '7' } } },
    })
    await payByForm(session.url, { save_card: 'yes' })
    await stripe.customers.listPaymentMethods(customer.id)
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
  },

  async 'coupons and promotion codes'({ stripe }) {
    const product = await stripe.products.create({ name: 'Mug' })
    const percent = await stripe.coupons.create({
      percent_off: 12.5,
      name: 'Spring',
      applies_to: { products: [product.id] },
      expand: ['applies_to'],
    })
    await stripe.coupons.update(percent.id, { name: 'Summer', metadata: { a: 'b' } })
    const amount = await stripe.coupons.create({
      amount_off: 500,
      currency: 'usd',
      duration: 'repeating',
      duration_in_months: 3,
      max_redemptions: 10,
    })
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: amount.id },
      code: 'CONFORM',
      restrictions: { minimum_amount: 100, minimum_amount_currency: 'usd' },
      expand: ['promotion.coupon'],
    })
    await stripe.promotionCodes.update(code.id, { metadata: { a: 'b' } })
    await stripe.promotionCodes.list({ expand: ['data.promotion.coupon'] })
    const session = await createSession(stripe, {
      discounts: [{ promotion_code: code.id }],
      expand: ['total_details.breakdown', 'line_items.data.discounts', 'discounts.promotion_code'],
    })
    await payByApi(stripe, session)
    await stripe.checkout.sessions.listLineItems(session.id, { expand: ['data.discounts'] })
    await stripe.coupons.list()
    await stripe.coupons.del(percent.id)
  },

  async shipping({ stripe }) {
    const rate = await stripe.shippingRates.create({
      display_name: 'Post',
      fixed_amount: { amount: 700, currency: 'usd' },
      delivery_estimate: { maximum: { unit: 'day', value: 3 } },
    })
    await stripe.shippingRates.update(rate.id, { metadata: { a: 'b' } })
    await stripe.shippingRates.list()
    const session = await createSession(stripe, {
      billing_address_collection: 'required',
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['US'] },
      shipping_options: [{ shipping_rate: rate.id }],
    })
    const paid = await payByForm(session.url, {
      phone: '+1 555 0100',
      billing_line1: '1 Street',
      billing_city: 'Town',
      shipping_name: 'Ada',
      shipping_line1: '1 Street',
      shipping_city: 'Town',
      shipping_postal_code: '94103',
      shipping_country: 'US',
    })
    expect(paid.status).toBe(303)
    await stripe.checkout.sessions.retrieve(session.id, {
      expand: [
        'shipping_cost.shipping_rate',
        'shipping_options.shipping_rate',
        'payment_intent.latest_charge',
      ],
    })
  },

  async 'an early fraud warning'({ stripe }) {
    const session = await createSession(stripe)
    await payByForm(session.url, { number: '4000000000005423' })
    const [warning] = (await stripe.radar.earlyFraudWarnings.list({ expand: ['data.charge'] })).data
    await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '', { expand: ['payment_intent'] })
    await stripe.refunds.create({ payment_intent: idOf(warning?.payment_intent ?? null) })
  },

  async taxes({ stripe }) {
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 7.5, inclusive: true })
    await stripe.taxRates.update(rate.id, { description: 'Reduced' })
    await stripe.taxRates.list()
    const expand = ['line_items.data.taxes', 'total_details.breakdown', 'shipping_cost.taxes']
    await createSession(stripe, {
      line_items: [
        {
          quantity: 1,
          tax_rates: [rate.id],
          price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Pin' } },
        },
      ],
      expand,
    })
    const session = await createSession(stripe, {
      automatic_tax: { enabled: true },
      shipping_options: [
        { shipping_rate_data: { display_name: 'Post', fixed_amount: { amount: 500, currency: 'usd' } } },
      ],
    })
    await payByForm(session.url, { country: 'DE', postal_code: '10115' })
    await stripe.checkout.sessions.retrieve(session.id, { expand })
    await stripe.checkout.sessions.listLineItems(session.id, { expand: ['data.taxes'] })
  },

  async 'tax IDs and tax settings'({ stripe }) {
    await stripe.tax.settings.retrieve()
    await stripe.tax.settings.update({ defaults: { tax_code: 'txcd_99999999' } })
    const { id } = await stripe.customers.create({ name: 'Mugs Ltd' })
    const taxId = await stripe.customers.createTaxId(id, { type: 'gb_vat', value: 'GB123456789' })
    await stripe.customers.listTaxIds(id)
    await stripe.customers.deleteTaxId(id, taxId.id)
    const session = await createSession(stripe, {
      customer_creation: 'always',
      tax_id_collection: { enabled: true },
    })
    await payByForm(session.url, {
      business_name: 'Mugs Ltd',
      tax_id_type: 'gb_vat',
      tax_id: 'GB123456789',
    })
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] })
  },

  async customers({ stripe }) {
    const customer = await stripe.customers.create({
      email: 'ada@example.com',
      name: 'Ada',
      address: { line1: '1 Street', country: 'GB' },
      shipping: { name: 'Ada', address: { line1: '1 Street' } },
    })
    await stripe.customers.update(customer.id, { phone: '123', metadata: { vip: 'yes' }, shipping: '' })
    const session = await createSession(stripe, { customer: customer.id, customer_email: undefined as never })
    await payByApi(stripe, session)
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer', 'payment_intent.customer'] })
    await stripe.customers.list({ email: 'ada@example.com' })
    const gone = await stripe.customers.create({})
    await stripe.customers.del(gone.id)
    await stripe.customers.retrieve(gone.id)
  },

  async 'a customer made by the checkout'({ stripe }) {
    const session = await createSession(stripe, { customer_creation: 'always' })
    await payByForm(session.url)
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] })
  },

  async 'card payment, everything expanded'({ stripe, sandbox }) {
    const session = await createSession(stripe, {
      payment_intent_data: {
        description: 'Order 1',
        metadata: { order: '1' },
        shipping: { name: 'Ada', address: { line1: '1 Street', country: 'US' } },
        statement_descriptor_suffix: 'MUG',
      },
      custom_text: { submit: { message: 'Thank you' } },
      excluded_payment_method_types: ['klarna'],
    })
    await payByForm(session.url)
    sandbox.advanceClock(5)
    await sandbox.idle()
    await stripe.checkout.sessions.retrieve(session.id, {
      expand: [
        'line_items.data.price.product',
        'payment_intent.latest_charge.balance_transaction.source',
        'payment_intent.payment_method',
      ],
    })
    await stripe.checkout.sessions.listLineItems(session.id)
    await stripe.checkout.sessions.update(session.id, { metadata: { late: 'yes' } })
    await stripe.checkout.sessions.list({ expand: ['data.payment_intent', 'data.line_items'] })
    await stripe.charges.list({ expand: ['data.refunds'] })
    await stripe.paymentIntents.list({})
    await stripe.balanceTransactions.list({ expand: ['data.source'] })
  },

  async 'free of charge'({ stripe }) {
    const session = await createSession(stripe, {
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Gift' } } },
      ],
    })
    await payByForm(session.url)
    await stripe.checkout.sessions.retrieve(session.id)
  },

  async 'declines of every kind'({ stripe }) {
    const session = await createSession(stripe)
    const names = [
      '',
      'InsufficientFunds',
      'LostCard',
      'StolenCard',
      'ExpiredCard',
      'IncorrectCvc',
      'ProcessingError',
      'VelocityLimitExceeded',
    ]
    for (const name of names) await errorOf(payByApi(stripe, session, `pm_card_chargeDeclined${name}`))
    await errorOf(payByApi(stripe, session, 'pm_card_radarBlock'))
    const open = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    })
    await stripe.checkout.sessions.expire(open.id)
    await stripe.paymentIntents.retrieve(idOf(open.payment_intent))
  },

  async 'every card that pays'({ stripe }) {
    const names = [
      'visa_debit',
      'mastercard',
      'mastercard_prepaid',
      'amex',
      'discover',
      'diners',
      'jcb',
      'unionpay',
      'riskLevelElevated',
      'cvcCheckFail',
      'avsZipFail',
      'bypassPending',
    ]
    for (const name of names) await payByApi(stripe, await createSession(stripe), `pm_card_${name}`)
  },

  async '3-D Secure, failed and passed'({ stripe, sandbox }) {
    const session = await createSession(stripe)
    await payByApi(stripe, session, 'pm_card_authenticationRequired')
    const waiting = await stripe.checkout.sessions.retrieve(session.id)
    const challenge = `${sandbox.url}/authenticate/${idOf(waiting.payment_intent)}`
    await postForm(challenge, { outcome: 'fail' })
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
    await payByApi(stripe, session, 'pm_card_authenticationRequired')
    await postForm(challenge, { outcome: 'complete' })
    await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] })
  },

  async 'bank debits that arrive and that fail'({ stripe, sandbox }) {
    for (const account of ['AT611904300234573201', 'AT861904300235473202', 'AT591904300235473203']) {
      await payByForm((await createSession(stripe, {}, 'eur')).url, { method: 'bank_debit', account })
    }
    for (const account of [
      '000123456789',
      '000111111113',
      '000111111116',
      '000222222227',
      '000333333335',
      '000555555559',
      '000000000009',
    ]) {
      await payByForm((await createSession(stripe)).url, { method: 'bank_debit', account })
    }
    sandbox.advanceClock(600)
    await sandbox.idle()
    await stripe.checkout.sessions.list({ limit: 100, expand: ['data.payment_intent.latest_charge'] })
  },

  async 'refunds, with those that are pending or fail'({ stripe, sandbox }) {
    for (const card of ['visa', 'pendingRefund', 'refundFail']) {
      const session = await createSession(stripe)
      await payByApi(stripe, session, `pm_card_${card}`)
      const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
      const part = await stripe.refunds.create({
        payment_intent: idOf(intent),
        amount: 500,
        reason: 'requested_by_customer',
      })
      await stripe.refunds.create({ payment_intent: idOf(intent), metadata: { why: 'rest' } })
      await stripe.refunds.update(part.id, { metadata: { order: '1' } })
      sandbox.advanceClock(60)
      await sandbox.idle()
      await stripe.refunds.retrieve(part.id, {
        expand: ['charge', 'payment_intent', 'balance_transaction', 'failure_balance_transaction'],
      })
    }
    await stripe.refunds.list({ expand: ['data.charge.refunds'] })
  },

  async vouchers({ stripe, sandbox }) {
    for (const [type, currency] of [
      ['oxxo', 'mxn'],
      ['boleto', 'brl'],
      ['konbini', 'jpy'],
    ] as const) {
      for (const email of ['ada@example.com', 'expire_immediately@example.com']) {
        const session = await createSession(stripe, { customer_email: email }, currency)
        await payByForm(session.url, { method: type, voucher_name: 'Ada', boleto_tax_id: '12345678901' })
        const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
        await stripe.paymentIntents.retrieve(idOf(intent), { expand: ['payment_method'] })
        sandbox.advanceClock(60)
        await sandbox.idle()
        await stripe.paymentIntents.retrieve(idOf(intent), { expand: ['latest_charge'] })
        if (type !== 'konbini' || email !== 'ada@example.com') continue
        const refund = await stripe.refunds.create({ payment_intent: idOf(intent) })
        sandbox.advanceClock(60)
        await sandbox.idle()
        await stripe.refunds.retrieve(refund.id)
      }
    }
  },

  async 'a refunded bank debit'({ stripe, sandbox }) {
    const session = await createSession(stripe, {}, 'eur')
    await payByForm(session.url, { method: 'bank_debit', account: 'AT611904300234573201' })
    sandbox.advanceClock(60)
    await sandbox.idle()
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
    await stripe.refunds.create({ payment_intent: idOf(intent) })
  },

  async 'disputes, won, lost and inquired'({ stripe, sandbox }) {
    for (const card of [
      'createDispute',
      'createDisputeProductNotReceived',
      'createDisputeInquiry',
      'createDispute',
    ]) {
      await payByApi(stripe, await createSession(stripe), `pm_card_${card}`)
    }
    const { data } = await stripe.disputes.list({ expand: ['data.charge', 'data.payment_intent'] })
    const [first, inquiry, second, third] = data
    if (!first || !inquiry || !second || !third) throw new Error('four disputes were expected')
    await stripe.disputes.update(first.id, { evidence: { uncategorized_text: 'winning_evidence' } })
    await stripe.disputes.update(second.id, { evidence: { uncategorized_text: 'losing_evidence' } })
    await stripe.disputes.update(inquiry.id, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    await stripe.disputes.update(third.id, {
      evidence: { product_description: 'A mug' },
      submit: false,
      metadata: { a: 'b' },
    })
    await stripe.disputes.close(third.id)
    await stripe.disputes.retrieve(first.id)
    const file = await stripe.files.create({
      purpose: 'dispute_evidence',
      file: { data: Buffer.from('%PDF-1.4'), name: 'receipt.pdf' },
    })
    await stripe.files.retrieve(file.id)
    await stripe.files.list({ purpose: 'dispute_evidence' })
    await postForm(`${sandbox.url}/disputes/${third.id}/appeal`, {})
    await stripe.disputes.update(third.id, {
      evidence: { appeal: { card: { reason_for_filing: 'We sent it', supporting_files: [file.id] } } },
    })
  },

  async 'payment intents by API'({ stripe }) {
    await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
    })
    const held = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 })
    const plain = await stripe.paymentIntents.create({ amount: 2000, currency: 'eur' })
    await stripe.paymentIntents.update(plain.id, { description: 'later', metadata: { a: '1' } })
    await stripe.paymentIntents.cancel(plain.id, { cancellation_reason: 'abandoned' })
    await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'http://127.0.0.1:3000/back',
    })
    await errorOf(
      stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_chargeDeclined',
      }),
    )
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
      billing_details: { name: 'Ada', email: 'ada@example.com' },
    })
    await stripe.paymentMethods.retrieve(method.id)
    await stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit: { iban: 'AT611904300234573201' } })
    await stripe.charges.update(idOf((await stripe.charges.list({ limit: 1 })).data[0] ?? null), {
      description: 'x',
    })
  },

  async 'a held payment through the checkout'({ stripe }) {
    const session = await createSession(stripe, { payment_intent_data: { capture_method: 'manual' } })
    await payByForm(session.url)
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
    await stripe.paymentIntents.capture(idOf(intent))
  },

  async 'webhook endpoints and events'({ stripe }) {
    const made = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/none',
      enabled_events: ['charge.captured'],
    })
    await stripe.webhookEndpoints.update(made.id, {
      disabled: true,
      description: 'off',
      metadata: { a: '1' },
    })
    await stripe.webhookEndpoints.retrieve(made.id)
    await stripe.webhookEndpoints.list()
    await stripe.webhookEndpoints.del(made.id)
    for await (const event of stripe.events.list({ limit: 100 })) await stripe.events.retrieve(event.id)
  },

  ...billingScenarios,
}

test.each(Object.keys(scenarios))('%s: every body matches the SDK’s types', async (name) => {
  world.bodies.length = 0
  await scenarios[name]?.(world)
  await world.sandbox.idle()
  const bodies = world.bodies.filter((body) => !(body as { error?: object }).error)
  expect(bodies.length).toBeGreaterThan(2)
  const problems = bodies.flatMap((body) => conformanceProblems(body))
  expect([...new Set(problems.map((problem) => problem.replaceAll(/\[\d+\]/g, '[]')))]).toEqual([])
})

test('these scenarios include every event that the sandbox can send', () => {
  const known = eventTypes()
  const sent = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(new URL(file, source), 'utf8').match(dottedName) ?? [])
    .map((name) => name.slice(1, -1))
    .filter((name) => known.has(name) && !faults.includes(name))
  expect([...new Set(world.types())].sort()).toEqual([...new Set(sent)].sort())
})

test('the check finds missing, unknown, mistyped and wrong values', async () => {
  const session = JSON.parse(JSON.stringify(await createSession(world.stripe))) as Record<string, unknown>
  expect(
    conformanceProblems(Object.fromEntries(Object.entries(session).filter(([name]) => name !== 'status'))),
  ).toEqual(['Checkout.Session.status: missing'])
  expect(conformanceProblems({ ...session, extra: 1 })).toEqual(['Checkout.Session.extra: unknown'])
  expect(conformanceProblems({ ...session, created: '1' })).toHaveLength(1)
  expect(conformanceProblems({ ...session, status: 'done' })).toHaveLength(1)
  expect(conformanceProblems({ ...session, custom_fields: null })).toHaveLength(1)
})

test('parameters.txt is up to date for the installed SDK (npm run generate)', () => {
  const committed = readFileSync(new URL('../parameters.txt', source), 'utf8')
  expect(describeParameters(sdkTypes())).toBe(committed)
})
