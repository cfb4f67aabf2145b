// Faults on demand: deliveries, the API, and how they are set.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { client, createWorld, errorOf, postForm, type World } from './support/world.js'

let world: World

beforeEach(async () => {
  world = await createWorld({ retryDelays: [5, 5] })
})
afterEach(() => world.close())

async function happen(count: number): Promise<string[]> {
  for (let index = 0; index < count; index++) await world.stripe.products.create({ name: `Mug ${index}` })
  await world.sandbox.idle()
  return world.events.map((event) => (event.data.object as Stripe.Product).name)
}

describe('deliveries', () => {
  test('duplicate: each event arrives three times, each signed', async () => {
    world.sandbox.faults.set({ deliveries: { duplicate: 2 } })
    await happen(2)
    expect(world.events).toHaveLength(6)
    expect(new Set(world.events.map((event) => event.id)).size).toBe(2)
    expect(world.sandbox.faults.counts).toEqual({ 'deliveries.duplicate': 2 })
  })

  test('drop: never sent, and found in the list of undelivered events', async () => {
    world.sandbox.faults.set({ deliveries: { drop: 1 } })
    expect(await happen(3)).toEqual([])
    world.sandbox.faults.clear()
    world.sandbox.advanceClock(7 * 24 * 3600)
    await world.sandbox.idle()
    expect(world.endpoint.deliveries).toEqual([])
    expect((await world.stripe.events.list({ delivery_success: false })).data).toHaveLength(3)
    const [event] = (await world.stripe.events.list()).data
    const page = await (await fetch(`${world.sandbox.url}/events/${event?.id ?? ''}`)).text()
    expect(page).toMatch(/>dropped<[^]*not sent: dropped by an injected fault/)
    await postForm(`${world.sandbox.url}/events/${event?.id ?? ''}/resend`, {})
    await world.sandbox.idle()
    expect(world.events.map((delivered) => delivered.id)).toEqual([event?.id])
  })

  test('the same seed drops the same deliveries, another seed others', async () => {
    const fates = async (seed: number): Promise<string[]> => {
      world.events.length = 0
      world.sandbox.faults.set({ seed, deliveries: { drop: 0.5 } })
      return (await happen(24)).sort()
    }
    const first = await fates(7)
    expect(first.length).toBeGreaterThan(4)
    expect(first.length).toBeLessThan(20)
    expect(await fates(7)).toEqual(first)
    expect(await fates(8)).not.toEqual(first)
  })

  test('wrong signature: the shop refuses it, and accepts the retry', async () => {
    world.sandbox.faults.set({ deliveries: { wrongSignature: 1 } })
    expect(await happen(1)).toEqual([])
    expect(world.endpoint.deliveries).toHaveLength(1)
    world.sandbox.faults.clear()
    world.sandbox.advanceClock(6)
    await world.sandbox.idle()
    expect(world.events).toHaveLength(1)
  })

  test('truncate: half a body and a broken connection, then the whole body', async () => {
    const halves: number[] = []
    const server = createServer((request) => {
      let length = 0
      request.on('data', (part: Buffer) => (length += part.length))
      request.on('error', () => halves.push(length))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await world.sandbox.addWebhookEndpoint({ url: `http://127.0.0.1:${port}` })
    world.sandbox.faults.set({ deliveries: { truncate: 1 } })
    await happen(1)
    await expect.poll(() => halves).toHaveLength(1)
    expect(halves[0]).toBeGreaterThan(100)
    expect(world.events).toEqual([])
    server.close()
    world.sandbox.faults.clear()
    world.sandbox.advanceClock(6)
    await world.sandbox.idle()
    expect(world.events).toHaveLength(1)
  })

  test('delay and slow take their time', async () => {
    world.sandbox.faults.set({ deliveries: { delay: 150, slow: 150 } })
    const started = performance.now()
    await happen(1)
    expect(performance.now() - started).toBeGreaterThan(295)
    expect(world.events).toHaveLength(1)
  })

  test('reorder: later ones arrive first', async () => {
    world.sandbox.faults.set({ seed: 3, deliveries: { reorder: 0.5 } })
    const names = await happen(12)
    expect(names).toHaveLength(12)
    expect(names).not.toEqual([...names].sort((a, b) => Number(a.slice(4)) - Number(b.slice(4))))
  })
})

describe('the API', () => {
  const make = (name: string, options: Stripe.RequestOptions = {}): Promise<Stripe.Product> =>
    world.stripe.products.create({ name }, options)

  test('errors: 500, and the request was not executed', async () => {
    world.sandbox.faults.set({ api: { error: 1 } })
    expect(await errorOf(make('Mug'))).toMatchObject({ statusCode: 500, rawType: 'api_error' })
    world.sandbox.faults.clear()
    expect((await world.stripe.products.list()).data).toEqual([])
  })

  test('half of all requests fail, and an SDK that retries succeeds', async () => {
    world.sandbox.faults.set({ seed: 2, api: { error: 0.5 } })
    for (let index = 0; index < 5; index++) await make('Mug', { maxNetworkRetries: 5 })
    const { 'api.error': struck = 0 } = world.sandbox.faults.counts
    expect(struck).toBeGreaterThan(0)
    world.sandbox.faults.clear()
    expect((await world.stripe.products.list()).data).toHaveLength(5)
  }, 60_000)

  test('timeouts: executed and never answered; the same key gets the answer later', async () => {
    world.sandbox.faults.set({ api: { timeout: 1 } })
    const error = await errorOf(make('Mug', { idempotencyKey: 'once', timeout: 200 }))
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    world.sandbox.faults.clear()
    const { id } = await make('Mug', { idempotencyKey: 'once' })
    expect((await world.stripe.products.list()).data.map((product) => product.id)).toEqual([id])
  })

  test('random rate limits: 429 with code and reason', async () => {
    world.sandbox.faults.set({ api: { rateLimit: 1 } })
    const error = await errorOf(make('Mug'))
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
    expect(error).toMatchObject({ code: 'rate_limit', rawType: 'invalid_request_error' })
    expect(error.headers?.['stripe-rate-limited-reason']).toBe('global-rate')
  })

  test('Stripe’s limit: 25 per second and account, then 25 more', async () => {
    world.sandbox.faults.set({ api: { requestsPerSecond: 25 } })
    const burst = async (stripe: Stripe): Promise<number> => {
      const answers = await Promise.allSettled(Array.from({ length: 40 }, () => stripe.products.list()))
      return answers.filter((answer) => answer.status === 'fulfilled').length
    }
    expect(await burst(world.stripe)).toBe(25)
    expect(await burst(client(world.sandbox, 'sk_test_other'))).toBe(25)
    expect(world.sandbox.faults.counts).toEqual({ 'api.requestsPerSecond': 30 })
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(await burst(world.stripe)).toBe(25)
  })
})

describe('setting them', () => {
  const url = (): string => `${world.sandbox.url}/_sandbox/faults`

  test('by program: JSON or a form; faults that are not named are off', async () => {
    const json = await fetch(url(), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ seed: 9, deliveries: { drop: 0.25 }, api: { error: 0 } }),
    })
    expect(await json.json()).toEqual({ settings: { seed: 9, deliveries: { drop: 0.25 } }, counts: {} })
    expect(world.sandbox.faults.settings).toEqual({ seed: 9, deliveries: { drop: 0.25 } })
    const form = await postForm(url(), { 'api.timeout': '1' })
    expect(await form.json()).toMatchObject({ settings: { seed: 1, api: { timeout: 1 } } })
    expect(await (await fetch(url(), { method: 'DELETE' })).json()).toEqual({
      settings: { seed: 1 },
      counts: {},
    })
  })

  test.each([
    [{ 'deliveries.drop': '1.5' }, 'deliveries.drop must be a number from 0 to 1.'],
    [{ 'deliveries.delay': '-1' }, 'a whole number of milliseconds'],
    [{ 'deliveries.duplicate': '1.5' }, 'a whole number'],
    [{ 'deliveries.drop': '' }, 'a number from 0 to 1'],
    [{ 'deliveries.lose': '1' }, 'Unknown fault "deliveries.lose"'],
    [{ seed: 'x' }, 'seed must be a whole number'],
  ])('%j is refused, and the settings stay', async (fields, message) => {
    world.sandbox.faults.set({ deliveries: { drop: 1 } })
    for (const path of ['/_sandbox/faults', '/faults']) {
      const answer = await postForm(world.sandbox.url + path, fields)
      expect(answer.status).toBe(400)
      expect((await answer.text()).replaceAll('\\"', '"').replaceAll('&#34;', '"')).toContain(message)
    }
    expect(world.sandbox.faults.settings).toEqual({ seed: 1, deliveries: { drop: 1 } })
  })

  test('on the panel, where every page says that faults are on', async () => {
    await postForm(`${world.sandbox.url}/faults`, {
      seed: '5',
      'deliveries.duplicate': '1',
      'api.error': '0',
    })
    await happen(2)
    expect(await (await fetch(`${world.sandbox.url}/faults`)).text()).toContain('<strong>2×</strong> so far')
    expect(await (await fetch(`${world.sandbox.url}/payments`)).text()).toContain('faults are on')
    await postForm(`${world.sandbox.url}/faults`, { clear: 'yes', 'api.error': 'nonsense' })
    expect(await (await fetch(`${world.sandbox.url}/payments`)).text()).not.toContain('faults are on')
    const foreign = await postForm(`${world.sandbox.url}/faults`, {}, { Origin: 'http://evil.example' })
    expect(foreign.status).toBe(403)
  })

  test('as an option of createSandbox', async () => {
    const other = await createWorld({ faults: { deliveries: { drop: 1 } } })
    expect(other.sandbox.faults.settings).toEqual({ seed: 1, deliveries: { drop: 1 } })
    await other.close()
  })
})

