// Who gets a page that was rendered for someone else, and who never does.
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import compression from 'compression'
import express, { type RequestHandler } from 'express'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sharedPages } from '../../src/http/shared-pages.js'

const log = pino({ level: 'silent' })
const LONG = 'x'.repeat(2000)

let server: Server
/** How often each address was rendered. */
let rendered: Map<string, number>
/** What the page shows beside its address. */
let shown: string
/** Rendering waits for it. */
let ready: Promise<unknown>

const renderPage: RequestHandler = async (request, response) => {
  rendered.set(request.url, (rendered.get(request.url) ?? 0) + 1)
  await ready
  response.setHeader('X-Request-Id', `of the app ${Math.random()}`)
  if (request.path === '/page/missing') response.status(404)
  if (request.path === '/page/cookie') response.cookie('mine', '1')
  const visitor = request.headers.cookie ?? 'nobody'
  if (request.path === '/page/json') response.json({ visitor, shown })
  else response.send(`<p>${visitor} ${request.url} ${shown}</p>${LONG}`)
}

beforeEach(async () => {
  rendered = new Map()
  shown = 'old'
  ready = Promise.resolve()
  vi.useFakeTimers({ toFake: ['performance'] })
  const pages = sharedPages({
    baseUrl: 'http://127.0.0.1:1',
    isShared: (path, query) => path.startsWith('/page') && !query.has('q'),
    keep: true,
    log,
  })
  const app = express()
  app.use(compression())
  app.use(pages.remember)
  app.get('/{*path}', renderPage)
  app.post('/{*path}', renderPage)
  server = createServer(pages.first(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  vi.useRealTimers()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

const textOf = async (path: string, headers?: Record<string, string>) =>
  (await ask(path, headers)).body.toString().replace(LONG, '')

it('renders a page once for all who ask at once', async () => {
  const bodies = await Promise.all(Array.from({ length: 50 }, () => textOf('/page')))
  expect(new Set(bodies)).toEqual(new Set(['<p>nobody /page old</p>']))
  expect(rendered.get('/page')).toBe(1)
})

it('shows a change after half a second', async () => {
  await textOf('/page')
  shown = 'new'
  vi.advanceTimersByTime(499)
  expect(await textOf('/page')).toContain('old')
  vi.advanceTimersByTime(1)
  expect(await textOf('/page')).toContain('new')
  expect(rendered.get('/page')).toBe(2)
})

it('keeps what each address shows apart', async () => {
  expect(await textOf('/page?variant=1')).toContain('/page?variant=1 ')
  expect(await textOf('/page?variant=2')).toContain('/page?variant=2 ')
})

it.each([
  ['a cookie', { Cookie: 'till=of-ada' }],
  ['a token', { Authorization: 'Bearer of-ada' }],
  ['an origin', { Origin: 'https://front.example' }],
])('a request with %s gets its own page, and leaves none', async (_what, headers) => {
  await textOf('/page', headers)
  expect(await textOf('/page')).toBe('<p>nobody /page old</p>')
  shown = 'of the request'
  expect(await textOf('/page', headers)).toContain('of the request')
  expect(await textOf('/page')).toBe('<p>nobody /page old</p>')
})

it.each([
  ['GET', '/other'],
  ['GET', '/page?q=mug'],
  ['HEAD', '/page'],
  ['POST', '/page'],
])('%s %s is never shared', async (method, path) => {
  for (const times of [1, 2]) {
    const { headers } = await ask(path, {}, method)
    expect(headers['cache-control']).toBeUndefined()
    expect(rendered.get(path)).toBe(times)
  }
})

it.each(['/page/missing', '/page/cookie'])('%s is rendered for each', async (path) => {
  await Promise.all([ask(path), ask(path), ask(path)])
  expect(rendered.get(path)).toBe(3)
  expect((await ask(path)).headers['cache-control']).toBeUndefined()
})

it('redirects of other loopback names are not shared', async () => {
  await ask('/page', { Host: 'localhost:1' })
  await ask('/page', { Host: 'localhost:1' })
  expect(rendered.get('/page')).toBe(2)
})

it('says how long it may be kept, and for whom', async () => {
  for (const answer of [await ask('/page'), await ask('/page')]) {
    expect(answer.headers['cache-control']).toBe('public, max-age=0, s-maxage=1, must-revalidate')
    expect(answer.headers['vary']).toMatch(/Cookie/)
    expect(answer.headers['vary']).toMatch(/Accept-Encoding/)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  }
  expect((await ask('/page/json')).headers['content-type']).toBe('application/json; charset=utf-8')
})

it('gives each response an id of its own', async () => {
  const ids = await Promise.all([1, 2, 3].map(async () => (await ask('/page')).headers['x-request-id']))
  expect(new Set(ids).size).toBe(3)
})

it('compresses as asked', async () => {
  const plain = (await ask('/page')).body
  for (let times = 0; times < 2; times++) {
    const gzip = await ask('/page', { 'Accept-Encoding': 'gzip' })
    const brotli = await ask('/page', { 'Accept-Encoding': 'gzip, deflate, br, zstd' })
    const identity = await ask('/page', { 'Accept-Encoding': 'gzip;q=0, br;q=0' })
    expect([gzip.headers['content-encoding'], gunzipSync(gzip.body)]).toEqual(['gzip', plain])
    expect([brotli.headers['content-encoding'], brotliDecompressSync(brotli.body)]).toEqual(['br', plain])
    expect([identity.headers['content-encoding'], identity.body]).toEqual([undefined, plain])
    expect(Number(brotli.headers['content-length'])).toBe(brotli.body.length)
  }
  expect(rendered.get('/page')).toBe(1)
})

it('answers 304 to who has it, rendered now or before', async () => {
  const etag = String((await ask('/page')).headers['etag'])
  expect(await ask('/page', { 'If-None-Match': etag })).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  vi.advanceTimersByTime(500)
  expect(await ask('/page', { 'If-None-Match': `"other", ${etag}` })).toMatchObject({ status: 304 })
  expect((await ask('/page')).body.toString()).toContain('nobody /page old')
  shown = 'new'
  vi.advanceTimersByTime(500)
  expect(await ask('/page', { 'If-None-Match': etag })).toMatchObject({ status: 200 })
})

it('who waits gets an answer when the first visitor leaves', async () => {
  let finish: (value: unknown) => void = () => undefined
  ready = new Promise((resolve) => (finish = resolve))
  const { port } = server.address() as AddressInfo
  const left = httpRequest({ host: '127.0.0.1', port, path: '/page' })
  left.on('error', () => undefined)
  left.end()
  await vi.waitFor(() => expect(rendered.get('/page')).toBe(1))
  const waiting = textOf('/page')
  left.destroy()
  await vi.waitFor(() => expect(rendered.get('/page')).toBe(2))
  finish(undefined)
  expect(await waiting).toBe('<p>nobody /page old</p>')
})

it('keeps a bounded number of pages', async () => {
  await textOf('/page?variant=first')
  for (let variant = 0; variant < 300; variant++) await ask(`/page?variant=${variant}`)
  await textOf('/page?variant=first')
  expect(rendered.get('/page?variant=first')).toBe(2)
})

describe('languages', () => {
  const GERMAN = { 'Accept-Language': 'de-DE,de;q=0.9' }

  it('keeps the pages of those whom another language is suggested apart', async () => {
    const answers = await Promise.all([
      ask('/page'),
      ask('/page', GERMAN),
      ask('/page', { 'Accept-Language': 'en' }),
    ])
    expect(rendered.get('/page')).toBe(2)
    for (const { headers } of answers) expect(headers['vary']).toContain('Accept-Language')
  })

  it('keeps the pages of each language apart', async () => {
    expect(await textOf('/de/page')).toContain('/de/page ')
    expect(await textOf('/page')).not.toContain('/de/page ')
    expect(await textOf('/de/page', GERMAN)).toContain('/de/page ')
  })
})
