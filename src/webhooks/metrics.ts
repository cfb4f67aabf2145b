// What can be counted of deliveries, for Prometheus.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { Problem } from '../http/problem.js'
import { HANDLED_TYPES } from './dispatch.js'

export interface WebhookMetrics {
  /** A delivery that was accepted: its type, and what became of it. */
  accepted(type: string, outcome: string): void
  /** A delivery that was answered with a problem. */
  refused(error: unknown): void
  /** Which of the configured secrets had signed it, from 1: tells when an old one is no longer used. */
  signedBy(secret: number): void
  /** @param seconds from the last byte of the request to the answer */
  answered(seconds: number): void
  /** A set was committed together. */
  committed(size: number): void
}

export interface Backlog {
  /** Deliveries that wait for their turn in this process. */
  waiting: number
  /** Events that were stored and are not handled. */
  unhandled: number
  /** Age of the oldest of them. */
  oldestSeconds: number
}

/** Types of events that the shop does not know are counted as one: their names are Stripe's to choose. */
const KNOWN_TYPES = new Set(HANDLED_TYPES)

/** @param backlog asked when Prometheus asks */
export function createWebhookMetrics(registry: Registry, backlog: () => Promise<Backlog>): WebhookMetrics {
  const registers = [registry]
  const deliveries = new Counter({
    name: 'till_webhook_deliveries_total',
    help: 'Deliveries accepted, by type of event and what became of it.',
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
    help: 'Deliveries by which of the configured signing secrets matched, counted from 1.',
    labelNames: ['secret'],
    registers,
  })
  const answers = new Histogram({
    name: 'till_webhook_answer_seconds',
    help: 'Time from a whole delivery to its answer.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const sets = new Histogram({
    name: 'till_webhook_set_size',
    help: 'Deliveries that were committed together.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  })
  // One question to the database for the three of them.
  let asked: Promise<Backlog> | null = null
  const now = () => (asked ??= backlog().finally(() => (asked = null)))
  new Gauge({
    name: 'till_webhook_waiting',
    help: 'Deliveries that wait for their turn in this process.',
    registers,
    async collect() {
      this.set((await now()).waiting)
    },
  })
  new Gauge({
    name: 'till_events_unhandled',
    help: 'Events that are stored and not handled yet.',
    aggregator: 'max',
    registers,
    async collect() {
      this.set((await now()).unhandled)
    },
  })
  new Gauge({
    name: 'till_events_oldest_unhandled_seconds',
    help: 'Age of the oldest event that is stored and not handled yet.',
    aggregator: 'max',
    registers,
    async collect() {
      this.set((await now()).oldestSeconds)
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
