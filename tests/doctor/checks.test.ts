// What the doctor says about proxies, clocks and disks.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { checkAddress } from '../../src/doctor/check-address.js'
import { checkClock } from '../../src/doctor/check-clock.js'
import { checkDisk } from '../../src/doctor/check-disk.js'
import type { Finding } from '../../src/doctor/finding.js'
import { PROBE_HEADER, PROBE_PATH, requestProbe, signProbe } from '../../src/http/request-probe.js'

const SECRET = 'a secret of the tests, long enough'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** The part of the shop that answers the doctor. `proxy` changes the headers on their way to it. */
async function open(
  trust: boolean | number,
  proxy: (headers: IncomingHttpHeaders) => void = () => undefined,
) {
  const app = express()
  app.set('trust proxy', trust)
  app.get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
  app.use(requestProbe([SECRET, 'an old one']))
  const server = createServer((request, response) => {
    proxy(request.headers)
    app(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const wrong = (findings: readonly Finding[]) =>
  findings.flatMap(({ verdict, found }) => (verdict === 'ok' ? [] : [`${verdict}: ${found}`]))

const append = (headers: IncomingHttpHeaders) => {
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], '203.0.113.9'].filter(Boolean).join(', ')
}
const replace = (headers: IncomingHttpHeaders) => {
  headers['x-forwarded-for'] = '203.0.113.9'
}

describe('proxies', () => {
  it.each<[string, boolean | number, (headers: IncomingHttpHeaders) => void, RegExp | null]>([
    ['none', false, () => undefined, null],
    ['one that appends', 1, append, null],
    ['one that replaces', 1, replace, null],
    [
      'one that the shop does not trust',
      false,
      append,
      /^fault: The shop takes the proxy \(127\.0\.0\.1\) for/,
    ],
    ['none, and the shop trusts one', 1, () => undefined, /^fault: Anyone can choose the address/],
    ['one, and the shop trusts two', 2, append, /^fault: Anyone can choose the address/],
    [
      'one that says nothing',
      1,
      (headers) => delete headers['x-forwarded-for'],
      /^warning: Requests reach the shop from 127\.0\.0\.1 without X-Forwarded-For/,
    ],
    [
      'one that says https where the shop has http',
      1,
      (headers) => {
        append(headers)
        headers['x-forwarded-proto'] = 'https'
      },
      /^fault: The shop takes requests to http:\S+ for https, so nobody can sign in\.$/,
    ],
    [
      'one that changes the host',
      1,
      (headers) => {
        append(headers)
        headers.host = 'till'
      },
      /^warning: The proxy passes another host on: till/,
    ],
  ])('%s', async (_name, trust, proxy, expected) => {
    const baseUrl = await open(trust, proxy)
    const found = wrong(await checkAddress({ baseUrl, sessionSecrets: [SECRET] }))
    expect(found).toEqual(expected === null ? [] : [expect.stringMatching(expected)])
  })

  it('a redirect is followed by nobody', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(301, { location: 'https://x.example/' }).end(),
    )
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    cleanups.push(() => new Promise((closed) => server.close(closed)))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(wrong(await checkAddress({ baseUrl, sessionSecrets: [SECRET] }))).toEqual([
      expect.stringContaining('redirects to https://x.example/.'),
    ])
  })
})

describe('how a request looks to the shop', () => {
  const status = async (header: string | null) => {
    const baseUrl = await open(false)
    const headers: Record<string, string> = header === null ? {} : { [PROBE_HEADER]: header }
    return (await fetch(`${baseUrl}${PROBE_PATH}`, { headers })).status
  }

  it('is told to whoever knows one of the session secrets', async () => {
    expect(await status(signProbe(SECRET))).toBe(200)
    expect(await status(signProbe('an old one'))).toBe(200)
  })

  it('is told to nobody else', async () => {
    // Express answers an error that nobody handles with its status.
    for (const header of [
      null,
      '',
      'x',
      `${Date.now()}.`,
      `${Date.now()}.AAAA`,
      signProbe('another secret'),
      signProbe(SECRET, Date.now() - 301_000),
      signProbe(SECRET, Date.now() + 301_000),
      signProbe(SECRET).replace(/^\d+/, (time) => String(Number(time) + 1)),
    ])
      expect([header, await status(header)]).toEqual([header, 404])
  })
})

it.each([
  [null, null, []],
  [2000, -2000, []],
  [5000, 0, ["warning: This machine's clock is 5 seconds behind Stripe’s."]],
  [0, -400_000, ["fault: This machine's clock is 400 seconds ahead of the database’s."]],
])('clocks that are %s and %s ms ahead', (stripe, database, expected) => {
  expect(wrong(checkClock({ stripe, database }))).toEqual(expected)
})

it.each([
  [50 * 2 ** 30, []],
  [500 * 2 ** 20, ['warning: The disk of /data has 500 MB left.']],
  [2 ** 20, ['fault: The disk of /data has 1 MB left.']],
])('%d bytes left on a disk', async (free, expected) => {
  const spaceOf = () => Promise.resolve({ disk: 1, free })
  expect(wrong(await checkDisk({ dataDir: '/data', databaseUrl: null }, spaceOf))).toEqual(expected)
})
