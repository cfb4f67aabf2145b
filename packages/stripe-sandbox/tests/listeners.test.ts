// What `stripe listen` and `stripe logs tail` receive, tested with a client that can disconnect and stay silent.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createSandbox, type Sandbox } from '../src/index.js'
import { client, createEndpoint, createSession, errorOf, payByApi, postForm } from './support/world.js'

let dir: string
let sandbox: Sandbox
const opened: Listener[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  sandbox = await createSandbox({ dir })
})
afterEach(async () => {
  for (const listener of opened.splice(0)) listener.socket.terminate()
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
})

interface Session {
  websocket_id: string
  websocket_url: string
  websocket_authorized_feature: string
  reconnect_delay: number
  secret: string
}

interface Message {
  type: string
  endpoint: { api_version: string | null }
  event_payload: string
  http_headers: Record<string, string>
  request_log_id: string
  webhook_conversation_id: string
  webhook_id: string
}

interface Listener {
  socket: WebSocket
  /** Every message it received. */
  messages: Message[]
  /** The types of the events for `stripe listen` without `--latest`. */
  types(): string[]
  acknowledge(message: Message): void
  answer(message: Message, status: number): void
}

const stripe = (key = sandbox.secretKey) => client(sandbox, key)

function ask(features: string[], more: Record<string, string> = {}, key?: string): Promise<Session> {
  return stripe(key).rawRequest('POST', '/v1/stripecli/sessions', {
    device_name: 'test',
    websocket_features: features,
    ...more,
  })
}

const askToListen = () => ask(['webhooks'], { forward_to_url: 'localhost:1/hook' })

async function connect(session: Session): Promise<Listener> {
  const url = `ws://127.0.0.1:${sandbox.port}${new URL(session.websocket_url).pathname}`
  const socket = new WebSocket(
    `${url}?websocket_feature=${session.websocket_authorized_feature}`,
    'stripecli-devproxy-v1',
    { headers: { 'Websocket-Id': session.websocket_id } },
  )
  const messages: Message[] = []
  const say = (message: object): void => socket.send(JSON.stringify(message))
  const listener: Listener = {
    socket,
    messages,
    types: () =>
      messages
        .filter((message) => message.endpoint.api_version === null)
        .map((message) => (JSON.parse(message.event_payload) as { type: string }).type),
    acknowledge: (message) =>
      say({
        type: 'event_ack',
        event_id: eventIn(message).id,
        webhook_conversation_id: message.webhook_conversation_id,
        webhook_id: message.webhook_id,
      }),
    answer: (message, status) =>
      say({
        type: 'webhook_response',
        notification_id: eventIn(message).id,
        webhook_conversation_id: message.webhook_conversation_id,
        webhook_id: message.webhook_id,
        forward_url: 'http://localhost:1/hook',
        status,
        body: 'answer of the shop',
      }),
  }
  opened.push(listener)
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  return listener
}

function leave(listener: Listener): Promise<void> {
  return new Promise((resolve) => {
    listener.socket.on('close', () => resolve())
    listener.socket.close(1000, 'Resetting the connection')
  })
}

function eventIn(message: Message): { id: string } {
  return JSON.parse(message.event_payload) as { id: string }
}

const makeEvent = () => stripe().products.create({ name: 'Mug' })

async function pageOf(type: string): Promise<string> {
  const [event] = (await stripe().events.list({ type })).data
  return (await fetch(`${sandbox.url}/events/${event?.id ?? ''}`)).text()
}

