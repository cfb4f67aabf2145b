// Which incidents about money are open, from an order's facts.
import { describe, expect, it } from 'vitest'
import type { AttemptFacts, OrderFacts } from '../../src/orders/order-facts.js'
import { incidentsOfOrder } from '../../src/payments/derive-incidents.js'
import { disputeFacts, minute, orderFacts, paidAttempt, refundFacts, unmatchedFacts } from './order-facts.js'

const paid = { attempts: [paidAttempt()] }
const failed = refundFacts({ status: 'failed', succeededAt: null, failedAt: minute(9), amount: 2000 })
const unmatched = unmatchedFacts({ id: 'cs_2', paymentIntentId: 'pi_2', amount: 5700 })
const returned = (amount: number, change = {}) =>
  refundFacts({ id: 'refund-2', stripeRefundId: 're_2', paymentIntentId: 'pi_2', amount, ...change })

const NOWHERE = { line1: null, line2: null, city: null, state: null, postal_code: null }
/** Delivery to Germany was ordered. */
const elsewhere = (country: string, change: Partial<AttemptFacts> = {}): Partial<OrderFacts> => {
  const shipping = { name: 'Ada', address: { ...NOWHERE, country } }
  const collected = { shipping, phone: null, billing: null, taxIds: [], presentment: null }
  return { deliveryCountry: 'DE', attempts: [paidAttempt({ collected, ...change })] }
}

describe('open incidents', () => {
  it.each<[string, Partial<OrderFacts>, string[]]>([
    ['none for a paid order', paid, []],
    ['an address in another country', elsewhere('FR'), ['delivery_elsewhere cs_1']],
    ['none for an address in the country that was chosen', elsewhere('DE'), []],
    ['none for an order that needs no delivery', { ...elsewhere('FR'), deliveryCountry: null }, []],
    ['none for a payment that failed', { ...elsewhere('FR', { status: 'failed' }) }, []],
    [
      'an address in another country, before the money came',
      elsewhere('FR', { status: 'processing' }),
      ['delivery_elsewhere cs_1'],
    ],
    [
      'an address in another country, for nothing',
      elsewhere('FR', { amountTotal: 0 }),
      ['delivery_elsewhere cs_1'],
    ],
    [
      'none for an address in another country when all was refunded',
      { ...elsewhere('FR'), refunds: [refundFacts()] },
      [],
    ],
    ['money that does not fit', { unmatchedPayments: [unmatched] }, ['payment_mismatch cs_2']],
    [
      'money that does not fit and is on its way',
      { unmatchedPayments: [{ ...unmatched, status: 'processing' }] },
      ['payment_mismatch cs_2'],
    ],
    ['none when it failed', { unmatchedPayments: [{ ...unmatched, status: 'failed' }] }, []],
    [
      'money of which a part was refunded',
      { unmatchedPayments: [unmatched], refunds: [returned(5000)] },
      ['payment_mismatch cs_2'],
    ],
    [
      'money whose refund has not succeeded yet',
      { unmatchedPayments: [unmatched], refunds: [returned(5700, { status: 'pending' })] },
      ['payment_mismatch cs_2'],
    ],
    [
      'money refunded in another currency',
      { unmatchedPayments: [unmatched], refunds: [returned(5700, { currency: 'eur' })] },
      ['payment_mismatch cs_2'],
    ],
    ['none when all was refunded', { unmatchedPayments: [unmatched], refunds: [returned(5700)] }, []],
    [
      'none when the bank took all',
      {
        unmatchedPayments: [unmatched],
        disputes: [disputeFacts({ paymentIntentId: 'pi_2', amount: 5700, status: 'lost' })],
      },
      [],
    ],
    [
      'none when its session was settled after all',
      { attempts: [paidAttempt({ stripeSessionId: 'cs_2' })], unmatchedPayments: [unmatched] },
      [],
    ],
    ['an unknown amount', { unmatchedPayments: [{ ...unmatched, amount: null }] }, ['payment_mismatch cs_2']],
    ['a refund that failed', { ...paid, refunds: [failed] }, ['refund_failed re_1']],
    [
      'none when the money was refunded again',
      { ...paid, refunds: [failed, refundFacts({ id: 'refund-2', stripeRefundId: 're_2' })] },
      [],
    ],
    [
      'a refund that Stripe refused later',
      { ...paid, refunds: [{ ...failed, stripeRefundId: null, refusedLater: true }] },
      ['refund_refused refund-1'],
    ],
    ['none for a refund refused at once', { ...paid, refunds: [{ ...failed, stripeRefundId: null }] }, []],
  ])('%s', (_what, facts, open) => {
    const incidents = incidentsOfOrder(orderFacts(facts))
    expect(incidents.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(open)
  })

  it('the message of money that does not fit says what was expected and what came', () => {
    const message = 'Session cs_2 is over 5700 usd (5000 less 0, shipping 700), the order over 5000 usd.'
    expect(incidentsOfOrder(orderFacts({ unmatchedPayments: [{ ...unmatched, message }] }))).toEqual([
      {
        kind: 'payment_mismatch',
        subject: 'cs_2',
        message: `${message} Expected: $50.00. Received: $57.00, payment pi_2.`,
      },
    ])
  })
})
