// Alerts and the dashboard ask for metrics that the shop has, and each alert has a chapter in docs/6-when-something-is-wrong.md.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { createRegistry } from '../../src/http/metrics.js'
import { timeRequests } from '../../src/http/time-requests.js'
import { INCIDENT_KINDS } from '../../src/incidents/kinds.js'
import { registerIncidentMetrics } from '../../src/incidents/metrics.js'
import { createWebhookMetrics } from '../../src/webhooks/metrics.js'
import { readAlerts, readPanels } from './monitoring.js'

/** The series of /metrics, with those of a histogram. */
function seriesOfShop(): Set<string> {
  const registry = createRegistry()
  createWebhookMetrics(registry, () => Promise.resolve({ waiting: 0, unhandled: 0, oldestSeconds: 0 }))
  registerIncidentMetrics(registry, { pool: {} as never })
  timeRequests(registry, () => undefined)
  return new Set(
    registry
      .getMetricsAsArray()
      .flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
  )
}

const queries = [...readAlerts().map(({ name, expr }) => ({ title: name, expr })), ...readPanels()]

it('there are alerts and panels', () => {
  expect(readAlerts().length).toBeGreaterThan(8)
  expect(readPanels().length).toBeGreaterThan(10)
})

it.each(queries)('$title asks for metrics that there are', ({ expr }) => {
  const series = seriesOfShop()
  const asked = [...expr.matchAll(/\btill_\w+/g)].map(([name]) => name)
  expect(asked.length > 0 || expr.includes('up{job="till"}')).toBe(true)
  for (const name of asked) expect(series).toContain(name)
  const kinds = [...expr.matchAll(/kind!?=~?"([^"]*)"/g)].flatMap(([, words = '']) => words.split('|'))
  for (const kind of kinds) expect(Object.keys(INCIDENT_KINDS)).toContain(kind)
})

describe('the runbook', () => {
  const docs = readFileSync(path.join(projectRoot, 'docs/6-when-something-is-wrong.md'), 'utf8')
  const chapter = /^## Alerts$(.*?)^## /ms.exec(docs)?.[1] ?? ''
  const chapters = [...chapter.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)

  it('has a chapter for each alert, in their order, and the alerts name them', () => {
    expect(chapters).toEqual(readAlerts().map(({ name }) => name))
    for (const { name, runbook } of readAlerts())
      expect(runbook).toBe(`docs/6-when-something-is-wrong.md#${name.toLowerCase()}`)
  })
})
