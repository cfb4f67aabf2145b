// What pages of other sites can't do with the sandbox on a developer's machine.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { client, createWorld, type World } from './support/world.js'

const NAME = 'host.docker.internal'
let world: World

beforeAll(async () => {
  world = await createWorld({ allowedHosts: [NAME] })
})
afterAll(() => world.close())

interface Answer {
  status: number
  type: string
  body: string
}

/** Sends exactly these headers, as `fetch` would not. */
function send(path: string, headers: Record<string, string>, method = 'POST'): Promise<Answer> {
  const { port, secretKey } = world.sandbox
  const given = {
    Authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
    Host: `127.0.0.1:${port}`,
    'Content-Type': 'application/x-www-form-urlencoded',
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers: given }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (part: string) => (body += part))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body }),
      )
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? 'url=http://127.0.0.1:9/&enabled_events[]=*' : undefined)
  })
}

const endpoints = async () => (await world.stripe.webhookEndpoints.list()).data.length

describe('the API refuses', () => {
  test.each<[string, Record<string, string>]>([
    ['a form of another site', { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['a page on another port of this machine', { 'Sec-Fetch-Site': 'same-site' }],
    ['a browser without Fetch Metadata', { Origin: 'http://127.0.0.1:3000' }],
    ['a page without an origin', { Origin: 'null' }],
    ['an origin that is no URL', { Origin: '127.0.0.1' }],
    ['a host name that is bound to this machine later', { Host: 'evil.example' }],
    [
      'the same, from its own page',
      { Host: 'evil.example:12111', Origin: 'http://evil.example:12111', 'Sec-Fetch-Site': 'same-origin' },
    ],
    ['a host name that begins like its own', { Host: '127.0.0.1.evil.example' }],
    ['any address as host name', { Host: '0.0.0.0:12111' }],
  ])('%s', async (_, headers) => {
    const before = await endpoints()
    for (const path of [
      '/v1/webhook_endpoints',
      '/v1/webhook_endpoints?a=b',
      '/v2/core/events',
      '/unknown',
    ]) {
      const answer = await send(path, headers)
      expect({ path, status: answer.status, type: answer.type }).toEqual({
        path,
        status: 403,
        type: 'application/json',
      })
      expect(JSON.parse(answer.body)).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
    for (const method of ['GET', 'DELETE', 'OPTIONS'])
      expect((await send('/v1/webhook_endpoints', headers, method)).status).toBe(403)
    expect(await endpoints()).toBe(before)
  })

  test('a name that is not allowed, and says how to allow it', async () => {
    const { body } = await send('/v1/customers', { Host: 'sandbox.test:12111' })
    expect(body).toContain('--allow-host sandbox.test')
  })

  test('a WebSocket of another site', async () => {
    const socket = new WebSocket(world.sandbox.url.replace('http', 'ws'), { origin: 'http://evil.example' })
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode))
      socket.on('open', () => resolve('open'))
    })
    expect(status).toBe(403)
  })
})

describe('the API answers', () => {
  test.each<[string, Record<string, string>]>([
    ['programs', {}],
    ['localhost', { Host: 'localhost:12111' }],
    ['IPv6', { Host: '[::1]:12111' }],
    ['a host name that was allowed', { Host: `${NAME}:12111` }],
    ['a host name in capitals', { Host: NAME.toUpperCase() }],
    ['an address that was typed', { 'Sec-Fetch-Site': 'none' }],
    ['fetch in a server', { 'Sec-Fetch-Mode': 'cors' }],
    ['its own pages', { Host: 'localhost:1', Origin: 'http://localhost:1', 'Sec-Fetch-Site': 'same-origin' }],
  ])('%s', async (_, headers) => {
    expect((await send('/v1/webhook_endpoints', headers, 'GET')).status).toBe(200)
    expect((await send('/v1/customers', headers)).status).not.toBe(403)
  })

  test('the official SDK, and fetch', async () => {
    const { sandbox } = world
    expect((await client(sandbox, sandbox.secretKey).customers.create({ name: 'Ada' })).name).toBe('Ada')
    const answer = await fetch(`${sandbox.url}/v1/customers`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${sandbox.secretKey}` },
      body: new URLSearchParams({ name: 'Bob' }),
    })
    expect(answer.status).toBe(200)
  })
})

test('other sites may link to pages', async () => {
  expect((await fetch(world.sandbox.url, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(200)
})
