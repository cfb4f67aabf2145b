// A running sandbox with an SDK and a webhook endpoint, and the requests that most tests make.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/index.js'

/** A sandbox, an SDK connected to it, and a webhook endpoint that verifies signatures. */
export interface World {
  sandbox: Sandbox
  stripe: Stripe
  /** Every delivered event, in order of arrival. */
  events: Stripe.Event[]
  /** Every body: answers of the API, and deliveries. */
  bodies: unknown[]
  endpoint: Endpoint
  types(): string[]
  close(): Promise<void>
}

export interface Endpoint {
  url: string
  /** The status code to answer (default: 200). 0: no answer. */
  answer: (request: IncomingMessage, attempt: number) => number
  deliveries: { headers: IncomingMessage['headers']; body: string }[]
  close(): Promise<void>
}

export async function createWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await createSandbox(options)
  const bodies: unknown[] = []
  const stripe = client(sandbox, sandbox.secretKey, bodies)
  const events: Stripe.Event[] = []
  const endpoint = await createEndpoint((body, signature) => {
    events.push(stripe.webhooks.constructEvent(body, signature, sandbox.webhookSecret))
    bodies.push(JSON.parse(body))
  })
  await sandbox.addWebhookEndpoint({ url: endpoint.url })
  return {
    sandbox,
    stripe,
    events,
    bodies,
    endpoint,
    types: () => events.map((event) => event.type),
    async close() {
      await sandbox.close()
      await endpoint.close()
    },
  }
}

/** The official SDK. `bodies` receives every answer. */
export function client(sandbox: { port: number }, key: string, bodies?: unknown[]): Stripe {
  const send: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    bodies?.push(await response.clone().json())
    return response
  }
  return new Stripe(key, {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...(bodies ? { httpClient: Stripe.createFetchHttpClient(send) } : {}),
  })
}

/** Wider than a screen, with and without spaces. */
const answerOfShop = `answer of the shop ${'that goes on '.repeat(12)}${'and-on-'.repeat(24)}`

export async function createEndpoint(
  verify: (body: string, signature: string) => void = () => undefined,
): Promise<Endpoint> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => (body += part))
    request.on('end', () => {
      endpoint.deliveries.push({ headers: request.headers, body })
      let status = endpoint.answer(request, endpoint.deliveries.length)
      if (status === 0) return
      try {
        if (status < 300) verify(body, String(request.headers['stripe-signature']))
      } catch {
        status = 400
      }
      response.writeHead(status).end(answerOfShop)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stripe/webhook`,
    answer: () => 200,
    deliveries: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return endpoint
}

export const successUrl = 'http://127.0.0.1:3000/done?session_id={CHECKOUT_SESSION_ID}'

/** A session for a mug at 20.00, with `changes`. */
export function createSession(
  stripe: Stripe,
  changes: Partial<Stripe.Checkout.SessionCreateParams> = {},
  currency = 'usd',
): Promise<Stripe.Response<Stripe.Checkout.Session>> {
  return stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: successUrl,
    cancel_url: 'http://127.0.0.1:3000/cancelled',
    customer_email: 'ada@example.com',
    line_items: [{ quantity: 1, price_data: { currency, unit_amount: 2000, product_data: { name: 'Mug' } } }],
    ...changes,
  })
}

/** Pays by API, as the official CLI does. */
export function payByApi(
  stripe: Stripe,
  session: { id: string },
  paymentMethod = 'pm_card_visa',
): Promise<unknown> {
  return stripe.rawRequest('POST', `/v1/payment_pages/${session.id}/confirm`, {
    payment_method: paymentMethod,
  })
}

const filledForm = {
  email: 'ada@example.com',
  number: '4242 4242 4242 4242',
  expiry: '12 / 34',
  cvc: '123',
  name: 'Ada Lovelace',
  country: 'US',
  postal_code: '94103',
}

/** Posts the form of the hosted page, as a browser without script does. */
export function payByForm(url: string | null, fields: Record<string, string> = {}): Promise<Response> {
  return postForm(url ?? '', { ...filledForm, ...fields })
}

export function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers })
}

/** The id behind an expandable field. */
export function idOf(link: string | { id: string } | null): string {
  if (link === null) throw new Error('there is nothing behind this link')
  return typeof link === 'string' ? link : link.id
}

/** The error that the SDK throws. */
export async function errorOf(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('the call was expected to fail')
}
