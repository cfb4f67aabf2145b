// What Stripe's page collected, as it is read from sessions and merged from several reports.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Collected } from '../../src/orders/order-facts.js'
import { mergeCollected } from '../../src/payments/collected.js'
import { sessionReport } from '../../src/payments/session-report.js'
import { minute } from './order-facts.js'

const address = {
  line1: 'Unter den Linden 1',
  line2: null,
  city: 'Berlin',
  state: null,
  postal_code: '10117',
  country: 'DE',
}
const given = {
  collected_information: { shipping_details: { name: 'Ada', address } },
  customer_details: {
    ...{ email: 'ada@shopper.example', name: 'Engines GmbH', phone: '+49 30 1', address },
    tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
  },
  presentment_details: { presentment_amount: 2590, presentment_currency: 'eur' },
}
const read = (change: object, status = 'complete') =>
  sessionReport(
    { id: 'cs_1', object: 'checkout.session', status, payment_status: 'paid', ...change },
    minute(1),
  ).collected

const all: Collected = {
  shipping: { name: 'Ada', address },
  phone: '+49 30 1',
  billing: { name: 'Engines GmbH', address },
  taxIds: [{ type: 'eu_vat', value: 'DE123456789' }],
  presentment: { amount: 2590, currency: 'eur' },
}

it('has address, phone, billing details, tax ids and what was presented', () => {
  expect(read(given)).toEqual(all)
})

it('bills the business, where the shopper has entered one', () => {
  const business = { ...given.customer_details, name: 'Ada', business_name: 'Engines GmbH' }
  expect(read({ ...given, customer_details: business })).toEqual(all)
})

it('finds the address where Stripe put it until API version 2025-03-31', () => {
  const { collected_information: place, ...others } = given
  expect(read({ ...others, shipping_details: { ...place.shipping_details, carrier: null } })).toEqual(all)
})

it.each(['open', 'expired'])('is not read from a session that is %s', (status) => {
  expect(read({ ...given, payment_status: 'unpaid' }, status)).toBeNull()
})

it.each([
  ['nothing was collected', {}],
  ['its parts are null', { collected_information: null, customer_details: null, presentment_details: null }],
  [
    'all is empty',
    {
      customer_details: {
        name: ' ',
        phone: '',
        address: { ...address, line1: '', city: '', postal_code: '', country: '' },
        tax_ids: [],
      },
    },
  ],
  [
    'nothing of it can be read',
    {
      collected_information: 7,
      customer_details: ['x'],
      presentment_details: { presentment_amount: -1, presentment_currency: 'x' },
    },
  ],
])('is null when %s', (_when, change) => {
  expect(read(change)).toBeNull()
})

it('unreadable parts are left out, long ones are cut, and no character is kept that can’t be stored', () => {
  const collected = read({
    collected_information: {
      shipping_details: { name: { first: 'Ada' }, address: { ...address, country: 'de', city: 7 } },
    },
    customer_details: {
      ...{ name: 'A\0da', phone: '1'.repeat(100_000), address: 'Berlin' },
      tax_ids: [
        null,
        { type: 'eu_vat' },
        ...Array<object>(1000).fill({ type: 'eu_vat', value: '😀'.repeat(500) }),
      ],
    },
  })
  expect(collected).toMatchObject({
    shipping: { name: null, address: { ...address, city: null, country: 'DE' } },
    billing: { name: 'Ada', address: null },
  })
  expect(collected?.phone).toHaveLength(200)
  expect(collected?.taxIds).toHaveLength(5)
  expect(JSON.stringify(collected).isWellFormed()).toBe(true)
})

it('every part is one line, without codes that a terminal would follow', () => {
  const collected = read({
    customer_details: { name: 'Ada\r\n\u001b[2J Lovelace\n', phone: null, address: null, tax_ids: [] },
  })
  expect(collected?.billing?.name).toBe('Ada [2J Lovelace')
})

const word = fc.constantFrom(null, 'a', 'b')
const addressee = fc.option(
  fc.record({
    name: word,
    address: fc.option(
      fc.record({ line1: word, line2: word, city: word, state: word, postal_code: word, country: word }),
    ),
  }),
)
const collected: fc.Arbitrary<Collected> = fc.record({
  shipping: addressee,
  phone: word,
  billing: addressee,
  taxIds: fc.array(fc.record({ type: fc.constant('eu_vat'), value: fc.constantFrom('1', '2') }), {
    maxLength: 2,
  }),
  presentment: fc.option(fc.record({ amount: fc.nat(2), currency: fc.constant('eur') })),
})

it('several reports give the same in any order, repeated or not', () => {
  fc.assert(
    fc.property(fc.array(fc.option(collected), { maxLength: 4 }), (reports) => {
      const merged = (list: (Collected | null)[]) => list.reduce<Collected | null>(mergeCollected, null)
      const once = merged(reports)
      expect(merged(reports.toReversed())).toEqual(once)
      expect(merged([...reports, ...reports])).toEqual(once)
    }),
  )
})
