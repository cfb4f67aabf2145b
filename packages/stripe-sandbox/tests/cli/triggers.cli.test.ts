// Every `stripe trigger` that the sandbox supports: it succeeds, and creates the event that it is named after.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.js'
import { cliFor, type Cli } from '../support/stripe-cli.js'

let world: World
let cli: Cli

beforeAll(async () => {
  world = await createWorld()
  cli = cliFor(world.sandbox, 'api-base')
})
afterAll(async () => {
  await cli.close()
  await world.close()
})

/** Runs a trigger, advances the clock for later events, and returns the types of the events. */
async function trigger(name: string, ...options: string[]): Promise<string[]> {
  await world.sandbox.idle()
  const before = world.events.length
  const { code, output } = await cli.run('trigger', name, ...options)
  expect(output).toContain('Trigger succeeded!')
  expect(code).toBe(0)
  world.sandbox.advanceClock(60)
  await world.sandbox.idle()
  return world.types().slice(before)
}

const supported = {
  checkout: [
    'checkout.session.completed',
    'checkout.session.async_payment_succeeded',
    'checkout.session.async_payment_failed',
    'checkout.session.expired',
  ],
  'payment intents': [
    'payment_intent.created',
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.canceled',
    'payment_intent.requires_action',
    'payment_intent.amount_capturable_updated',
    'payment_intent.processing',
  ],
  charges: [
    'charge.succeeded',
    'charge.failed',
    'charge.captured',
    'charge.refunded',
    'charge.refund.updated',
  ],
  disputes: ['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'],
  catalog: ['product.created', 'product.updated', 'product.deleted', 'price.created', 'price.updated'],
  customers: [
    'customer.created',
    'customer.updated',
    'customer.deleted',
    'customer.source.created',
    'customer.source.updated',
  ],
  'tax rates': ['tax_rate.created', 'tax_rate.updated'],
  coupons: [
    'coupon.created',
    'coupon.updated',
    'coupon.deleted',
    'promotion_code.created',
    'promotion_code.updated',
  ],
  'payment methods': ['payment_method.attached', 'payment_method.detached', 'payment_method.updated'],
  'setup intents': [
    'setup_intent.created',
    'setup_intent.requires_action',
    'setup_intent.succeeded',
    'setup_intent.setup_failed',
    'setup_intent.canceled',
  ],
  subscriptions: [
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.paused',
    'customer.subscription.trial_will_end',
    'customer.subscription.deleted',
    'subscription.payment_succeeded',
    'subscription.payment_failed',
  ],
  invoices: [
    'invoice.created',
    'invoice.updated',
    'invoice.finalized',
    'invoice.sent',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice.payment_failed',
    'invoice.payment_action_required',
    'invoice.marked_uncollectible',
    'invoice.voided',
    'invoice.deleted',
    'invoiceitem.created',
    'invoiceitem.deleted',
  ],
  'payment links': ['payment_link.created', 'payment_link.updated'],
  'the billing portal': [
    'billing_portal.configuration.created',
    'billing_portal.configuration.updated',
    'billing_portal.session.created',
  ],
  'test clocks': [
    'test_helpers.test_clock.created',
    'test_helpers.test_clock.advancing',
    'test_helpers.test_clock.ready',
    'test_helpers.test_clock.deleted',
  ],
}

/** Triggers whose name differs from their event. */
const eventOf: Record<string, string> = {
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
  'subscription.payment_failed': 'invoice.payment_failed',
}

describe.each(Object.entries(supported))('%s', (_group, names) => {
  test.each(names)('%s', async (name) => {
    expect(await trigger(name)).toContain(eventOf[name] ?? name)
  })
})

test('a name with a version works too', async () => {
  expect(await trigger('v1.charge.refunded')).toContain('charge.refunded')
})

test('a trigger’s parameters can be overridden', async () => {
  const options = [
    '--override',
    'price:unit_amount=500',
    '--override',
    'payment_page_confirm:expected_amount=1000',
  ]
  await trigger(
    'checkout.session.completed',
    ...options,
    '--add',
    'checkout_session:client_reference_id=mine',
  )
  const completed = world.events.filter((event) => event.type === 'checkout.session.completed').at(-1)
  expect(completed?.data.object).toMatchObject({ amount_total: 1000, client_reference_id: 'mine' })
})

test('a trigger that needs an unsupported resource fails, and says so', async () => {
  const { code, output } = await cli.run('trigger', 'issuing_card.created')
  expect(code).toBe(1)
  expect(output).toContain('This is the sandbox: it supports a part of Stripe')
})
