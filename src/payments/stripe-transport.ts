// Sends the SDK's requests. One deadline covers a call with its retries and its body, and only an answer of Stripe's API
// reaches the SDK: everything else becomes an API error that says what came instead.
import { setTimeout as wait } from 'node:timers/promises'
import { inSpan } from '../telemetry/span.js'
import type { StripeClock } from './stripe-clock.js'

/** The SDK's `timeout`. It covers all that happens here, because retries are made here and not by the SDK. */
export const CALL_TIMEOUT_MS = 18_000
const TRIES = 3
/** Before the second try, and twice that before the third. */
const PAUSE_MS = 400
/** The largest lists have some megabytes. */
const MAX_BYTES = 32 * 1024 * 1024

export interface StripeTransport {
  /** For the SDK's fetch client. Never rejects. */
  fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Cuts the calls in progress and refuses new ones, because the shop is stopping. */
  stop: () => void
}

/** A call that Stripe has answered. */
export interface StripeCall {
  method: string
  /** Without ids: /v1/checkout/sessions/{id}. */
  path: string
  status: number
  /** Stripe's id of the request, by which its dashboard and support find it. Null: it was not Stripe who answered. */
  requestId: string | null
  milliseconds: number
}

/** @param onCall told of every answer, also of those that are followed by another try */
export function stripeTransport(
  clock: StripeClock,
  onCall: (call: StripeCall) => void = () => undefined,
): StripeTransport {
  const stopping = new AbortController()
  const underWay = new Set<AbortController>()

  async function callOnce(
    url: string | URL | Request,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<Response> {
    const method = init.method ?? 'GET'
    const path = withoutIds(new URL(url instanceof Request ? url.url : url).pathname)
    return inSpan(
      `Stripe ${method} ${path}`,
      { 'http.request.method': method, 'url.path': path },
      async (span) => {
        const sentAt = Date.now()
        const response = await fetch(url, { ...init, redirect: 'manual', signal })
        clock.observe(response.headers, sentAt, Date.now())
        const { status, headers } = response
        const requestId = headers.get('request-id')
        span?.set({
          'http.response.status_code': status,
          ...(requestId && { 'stripe.request_id': requestId }),
        })
        if (status >= 400) span?.fail(String(status))
        const text = await textOf(response)
        onCall({ method, path, status, requestId, milliseconds: Date.now() - sentAt })
        return checked(response, text)
      },
      'client',
    )
  }

  async function callWithRetries(
    url: string | URL | Request,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const answer = await callOnce(url, init, signal).catch((error: unknown) => {
        if (signal.aborted || tries === TRIES) throw error
        return null
      })
      const pause = answer === null ? 0 : pauseAskedFor(answer)
      if (answer !== null && (tries === TRIES || pause === null)) return answer
      const longest = Math.max(PAUSE_MS * 2 ** (tries - 1), pause ?? 0)
      // A pause that leaves no time for another try is not worth the shopper's wait.
      if (answer !== null && longest > CALL_TIMEOUT_MS / 2) return answer
      await wait(longest * (0.75 + Math.random() / 4), undefined, { signal })
    }
  }

  return {
    async fetch(url, init = {}) {
      const call = new AbortController()
      const timeout = init.signal
      const onTimeout = () => call.abort()
      timeout?.addEventListener('abort', onTimeout)
      underWay.add(call)
      try {
        if (stopping.signal.aborted) call.abort()
        return await callWithRetries(url, init, call.signal)
      } catch (error) {
        if (stopping.signal.aborted) return noAnswer('The call was cut, because the shop is stopping.')
        if (timeout?.aborted) return noAnswer('Stripe has not answered in time.')
        return noAnswer(`There is no connection to Stripe: ${reasonOf(error)}.`)
      } finally {
        timeout?.removeEventListener('abort', onTimeout)
        underWay.delete(call)
      }
    },
    stop() {
      stopping.abort()
      for (const call of underWay) call.abort()
    },
  }
}

/** An id begins with a kind: cs_test_…, pi_…. What the names of operations are made of has no digits and no capitals. */
function withoutIds(path: string): string {
  return path.replace(/\/[a-z]+_(?=\w*[\dA-Z])\w+/g, '/{id}')
}

/** Milliseconds to wait before another try, at least. Null: another try is useless. Source: https://docs.stripe.com/error-low-level */
function pauseAskedFor({ status, headers }: Response): number | null {
  const should = headers.get('stripe-should-retry')
  if (should === 'false') return null
  if (should !== 'true' && status !== 429 && status < 500) return null
  const seconds = Number(headers.get('retry-after') ?? 0)
  return seconds > 0 ? seconds * 1000 : 0
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The response as it is, if it is an object or an error of Stripe's API. */
function checked({ status, headers }: Response, text: string): Response {
  const body = parsed(text)
  const isAnswer =
    isObject(body) &&
    (status >= 400
      ? isObject(body['error'])
      : status < 300 && (isObject(body['error']) || typeof body['object'] === 'string'))
  if (isAnswer) return new Response(text, { status, headers: plain(headers) })
  const type = headers.get('content-type') ?? 'no content type'
  return noAnswer(
    `Stripe’s answer is not one of its API: status ${status}, ${type}, ${text.length} characters.`,
    status === 429 || status >= 500 ? status : 502,
    plain(headers),
  )
}

/** An error in the shape of Stripe's, which the SDK throws as its own. */
function noAnswer(message: string, status = 503, headers = new Headers()): Response {
  const error = { type: status === 429 ? 'rate_limit_error' : 'api_error', message }
  return new Response(JSON.stringify({ error }), { status, headers })
}

/** Without the headers that describe the body as it was sent. */
function plain(headers: Headers): Headers {
  const copy = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) copy.delete(name)
  return copy
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Node's fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? inner ?? message
}
