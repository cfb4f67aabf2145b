// Refunds, disputes, inquiries and early fraud warnings.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(async () => {
  world.sandbox.advanceClock(60)
  await world.sandbox.idle()
  world.events.length = 0
})
afterAll(() => world.close())

async function paid(card = 'visa'): Promise<{ intent: string; charge: string }> {
  const session = await createSession(world.stripe)
  await payByApi(world.stripe, session, `pm_card_${card}`)
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent'],
  })
  if (typeof intent !== 'object' || intent === null) throw new Error('the session has no payment')
  world.sandbox.advanceClock(3)
  await world.sandbox.idle()
  world.events.length = 0
  return { intent: intent.id, charge: idOf(intent.latest_charge) }
}

async function heard(): Promise<string[]> {
  await world.sandbox.idle()
  return world.types()
}

describe('an early fraud warning', () => {
  test('is actionable until the payment is refunded in full, or disputed', async () => {
    const warned = async (): Promise<{ id: string; payment_intent: string }> => {
      const session = await createSession(world.stripe)
      await payByForm(session.url, { number: '4000 0000 0000 5423' })
      const { payment_intent } = await world.stripe.checkout.sessions.retrieve(session.id)
      const { data } = await world.stripe.radar.earlyFraudWarnings.list({
        payment_intent: idOf(payment_intent),
      })
      expect(data).toMatchObject([{ actionable: true, fraud_type: 'unauthorized_use_of_card' }])
      return { id: data[0]?.id ?? '', payment_intent: idOf(payment_intent) }
    }
    const isActionable = async (id: string): Promise<boolean> =>
      (await world.stripe.radar.earlyFraudWarnings.retrieve(id)).actionable
    const refunded = await warned()
    const page = `${world.sandbox.url}/payments/${refunded.payment_intent}`
    expect(await (await fetch(page)).text()).toContain('Early fraud warning')
    await world.stripe.refunds.create({ payment_intent: refunded.payment_intent, amount: 500 })
    expect(await isActionable(refunded.id)).toBe(true)
    await world.stripe.refunds.create({ payment_intent: refunded.payment_intent })
    expect(await isActionable(refunded.id)).toBe(false)

    const disputed = await warned()
    await postForm(`${world.sandbox.url}/payments/${disputed.payment_intent}/dispute`, {
      reason: 'fraudulent',
    })
    expect(await isActionable(disputed.id)).toBe(false)
    await world.sandbox.idle()
    const heard = world.types().filter((type) => type.startsWith('radar.'))
    expect(heard.sort()).toEqual([
      'radar.early_fraud_warning.created',
      'radar.early_fraud_warning.created',
      'radar.early_fraud_warning.updated',
      'radar.early_fraud_warning.updated',
    ])
    expect((await errorOf(world.stripe.radar.earlyFraudWarnings.retrieve('issfr_none'))).statusCode).toBe(404)
  })
})

describe('refunds', () => {
  test('a part, the rest, and nothing more', async () => {
    const { stripe } = world
    const { intent, charge } = await paid()
    const part = await stripe.refunds.create({
      payment_intent: intent,
      amount: 500,
      reason: 'duplicate',
      metadata: { row: '7' },
    })
    expect(part).toMatchObject({
      amount: 500,
      status: 'succeeded',
      charge,
      payment_intent: intent,
      reason: 'duplicate',
      metadata: { row: '7' },
    })
    expect(await heard()).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'charge.refund.updated',
    ])
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 500, refunded: false })
    const over = await errorOf(stripe.refunds.create({ charge, amount: 1501 }))
    expect(over).toMatchObject({ statusCode: 400, param: 'amount', code: undefined })
    expect(over.message).toBe('Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)')
    await stripe.refunds.create({ charge })
    expect(await stripe.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 2000,
      refunded: true,
      paid: true,
    })
    const none = await errorOf(stripe.refunds.create({ payment_intent: intent }))
    expect(none).toMatchObject({
      code: 'charge_already_refunded',
      message: `Charge ${charge} has already been refunded.`,
    })
    expect((await stripe.refunds.list({ charge })).data.map((refund) => refund.amount)).toEqual([1500, 500])
    const booked = await stripe.balanceTransactions.list({ type: 'refund', limit: 2 })
    expect(booked.data.map((entry) => [entry.amount, entry.net])).toEqual([
      [-1500, -1500],
      [-500, -500],
    ])
  })

  test('need something to refund', async () => {
    const { stripe } = world
    const { intent, charge } = await paid()
    expect((await errorOf(stripe.refunds.create({}))).message).toContain('payment_intent or charge')
    expect(await errorOf(stripe.refunds.create({ payment_intent: 'pi_x' }))).toMatchObject({
      code: 'resource_missing',
      param: 'payment_intent',
    })
    expect(await errorOf(stripe.refunds.create({ charge, amount: 0 }))).toMatchObject({ param: 'amount' })
    const open = await createSession(stripe)
    await errorOf(payByApi(stripe, open, 'pm_card_chargeDeclined'))
    const failed = await stripe.checkout.sessions.retrieve(open.id)
    expect(
      (await errorOf(stripe.refunds.create({ payment_intent: idOf(failed.payment_intent) }))).statusCode,
    ).toBe(400)
    expect((await stripe.refunds.create({ payment_intent: intent, charge })).status).toBe('succeeded')
  })

  test('a pending one succeeds later', async () => {
    const { intent } = await paid('pendingRefund')
    const refund = await world.stripe.refunds.create({ payment_intent: intent })
    expect(refund.status).toBe('pending')
    expect(await heard()).toEqual(['refund.created', 'charge.refunded'])
    world.sandbox.advanceClock(10)
    expect(await heard()).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'charge.refund.updated',
    ])
    expect(await world.stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' })
  })

  test('one that fails later returns the money to the charge, which can be refunded again', async () => {
    const { intent, charge } = await paid('refundFail')
    const refund = await world.stripe.refunds.create({ payment_intent: intent })
    expect(refund.status).toBe('succeeded')
    world.sandbox.advanceClock(10)
    expect((await heard()).slice(2)).toEqual(['refund.failed', 'charge.refund.updated'])
    expect(await world.stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: expect.stringMatching(/^txn_/) as string,
    })
    expect(await world.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0, refunded: false })
    expect(await world.stripe.refunds.create({ charge, amount: 100 })).toMatchObject({ amount: 100 })
  })
})