test('an event is sent once per version, signed, and done when both are acknowledged', async () => {
  const session = await askToListen()
  const listener = await connect(session)
  await makeEvent()
  await expect.poll(() => listener.messages).toHaveLength(2)
  const [plain, latest] = listener.messages
  if (!plain || !latest) throw new Error('nothing was said')
  expect(plain.endpoint.api_version).toBeNull()
  expect(latest.endpoint.api_version).toBe(Stripe.API_VERSION)
  const signature = plain.http_headers['Stripe-Signature'] ?? ''
  expect(stripe().webhooks.constructEvent(plain.event_payload, signature, session.secret)).toMatchObject({
    type: 'product.created',
    pending_webhooks: 1,
  })

  listener.acknowledge(plain)
  await expect.poll(() => pageOf('product.created')).toContain('>pending<')
  listener.acknowledge(latest)
  await sandbox.idle()
  await expect.poll(() => pageOf('product.created')).toMatch(/>taken<[^]*reported no answer/)
  listener.answer(plain, 503)
  await expect.poll(() => pageOf('product.created')).toMatch(/>failed<[^]*503[^]*answer of the shop/)
  // The CLI forwards once. Resending is a separate command.
  sandbox.advanceClock(24 * 3600)
  await sandbox.idle()
  expect(listener.messages).toHaveLength(2)
})

test('after reconnecting, only unacknowledged events are sent again', async () => {
  const session = await askToListen()
  const first = await connect(session)
  await makeEvent()
  await makeEvent()
  await expect.poll(() => first.messages).toHaveLength(4)
  const known = first.messages.slice(0, 2)
  known.forEach((message) => first.acknowledge(message))
  await expect.poll(() => pageOf('product.created')).toContain('>pending<')
  await leave(first)
  await stripe().customers.create({ name: 'Ada' })
  const second = await connect(session)
  await expect.poll(() => second.types()).toEqual(['product.created', 'customer.created'])
  expect(second.messages.map((message) => eventIn(message).id)).not.toContain(
    known[0] && eventIn(known[0]).id,
  )
})

test('a restart of the sandbox keeps the session and its pending events', async () => {
  const session = await askToListen()
  const first = await connect(session)
  await leave(first)
  await makeEvent()
  await sandbox.close()
  sandbox = await createSandbox({ dir })
  await stripe().customers.create({ name: 'Ada' })
  const second = await connect(session)
  await expect.poll(() => second.types()).toEqual(['product.created', 'customer.created'])
  expect((await askToListen()).secret).toBe(session.secret)
})

test('every listener of the account receives the event, those of other accounts do not', async () => {
  const [one, two] = [await connect(await askToListen()), await connect(await askToListen())]
  const other = await connect(await ask(['webhooks'], {}, 'sk_test_other'))
  const page = await (await fetch(sandbox.url)).text()
  expect(page.split('stripe listen → localhost:1/hook')).toHaveLength(3)
  await makeEvent()
  await expect.poll(() => [one.types(), two.types()]).toEqual([['product.created'], ['product.created']])
  expect(other.types()).toEqual([])
  const secrets = await Promise.all([askToListen(), ask(['webhooks'], {}, 'sk_test_other')])
  expect(secrets[0].secret).toBe(sandbox.webhookSecret)
  expect(secrets[1].secret).not.toBe(sandbox.webhookSecret)
})

test('a session that never connects, as with --print-secret, gets nothing', async () => {
  await askToListen()
  await makeEvent()
  expect(await pageOf('product.created')).toContain('No endpoint receives this event')
})

test('earlier events are sent by a resend, from the API and from the page', async () => {
  const { id } = await makeEvent()
  const listener = await connect(await askToListen())
  const [event] = (await stripe().events.list()).data
  await stripe().rawRequest('POST', `/v1/events/${event?.id ?? ''}/retry`, { for_stripecli: 'true' })
  await expect.poll(() => listener.types()).toHaveLength(1)
  expect(listener.messages[0]?.event_payload).toContain(id)
  listener.messages.forEach((message) => listener.acknowledge(message))
  await sandbox.idle()
  const page = await pageOf('product.created')
  const [, endpoint = ''] = /name="endpoint" value="(\w+)"/.exec(page) ?? []
  await postForm(`${sandbox.url}/events/${event?.id ?? ''}/resend`, { endpoint })
  await expect.poll(() => listener.types()).toHaveLength(2)
})

