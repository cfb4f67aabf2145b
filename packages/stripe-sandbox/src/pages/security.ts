// The security headers of the pages.
import type { Response } from 'express'

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
