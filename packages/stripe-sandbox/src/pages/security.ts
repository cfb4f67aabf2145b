// Protects the pages from other sites.
import type { NextFunction, Request, Response } from 'express'

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Refuses host names other than loopback ones. Otherwise another site could read these pages by DNS rebinding. */
export function loopbackHost(request: Request, response: Response, next: NextFunction): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (LOOPBACK_NAMES.has(name)) next()
  else
    response
      .status(403)
      .type('text')
      .send(`This sandbox is only for this machine. It does not answer to the host name "${name}".`)
}

/** Refuses form posts from other sites. Programs send neither header and are allowed. */
export function sameOrigin(request: Request, response: Response, next: NextFunction): void {
  const site = request.headers['sec-fetch-site']
  const { origin, host } = request.headers
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== `http://${host ?? ''}`)
  if (reads || !foreign) next()
  else response.status(403).type('text').send('This request came from another site and was refused.')
}

/**
 * No inline scripts or styles. `destinations` are the shop's URLs: browsers apply `form-action` also to the redirect
 * after a form post.
 */
export function securityHeaders(response: Response, destinations: (string | null)[] = []): void {
  const origins = destinations.flatMap((url) =>
    url !== null && URL.canParse(url) ? [new URL(url).origin] : [],
  )
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: http: https:",
      `form-action 'self' ${[...new Set(origins)].join(' ')}`.trim(),
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  })
}
