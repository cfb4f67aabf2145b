// Reduces the ways in which a client may write a request's target to a path and a query.
import type { IncomingMessage } from 'node:http'

/**
 * Makes `POST http://shop.example/stripe/webhook` (absolute form, which servers must accept: RFC 9112, 3.2.2) and
 * `//stripe/webhook` (a base URL that ends in a slash) the same as `/stripe/webhook`.
 */
export function normalizeTarget(request: IncomingMessage): void {
  const target = request.url ?? '/'
  const [, host, rest = ''] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target) ?? []
  if (host !== undefined) {
    request.headers.host = host
    request.url = rest.startsWith('/') ? rest : `/${rest}`
  }
  request.url = request.url?.replace(/^\/{2,}/, '/')
}
