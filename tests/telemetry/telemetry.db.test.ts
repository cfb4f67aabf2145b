// What a shop with a collector sends: spans of requests, calls to Stripe and statements, and the metrics of /metrics.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../src/config.js'
import { recordsSpans } from '../../src/telemetry/span.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string }
}

interface Span {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: Attribute[]
}

interface Metric {
  name: string
  sum?: { dataPoints: { attributes: Attribute[]; asDouble?: number }[] }
  histogram?: { dataPoints: { count: number | string; bucketCounts: (number | string)[] }[] }
}

const spans: Span[] = []
const metrics = new Map<string, Metric>()
const resources: Attribute[][] = []
const lines: Record<string, unknown>[] = []
let collector: Server
let shop: TestShop

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      keep(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening))
  shop = await startTestShop({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`,
      OTEL_SERVICE_NAME: 'till under test',
      OTEL_METRIC_EXPORT_INTERVAL: '300',
    },
    log: pino(
      { level: 'info', formatters: { level: (label) => ({ level: label }) } },
      { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    ),
  })
})
afterAll(async () => {
  await shop.close()
  collector.closeAllConnections()
  await new Promise((closed) => collector.close(closed))
})

/** Keeps what the exporters send: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
function keep(path: string, body: unknown): void {
  const { resourceSpans = [], resourceMetrics = [] } = body as {
    resourceSpans?: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[]
    resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[]
  }
  if (path === '/v1/traces') resources.push(...resourceSpans.map(({ resource }) => resource.attributes))
  spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
  for (const { scopeMetrics } of resourceMetrics)
    for (const scope of scopeMetrics) for (const metric of scope.metrics) metrics.set(metric.name, metric)
}

const read = ({ attributes }: { attributes: Attribute[] }, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value
  return value?.stringValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue))
}

const WAIT = { timeout: 30_000 }

it('a purchase is one trace: the request, its statements, and the call to Stripe with both ids', async () => {
  const { shopper } = await newShopper(shop.url)
  const { id } = await shop.database.prisma.product.findFirstOrThrow({
    where: { currency: 'usd', stock: { gte: 10 } },
  })
  const { headers } = await shopper.post(`/checkout/${id}`).type('form').send({ quantity: '1' }).expect(303)
  const ourId = headers['x-request-id'] as string
  await expect.poll(() => spans.some((span) => read(span, 'till.request_id') === ourId), WAIT).toBe(true)
  await expect
    .poll(() => spans.some(({ name }) => name === 'Stripe POST /v1/checkout/sessions'), WAIT)
    .toBe(true)

  const request = spans.find((span) => read(span, 'till.request_id') === ourId)
  expect(request).toMatchObject({ name: 'POST /checkout/:productId', kind: 2 })
  expect(read(request as Span, 'http.response.status_code')).toBe(303)
  expect(read({ attributes: resources[0] ?? [] }, 'service.name')).toBe('till under test')

  const ofTrace = spans.filter(({ traceId }) => traceId === request?.traceId)
  const asked = ofTrace.find(({ name }) => name === 'Stripe POST /v1/checkout/sessions')
  const stripeId = read(asked as Span, 'stripe.request_id')
  expect(stripeId).toMatch(/^req_/)
  const statements = ofTrace.filter((span) => read(span, 'db.system.name') === 'postgresql')
  expect(statements.length).toBeGreaterThan(2)
  for (const span of [asked, ...statements]) expect(span?.parentSpanId).toMatch(/^\w+$/)

  // The log says which of our requests led to which of Stripe's.
  expect(lines.filter(({ msg }) => msg === 'asked Stripe')).toContainEqual(
    expect.objectContaining({
      level: 'info',
      method: 'POST',
      path: '/v1/checkout/sessions',
      stripeRequest: stripeId,
      request: ourId,
    }),
  )
})

it('no span has a value of a statement, a query string or a token', () => {
  const text = JSON.stringify(spans)
  expect(text).not.toContain('@example')
  expect(text).not.toContain('cs_test_')
  expect(text).not.toMatch(/token=/)
})

it('metrics are those of /metrics', async () => {
  await fetch(`${shop.url}/stripe/webhook`, { method: 'POST', body: '{}' })
  await expect
    .poll(
      () => metrics.get('till_webhook_refusals_total')?.sum?.dataPoints.map(({ asDouble }) => asDouble),
      WAIT,
    )
    .toEqual([1])
  const answers = metrics.get('till_webhook_answer_seconds')?.histogram?.dataPoints[0]
  const counts = answers?.bucketCounts.map(Number) ?? []
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Number(answers?.count))
  expect([...metrics.keys()]).toContain('till_incidents_open')
})

it('nothing is loaded without an endpoint, or when the SDK is disabled', () => {
  const { telemetry } = parseConfig({ ...shop.environment, OTEL_EXPORTER_OTLP_ENDPOINT: '' })
  expect(telemetry).toBeNull()
  expect(parseConfig({ ...shop.environment, OTEL_SDK_DISABLED: 'true' }).telemetry).toBeNull()
  expect(recordsSpans()).toBe(true)
})
