import { describe, expect, it } from 'vitest'
import { sessionParameters, type PayableOrder } from '../../src/payments/session-parameters.js'
import { createStripeContext } from '../../src/payments/stripe-client.js'
import { minute } from './order-facts.js'

const stripe = createStripeContext(
  { secretKey: 'sk_test_shopundertest', webhookSecrets: [], apiBase: null },
  'till-1',
  { baseUrl: 'https://shop.example' },
)

const item = {
  ...{
    productId: 1,
    variantId: 4,
    name: 'Stoneware mug – Red / L',
    unitAmount: 2800,
    quantity: 2,
    image: '/a.svg',
  },
  ...{ taxCode: 'txcd_99999999', stripePriceId: null },
}
const attempt = {
  ...{ id: 'attempt-1', expiresAt: minute(31), promotionCodes: false },
  ...{
    collectsPhone: false,
    collectsTaxIds: false,
    voucherDays: null,
    customerId: null,
    createsInvoice: false,
  },
}
const order: PayableOrder = {
  ...{ id: 1, key: 'ord_1', email: 'ada@shopper.example', currency: 'eur', locale: null, fromCart: false },
  ...{ items: [item], taxBehavior: 'inclusive', automaticTax: true, attempt },
  delivery: { country: 'DE', rateId: 7, rateName: 'Standard', amount: 590, minDays: 3, maxDays: 5 },
}
const parametersOf = (change: Partial<PayableOrder>, promotionCodes = false) =>
  sessionParameters({ ...order, ...change }, promotionCodes, stripe)

describe('delivery', () => {
  it('is one rate and an address in its country', () => {
    expect(parametersOf({})).toMatchObject({
      shipping_address_collection: { allowed_countries: ['DE'] },
      shipping_options: [
        {
          shipping_rate_data: {
            display_name: 'Standard',
            type: 'fixed_amount',
            fixed_amount: { amount: 590, currency: 'eur' },
            delivery_estimate: {
              minimum: { unit: 'business_day', value: 3 },
              maximum: { unit: 'business_day', value: 5 },
            },
            tax_behavior: 'inclusive',
            tax_code: 'txcd_92010001',
            metadata: { app: 'till-1', shipping_rate_id: '7' },
          },
        },
      ],
    })
  })

  it('without days has no estimate', () => {
    const delivery = {
      country: 'DE',
      rateId: null,
      rateName: 'Pallet',
      amount: 0,
      minDays: null,
      maxDays: null,
    }
    const [option] = parametersOf({ delivery }).shipping_options ?? []
    expect(option?.shipping_rate_data).toEqual({
      ...{ display_name: 'Pallet', type: 'fixed_amount', fixed_amount: { amount: 0, currency: 'eur' } },
      ...{ tax_behavior: 'inclusive', tax_code: 'txcd_92010001', metadata: { app: 'till-1' } },
    })
  })
})

describe('tax', () => {
  it('is added by Stripe, and every price says how it relates to it', () => {
    const { automatic_tax, line_items, tax_id_collection } = parametersOf({
      taxBehavior: 'exclusive',
      attempt: { ...attempt, collectsTaxIds: true },
    })
    expect(automatic_tax).toEqual({ enabled: true })
    expect(tax_id_collection).toEqual({ enabled: true })
    expect(line_items?.[0]?.price_data).toMatchObject({
      tax_behavior: 'exclusive',
      product_data: { name: 'Stoneware mug – Red / L', tax_code: 'txcd_99999999' },
    })
  })

  it('is not asked for in a shop without it, whose prices still say how they relate to tax', () => {
    const parameters = parametersOf({ automaticTax: false })
    expect(parameters).not.toHaveProperty('automatic_tax')
    expect(parameters).not.toHaveProperty('tax_id_collection')
    expect(parameters.line_items?.[0]?.price_data?.tax_behavior).toBe('inclusive')
  })
})

it('an order that needs no delivery asks for no address', () => {
  const parameters = parametersOf({ delivery: null })
  for (const name of ['shipping_address_collection', 'shipping_options', 'phone_number_collection'])
    expect(parameters).not.toHaveProperty(name)
})

it('a phone number is asked for if the attempt says so', () => {
  expect(parametersOf({ attempt: { ...attempt, collectsPhone: true } })).toMatchObject({
    phone_number_collection: { enabled: true },
  })
})

it.each([
  ['brl', { boleto: { expires_after_days: 5 } }],
  ['jpy', { konbini: { expires_after_days: 5 } }],
  ['mxn', { oxxo: { expires_after_days: 5 } }],
  ['eur', undefined],
])('in %s, vouchers with a life that the shop decides: %j', (currency, options) => {
  const optionsOf = (voucherDays: number) =>
    parametersOf({ currency, attempt: { ...attempt, voucherDays } }).payment_method_options
  expect(optionsOf(5)).toEqual(options)
  // Stripe's default.
  expect(optionsOf(3)).toBeUndefined()
})

it.each([true, false])(
  'a request of the previous release is repeated as it was, with promotion codes: %s',
  (codes) => {
    const old = {
      ...{ items: [item], taxBehavior: null, automaticTax: false, delivery: null },
      attempt: { ...attempt, promotionCodes: null },
    }
    const metadata = {
      ...{ app: 'till-1', order_key: 'ord_1', attempt_id: 'attempt-1', product_id: '1' },
      user_email: 'ada@shopper.example',
    }
    expect(parametersOf(old, codes)).toEqual({
      mode: 'payment',
      client_reference_id: 'ord_1',
      customer_email: 'ada@shopper.example',
      line_items: [
        {
          quantity: 2,
          price_data: {
            currency: 'eur',
            unit_amount: 2800,
            product_data: { name: item.name, images: ['https://shop.example/a.svg'] },
          },
        },
      ],
      ...(codes && { allow_promotion_codes: true }),
      metadata,
      payment_intent_data: { metadata },
      success_url: 'https://shop.example/payment-success/1?session_id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/pricing/1?cancelled',
      expires_at: minute(31).getTime() / 1000,
    })
  },
)

describe('a customer', () => {
  it('has saved cards and keeps what they enter', () => {
    const parameters = parametersOf({ attempt: { ...attempt, customerId: 'cus_1' } })
    expect(parameters).toMatchObject({
      customer: 'cus_1',
      customer_update: { address: 'auto', name: 'auto', shipping: 'auto' },
      saved_payment_method_options: { payment_method_save: 'enabled' },
    })
    // Stripe accepts only one of the two.
    expect(parameters).not.toHaveProperty('customer_email')
  })

  it('has no address to keep where nothing is delivered', () => {
    const { customer_update } = parametersOf({
      attempt: { ...attempt, customerId: 'cus_1' },
      delivery: null,
    })
    expect(customer_update).toEqual({ address: 'auto', name: 'auto' })
  })
})

it('an invoice names the shop and the order, because Stripe does not copy the session’s metadata', () => {
  expect(parametersOf({ attempt: { ...attempt, createsInvoice: true } }).invoice_creation).toEqual({
    enabled: true,
    invoice_data: { metadata: { app: 'till-1', order_key: 'ord_1' } },
  })
  expect(parametersOf({})).not.toHaveProperty('invoice_creation')
})

it.each([
  ['en', 'https://shop.example'],
  ['de', 'https://shop.example/de'],
] as const)('an order in %s is paid in that language, and leads back to its pages', (locale, shopUrl) => {
  expect(parametersOf({ locale }, false)).toMatchObject({
    locale,
    success_url: `${shopUrl}/payment-success/1?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shopUrl}/pricing/1?cancelled`,
  })
})
