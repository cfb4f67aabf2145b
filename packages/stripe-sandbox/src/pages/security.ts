import type { NextFunction, Request, Response } from 'express'

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** A foreign name that resolves to this machine must not open these pages to a foreign site (DNS rebinding). */
export function loopbackHost(request: Request, response: Response, next: NextFunction): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (LOOPBACK_NAMES.has(name)) next()
  else
    response
      .status(403)
      .type('text')
      .send(`This is a sandbox of this machine. It does not answer to the name "${name}".`)
}

/** A form on another site cannot press our buttons. Programs send neither header, and are let through. */
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
 * No inline script or style. `destinations` are the shop's URLs: browsers apply `form-action` to the redirect that
 * follows a form too.
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