describe('canceling a refund', () => {
  test('while it is pending: the money returns to the charge, which can be refunded again', async () => {
    const { intent, charge } = await paid('pendingRefund')
    const refund = await world.stripe.refunds.create({ payment_intent: intent, amount: 800 })
    expect(await world.stripe.refunds.cancel(refund.id)).toMatchObject({
      status: 'canceled',
      failure_reason: 'merchant_request',
    })
    expect((await heard()).slice(2)).toEqual(['refund.updated', 'charge.refund.updated'])
    expect(await world.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 0 })
    // The scheduled job still runs, and has nothing to do.
    world.sandbox.advanceClock(60)
    await world.sandbox.idle()
    expect((await world.stripe.refunds.retrieve(refund.id)).status).toBe('canceled')
    expect(await world.stripe.refunds.create({ charge })).toMatchObject({ amount: 2000 })
  })

  test('is refused once it has succeeded', async () => {
    const { intent } = await paid()
    const refund = await world.stripe.refunds.create({ payment_intent: intent })
    expect((await errorOf(world.stripe.refunds.cancel(refund.id))).message).toContain(
      'its status is succeeded',
    )
    expect(await errorOf(world.stripe.refunds.cancel('re_none'))).toMatchObject({ statusCode: 404 })
  })
})

