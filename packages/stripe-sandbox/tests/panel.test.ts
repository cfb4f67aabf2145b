// The control panel: lists, pages and buttons.
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  client,
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
  world = await createWorld({ retryDelays: [5] })
  stripe = world.stripe
})
afterAll(() => world.close())

async function read(path: string): Promise<string> {
  const answer = await fetch(world.sandbox.url + path)
  expect(answer.status).toBe(200)
  // Break opportunities in long words are not text.
  return (await answer.text()).replaceAll('&#39;', "'").replaceAll('<wbr>', '')
}

/** Presses a button, and returns the text of the next page. */
async function press(path: string, fields: Record<string, string> = {}): Promise<string> {
  const answer = await postForm(world.sandbox.url + path, fields)
  expect(answer.status).toBe(303)
  return read(answer.headers.get('location') ?? '')
}

async function refusal(path: string, fields: Record<string, string> = {}): Promise<string> {
  const answer = await postForm(world.sandbox.url + path, fields)
  expect(answer.status).toBe(400)
  return /class="refused">([^<]*)</.exec(await answer.text())?.[1] ?? ''
}

async function paid(card = 'visa', currency = 'usd'): Promise<{ session: string; intent: string }> {
  const session = await createSession(stripe, {}, currency)
  await payByApi(stripe, session, `pm_card_${card}`)
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
  return { session: session.id, intent: idOf(intent) }
}

/** A subscription on a test clock at the beginning of 2027, paid with this card. */
async function subscribed(
  card = 'visa',
): Promise<{ customer: string; subscription: Stripe.Subscription; clock: string }> {
  const clock = await stripe.testHelpers.testClocks.create({
    frozen_time: Date.parse('2027-01-01T12:00:00Z') / 1000,
    name: 'New year',
  })
  const customer = await stripe.customers.create({
    email: 'grace@example.com',
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1500,
    recurring: { interval: 'month' },
    product_data: { name: 'Tea box' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id, quantity: 2 }],
  })
  if (card !== 'visa') {
    const method = await stripe.paymentMethods.attach(`pm_card_${card}`, { customer: customer.id })
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: method.id },
    })
  }
  return { customer: customer.id, subscription, clock: clock.id }
}

test('the overview has the keys, recent events, and what needs attention', async () => {
  await paid()
  await paid('createDispute')
  await world.sandbox.idle()
  const page = await read('/')
  for (const text of [
    world.sandbox.secretKey,
    world.sandbox.webhookSecret,
    '$20.00',
    'charge.dispute.created',
    'no money moves',
  ])
    expect(page).toContain(text)
  expect(page).toMatch(/tone-bad">1<\/strong> <span>Disputes to answer/)
})

describe('lists', () => {
  test('are searched by id and text, filtered by status, and read in pages', async () => {
    const { intent, session } = await paid()
    await errorOf(payByApi(stripe, await createSession(stripe), 'pm_card_chargeDeclined'))
    expect(await read('/payments?state=failed')).not.toContain(intent)
    expect(await read('/payments?state=succeeded')).toContain(intent)
    expect(await read(`/payments?q=${intent.slice(3, 15)}`)).toContain(intent)
    expect(await read('/payments?q=nothing-like-it')).toContain('No matches.')
    expect(await read('/sessions?q=ADA@example')).toContain(session)
    // A complete id leads to its page from any list.
    expect((await fetch(`${world.sandbox.url}/events?q=${intent}`)).url).toContain(`/payments/${intent}`)

    for (let index = 0; index < 52; index++) await stripe.customers.create({ name: `Person ${index}` })
    const first = await read('/customers?q=person')
    expect(first).toContain('Person 51')
    expect(first).not.toContain('Person 1<')
    const older = /href="([^"]+)">Older</.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await read(older)
    expect(second).toContain('Person 1<')
    expect(second).not.toContain('Person 51')
  })

  test('belong to one account; another account is named in the address', async () => {
    const other = client(world.sandbox, 'sk_test_panel')
    const session = await createSession(other)
    const list = await read('/sessions')
    expect(list).not.toContain(session.id)
    const [, account = ''] = /\/\?account=(acct_\w+)/.exec(await read('/')) ?? []
    expect(account).toMatch(/^acct_/)
    const names = [...(await read('/')).matchAll(/\/\?account=(acct_\w+)/g)].map((match) => match[1] ?? '')
    const pages = await Promise.all([...new Set(names)].map((name) => read(`/sessions?account=${name}`)))
    expect(pages.filter((page) => page.includes(session.id))).toHaveLength(1)
    expect(await read(`/sessions/${session.id}`)).toContain('the account of another key')
  })
})