test('while a secret is rolled, deliveries are signed by both; afterwards by the new one', async () => {
  const [endpoint] = (await world.stripe.webhookEndpoints.list()).data
  const at = `${world.sandbox.url}/endpoints/${endpoint?.id ?? ''}`
  await postForm(`${at}/roll`, { overlap: '3600' })
  const page = await (await fetch(at)).text()
  const secrets = page.match(/whsec_\w+/g) ?? []
  expect(secrets).toHaveLength(2)
  await happen(1)
  const first = world.endpoint.deliveries[0]
  const signature = String(first?.headers['stripe-signature'])
  expect(signature.match(/v1=/g)).toHaveLength(2)
  for (const secret of secrets)
    expect(world.stripe.webhooks.constructEvent(first?.body ?? '', signature, secret).type).toBe(
      'product.created',
    )
  world.sandbox.advanceClock(3601)
  await world.stripe.products.create({ name: 'Late' })
  await world.sandbox.idle()
  const last = world.endpoint.deliveries.at(-1)
  expect(String(last?.headers['stripe-signature']).match(/v1=/g)).toHaveLength(1)
  expect(
    world.stripe.webhooks.constructEvent(
      last?.body ?? '',
      String(last?.headers['stripe-signature']),
      secrets[0] ?? '',
    ).type,
  ).toBe('product.created')
})
