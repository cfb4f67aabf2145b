// Reads the alert rules and the dashboard.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../../src/config.js'

export const alertsFile = path.join(projectRoot, 'deploy/prometheus/alerts.yml')

interface Alert {
  name: string
  expr: string
  runbook: string
}

export function readAlerts(): Alert[] {
  const text = readFileSync(alertsFile, 'utf8')
  return text
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => ({
      name: rule.split('\n', 1)[0] ?? '',
      expr: /^ +expr: (.*)$/m.exec(rule)?.[1] ?? '',
      runbook: /^ +runbook: (.*)$/m.exec(rule)?.[1] ?? '',
    }))
}

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}

/** With the interval that Grafana would write for its variable. */
export function readPanels(): { title: string; expr: string }[] {
  const text = readFileSync(path.join(projectRoot, 'deploy/grafana/till.json'), 'utf8')
  const { panels } = JSON.parse(text) as Dashboard
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$__rate_interval', '5m') })),
  )
}