describe('buttons', () => {
  test('a partial refund, the rest, and a clear refusal of more', async () => {
    const { intent } = await paid()
    expect(await press(`/payments/${intent}/refund`, { amount: '5.25', reason: 'duplicate' })).toContain(
      '$5.25 refunded.',
    )
    expect(await read(`/payments/${intent}`)).toContain('partly refunded')
    expect(await refusal(`/payments/${intent}/refund`, { amount: '100' })).toContain(
      'greater than unrefunded',
    )
    expect(await refusal(`/payments/${intent}/refund`, { amount: '1.234' })).toContain(
      'is not an amount in usd',
    )
    await press(`/payments/${intent}/refund`, { amount: '' })
    expect(await refusal(`/payments/${intent}/refund`)).toContain('already been refunded')
    const { data } = await stripe.refunds.list({ payment_intent: intent })
    expect(data.map((refund) => [refund.amount, refund.reason])).toEqual([
      [1475, null],
      [525, 'duplicate'],
    ])
  })

  test('amounts are typed in the currency’s own unit', async () => {
    const { intent } = await paid('visa', 'jpy')
    expect(await refusal(`/payments/${intent}/refund`, { amount: '1.5' })).toContain(
      'is not an amount in jpy',
    )
    expect(await press(`/payments/${intent}/refund`, { amount: '500' })).toContain('¥500 refunded.')
  })

  test('a dispute is raised, answered, and won; an inquiry is escalated and lost', async () => {
    const first = await paid()
    await press(`/payments/${first.intent}/dispute`, { reason: 'duplicate', kind: 'dispute' })
    const dispute = (await stripe.disputes.list({ payment_intent: first.intent })).data[0]
    expect(dispute).toMatchObject({
      status: 'needs_response',
      reason: 'duplicate',
      network_reason_code: '12.6',
    })
    const at = `/disputes/${dispute?.id ?? ''}`
    await press(`${at}/evidence`, { evidence: 'A receipt', choice: 'stage' })
    expect(await press(`${at}/evidence`, { evidence: '', choice: 'submit' })).toContain('under review')
    expect(await press(`${at}/decide`, { choice: 'win' })).toContain('dispute reversal')
    expect(await refusal(`${at}/decide`, { choice: 'lose' })).toContain('already closed')

    const second = await paid()
    await press(`/payments/${second.intent}/dispute`, { reason: 'general', kind: 'inquiry' })
    const inquiry = (await stripe.disputes.list({ payment_intent: second.intent })).data[0]
    const there = `/disputes/${inquiry?.id ?? ''}`
    expect(await press(`${there}/decide`, { choice: 'escalate' })).toContain('needs response')
    expect(await press(`${there}/accept`)).toContain('lost')
    expect(await refusal(`/payments/${second.intent}/dispute`, { reason: 'general' })).toContain(
      'nothing left',
    )
  })

  test('a debit is paid or refused at once', async () => {
    const debit = async (): Promise<string> => {
      const session = await createSession(stripe, {}, 'eur')
      await payByForm(session.url, { method: 'bank_debit', account: 'AT611904300234573201' })
      return session.id
    }
    const [good, bad] = [await debit(), await debit()]
    expect(await press(`/sessions/${good}/settle`, { choice: 'pay' })).toContain('Debit paid.')
    expect((await stripe.checkout.sessions.retrieve(good)).payment_status).toBe('paid')
    expect(await press(`/sessions/${bad}/settle`, { choice: 'fail' })).toContain('Debit refused.')
    expect(await stripe.checkout.sessions.retrieve(bad, { expand: ['payment_intent'] })).toMatchObject({
      payment_status: 'unpaid',
      payment_intent: { status: 'requires_payment_method' },
    })
    expect(await refusal(`/sessions/${bad}/settle`, { choice: 'pay' })).toContain('already settled')
  })

  test('a pending refund is canceled, one that succeeded fails', async () => {
    const { intent } = await paid('pendingRefund')
    const pending = await stripe.refunds.create({ payment_intent: intent, amount: 500 })
    expect(await press(`/refunds/${pending.id}/cancel`)).toContain('canceled')
    const again = await stripe.refunds.create({ payment_intent: intent, amount: 500 })
    expect(await press(`/refunds/${again.id}/finish`, { choice: 'succeed' })).toContain('succeeded')
    world.sandbox.advanceClock(60)
    expect((await stripe.refunds.retrieve(again.id)).status).toBe('succeeded')
    expect(await press(`/refunds/${again.id}/finish`, { choice: 'fail' })).toContain('failed')
    expect(await refusal(`/refunds/${again.id}/finish`, { choice: 'fail' })).toContain('failed already')
  })

  test('a held payment is captured in part', async () => {
    const session = await createSession(stripe, { payment_intent_data: { capture_method: 'manual' } })
    await payByForm(session.url)
    const intent = idOf((await stripe.checkout.sessions.retrieve(session.id)).payment_intent)
    expect(await press(`/payments/${intent}/capture`, { amount: '15' })).toContain('captured')
    expect((await stripe.paymentIntents.retrieve(intent)).amount_received).toBe(1500)
  })

  test('a subscription renews when its clock advances, can end with its period, and can be kept', async () => {
    const { customer, subscription } = await subscribed()
    const at = `/subscriptions/${subscription.id}`
    const page = await read(at)
    for (const text of [
      'Tea box',
      '$30.00 every month',
      'Visa 4242',
      '2027-01-01 12:00:00 to 2027-02-01 12:00:00',
      'New year, ready',
      `/invoices/${idOf(subscription.latest_invoice)}`,
      'invoice.paid',
    ])
      expect(page).toContain(text)
    expect(await read(`/customers/${customer}`)).toContain(at)
    expect(await read('/subscriptions?q=grace@example&state=active')).toContain(at)
    expect((await fetch(`${world.sandbox.url}/events?q=${subscription.id}`)).url).toContain(at)

    expect(await press(`${at}/advance`, { by: 'next' })).toContain('advancing to 2027-02-01 13:00:00')
    await world.sandbox.idle()
    const { data } = await stripe.invoices.list({ subscription: subscription.id })
    expect(data.map((invoice) => invoice.status)).toEqual(['paid', 'paid'])
    expect(await read(at)).toContain('2027-02-01 12:00:00 to 2027-03-01 12:00:00')

    expect(await press(`${at}/cancel`, { choice: 'end' })).toContain('ends on 2027-03-01 12:00:00')
    expect(await press(`${at}/cancel`, { choice: 'keep' })).toContain('Subscription continues.')
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at_period_end).toBe(false)
    await press(`${at}/cancel`, { choice: 'end' })
    await press(`${at}/advance`, { by: String(7 * 24 * 60 * 60) })
    await world.sandbox.idle()
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    await press(`${at}/advance`, { by: 'next' })
    await world.sandbox.idle()
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
    expect(await refusal(`${at}/cancel`, { choice: 'now' })).toContain('already ended')
  })

  test('a subscription without a test clock ends now, and has no clock to advance', async () => {
    const session = await createSession(stripe, {
      mode: 'subscription',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 900,
            recurring: { interval: 'week' },
            product_data: { name: 'Paper' },
          },
        },
      ],
    })
    await payByForm(session.url)
    const id = idOf((await stripe.checkout.sessions.retrieve(session.id)).subscription)
    expect(await read(`/sessions/${session.id}`)).toContain(`/subscriptions/${id}`)
    expect(await read(`/subscriptions/${id}`)).not.toContain('Advance the test clock')
    expect(await refusal(`/subscriptions/${id}/advance`, { by: '3600' })).toContain(
      'uses the sandbox’s clock',
    )
    expect(await press(`/subscriptions/${id}/cancel`, { choice: 'now' })).toContain('Subscription ended.')
  })

  test('an invoice that cannot be charged shows why; it is paid elsewhere, another is voided', async () => {
    const { subscription } = await subscribed('chargeCustomerFail')
    await press(`/subscriptions/${subscription.id}/advance`, { by: 'next' })
    await world.sandbox.idle()
    const [renewal] = (await stripe.invoices.list({ subscription: subscription.id })).data
    const at = `/invoices/${renewal?.id ?? ''}`
    const page = await read(at)
    for (const text of ['open', 'subscription cycle', '2 × Tea box', 'Still due', '$30.00', 'Next attempt'])
      expect(page).toContain(text)
    expect(await read(`/subscriptions/${subscription.id}`)).toContain('past due')
    const answer = await postForm(`${world.sandbox.url}${at}/pay`, {})
    expect(answer.status).toBe(402)
    const attempts = (await answer.text()).split('id="table-1"')[1] ?? ''
    // The first attempt, and the one that was just refused.
    expect(attempts.split('Events')[0]?.match(/tone-bad/g)).toHaveLength(2)
    // The next payment is now the next attempt, three days after the first.
    expect(await press(`/subscriptions/${subscription.id}/advance`, { by: 'next' })).toContain(
      'advancing to 2027-02-04 13:00:00',
    )
    await world.sandbox.idle()
    expect(await press(`${at}/pay`, { choice: 'outside' })).toContain('Invoice paid.')
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    expect(await refusal(`${at}/void`)).toContain('cannot be voided')

    const customer = await stripe.customers.create({ name: 'Ada' })
    await stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd' })
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    })
    expect(await press(`/invoices/${draft.id}/finalize`)).toContain('Invoice finalized.')
    expect(await press(`/invoices/${draft.id}/uncollectible`)).toContain('uncollectible')
    expect(await press(`/invoices/${draft.id}/void`)).toContain('Invoice voided.')
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('void')
    const seen = await stripe.invoices.retrieve(renewal?.id ?? '')
    expect(await (await fetch(seen.hosted_invoice_url ?? '')).text()).toContain(seen.number)
  })

  test('a session expires, once', async () => {
    const session = await createSession(stripe)
    expect(await press(`/sessions/${session.id}/expire`)).toContain('Session expired.')
    // The result is shown once.
    expect(await read(`/sessions/${session.id}`)).not.toContain('Session expired.')
    expect(await refusal(`/sessions/${session.id}/expire`)).toContain('already expired')
  })

  test('an endpoint is disabled and enabled, and a failed event is sent again', async () => {
    const [endpoint] = (await stripe.webhookEndpoints.list()).data
    const at = `/endpoints/${endpoint?.id ?? ''}`
    await world.sandbox.idle()
    expect(await press(`${at}/disable`)).toContain('disabled')
    const before = world.events.length
    await stripe.customers.create({ name: 'Unheard' })
    await world.sandbox.idle()
    expect(world.events).toHaveLength(before)
    expect(await press(`${at}/enable`)).toContain('enabled')
    const [event] = (await stripe.events.list({ type: 'customer.created', limit: 1 })).data
    expect(await read(`/events/${event?.id ?? ''}`)).toContain('No endpoint receives this event.')
    await press(`/events/${event?.id ?? ''}/resend`)
    await world.sandbox.idle()
    expect(world.events.at(-1)?.id).toBe(event?.id)

    world.endpoint.answer = () => 500
    const failing = await stripe.customers.create({ name: 'Refused' })
    await world.sandbox.idle()
    world.sandbox.advanceClock(60)
    await world.sandbox.idle()
    world.endpoint.answer = () => 200
    const list = await read('/deliveries?state=failed')
    expect(list).toContain('customer.created')
    expect(await read(`/deliveries?state=failed&q=${endpoint?.id ?? ''}`)).toContain('500')
    const [failed] = (await stripe.events.list({ delivery_success: false, type: 'customer.created' })).data
    expect(failed?.data.object).toMatchObject({ id: failing.id })
    expect(await read(`/events/${failed?.id ?? ''}`)).toContain('answer of the shop')
  })

  test('the clock is moved from any page, which is shown again', async () => {
    const session = await createSession(stripe)
    const url = `${world.sandbox.url}/clock`
    const answer = await postForm(url, { seconds: '86400', back: `/sessions/${session.id}` })
    expect(answer.headers.get('location')).toBe(`/sessions/${session.id}`)
    await world.sandbox.idle()
    expect(await read(`/sessions/${session.id}`)).toContain('expired')
    expect(
      (await postForm(url, { count: '2', unit: '3600', back: '//evil.example' })).headers.get('location'),
    ).toBe('/')
    expect((await postForm(url, { count: '-2', unit: '3600' })).status).toBe(400)
  })

  test('another site cannot press them, and unknown buttons are not found', async () => {
    const { intent } = await paid()
    const url = `${world.sandbox.url}/payments/${intent}`
    expect((await postForm(`${url}/refund`, {}, { Origin: 'http://evil.example' })).status).toBe(403)
    expect((await postForm(`${world.sandbox.url}/clock`, { seconds: '60' }, { Origin: 'null' })).status).toBe(
      403,
    )
    expect((await postForm(`${url}/constructor`, {})).status).toBe(404)
    expect((await fetch(`${world.sandbox.url}/payments/pi_none`)).status).toBe(404)
    expect((await stripe.refunds.list({ payment_intent: intent })).data).toEqual([])
  })
})
