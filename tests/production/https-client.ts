// Asks a site over TLS from an address of one's own, and says what came back or that nothing did.
import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'

/** Longer than the shop waits for its database; about as long as Stripe waits for the shop. */
const PATIENCE_MS = 20_000

export interface Answer {
  /** 0: none, or a connection that was cut. */
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** @param from a loopback address, which the site takes for a network of its own */
export function httpsClient(site: { url: string; ca: Buffer }, from: string) {
  const agent = new Agent({ ca: site.ca, keepAlive: true, maxSockets: 16 })
  const { hostname, port } = new URL(site.url)
  const ask = (path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    new Promise<Answer>((resolve) => {
      const nothing = () => resolve({ status: 0, headers: {}, text: '' })
      const options = {
        host: '127.0.0.1',
        servername: hostname,
        port,
        path,
        method,
        agent,
        localAddress: from,
      }
      const sent = request({ ...options, headers: { host: `${hostname}:${port}`, ...headers } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        answer.on('error', nothing)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
      })
      const patience = setTimeout(() => sent.destroy(new Error('no answer')), PATIENCE_MS)
      sent.on('error', nothing).on('close', () => clearTimeout(patience))
      sent.end(body)
    })
  return { ask, close: () => agent.destroy() }
}

export type HttpsClient = ReturnType<typeof httpsClient>
