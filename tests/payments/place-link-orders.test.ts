// What the order of a payment link's session asks for, and which sessions are not what the link promised.
import { describe, expect, it } from 'vitest'
import type { PaymentLink, StripeShippingRate } from '../../src/generated/prisma/client.js'
import { linkTerms, mayBecomeOrder } from '../../src/payments/place-link-orders.js'
import type { SessionReport } from '../../src/payments/session-report.js'
import { minute, refundReport, sessionReport } from './order-facts.js'

const link: PaymentLink = {
  ...{ id: 'plink_1', variantId: 11, url: 'https://buy.stripe.com/1', unitAmount: 3100, currency: 'eur' },
  ...{ taxBehavior: 'exclusive', automaticTax: true, promotionCodes: true, createsInvoice: false },
  ...{ requiresShipping: true, active: true, createdAt: minute(0) },
}
const post: StripeShippingRate = {
  ...{ id: 'shr_1', shippingRateId: 3, name: 'Post', countries: ['AT', 'DE'], amount: 490, currency: 'eur' },
  ...{ taxBehavior: 'exclusive', minDays: 2, maxDays: null, createdAt: minute(0) },
}

function paid(change: Partial<SessionReport> = {}, country = 'DE'): SessionReport {
  const address = { line1: null, line2: null, city: null, state: null, postal_code: null, country }
  return sessionReport({
    ...{
      paymentLinkId: 'plink_1',
      orderKey: null,
      attemptId: null,
      currency: 'eur',
      shippingRateId: 'shr_1',
    },
    ...{ amountSubtotal: 3100, amountDiscount: 100, amountShipping: 490, amountTax: 663, amountTotal: 4153 },
    collected: {
      ...{ phone: null, billing: null, taxIds: [], presentment: null },
      shipping: { name: 'Ada', address },
    },
    ...change,
  })
}

it('an order asks for what the link promised, and settlement adds discount and tax', () => {
  expect(linkTerms(link, post, paid())).toEqual({
    ...{
      currency: 'eur',
      taxBehavior: 'exclusive',
      automaticTax: true,
      itemsTotal: 3100,
      shippingTotal: 490,
    },
    ...{ total: 3590, deliveryCountry: 'DE', shippingRateId: 3, shippingRateName: 'Post' },
    ...{ deliveryMinDays: 2, deliveryMaxDays: null },
  })
})

it('with prices that include it, the tax is no part of the total', () => {
  const inclusive = { ...link, taxBehavior: 'inclusive' }
  expect(linkTerms(inclusive, post, paid({ amountTotal: 3490 }))).toMatchObject({ taxBehavior: 'inclusive' })
})

it('what needs no delivery asks for none', () => {
  const report = paid({ amountShipping: 0, amountTotal: 3663, shippingRateId: null, collected: null })
  expect(linkTerms({ ...link, requiresShipping: false }, null, report)).toMatchObject({
    ...{ deliveryCountry: null, shippingRateId: null, shippingTotal: 0, total: 3100 },
  })
})

it.each([
  ['DE', ['AT', 'DE'], 'DE'],
  ['DE', [], 'DE'],
  ['US', ['AT', 'DE'], 'AT'],
])('an address in %s by a rate for %j is a delivery to %s', (country, countries, delivered) => {
  expect(linkTerms(link, { ...post, countries }, paid({}, country))).toMatchObject({
    deliveryCountry: delivered,
  })
})

describe.each<[string, Partial<SessionReport>, StripeShippingRate | null, RegExp]>([
  ['another currency', { currency: 'usd' }, post, /the payment link over 3590 eur/],
  ['another amount', { amountSubtotal: 6200, amountTotal: 7253 }, post, /is over 7253 eur/],
  ['a total that is not the sum', { amountTotal: 4152 }, post, /is over 4152 eur/],
  ['another delivery price', { amountShipping: 0, amountTotal: 3663 }, post, /its delivery costs 490/],
  ['a rate that is not known', {}, null, /does not offer the delivery/],
  ['no address', { collected: null }, post, /no country/],
  ['a status that is not known', { unknownStatus: 'Odd.' }, post, /^Odd\.$/],
])('a session with %s', (_what, change, rate, problem) => {
  it('is not placed', () => {
    expect(linkTerms(link, rate, paid(change))).toMatch(problem)
  })
})

it('a discount is only placed if the link takes codes', () => {
  expect(linkTerms({ ...link, promotionCodes: false }, post, paid())).toMatch(/it offered no discount/)
})

it('only completed sessions of links become orders', () => {
  expect(mayBecomeOrder(paid())).toBe(true)
  expect(mayBecomeOrder(paid({ status: 'failed' }))).toBe(true)
  expect(mayBecomeOrder(paid({ status: 'open' }))).toBe(false)
  expect(mayBecomeOrder(paid({ paymentLinkId: null }))).toBe(false)
  expect(mayBecomeOrder(refundReport())).toBe(false)
})
