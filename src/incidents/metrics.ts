// Prometheus metric of open incidents.
import { Gauge, type Registry } from 'prom-client'
import type { Database } from '../database/client.js'
import { countOpenIncidents } from './incidents.js'
import { INCIDENT_KINDS } from './kinds.js'

export function registerIncidentMetrics(registry: Registry, database: Pick<Database, 'pool'>): void {
  new Gauge({
    name: 'till_incidents_open',
    help: 'Incidents that are not resolved, by kind.',
    labelNames: ['kind'],
    // Every process reads the same database.
    aggregator: 'max',
    registers: [registry],
    async collect() {
      const counts = await countOpenIncidents(database)
      this.reset()
      // Zero is a value: an alert must be able to tell "none" from "not measured".
      for (const kind of new Set([...Object.keys(INCIDENT_KINDS), ...counts.keys()]))
        this.set({ kind }, counts.get(kind) ?? 0)
    },
  })
}