test('a resend for the CLI when none is running goes to the original endpoints', async () => {
  const shop = await createEndpoint()
  await sandbox.addWebhookEndpoint({ url: shop.url })
  await makeEvent()
  await sandbox.idle()
  const [event] = (await stripe().events.list()).data
  await stripe().rawRequest('POST', `/v1/events/${event?.id ?? ''}/retry`, { for_stripecli: 'true' })
  await sandbox.idle()
  expect(shop.deliveries.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual([
    event?.id,
    event?.id,
  ])
  await shop.close()
})

test('a WebSocket of an unknown session is refused with the text that the CLI looks for', async () => {
  for (const id of ['cliws_unknown', undefined]) {
    const answer = await new Promise<{ status: number; text: string }>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${sandbox.port}/subscribe/acct_1`, {
        headers: id === undefined ? {} : { 'Websocket-Id': id },
      })
      socket.on('unexpected-response', (_request, response) => {
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
    })
    expect(answer).toEqual({ status: 404, text: '{"error":{"message":"Unknown WebSocket ID."}}' })
  }
})

test('invalid messages and unknown events change nothing and keep the connection', async () => {
  const listener = await connect(await askToListen())
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"type":"event_ack"}',
    '{"type":"webhook_response","status":"200"}',
  ]) {
    listener.socket.send(text)
  }
  listener.socket.send(
    JSON.stringify({ type: 'webhook_response', notification_id: 'evt_none', status: 200, body: '' }),
  )
  await makeEvent()
  await expect.poll(() => listener.types()).toEqual(['product.created'])
})

test.each<[Record<string, string>, string[]]>([
  [{}, ['GET 200', 'POST 400', 'GET 404', 'POST 402']],
  [{ filter_http_method: 'POST' }, ['POST 400', 'POST 402']],
  [{ filter_status_code: '404' }, ['GET 404']],
  [{ filter_status_code_type: '400' }, ['POST 400', 'GET 404', 'POST 402']],
  [{ filter_request_status: 'SUCCEEDED' }, ['GET 200']],
  [{ filter_request_path: '/v1/customers' }, ['GET 200', 'POST 400']],
  [{ filter_source: 'DASHBOARD' }, []],
  [{ filter_account: 'connect_in' }, []],
  [{ filter_ip_address: '10.0.0.1' }, []],
])('the log of requests, filtered by %j', async (filters, expected) => {
  const session = await createSession(stripe())
  const lists = Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value]]))
  const all = await connect(await ask(['request_logs'], { filters: '{}' }))
  const tail = await connect(await ask(['request_logs'], { filters: JSON.stringify(lists) }))
  await stripe().customers.list()
  await errorOf(stripe().rawRequest('POST', '/v1/customers', { colour: 'red' }))
  await errorOf(stripe().customers.retrieve('cus_none'))
  await errorOf(payByApi(stripe(), session, 'pm_card_chargeDeclined'))
  await expect.poll(() => all.messages).toHaveLength(4)
  // Messages sent before a ping arrive before its answer.
  await new Promise((resolve) => tail.socket.once('pong', resolve).ping())
  const lines = tail.messages.map(
    (message) => JSON.parse(message.event_payload) as { method: string; status: number; error: object },
  )
  expect(lines.map(({ method, status }) => `${method} ${status}`)).toEqual(expected)
  const declined = lines.find((line) => line.status === 402)
  if (declined) {
    expect(declined.error).toMatchObject({ code: 'card_declined', decline_code: 'generic_decline' })
    expect(Object.values(declined.error).every((value) => typeof value === 'string')).toBe(true)
  }
})

test('a session must ask for known features', async () => {
  const refused = async (call: Promise<unknown>) => (await errorOf(call)).message
  expect(await refused(ask([]))).toContain('websocket_features')
  expect(await refused(ask(['colours']))).toContain('colours')
  expect(await refused(ask(['v2_events']))).toContain('does not support thin events')
  expect(await refused(ask(['request_logs'], { filters: '[' }))).toContain('not a JSON object')
  expect(await refused(ask(['request_logs'], { filters: '{"filter_colour":["red"]}' }))).toContain(
    'filter_colour',
  )
})
