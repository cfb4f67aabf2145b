// Sends traces and metrics to an OpenTelemetry collector. Loaded only if the environment names one.
import { hostname } from 'node:os'
import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Registry } from 'prom-client'
import { RegistryMetrics } from './registry-metrics.js'
import { recordSpans } from './span.js'

/** What to send. Headers, samplers and resource attributes the SDK itself reads in the environment. */
export interface TelemetryConfig {
  /** Without a slash at its end. */
  endpoint: string
  traces: boolean
  metrics: boolean
  serviceName: string
  metricsEveryMs: number
}

export interface Telemetry {
  /** Sends what is left, and ends. */
  stop(): Promise<void>
}

/** An exporter that does not answer must not hold the shop. */
const EXPORT_TIMEOUT_MS = 5000

/** @param registry of the metrics that /metrics shows, too */
export function startTelemetry(config: TelemetryConfig, version: string, registry: Registry): Telemetry {
  const own = resourceFromAttributes({
    'service.name': config.serviceName,
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
  })
  const resource = defaultResource()
    .merge(own)
    // OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.
    .merge(detectResources({ detectors: [envDetector] }))
  const to = (signal: string) => ({
    url: `${config.endpoint}/v1/${signal}`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const parts: { shutdown(): Promise<void> }[] = []

  if (config.traces) {
    const provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(to('traces')))],
    })
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    recordSpans({ api, tracer: provider.getTracer('till', version) })
    parts.push(provider)
  }
  if (config.metrics) {
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(to('metrics')),
      exportIntervalMillis: config.metricsEveryMs,
      exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, config.metricsEveryMs),
      metricProducers: [new RegistryMetrics(registry, resource)],
    })
    parts.push(new MeterProvider({ resource, readers: [reader] }))
  }

  return {
    async stop() {
      recordSpans(null)
      await Promise.allSettled(parts.map((part) => part.shutdown()))
      api.context.disable()
    },
  }
}
