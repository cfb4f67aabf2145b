// Metrics of requests: how many, how long they take, and how they end.
import type { RequestListener } from 'node:http'
import { Histogram, type Registry } from 'prom-client'

/** By the beginning of the path. Everything else is the shop's own pages. */
const AREAS: readonly (readonly [string, string])[] = [
  ['/api', 'api'],
  ['/admin', 'admin'],
  ['/assets', 'files'],
  ['/pictures', 'files'],
  ['/healthz', 'operations'],
  ['/readyz', 'operations'],
  ['/metrics', 'operations'],
]

/** Times each request that is answered in full, from its beginning. Event streams, which last as long as their page, are not. */
export function timeRequests(registry: Registry, listener: RequestListener): RequestListener {
  const seconds = new Histogram({
    name: 'till_http_request_seconds',
    help: 'Time from a request to the end of its answer, by area and class of its status. Without deliveries and event streams.',
    labelNames: ['area', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return (request, response) => {
    const began = performance.now()
    response.once('finish', () => {
      if (String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')) return
      const status = `${Math.floor(response.statusCode / 100)}xx`
      seconds.labels(areaOf(request.url ?? ''), status).observe((performance.now() - began) / 1000)
    })
    listener(request, response)
  }
}

function areaOf(url: string): string {
  const area = AREAS.find(([start]) => url.startsWith(start) && /^[/?]?$/.test(url.charAt(start.length)))
  return area?.[1] ?? 'shop'
}
