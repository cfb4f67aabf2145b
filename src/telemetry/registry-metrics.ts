// Hands the metrics of /metrics to OpenTelemetry, so that nothing is counted twice.
import { ValueType, type HrTime } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type DataPoint,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { Registry } from 'prom-client'

type Stored = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]

/** A value of a histogram also names which of its series it is of. */
interface StoredValue {
  value: number
  labels: Record<string, string | number | undefined>
  metricName?: string
}

type HistogramValue = (MetricData & { dataPointType: DataPointType.HISTOGRAM })['dataPoints'][number]['value']

export class RegistryMetrics implements MetricProducer {
  private readonly startTime = hrTimeOf(Date.now() - process.uptime() * 1000)

  constructor(
    private readonly registry: Registry,
    private readonly resource: Resource,
  ) {}

  async collect(): Promise<CollectionResult> {
    const stored = await this.registry.getMetricsAsJSON()
    const times = { startTime: this.startTime, endTime: hrTimeOf(Date.now()) }
    const metrics = stored.flatMap((metric) => metricData(metric, times))
    return {
      resourceMetrics: { resource: this.resource, scopeMetrics: [{ scope: { name: 'till' }, metrics }] },
      errors: [],
    }
  }
}

type Times = Pick<DataPoint<number>, 'startTime' | 'endTime'>

function metricData(stored: Stored, times: Times): MetricData[] {
  const values = stored.values as StoredValue[]
  const common = {
    descriptor: {
      name: stored.name,
      description: stored.help,
      unit: unitOf(stored.name),
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  const points = () =>
    values.map(({ labels, value }) => ({ ...times, attributes: attributesOf(labels), value }))
  // A type of the library's declarations is an enum without values: at run time it is one of these words.
  switch (String(stored.type)) {
    case 'counter':
      return [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() }]
    case 'gauge':
      return [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints: points() }]
    case 'histogram':
      return [{ ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(values, times) }]
    default:
      return []
  }
}

/** By their labels: /metrics has one series for each bucket, which counts those below, too. */
function histograms(values: readonly StoredValue[], times: Times): DataPoint<HistogramValue>[] {
  return [...grouped(values).values()].map((series) => {
    const buckets = series.filter(({ metricName }) => metricName?.endsWith('_bucket'))
    const named = (end: string) => series.find(({ metricName }) => metricName?.endsWith(end))?.value ?? 0
    const boundaries = buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite)
    const counts = buckets.map(({ value }, index) => value - (buckets[index - 1]?.value ?? 0))
    return {
      ...times,
      attributes: attributesOf(series[0]?.labels ?? {}),
      value: { buckets: { boundaries, counts }, sum: named('_sum'), count: named('_count') },
    }
  })
}

function grouped(values: readonly StoredValue[]): Map<string, StoredValue[]> {
  const groups = new Map<string, StoredValue[]>()
  for (const value of values) {
    const key = JSON.stringify(attributesOf(value.labels))
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return groups
}

/** The bucket of a histogram is no attribute. */
function attributesOf(labels: StoredValue['labels']): Record<string, string> {
  const pairs = Object.entries(labels).filter(([name]) => name !== 'le')
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
}

function unitOf(name: string): string {
  return /_seconds(_total)?$/.test(name) ? 's' : /_bytes$/.test(name) ? 'By' : ''
}

function hrTimeOf(milliseconds: number): HrTime {
  return [Math.floor(milliseconds / 1000), Math.round((milliseconds % 1000) * 1e6)]
}
