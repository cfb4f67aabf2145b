// Webhook deliveries: signatures, retries, endpoints.
import { createHmac } from 'node:crypto'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  client,
  createEndpoint,
  createSession,
  createWorld,
  payByApi,
  payByForm,
  postForm,
  type World,
} from './support/world.js'

let world: World

beforeEach(async () => {
  world = await createWorld({ retryDelays: [5, 30] })
})
afterEach(() => world.close())

async function expired(): Promise<string> {
  const { id } = await createSession(world.stripe)
  await world.stripe.checkout.sessions.expire(id)
  await world.sandbox.idle()
  return id
}

test('a delivery has Stripe’s format, and the SDK accepts its signature', async () => {
  const id = await expired()
  const [delivery] = world.endpoint.deliveries
  if (!delivery) throw new Error('nothing was delivered')
  expect(delivery.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  })
  const header = String(delivery.headers['stripe-signature'])
  const [, seconds = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64}),v0=[0-9a-f]{64}$/.exec(header) ?? []
  const expected = createHmac('sha256', world.sandbox.webhookSecret)
    .update(`${seconds}.${delivery.body}`)
    .digest('hex')
  expect(v1).toBe(expected)
  expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5)
  // Pretty-printed, as at Stripe: a handler that verifies its own JSON.stringify fails in tests, not in production.
  expect(delivery.body).toBe(JSON.stringify(JSON.parse(delivery.body), null, 2))
  expect(delivery.body).toContain('\n  "id": "evt_')
  expect(world.events[0]).toMatchObject({
    object: 'event',
    api_version: Stripe.API_VERSION,
    livemode: false,
    pending_webhooks: 1,
    type: 'checkout.session.expired',
    data: { object: { id, status: 'expired', url: null } },
    request: {
      id: expect.stringMatching(/^req_/) as string,
      idempotency_key: expect.stringMatching(/^stripe-node-retry-/) as string,
    },
  })
  expect(() =>
    world.stripe.webhooks.constructEvent(`${delivery.body} `, header, world.sandbox.webhookSecret),
  ).toThrow()
})

test('an event has its object as it was, and no request if it was scheduled', async () => {
  const { stripe, sandbox } = world
  const session = await createSession(stripe)
  sandbox.advanceClock(24 * 3600 + 1)
  await sandbox.idle()
  await stripe.checkout.sessions.update(session.id, { metadata: { later: '1' } })
  const { data } = await stripe.events.list()
  expect(data[0]).toMatchObject({
    type: 'checkout.session.expired',
    request: { id: null, idempotency_key: null },
  })
  expect(data[0]?.data.object).toMatchObject({ metadata: {} })
})

test.each([500, 404, 302, 0])(
  'an answer of %i is a failure; the retry has the same body and a new signature',
  async (status) => {
    const { stripe, sandbox, endpoint } = world
    endpoint.answer = (request) => {
      if (status === 0) request.socket.destroy()
      return status === 0 ? 500 : status
    }
    await expired()
    expect(endpoint.deliveries).toHaveLength(1)
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1)
    endpoint.answer = () => 204
    sandbox.advanceClock(4)
    await sandbox.idle()
    expect(endpoint.deliveries).toHaveLength(1)
    // The signed time has whole seconds.
    if (status === 500) await new Promise((resolve) => setTimeout(resolve, 1100))
    sandbox.advanceClock(2)
    await sandbox.idle()
    const [first, second] = endpoint.deliveries
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['stripe-signature']).not.toBe(first?.headers['stripe-signature'])
    const [event] = (await stripe.events.list()).data
    expect(event).toMatchObject({ pending_webhooks: 0 })
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(0)
  },
)

test('after the last retry it has failed, and can be sent again by hand', async () => {
  const { stripe, sandbox, endpoint } = world
  endpoint.answer = () => 500
  await expired()
  for (const seconds of [6, 31, 3600, 3600]) {
    sandbox.advanceClock(seconds)
    await sandbox.idle()
  }
  expect(endpoint.deliveries).toHaveLength(3)
  const [event] = (await stripe.events.list()).data
  if (!event) throw new Error('the event is missing')
  expect(event.pending_webhooks).toBe(1)

  endpoint.answer = () => 200
  const page = await (await fetch(`${sandbox.url}/events/${event.id}`)).text()
  expect(page).toContain('failed')
  expect(page).toContain('answer of the shop')
  expect((await postForm(`${sandbox.url}/events/${event.id}/resend`, {})).status).toBe(303)
  await sandbox.idle()
  expect(world.events.map((delivered) => delivered.id)).toEqual([event.id])
  expect((await stripe.events.retrieve(event.id)).pending_webhooks).toBe(0)

  await stripe.rawRequest('POST', `/v1/events/${event.id}/retry`, {})
  await sandbox.idle()
  expect(world.events).toHaveLength(2)
})

test('endpoints select events, can be disabled and deleted, and have secrets of their own', async () => {
  const { stripe, sandbox } = world
  const received: string[] = []
  const second = await createEndpoint((body, signature) => {
    received.push(stripe.webhooks.constructEvent(body, signature, made.secret ?? '').type)
  })
  const made = await stripe.webhookEndpoints.create({
    url: second.url,
    enabled_events: ['checkout.session.completed'],
  })
  expect(made.secret).toMatch(/^whsec_\w{32}$/)
  expect((await stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined()
  await payByForm((await createSession(stripe)).url)
  await sandbox.idle()
  expect(received).toEqual(['checkout.session.completed'])
  expect(world.types()).toHaveLength(4)
  await stripe.webhookEndpoints.update(made.id, { disabled: true })
  await payByForm((await createSession(stripe)).url)
  await sandbox.idle()
  expect(received).toHaveLength(1)
  await stripe.webhookEndpoints.del(made.id)
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
  await second.close()
})

test('adding the same URL again returns the same endpoint and secret', async () => {
  const { sandbox, endpoint } = world
  const first = await sandbox.addWebhookEndpoint({ url: endpoint.url })
  const again = await sandbox.addWebhookEndpoint({ url: endpoint.url })
  expect(again).toEqual(first)
  expect(again.secret).toBe(sandbox.webhookSecret)
  const own = await sandbox.addWebhookEndpoint({ url: endpoint.url, secret: 'whsec_own' })
  expect(own).toEqual({ id: first.id, secret: 'whsec_own' })
})

test('an endpoint that never answers delays neither the customer nor the API', async () => {
  const { stripe, sandbox } = world
  const silent = await createEndpoint()
  silent.answer = () => 0
  await sandbox.addWebhookEndpoint({ url: silent.url })
  const session = await createSession(stripe)
  const started = performance.now()
  expect((await payByForm(session.url)).status).toBe(303)
  expect(performance.now() - started).toBeLessThan(500)
  await expect.poll(() => world.types()).toContain('checkout.session.completed')
  await silent.close()
})

test('each account has its own events', async () => {
  await payByApi(world.stripe, await createSession(world.stripe))
  await world.sandbox.idle()
  const before = world.events.length
  const other = client(world.sandbox, 'sk_test_other')
  await payByApi(other, await createSession(other))
  await world.sandbox.idle()
  expect(world.events).toHaveLength(before)
  expect((await other.events.list()).data).toHaveLength(4)
})
