// Prometheus' own tool takes the rules and every panel's query, and the alerts fire when they should.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { alertsFile, readAlerts, readPanels } from './monitoring.js'

const folder = mkdtempSync(path.join(tmpdir(), 'till-promtool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Debian's package prometheus has it. What it says when it fails is the error. */
function promtool(...args: string[]): string {
  try {
    return execFileSync('promtool', args, { stdio: 'pipe' }).toString()
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
    throw new Error(`promtool ${args.join(' ')}\n${String(stdout)}${String(stderr)}`, { cause: error })
  }
}

it('promtool takes the alert rules', () => {
  expect(promtool('check', 'rules', alertsFile)).toContain(`${readAlerts().length} rules found`)
})

it('promtool takes the query of every panel', () => {
  const rules = readPanels().map(({ expr }, index) => ({ record: `panel:${index}`, expr }))
  // JSON is YAML.
  const file = path.join(folder, 'panels.yml')
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }))
  expect(promtool('check', 'rules', file)).toContain(`${rules.length} rules found`)
})

it('each alert fires when it should, and none for a healthy shop', () => {
  const cases = readFileSync(path.join(projectRoot, 'tests/deploy/alerts.promtool.yml'), 'utf8')
  for (const { name } of readAlerts()) expect(cases).toContain(name)
  const file = path.join(folder, 'alerts.test.yml')
  writeFileSync(file, cases.replace('{RULES}', alertsFile))
  expect(promtool('test', 'rules', file)).toContain('SUCCESS')
})
