// Idempotency keys.
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { client, createSession, createWorld, errorOf, idOf, payByApi, type World } from './support/world.js'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

function post(path: string, body: string, key: string, secret = world.sandbox.secretKey): Promise<Response> {
  return fetch(`${world.sandbox.url}${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${secret}`,
      'Idempotency-Key': key,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body,
  })
}

test('the same key and parameters: one object, the first answer again, and a header that marks it', async () => {
  const first = await post('/v1/products', 'name=Mug&metadata[a]=1', 'k1')
  const again = await post('/v1/products', 'metadata[a]=1&name=Mug', 'k1')
  expect(await again.text()).toBe(await first.text())
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'))
  expect(again.headers.get('request-id')).not.toBe(first.headers.get('request-id'))
  expect(again.headers.get('idempotency-key')).toBe('k1')
})

test.each([
  ['other parameters', '/v1/products', 'name=Cup'],
  ['another path', '/v1/customers', 'name=Mug'],
])('the same key with %s is refused', async (_, path, body) => {
  await post('/v1/products', 'name=Mug', 'k2')
  const answer = await post(path, body, 'k2')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { type: 'idempotency_error', message: expect.stringContaining("'k2'") as string },
  })
})

test('keys belong to one account', async () => {
  const mine = await post('/v1/products', 'name=Mug', 'k3')
  const theirs = await post('/v1/products', 'name=Cup', 'k3', 'sk_test_somebody_else')
  expect([mine.status, theirs.status]).toEqual([200, 200])
})

test('a validation error is not kept: the corrected request may use the same key', async () => {
  expect((await post('/v1/products', 'nme=Mug', 'k4')).status).toBe(400)
  expect((await post('/v1/products', 'name=Mug', 'k4')).status).toBe(200)
})

test('a decline is kept, and charges the card once', async () => {
  const session = await createSession(world.stripe)
  const body = 'payment_method=pm_card_chargeDeclined'
  const path = `/v1/payment_pages/${session.id}/confirm`
  const first = await post(path, body, 'k5')
  const again = await post(path, body, 'k5')
  expect([first.status, again.status]).toEqual([402, 402])
  expect(await again.text()).toBe(await first.text())
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id)
  expect((await world.stripe.charges.list({ payment_intent: idOf(intent) })).data).toHaveLength(1)
})

test('a refusal because of the state is kept', async () => {
  const session = await createSession(world.stripe)
  await payByApi(world.stripe, session)
  const first = await post(`/v1/checkout/sessions/${session.id}/expire`, '', 'k6')
  const again = await post(`/v1/checkout/sessions/${session.id}/expire`, '', 'k6')
  expect([first.status, again.status]).toEqual([400, 400])
  expect(again.headers.get('idempotent-replayed')).toBe('true')
})

test('while the first request runs, a second with the same key is refused', async () => {
  const slow = request(`${world.sandbox.url}/v1/products`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${world.sandbox.secretKey}`,
      'Idempotency-Key': 'k7',
      'Content-Length': 8,
    },
  })
  slow.write('name=')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const second = await post('/v1/products', 'name=Mug', 'k7')
  expect(second.status).toBe(409)
  expect(await second.json()).toMatchObject({ error: { code: 'idempotency_key_in_use' } })
  const done = new Promise<number | undefined>((resolve) =>
    slow.on('response', (answer) => resolve(answer.statusCode)),
  )
  slow.end('Mug')
  expect(await done).toBe(200)
  expect((await post('/v1/products', 'name=Mug', 'k7')).headers.get('idempotent-replayed')).toBe('true')
})

test('twenty at once through the SDK, which retries conflicts: one refund', async () => {
  const session = await createSession(world.stripe)
  await payByApi(world.stripe, session)
  const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id)
  const stripe = client(world.sandbox, world.sandbox.secretKey)
  const refunds = await Promise.all(
    Array.from({ length: 20 }, () =>
      stripe.refunds.create(
        { payment_intent: idOf(intent), amount: 100 },
        { idempotencyKey: 'k8', maxNetworkRetries: 5 },
      ),
    ),
  )
  expect(new Set(refunds.map((refund) => refund.id)).size).toBe(1)
  expect((await stripe.refunds.list({ payment_intent: idOf(intent) })).data).toHaveLength(1)
})

test('a key that is too long is refused', async () => {
  const error = await errorOf(
    world.stripe.products.create({ name: 'Mug' }, { idempotencyKey: 'k'.repeat(256) }),
  )
  expect(error.message).toContain('255')
})
