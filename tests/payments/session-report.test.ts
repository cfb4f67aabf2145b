// What a Checkout Session says, read from Stripe's object.
import { describe, expect, it } from 'vitest'
import { sessionReport } from '../../src/payments/session-report.js'

const AT = new Date('2026-11-25T12:00:00Z')
const session = {
  id: 'cs_test_1',
  object: 'checkout.session',
  status: 'complete',
  payment_status: 'paid',
  client_reference_id: 'ord_reference',
  metadata: { order_key: 'ord_metadata', attempt_id: 'att_1', app: 'till-1' },
  amount_subtotal: 5000,
  amount_total: 4500,
  total_details: { amount_discount: 500 },
  currency: 'usd',
  url: null,
  expires_at: 1_780_000_000,
  payment_intent: 'pi_1',
}

describe('the state of an attempt', () => {
  it.each([
    ['open', 'unpaid', 'pi_1', false, 'open'],
    ['expired', 'unpaid', null, false, 'expired'],
    ['complete', 'paid', 'pi_1', false, 'paid'],
    ['complete', 'no_payment_required', null, false, 'paid'],
    // A bank debit completes before its money comes.
    ['complete', 'unpaid', 'pi_1', false, 'processing'],
    ['complete', 'unpaid', { id: 'pi_1', status: 'processing' }, false, 'processing'],
    ['complete', 'unpaid', 'pi_1', true, 'failed'],
    ['complete', 'unpaid', { id: 'pi_1', status: 'requires_payment_method' }, false, 'failed'],
    ['complete', 'unpaid', { id: 'pi_1', status: 'canceled' }, false, 'failed'],
    // Money that came is not taken back by an event that says it failed.
    ['complete', 'paid', 'pi_1', true, 'paid'],
  ])(
    '%s and %s with payment intent %j, failed: %s, is %s',
    (status, payment_status, payment_intent, failed, expected) => {
      const report = sessionReport({ ...session, status, payment_status, payment_intent }, AT, failed)
      expect(report.status).toBe(expected)
    },
  )
})

describe('a report', () => {
  it('has the amounts, our ids and the time', () => {
    expect(sessionReport(session, AT)).toEqual({
      kind: 'session',
      locale: null,
      sessionId: 'cs_test_1',
      status: 'paid',
      paymentLinkId: null,
      orderKey: 'ord_metadata',
      attemptId: 'att_1',
      appId: 'till-1',
      email: null,
      amountSubtotal: 5000,
      amountDiscount: 500,
      amountTotal: 4500,
      amountShipping: 0,
      shippingCost: null,
      shippingRateId: null,
      amountTax: 0,
      collected: null,
      currency: 'usd',
      invoiceId: null,
      paymentIntentId: 'pi_1',
      url: null,
      expiresAt: new Date(1_780_000_000_000),
      voucherUrl: null,
      payBy: null,
      unknownStatus: null,
      at: AT,
    })
  })

  it('of a payment link names no order, whatever its address and metadata say', () => {
    const report = sessionReport({ ...session, payment_link: 'plink_1', client_reference_id: 'ord_1' }, AT)
    expect(report).toMatchObject({ paymentLinkId: 'plink_1', orderKey: null, attemptId: null })
    // Without certainty it is not read at all.
    expect(() => sessionReport({ ...session, payment_link: 7 }, AT)).toThrow('payment_link')
  })

  it('has the buyer’s address and the rate that was chosen', () => {
    const shipping_cost = { amount_subtotal: 490, amount_total: 490, shipping_rate: 'shr_1' }
    const customer_details = { email: 'ada@shopper.example' }
    expect(sessionReport({ ...session, shipping_cost, customer_details }, AT)).toMatchObject({
      email: 'ada@shopper.example',
      shippingRateId: 'shr_1',
    })
  })

  it.each([
    [
      'client_reference_id names the order where metadata does not',
      { metadata: {} },
      { orderKey: 'ord_reference', appId: null },
    ],
    [
      'a session of another app names no order',
      { metadata: null, client_reference_id: null },
      { orderKey: null, attemptId: null },
    ],
    ['no details mean no discount', { total_details: null }, { amountDiscount: 0 }],
    [
      'an expanded payment intent is its id',
      { payment_intent: { id: 'pi_2', status: 'succeeded' } },
      { paymentIntentId: 'pi_2' },
    ],
  ])('%s', (_what, change, expected) => {
    expect(sessionReport({ ...session, ...change }, AT)).toMatchObject(expected)
  })

  it.each([
    ['status', { status: 'paused', payment_status: 'unpaid' }],
    ['status', { status: null, payment_status: 'unpaid' }],
    ['payment_status', { payment_status: 'late' }],
    ['payment_status', { payment_status: undefined }],
  ])('of a session whose %s the shop does not know says so, and decides nothing: %j', (field, change) => {
    const report = sessionReport({ ...session, ...change }, AT)
    expect(report.status).toBe('open')
    expect(report.unknownStatus).toMatch(new RegExp(`^Session cs_test_1 has a ${field} that`))
  })

  it('money that Stripe calls paid is paid, whatever the status of its session', () => {
    expect(sessionReport({ ...session, status: 'paused' }, AT)).toMatchObject({
      status: 'paid',
      unknownStatus: null,
    })
  })

  it('what a session does not say is taken as nothing', () => {
    const { id, object, status, payment_status } = session
    expect(sessionReport({ id, object, status, payment_status }, AT)).toMatchObject({
      ...{ status: 'paid', orderKey: null, amountSubtotal: null, amountTotal: null, currency: null },
      ...{ paymentIntentId: null, url: null, expiresAt: AT },
    })
  })

  it.each([
    [{ amount_total: 4500.5 }, { amountTotal: null }],
    [{ amount_total: '4500' }, { amountTotal: null }],
    [{ amount_subtotal: -1 }, { amountSubtotal: null }],
    [{ total_details: { amount_discount: -5 } }, { amountDiscount: 0 }],
    [{ total_details: [] }, { amountDiscount: 0 }],
    [{ currency: ['usd'] }, { currency: null }],
    [{ expires_at: 'soon' }, { expiresAt: AT }],
    [{ url: 7 }, { url: null }],
    [{ payment_intent: 'pi_ 1' }, { paymentIntentId: null }],
    [{ payment_intent: ['pi_1'] }, { paymentIntentId: null }],
    [
      { metadata: { app: 'till', order_key: 7 }, client_reference_id: 'ord_1' },
      { appId: 'till', orderKey: 'ord_1' },
    ],
  ])('%j is taken as nothing', (change, expected) => {
    expect(sessionReport({ ...session, ...change }, AT)).toMatchObject({ sessionId: session.id, ...expected })
  })

  it.each([
    ['amount_total', { amount_total: 2 ** 53 }],
    ['metadata', { metadata: ['app'] }],
    ['metadata.app', { metadata: { app: 7 } }],
    ['object', { object: 'payment_intent' }],
    ['id', { id: undefined }],
  ])('of a session whose %s is not readable: an error that names the field', (field, change) => {
    expect(() => sessionReport({ ...session, ...change }, AT)).toThrow(field)
  })
})
