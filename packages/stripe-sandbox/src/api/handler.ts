// Answers API requests: authentication, parameters, idempotency, the operation, and the answer in Stripe's format.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Account, API_VERSION, type Context } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { StorageError } from '../state/journal.js'
import type { Log } from '../log.js'
import type { AnsweredRequest } from '../cli/log-filters.js'
import { toCurrentParams } from '../cli/legacy-params.js'
import { faultAnswer } from '../faults/api-faults.js'
import type { ApiFault, Faults } from '../faults/faults.js'
import { authenticate } from './authentication.js'
import { errorBody, invalidRequest, StripeApiError } from './errors.js'
import { expand } from './expansion.js'
import { parseForm } from './form-body.js'
import { isMultipart, parseMultipart, type Upload } from './multipart-body.js'
import { RawAnswer } from './operation.js'
import { earlierAnswer, fingerprint, keepAnswer, readKey, RunningKeys } from './idempotency.js'
import { findOperation } from './operations.js'
import { readParameters } from './parameters.js'
import { present } from './present.js'
import { readBody } from './request-body.js'

/** The `Stripe-Rate-Limited-Reason` header of a 429. */
const LIMIT_REASONS: Record<string, string> = {
  requestsPerSecond: 'global-rate',
  rateLimit: 'global-rate',
}

interface Answer {
  status: number
  body: string
  /** A file's contents, sent instead of `body`. */
  raw?: RawAnswer
  /** For a replayed answer: the id of the original request. */
  original?: string
}

/** A request whose key was accepted. */
interface Asked {
  account: Account
  method: string
  url: URL
  host: string
  userAgent: string
  form: string
  uploads: readonly Upload[]
  requestId: string
}

/** Answers everything under `/v1`. Every answer has Stripe's format: the SDK takes any other format for a success. */
export function apiHandler(
  context: Context,
  log: Log,
  report: (accountId: string, request: AnsweredRequest) => void,
  faults: Faults,
) {
  const keys = new RunningKeys()

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now()
    const requestId = newId('request')
    const method = request.method ?? 'GET'
    const url = new URL(request.url ?? '/', 'http://sandbox')
    const key = header(request, 'idempotency-key')
    let accountId: string | null = null
    let version: string = API_VERSION
    let answer: Answer
    let fault: ApiFault | undefined
    try {
      accountId = authenticate(request.headers.authorization)
      version = readVersion(header(request, 'stripe-version'))
      fault = faults.planRequest(accountId)
      if (fault !== undefined && fault !== 'timeout') throw faultAnswer(fault)
      const cause = { id: requestId, idempotency_key: method === 'POST' ? readKey(key) : null }
      const account = new Account(accountId, context, cause)
      const free = cause.idempotency_key === null ? undefined : keys.claim(accountId, cause.idempotency_key)
      try {
        const contentType = header(request, 'content-type') ?? ''
        const isUpload = isMultipart(contentType)
        const body = await readBody(request, isUpload)
        const given = isUpload
          ? await parseMultipart(body, contentType)
          : { form: formText(contentType, body.toString('utf8')), uploads: [] }
        const form = joined(url.search.slice(1), given.form)
        const { host = '', 'user-agent': userAgent = '' } = request.headers
        const { uploads } = given
        answer = answerTo({ account, method, url, host, userAgent, form, uploads, requestId })
      } finally {
        free?.()
      }
    } catch (error) {
      answer = failure(error, accountId, requestId)
    }
    // The request ran but gets no answer: the connection stays open until the caller gives up.
    if (fault !== 'timeout')
      send(response, answer, { requestId, version, key, limited: LIMIT_REASONS[fault ?? ''] })
    const entry = {
      method,
      path: url.pathname,
      status: answer.status,
      ms: Math.round(performance.now() - started),
    }
    log.info({ ...entry, request: requestId }, 'sandbox api')
    if (accountId !== null) report(accountId, { ...entry, requestId, error: errorOf(answer) })
  }

  /** Synchronous from here on, so that no other request sees a partial change or runs in between. */
  function answerTo(asked: Asked): Answer {
    const { account, method, url, form, requestId } = asked
    const key = account.cause.idempotency_key
    if (key === null) return execute(asked)
    const print = fingerprint(`${method} ${url.pathname}`, form)
    const earlier = earlierAnswer(account, key, print)
    if (earlier) return { status: earlier.status, body: earlier.body, original: earlier.requestId }
    const keep = (answer: Answer): Answer => {
      keepAnswer(account, {
        id: key,
        fingerprint: print,
        requestId,
        status: answer.status,
        body: answer.body,
      })
      return answer
    }
    try {
      return context.store.transaction(() => keep(execute(asked)))
    } catch (error) {
      // Nothing was executed, so the same key may try again.
      if (error instanceof StripeApiError || error instanceof StorageError) throw error
      const answer = failure(error, account.id, requestId)
      return context.store.transaction(() => keep(answer))
    }
  }

  function execute({ account, method, url, host, userAgent, form, uploads, requestId }: Asked): Answer {
    const { operation, id } = findOperation(method, url.pathname)
    return context.store.transaction(() => {
      try {
        const given = toCurrentParams(operation.name, parseForm(form), userAgent)
        const parameters = readParameters(operation.name, given)
        const result = operation.run({ account, id, path: url.pathname, host, uploads }, parameters)
        if (result instanceof RawAnswer) return { status: 200, body: '', raw: result }
        const object = expand(account, presentAll(account, result), parameters.expand as string[] | undefined)
        return { status: 200, body: JSON.stringify(object, null, 2) }
      } catch (error) {
        // A request that ran and was refused keeps its changes, and its answer is replayed.
        if (error instanceof StripeApiError && error.executed) return failure(error, account.id, requestId)
        throw error
      }
    })
  }

  function failure(error: unknown, accountId: string | null, requestId: string): Answer {
    if (error instanceof StripeApiError) {
      return {
        status: error.status,
        body: JSON.stringify(errorBody(error.fields, accountId, requestId), null, 2),
      }
    }
    log.warn({ err: error, request: requestId }, 'an API request failed')
    if (error instanceof StorageError) {
      const { status, message } = error
      const body = errorBody({ type: 'api_error', message }, accountId, requestId)
      return { status, body: JSON.stringify(body, null, 2) }
    }
    const message = `The sandbox has a bug: ${error instanceof Error ? error.message : String(error)}`
    return {
      status: 500,
      body: JSON.stringify(errorBody({ type: 'api_error', message }, accountId, requestId), null, 2),
    }
  }
}

