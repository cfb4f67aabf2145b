/**
 * POST /stripe/webhook and POST /api/payments/webhook. Answered before the request reaches the Express app: the signature
 * covers the raw bytes, so no body parser may run first, and bursts of events should not pay for the middleware of pages.
 *
 * | delivery                                                                 | answer                    |
 * | ------------------------------------------------------------------------ | ------------------------- |
 * | handled now or before, unknown type, not ours, other mode                | 200 `{"received": true}`  |
 * | permanent fault (the amount differs from the order's, …)                 | 200; the operator is told |
 * | signature missing, wrong or too old; body changed; not an event          | 400                       |
 * | body larger than any event                                               | 413                       |
 * | compressed body                                                          | 415                       |
 * | temporary fault                                                          | 500, Retry-After          |
 * | database unavailable; too many deliveries waiting                        | 503, Retry-After          |
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { isDatabaseAway } from '../database/errors.js'
import { asProblem, problemJson } from '../http/errors.js'
import type { Logger } from '../http/logging.js'
import { normalizeTarget } from '../http/request-target.js'
import { Problem } from '../http/problem.js'
import type { Inbox } from './inbox.js'
import type { WebhookMetrics } from './metrics.js'
import { readBody } from './read-body.js'
import { verifyEvent } from './verify.js'

const PATH = /^\/(?:stripe|api\/payments)\/webhook\/?(?:\?|$)/i

export interface EndpointDeps {
  inbox: Inbox
  secrets: readonly string[]
  /** The time by Stripe's clock. */
  stripeTime: () => Date
  metrics: WebhookMetrics
  log: Logger
  /** Called after an event was handled: there may be mail to send. */
  afterEvent: () => void
  isStopping: () => boolean
}

/** Answers deliveries and passes every other request to the app. */
export function webhooksFirst(deps: EndpointDeps, app: RequestListener): RequestListener {
  return (request, response) => {
    normalizeTarget(request)
    if (PATH.test(request.url ?? '')) void answer(deps, request, response)
    else app(request, response)
  }
}

async function answer(deps: EndpointDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID()
  let began = 0
  try {
    if (request.method !== 'POST') throw onlyPost()
    const body = await readBody(request)
    began = performance.now()
    await receive(deps, body, request.headers['stripe-signature'])
    send(deps, response, 200, { 'X-Request-Id': requestId }, '{"received":true}')
  } catch (error) {
    refuse(deps, response, requestId, error)
  }
  if (began > 0) deps.metrics.answered((performance.now() - began) / 1000)
}

async function receive(
  { inbox, secrets, stripeTime, metrics, afterEvent }: EndpointDeps,
  body: Buffer,
  signature: string | string[] | undefined,
): Promise<void> {
  const { event, secret } = verifyEvent(body, signature?.toString(), secrets, stripeTime())
  metrics.signedBy(secret)
  try {
    const { outcome, known } = await inbox.receive(event)
    metrics.accepted(event.type, known ? 'known' : outcome.kind)
  } catch (error) {
    if (isDatabaseAway(error) || error instanceof Problem) throw error
    throw new Problem(
      500,
      'event_not_handled',
      'Not handled',
      'The event could not be handled now: send it again.',
      {
        retryAfter: 30,
        cause: error,
      },
    )
  }
  afterEvent()
}

function refuse(deps: EndpointDeps, response: ServerResponse, requestId: string, error: unknown): void {
  const problem = asProblem(error)
  deps.metrics.refused(problem)
  const line = { request: requestId, code: problem.code, reason: problem.detail, err: problem.options.cause }
  if (problem.status >= 500) deps.log.error(line, 'a delivery could not be handled')
  else deps.log.warn(line, 'a delivery was refused')
  const { retryAfter } = problem.options
  const headers = {
    'X-Request-Id': requestId,
    ...(problem.status === 405 && { Allow: 'POST' }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    // The rest of the unread body would be parsed as the next request.
    ...(problem.status === 413 && { Connection: 'close' }),
  }
  send(deps, response, problem.status, headers, problemJson(problem, requestId), 'application/problem+json')
}

function send(
  { isStopping }: EndpointDeps,
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
  type = 'application/json; charset=utf-8',
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(isStopping() && { Connection: 'close' }),
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

function onlyPost(): Problem {
  return new Problem(
    405,
    'method_not_allowed',
    'Stripe posts here',
    'This address takes POST requests from Stripe.',
  )
}
