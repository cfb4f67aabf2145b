// An HTTP proxy in front of the local Stripe that answers badly on demand, and whose clock can be wrong.
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { freePort } from './free-port.js'

export type Fault = (response: ServerResponse, request: IncomingMessage) => void

export interface FaultyStripe {
  url: string
  /** Where requests go. Until it is set, every request gets the fault. */
  target: URL | null
  /** Answers a request instead of Stripe. Null: none does. `body` is the request's form. */
  fault: ((method: string, path: string, body: URLSearchParams) => Fault | null) | null
  /** How far its Date header is from the real time, in seconds. */
  clockOffset: number
  /** Changes the body of an answer. */
  rewrite: (body: string) => string
  /** "POST /v1/checkout/sessions", in order. */
  readonly calls: string[]
  close(): Promise<void>
}

export async function openFaultyStripe(): Promise<FaultyStripe> {
  const port = await freePort()
  const calls: string[] = []
  const faulty: FaultyStripe = {
    url: `http://127.0.0.1:${port}`,
    target: null,
    fault: null,
    clockOffset: 0,
    rewrite: (body) => body,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => void answer(faulty, incoming, response, Buffer.concat(chunks)))
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return faulty
}

async function answer(
  faulty: FaultyStripe,
  incoming: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) {
  const { method = 'GET', url = '/', headers } = incoming
  if (url.startsWith('/v1/')) faulty.calls.push(`${method} ${url.replace(/\?.*/, '')}`)
  response.setHeader('Date', new Date(Date.now() + faulty.clockOffset * 1000).toUTCString())
  const fault = faulty.fault?.(method, url, new URLSearchParams(body.toString()))
  if (fault) {
    response.setHeader('Request-Id', 'req_faulty')
    fault(response, incoming)
    return
  }
  const { hostname, port } = faulty.target ?? new URL('http://127.0.0.1:1')
  await new Promise<void>((done) => {
    const outgoing = request(
      { hostname, port, method, path: url, headers: { ...headers, 'accept-encoding': 'identity' } },
      (from) => {
        const parts: Buffer[] = []
        from.on('data', (chunk: Buffer) => parts.push(chunk))
        from.on('end', () => {
          const text = faulty.rewrite(Buffer.concat(parts).toString())
          response.writeHead(from.statusCode ?? 500, {
            ...kept(from.headers),
            'content-length': Buffer.byteLength(text),
          })
          response.end(text)
          done()
        })
      },
    )
    outgoing.on('error', () => {
      response.destroy()
      done()
    })
    outgoing.end(body)
  })
}

/** Without the headers that this proxy sets itself. */
function kept(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = ['date', 'content-length', 'transfer-encoding']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)))
}

/** Answers with this body. */
export const answerWith =
  (
    status: number,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Fault =>
  (response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

/** What is no answer of Stripe's API, by name. */
export const NO_ANSWERS: Record<string, Fault> = {
  'an HTML page': answerWith(200, '<!doctype html><title>Login</title>', { 'content-type': 'text/html' }),
  'an HTML page with status 403': answerWith(403, '<h1>Forbidden</h1>', { 'content-type': 'text/html' }),
  'an empty object': answerWith(200, '{}'),
  'an object without an id': answerWith(200, '{"object": "checkout.session"}'),
  'another object': answerWith(200, '{"object": "customer", "id": "cus_1"}'),
  'a list without data': answerWith(200, '{"object": "list"}'),
  'an error without an error': answerWith(400, '{"message": "Bad request"}'),
  'broken JSON': answerWith(200, '{"object": "checkout.sess'),
  'a number': answerWith(200, '5'),
  null: answerWith(200, 'null'),
  'an array': answerWith(200, '[]'),
  'an empty body': answerWith(200, ''),
  'no content': answerWith(204, ''),
  'a redirect': answerWith(302, '', { location: 'https://elsewhere.example/' }),
  'too many requests': answerWith(429, '{"error": {"type": "rate_limit_error", "message": "Slow down"}}'),
  'too many requests in HTML': answerWith(429, '<h1>Slow down</h1>', { 'content-type': 'text/html' }),
  'a server error': answerWith(500, '{"error": {"type": "api_error", "message": "Oops"}}'),
  'a bad gateway': answerWith(502, '<h1>Bad gateway</h1>', { 'content-type': 'text/html' }),
  'a cut connection': (response) => response.destroy(),
  'half a body': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
    response.write('{"object":')
    setTimeout(() => response.destroy(), 10)
  },
}

/** Never answers. */
export const hang: Fault = () => undefined

/** Sends its body without end, a space at a time. */
export const drip: Fault = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{')
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}