function errorOf(answer: Answer): Record<string, unknown> {
  if (answer.status < 400) return {}
  return (JSON.parse(answer.body) as { error: Record<string, unknown> }).error
}

function presentAll(account: Account, result: object): object {
  const { object, data } = result as { object?: string; data?: object[] }
  if (object === 'list' && data) return { ...result, data: data.map((item) => present(account, item)) }
  return present(account, result)
}

function send(
  response: ServerResponse,
  answer: Answer,
  {
    requestId,
    version,
    key,
    limited,
  }: { requestId: string; version: string; key: string | undefined; limited: string | undefined },
): void {
  const body = answer.raw?.bytes ?? answer.body
  const headers: Record<string, string | number> = {
    'Content-Type': answer.raw?.type ?? 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache, no-store',
    'Request-Id': requestId,
    'Stripe-Version': version,
  }
  if (key !== undefined) headers['Idempotency-Key'] = key
  if (answer.original !== undefined) {
    headers['Idempotent-Replayed'] = 'true'
    headers['Original-Request'] = answer.original
  }
  if (limited !== undefined) headers['Stripe-Rate-Limited-Reason'] = limited
  // Otherwise the unread rest of the body would be taken for the next request.
  if (answer.status === 413) headers['Connection'] = 'close'
  if (answer.status === 401) headers['WWW-Authenticate'] = 'Basic realm="Stripe"'
  response.writeHead(answer.status, headers).end(body)
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function readVersion(given: string | undefined): string {
  if (given === undefined || given === '') return API_VERSION
  if (/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?(;.*)?$/.test(given)) return given
  throw invalidRequest(`Invalid Stripe API version: ${given}`)
}

function formText(contentType: string, body: string): string {
  if (body !== '' && /\bjson\b/.test(contentType)) {
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    )
  }
  return body
}

function joined(query: string, body: string): string {
  return [query, body].filter((text) => text !== '').join('&')
}
