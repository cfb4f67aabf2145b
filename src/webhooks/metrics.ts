// Prometheus metrics of deliveries.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { Problem } from '../http/problem.js'
import { HANDLED_TYPES } from './dispatch.js'

export interface WebhookMetrics {
  /** A delivery was accepted: the event's type and outcome. */
  accepted(type: string, outcome: string): void
  /** A delivery was answered with an error. */
  refused(error: unknown): void
  /** Which of the configured secrets matched, counted from 1. Shows when an old one is no longer used. */
  signedBy(secret: number): void
  /** @param seconds from the last byte of the request to the answer */
  answered(seconds: number): void
  /** A set of events was committed. */
  committed(size: number): void
}

export interface Backlog {
  /** Deliveries that wait in this process. */
  waiting: number
  /** Events that are stored and wait for a retry. */
  unhandled: number
  /** Age of the oldest of them. */
  oldestSeconds: number
}

/** Other types are counted as one, so that new names at Stripe don't create new time series. */
const KNOWN_TYPES = new Set(HANDLED_TYPES)

/** @param backlog called when Prometheus scrapes */
export function createWebhookMetrics(registry: Registry, backlog: () => Promise<Backlog>): WebhookMetrics {
  const registers = [registry]
  const deliveries = new Counter({
    name: 'till_webhook_deliveries_total',
    help: 'Deliveries accepted, by event type and outcome.',
    labelNames: ['type', 'outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'till_webhook_refusals_total',
    help: 'Deliveries answered with an error, by status and reason.',
    labelNames: ['status', 'reason'],
    registers,
  })
  const secrets = new Counter({
    name: 'till_webhook_signed_by_total',
    help: 'Deliveries by the signing secret that matched, counted from 1.',
    labelNames: ['secret'],
    registers,
  })
  const answers = new Histogram({
    name: 'till_webhook_answer_seconds',
    help: 'Time from the last byte of a delivery to its answer.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const sets = new Histogram({
    name: 'till_webhook_set_size',
    help: 'Number of deliveries committed together.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  })
  // One query for the three gauges of one scrape.
  let pending: Promise<Backlog> | null = null
  const readBacklog = () => (pending ??= backlog().finally(() => (pending = null)))
  new Gauge({
    name: 'till_webhook_waiting',
    help: 'Deliveries waiting in this process.',
    registers,
    async collect() {
      this.set((await readBacklog()).waiting)
    },
  })
  new Gauge({
    name: 'till_events_unhandled',
    help: 'Events stored and not handled yet.',
    aggregator: 'max',
    registers,
    async collect() {
      this.set((await readBacklog()).unhandled)
    },
  })
  new Gauge({
    name: 'till_events_oldest_unhandled_seconds',
    help: 'Age of the oldest event stored and not handled yet.',
    aggregator: 'max',
    registers,
    async collect() {
      this.set((await readBacklog()).oldestSeconds)
    },
  })
  return {
    accepted: (type, outcome) => deliveries.inc({ type: KNOWN_TYPES.has(type) ? type : 'other', outcome }),
    refused: (error) =>
      refusals.inc(
        error instanceof Problem
          ? { status: error.status, reason: error.code }
          : { status: 500, reason: 'internal_error' },
      ),
    signedBy: (secret) => secrets.inc({ secret }),
    answered: (seconds) => answers.observe(seconds),
    committed: (size) => sets.observe(size),
  }
}
