/**
 * Pages that are the same for every visitor who sends no cookie and is offered the same language, if any. Each process
 * renders them once for all who ask within SHARED_MS. With the settings, which are read every half second, such a visitor
 * sees what was true at most a second ago.
 *
 * A request with a cookie, a token or an origin, and one whose answer depends on more than its address, never gets a page
 * from here and never leaves one here.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { RequestHandler } from 'express'
import Negotiator from 'negotiator'
import { splitPath } from './language-paths.js'
import { languageOf, suggestedLanguage } from './languages.js'
import { loggedPath, type Logger } from './logging.js'
import { otherNamesOf } from './security.js'
import { SHARED_MS } from './shared-value.js'

/** The oldest are forgotten. */
const MAX_PAGES = 200
/** Compressing less gains nothing. */
const MIN_COMPRESSED_BYTES = 1024
/** A cache in front of the shop may keep a page for a second. Browsers ask each time. */
const CACHE_CONTROL = 'public, max-age=0, s-maxage=1, must-revalidate'

/** What we send, best first. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const
type Encoding = (typeof ENCODINGS)[number]

interface Page {
  headers: OutgoingHttpHeaders
  etag: string
  body: Buffer
  /** Its body in the encodings that were asked for. */
  encoded: Map<Encoding, Promise<Buffer>>
}

interface Entry {
  since: number
  /** Null: the answer can't be shared. */
  page: Promise<Page | null>
}

export interface SharedPages {
  /** Answers what it has, and passes every other request to the app. */
  first: (app: RequestListener) => RequestListener
  /** Takes the pages that the app renders. */
  remember: RequestHandler
}

/**
 * @param options.isShared whether the answer depends on nothing but this path, without its language, and query
 * @param options.keep whether pages are kept. Otherwise each request is rendered, with the same headers
 */
export function sharedPages(options: {
  baseUrl: string
  isShared: (path: string, query: URLSearchParams) => boolean
  keep: boolean
  log: Logger
}): SharedPages {
  const { keep, log } = options
  const isRedirected = otherNamesOf(options.baseUrl)
  const entries = new Map<string, Entry>()
  /** Who waits for the answer to a request. */
  const waiting = new WeakMap<IncomingMessage, (page: Page | null) => void>()

  function isShared({ headers, method, url = '/' }: IncomingMessage): boolean {
    if (method !== 'GET' || isRedirected(headers.host ?? '')) return false
    if (headers.cookie !== undefined || headers.authorization !== undefined || headers.origin !== undefined)
      return false
    const { path } = splitPath(url)
    const mark = path.indexOf('?')
    return mark === -1
      ? options.isShared(path, new URLSearchParams())
      : options.isShared(path.slice(0, mark), new URLSearchParams(path.slice(mark)))
  }

  function first(app: RequestListener): RequestListener {
    if (!keep) return app
    return (request, response) => {
      if (!isShared(request)) {
        app(request, response)
        return
      }
      const { url = '/' } = request
      // The address has the page's own language.
      const key = `${suggestedLanguage(request, languageOf(url)) ?? ''} ${url}`
      const entry = entries.get(key)
      if (entry && performance.now() - entry.since < SHARED_MS) {
        void entry.page.then((page) => {
          if (page) void answer(page, request, response)
          else app(request, response)
        })
        return
      }
      const page = new Promise<Page | null>((resolve) => {
        waiting.set(request, resolve)
        response.once('close', () => resolve(null))
      })
      entries.delete(key)
      entries.set(key, { since: performance.now(), page })
      const [oldest] = entries.keys()
      if (entries.size > MAX_PAGES && oldest !== undefined) entries.delete(oldest)
      app(request, response)
    }
  }

  const remember: RequestHandler = (request, response, next) => {
    if (!isShared(request)) {
      next()
      return
    }
    const { send } = response
    response.send = (body: unknown) => {
      response.send = send
      if (response.statusCode !== 200 || typeof body !== 'string' || response.hasHeader('Set-Cookie'))
        return response.send(body)
      if (!response.hasHeader('Content-Type')) response.type('html')
      response.set('Cache-Control', CACHE_CONTROL).vary('Accept-Encoding, Accept-Language, Cookie')
      const etagOf = request.app.get('etag fn') as (body: string) => string
      const etag = etagOf(body)
      const page = {
        headers: { ...response.getHeaders(), etag },
        etag,
        body: Buffer.from(body),
        encoded: new Map(),
      }
      waiting.get(request)?.(page)
      void answer(page, request, response)
      return response
    }
    next()
  }

  /** Sends a page that was rendered for this or for another request. */
  async function answer(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const isFresh = request.headers['if-none-match']?.includes(page.etag) ?? false
      const encoding = encodingFor(page, request)
      const body = await encoded(page, encoding)
      let id = response.getHeader('X-Request-Id')
      if (id === undefined) {
        // It did not pass the log of the app.
        id = randomUUID()
        const path = loggedPath(request.url ?? '/')
        log.debug(
          { req: { id, method: request.method, path }, res: { status: isFresh ? 304 : 200 } },
          'shared page',
        )
      }
      response.writeHead(isFresh ? 304 : 200, {
        ...page.headers,
        'x-request-id': id,
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
        ...(!isFresh && { 'content-length': body.length }),
      })
      response.end(isFresh ? undefined : body)
    } catch (error) {
      log.error({ err: error }, 'a shared page could not be sent')
      response.destroy()
    }
  }

  return { first, remember }
}

function encodingFor({ body }: Page, request: IncomingMessage): Encoding {
  if (body.length < MIN_COMPRESSED_BYTES || request.headers['accept-encoding'] === undefined)
    return 'identity'
  const accepted = new Negotiator(request).encodings(ENCODINGS)
  return ENCODINGS.find((encoding) => accepted.includes(encoding)) ?? 'identity'
}

function encoded(page: Page, encoding: Encoding): Promise<Buffer> {
  const known = page.encoded.get(encoding)
  if (known) return known
  const body = encode(page.body, encoding)
  page.encoded.set(encoding, body)
  return body
}

/** With a quality that a page is worth: it is sent for half a second. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

async function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'br') return promisify(brotliCompress)(body, BROTLI)
  return encoding === 'gzip' ? promisify(gzip)(body) : body
}
