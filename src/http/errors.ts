// Turns thrown errors into responses: JSON or a page, never with a stack trace.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { databaseFault } from '../database/errors.js'
import { t } from '../messages/index.js'
import { render } from './render.js'
import { notFound, Problem } from './problem.js'

type BodyText =
  | 'bodyTooLarge'
  | 'bodyMalformed'
  | 'bodyCompressed'
  | 'bodyCharset'
  | 'bodyAborted'
  | 'bodyLength'
  | 'tooManyFields'
  | 'nestedForm'

/** By the `type` of the errors that express.json and express.urlencoded throw: status, code and text. */
const BODY_PROBLEMS: Record<string, [number, string, BodyText]> = {
  'entity.too.large': [413, 'body_too_large', 'bodyTooLarge'],
  'entity.parse.failed': [400, 'malformed_body', 'bodyMalformed'],
  'encoding.unsupported': [415, 'unsupported_encoding', 'bodyCompressed'],
  'charset.unsupported': [415, 'unsupported_charset', 'bodyCharset'],
  'request.aborted': [400, 'request_aborted', 'bodyAborted'],
  'request.size.invalid': [400, 'length_mismatch', 'bodyLength'],
  'parameters.too.many': [413, 'too_many_parameters', 'tooManyFields'],
  'querystring.parse.rangeError': [400, 'malformed_body', 'nestedForm'],
}

export const unknownPath: RequestHandler = () => {
  throw notFound()
}

/** How long a response that has begun may take to end after an error. */
const CUT_AFTER_MILLISECONDS = 1000

// Express tells error handlers by their four parameters.
// eslint-disable-next-line @typescript-eslint/no-unused-vars
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  if (response.headersSent) {
    request.log.error({ err: error }, 'failed after the response had begun')
    // express-session saves while the response is on its way, which must arrive even if that fails.
    const cut = setTimeout(() => response.destroy(), CUT_AFTER_MILLISECONDS)
    response.once('close', () => clearTimeout(cut))
    return
  }
  const problem = asProblem(error)
  // Logged with the request's own line.
  if (problem.status >= 500) response.err = problem
  else request.log.info({ code: problem.code, reason: problem.detail }, 'refused')
  if (problem.options.retryAfter) response.set('Retry-After', String(problem.options.retryAfter))
  if (problem.options.challenge) response.set('WWW-Authenticate', problem.options.challenge)
  response.status(problem.status)
  if (wantsJson(request)) answerJson(response, problem)
  else answerPage(request, response, problem)
}

/** Converts any thrown value to the problem that the caller is told. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const texts = t().errors
  if (databaseFault(error) !== null) {
    return new Problem(503, 'database_unavailable', texts.unavailableTitle, texts.unavailable, {
      retryAfter: 5,
      cause: error,
    })
  }
  const { type, status } = error as { type?: unknown; status?: unknown }
  const known = typeof type === 'string' ? BODY_PROBLEMS[type] : undefined
  if (known) return new Problem(known[0], known[1], texts.unreadableTitle, texts[known[2]], { cause: error })
  if (status === 400) {
    return new Problem(400, 'malformed_request', texts.unreadableTitle, texts.unreadable, { cause: error })
  }
  return new Problem(500, 'internal_error', texts.internalTitle, texts.internal, { cause: error })
}

function wantsJson(request: Request): boolean {
  if (/^\/(api|stripe|healthz|readyz|metrics)(\/|$)/.test(request.path)) return true
  return request.accepts(['html', 'json']) === 'json'
}

function answerJson(response: Response, problem: Problem): void {
  response.type('application/problem+json').send(problemJson(problem, response.get('x-request-id')))
}

/** Problem details (RFC 9457) with our stable code and the request's id in the log. */
export function problemJson(problem: Problem, requestId: string | undefined): string {
  return JSON.stringify({
    type: 'about:blank',
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    errors: problem.options.errors,
    request_id: requestId,
  })
}

function answerPage(request: Request, response: Response, problem: Problem): void {
  render(response, 'error', {
    status: problem.status,
    title: problem.title,
    text: problem.detail,
    action: problem.options.action ?? actionFor(request, problem),
    requestId: response.get('x-request-id') ?? '',
  })
}

/** What passes by itself is tried again on the page where it happened. */
function actionFor(request: Request, { status }: Problem): Problem['options']['action'] & object {
  const { backToShop, tryAgain } = t().errors
  const again = status === 503 ? pageOf(request) : null
  return again === null ? { href: '/pricing', label: backToShop } : { href: again, label: tryAgain }
}

/** The page that was asked for; for a form, the one that it is on. Null if the browser doesn't say. */
function pageOf(request: Request): string | null {
  if (request.method === 'GET') return request.originalUrl
  const referrer = request.get('referer') ?? ''
  if (!URL.canParse(referrer)) return null
  const { host, pathname, search } = new URL(referrer)
  return host === request.get('host') ? pathname + search : null
}
