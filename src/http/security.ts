// What protects every route: security headers, and refusal of state changes that another site started.
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import { t } from '../messages/index.js'
import { Problem } from './problem.js'

/** @param stripePageOrigin where Stripe's pay page lives: a form's redirect to it is blocked unless it is named */
export function securityHeaders(stripePageOrigin: string, production: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'frame-src': ["'self'"],
        'frame-ancestors': ["'self'"],
        'form-action': ["'self'", stripePageOrigin],
        'base-uri': ["'none'"],
        'object-src': ["'none'"],
      },
    },
    // Nothing to gain over plain http on loopback, and it would stick to the developer's browser.
    strictTransportSecurity: production,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  })
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a state change that a page of another origin started, by what the browser itself says of it
 * (Fetch Metadata, else Origin). A client that is no browser sends neither and carries no foreign session.
 */
export function sameOriginOnly(baseUrl: string): RequestHandler {
  const ownHost = new URL(baseUrl).host
  return (request, _response, next) => {
    if (SAFE_METHODS.has(request.method)) {
      next()
      return
    }
    const site = request.get('sec-fetch-site')
    const origin = request.get('origin')
    const allowed =
      site === undefined
        ? origin === undefined || isOwn(origin, [ownHost, request.get('host') ?? ''])
        : site === 'same-origin' || site === 'none'
    if (!allowed) {
      throw new Problem(403, 'cross_origin', t().errors.crossOriginTitle, t().errors.crossOrigin)
    }
    next()
  }
}

function isOwn(origin: string, hosts: string[]): boolean {
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

/** `localhost` and `127.0.0.1` are two sites to a browser: pages are sent to the one that links and Stripe lead to. */
export function oneLoopbackName(baseUrl: string): RequestHandler {
  const own = new URL(baseUrl)
  const names = new Set(['localhost', '127.0.0.1', '[::1]'])
  return (request, response, next) => {
    const host = request.get('host') ?? ''
    const asked = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null
    const misnamed =
      asked && asked.hostname !== own.hostname && names.has(asked.hostname) && names.has(own.hostname)
    if (misnamed && request.method === 'GET' && request.accepts(['html', 'json']) === 'html') {
      response.redirect(
        302,
        `${own.protocol}//${own.hostname}${asked.port ? `:${asked.port}` : ''}${request.originalUrl}`,
      )
      return
    }
    next()
  }
}
