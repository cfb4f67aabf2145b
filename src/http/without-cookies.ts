// Requests of the JSON API that no cookie may authorize: those with a bearer token, and those of allowed origins.
import cors from 'cors'
import type { Request, RequestHandler } from 'express'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    interface Request {
      /** True if the request's cookies, if it had any, are ignored. What other sites make browsers send proves nothing. */
      withoutCookies?: boolean
    }
  }
}

/** Browsers ask again whether a request is allowed after this many seconds. */
const MAX_AGE = 600

/** The token in the Authorization header. "" if it is malformed, null if there is none. */
export function bearerOf(request: Request): string | null {
  const match = /^bearer(?: +(.*))?$/is.exec(request.get('authorization') ?? '')
  return match === null ? null : (match[1] ?? '')
}

/**
 * Lets the pages of listed origins read responses (CORS). Credentials are never allowed: cookies don't work from there.
 * Mount before everything that reads cookies.
 * @param origins those that the owner allows
 */
export function allowOrigins(baseUrl: string, origins: () => Promise<readonly string[]>): RequestHandler {
  const own = new URL(baseUrl).origin
  return async (request, response, next) => {
    const origin = request.get('origin')
    const isAllowed = origin !== undefined && origin !== own && (await origins()).includes(origin)
    if (isAllowed || bearerOf(request) !== null) {
      request.withoutCookies = true
      delete request.headers.cookie
    }
    if (isAllowed) answerTo(origin)(request, response, next)
    else {
      response.vary('Origin')
      next()
    }
  }
}

/** Answers a browser's question in advance (OPTIONS), and adds its headers to all other responses. */
function answerTo(origin: string): RequestHandler {
  return cors({
    origin,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: ['Location', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
    maxAge: MAX_AGE,
  })
}
