// One span for each request, with the route, the status, and the id that the log and the response have.
import type { IncomingMessage, RequestListener } from 'node:http'
import { begin, recordsSpans } from '../telemetry/span.js'
import { loggedPath } from './logging.js'

/** Returns the listener itself if no spans are recorded. */
export function traceRequests(listener: RequestListener): RequestListener {
  if (!recordsSpans()) return listener
  return (request, response) => {
    const method = request.method ?? ''
    const span = begin(
      method,
      { 'http.request.method': method, 'url.path': loggedPath(request.url ?? '') },
      'server',
    )
    if (span === null) {
      listener(request, response)
      return
    }
    response.once('close', () => {
      const route = routeOf(request)
      if (route !== null) span.rename(`${method} ${route}`)
      span.set({
        'http.response.status_code': response.statusCode,
        'till.request_id': String(response.getHeader('x-request-id') ?? ''),
        ...(route !== null && { 'http.route': route }),
      })
      if (response.statusCode >= 500) span.fail(String(response.statusCode))
      span.end()
    })
    span.run(() => listener(request, response))
  }
}

/** The path of Express's route, such as "/orders/:orderKey". */
function routeOf(request: IncomingMessage): string | null {
  const { route } = request as IncomingMessage & { route?: { path?: unknown } }
  return typeof route?.path === 'string' ? route.path : null
}