describe('disputes', () => {
  async function disputed(card: string): Promise<{ id: string; charge: string; intent: string }> {
    const payment = await paid(card)
    const [dispute] = (await world.stripe.disputes.list({ payment_intent: payment.intent })).data
    if (!dispute) throw new Error('the payment was not disputed')
    return { id: dispute.id, ...payment }
  }

  test('takes the money and a fee, and blocks refunds', async () => {
    const session = await createSession(world.stripe)
    await payByApi(world.stripe, session, 'pm_card_createDispute')
    expect((await heard()).slice(-2)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn'])
    const { id, charge } = await disputed('createDisputeProductNotReceived')
    expect(await world.stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      reason: 'product_not_received',
      amount: 2000,
      is_charge_refundable: false,
      balance_transactions: [{ amount: -2000, fee: 1500, net: -3500, type: 'adjustment' }],
    })
    expect(await world.stripe.charges.retrieve(charge)).toMatchObject({ disputed: true })
    expect(await errorOf(world.stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_disputed' })
  })

  test('won: the money comes back', async () => {
    const { id } = await disputed('createDispute')
    const after = await world.stripe.disputes.update(id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    })
    expect(after).toMatchObject({
      status: 'won',
      balance_transactions: [{ net: -3500 }, { amount: 2000, fee: -1500, net: 3500 }],
    })
    expect(await heard()).toEqual([
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ])
  })

  test('lost, by evidence or by accepting', async () => {
    const first = await disputed('createDispute')
    expect(
      await world.stripe.disputes.update(first.id, { evidence: { uncategorized_text: 'losing_evidence' } }),
    ).toMatchObject({ status: 'lost' })
    const second = await disputed('createDispute')
    expect(await world.stripe.disputes.close(second.id)).toMatchObject({ status: 'lost' })
    expect(await heard()).toEqual(['charge.dispute.closed'])
    expect((await errorOf(world.stripe.disputes.close(second.id))).statusCode).toBe(400)
  })

  test('evidence may be staged before it is submitted', async () => {
    const { id } = await disputed('createDispute')
    const staged = await world.stripe.disputes.update(id, {
      evidence: { product_description: 'A mug' },
      submit: false,
    })
    expect(staged).toMatchObject({
      status: 'needs_response',
      evidence_details: { has_evidence: true, submission_count: 0 },
    })
    expect(await world.stripe.disputes.update(id, { submit: true })).toMatchObject({
      status: 'under_review',
      evidence_details: { submission_count: 1 },
    })
  })

  test('an inquiry takes no money until it is escalated', async () => {
    const { id, charge } = await disputed('createDisputeInquiry')
    expect(await world.stripe.disputes.retrieve(id)).toMatchObject({
      status: 'warning_needs_response',
      is_charge_refundable: true,
      balance_transactions: [],
    })
    const after = await world.stripe.disputes.update(id, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    expect(after).toMatchObject({ status: 'needs_response', is_charge_refundable: false })
    expect(await heard()).toContain('charge.dispute.funds_withdrawn')
    expect(await errorOf(world.stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_disputed' })
    const other = await disputed('createDisputeInquiry')
    expect(await world.stripe.disputes.close(other.id)).toMatchObject({ status: 'warning_closed' })
  })

  test('ordinary evidence stays under review until the bank decides', async () => {
    const { id } = await disputed('createDispute')
    expect(
      await world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'We sent it' } }),
    ).toMatchObject({
      status: 'under_review',
      evidence_details: { has_evidence: true, submission_count: 1, past_due: false },
    })
    expect(await heard()).toEqual(['charge.dispute.updated'])
    const again = await errorOf(
      world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'And more' } }),
    )
    expect(again.statusCode).toBe(400)
  })

  test('without an answer a dispute is lost at its deadline, and an inquiry is closed', async () => {
    const dispute = await disputed('createDispute')
    const inquiry = await disputed('createDisputeInquiry')
    world.events.length = 0
    world.sandbox.advanceClock(6.9 * 24 * 3600)
    await world.sandbox.idle()
    expect((await world.stripe.disputes.retrieve(dispute.id)).status).toBe('needs_response')
    world.sandbox.advanceClock(24 * 3600)
    await world.sandbox.idle()
    expect(await world.stripe.disputes.retrieve(dispute.id)).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true },
    })
    expect((await world.stripe.disputes.retrieve(inquiry.id)).status).toBe('warning_closed')
    const closed = world.events.flatMap((event) =>
      event.type === 'charge.dispute.closed' ? [event.data.object.id] : [],
    )
    expect(closed).toEqual(expect.arrayContaining([dispute.id, inquiry.id]))
  })

  test('an escalated inquiry is a dispute with a new deadline, and can be won', async () => {
    const { id } = await disputed('createDisputeInquiry')
    const before = await world.stripe.disputes.retrieve(id)
    expect(before.payment_method_details?.card?.case_type).toBe('inquiry')
    world.sandbox.advanceClock(3600)
    const escalated = await world.stripe.disputes.update(id, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    expect(escalated.payment_method_details?.card?.case_type).toBe('chargeback')
    expect(escalated.evidence_details.due_by).toBeGreaterThan((before.evidence_details.due_by ?? 0) + 3000)
    expect(
      await world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } }),
    ).toMatchObject({ status: 'won', balance_transactions: [{ net: -3500 }, { net: 3500 }] })
    expect(await heard()).toEqual([
      'charge.dispute.updated',
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ])
  })

  test('a payment may be disputed twice, up to the paid amount in total', async () => {
    const { intent } = await disputed('createMultipleDisputes')
    const { data } = await world.stripe.disputes.list({ payment_intent: intent })
    expect(data.map((dispute) => [dispute.reason, dispute.amount])).toEqual([
      ['product_not_received', 1000],
      ['fraudulent', 1000],
    ])
  })

  test('the card for two disputes can be typed, and the smallest payment is disputed once', async () => {
    const { stripe } = world
    const session = await createSession(stripe, {
      line_items: [
        { quantity: 1, price_data: { currency: 'xaf', unit_amount: 1, product_data: { name: 'Pin' } } },
      ],
    })
    expect((await payByForm(session.url, { number: '4000 0004 0400 0079' })).status).toBe(303)
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
    const { data } = await stripe.disputes.list({ payment_intent: idOf(intent) })
    expect(data.map((dispute) => dispute.amount)).toEqual([1])
  })

  test('every dispute has balance transactions', async () => {
    const { id } = await disputed('createDispute')
    await world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } })
    const { data } = await world.stripe.balanceTransactions.list({ source: id })
    expect(data.map((entry) => [entry.amount, entry.fee, entry.net, entry.reporting_category])).toEqual([
      [2000, -1500, 3500, 'dispute_reversal'],
      [-2000, 1500, -3500, 'dispute'],
    ])
  })
})
