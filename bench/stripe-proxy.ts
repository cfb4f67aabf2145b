// A proxy between the shop and the local Stripe that measures how long Stripe takes for each shopper.
import { Agent, createServer, request as ask, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atTheEnd } from './cleanup.js'

export interface StripeProxy {
  url: string
  /** Total milliseconds from the arrival of a shopper's requests until their responses were passed on. */
  spentOn(email: string): number
  close(): Promise<void>
}

export async function openStripeProxy(stripeUrl: string): Promise<StripeProxy> {
  const { hostname, port } = new URL(stripeUrl)
  const agent = new Agent({ keepAlive: true })
  const spent = new Map<string, number>()

  const server = createServer((incoming, outgoing) => {
    const began = performance.now()
    void bodyOf(incoming).then((body) => {
      const { method, url: path, headers } = incoming
      const passed = ask({ hostname, port, method, path, headers, agent }, (answer) => {
        void bodyOf(answer).then((text) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(text)
          const sent = new URLSearchParams(body.toString())
          // Of a session, or of a customer.
          const email = sent.get('metadata[user_email]') ?? sent.get('email') ?? ''
          spent.set(email, (spent.get(email) ?? 0) + performance.now() - began)
        })
      })
      passed.on('error', () => outgoing.destroy())
      passed.end(body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const close = atTheEnd(() => {
    agent.destroy()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spentOn: (email) => spent.get(email) ?? 0,
    close,
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
