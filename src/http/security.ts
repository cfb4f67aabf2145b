// Protects every route: security headers, and no state changes by requests that another site started.
import type { Request, RequestHandler, Response } from 'express'
import helmet from 'helmet'
import { t } from '../messages/index.js'
import { Problem } from './problem.js'

/** @param payPageOrigins of Stripe's pay page: browsers block a form's redirect to it unless the CSP lists it */
export function securityHeaders(payPageOrigins: readonly string[], production: boolean): RequestHandler {
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
        'form-action': ["'self'", ...payPageOrigins],
        'base-uri': ["'none'"],
        'object-src': ["'none'"],
      },
    },
    // Useless over plain HTTP on loopback, and the developer's browser would remember it.
    strictTransportSecurity: production,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  })
}

const CSP = 'Content-Security-Policy'

/** Lets this page show pictures of these hosts, besides our own. @param hosts from the settings */
export function allowPictures(response: Response, hosts: readonly string[]): void {
  const policy = response.get(CSP)
  const sources = hosts.map((host) => ` https://${host}`).join('')
  if (policy !== undefined && sources !== '')
    response.set(
      CSP,
      policy.replace(/(?<=^|;)img-src [^;]*/, (images) => images + sources),
    )
}

/**
 * The Referrer-Policy of a page whose path is secret: no other page and no log learns the path. Not `no-referrer`: its forms
 * would be sent with `Origin: null`, which says as little about where they come from as a form of another site.
 */
export const SECRET_IN_PATH = 'strict-origin'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Rejects state changes started by a page of another origin, according to the browser's Sec-Fetch-Site header, or Origin
 * in older ones. Clients other than browsers send neither and can't carry someone else's session cookie. A request that no
 * cookie may authorize can come from anywhere.
 */
export function sameOriginOnly(baseUrl: string): RequestHandler {
  return (request, _response, next) => {
    const isSafe = SAFE_METHODS.has(request.method) || request.withoutCookies
    if (!isSafe && isOfOtherOrigin(request, baseUrl)) {
      throw new Problem(403, 'cross_origin', t().errors.crossOriginTitle, t().errors.crossOrigin)
    }
    next()
  }
}

/** Whether a page of another origin started the request, as far as the browser says. */
export function isOfOtherOrigin(request: Request, baseUrl: string): boolean {
  const site = request.get('sec-fetch-site')
  const origin = request.get('origin')
  return site === undefined
    ? origin !== undefined && !isOwn(origin, [new URL(baseUrl).host, request.get('host') ?? ''])
    : site !== 'same-origin' && site !== 'none'
}

function isOwn(origin: string, hosts: string[]): boolean {
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

/**
 * Redirects pages to the base URL's host name if another loopback name was used. Browsers treat `localhost` and
 * `127.0.0.1` as different sites, and Stripe returns shoppers to the base URL, where they must be signed in.
 */
export function redirectToBaseHost(baseUrl: string): RequestHandler {
  const isOtherName = otherNamesOf(baseUrl)
  const own = new URL(baseUrl)
  return (request, response, next) => {
    const host = request.get('host') ?? ''
    if (isOtherName(host) && request.method === 'GET' && request.accepts(['html', 'json']) === 'html') {
      const { port } = new URL(`http://${host}`)
      response.redirect(
        302,
        `${own.protocol}//${own.hostname}${port ? `:${port}` : ''}${request.originalUrl}`,
      )
      return
    }
    next()
  }
}

/** Returns whether a Host header has a loopback name that is not the base URL's, if that is one too. */
export function otherNamesOf(baseUrl: string): (host: string) => boolean {
  const names = new Set(['localhost', '127.0.0.1', '[::1]'])
  const own = new URL(baseUrl).hostname
  return (host) => {
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : own
    return names.has(own) && names.has(name) && name !== own
  }
}
