// `npm run sandbox` and `npm run stripe` use the shop's environment variables.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSandbox, type Sandbox } from 'stripe-sandbox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { npmRun } from './npm-run.js'

let dataDir: string
let sandbox: Sandbox | undefined

const state = () => path.join(dataDir, 'sandbox')
const stripe = (words: string[], environment: NodeJS.ProcessEnv = {}) =>
  npmRun('stripe', words, { DATA_DIR: dataDir, ...environment })

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'till-data-'))
})
afterEach(async () => {
  await sandbox?.close()
  sandbox = undefined
  rmSync(dataDir, { recursive: true, force: true })
})

test('npm run sandbox listens on SANDBOX_PORT and keeps its state in DATA_DIR', async () => {
  const port = await freePort()
  const running = npmRun('sandbox', [], { SANDBOX_PORT: String(port), DATA_DIR: dataDir })
  await running.until(`http://127.0.0.1:${port}`)
  expect(existsSync(path.join(state(), 'connection.json'))).toBe(true)
  const printed = await stripe(['listen', '--print-secret']).ended
  expect(running.output()).toContain(printed.output.trim())
  process.kill(-(running.process.pid ?? 0), 'SIGTERM')
  await running.ended
})

test('npm run stripe finds the sandbox by DATA_DIR, by SANDBOX_DIR, and by STRIPE_API_BASE', async () => {
  sandbox = await createSandbox({ dir: state() })
  const elsewhere = path.join(dataDir, 'elsewhere')
  for (const environment of [
    {},
    { DATA_DIR: elsewhere, SANDBOX_DIR: state() },
    { DATA_DIR: elsewhere, STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: sandbox.secretKey },
  ]) {
    const { output } = await stripe(['listen', '--print-secret'], environment).ended
    expect(output.trim()).toBe(sandbox.webhookSecret)
  }
})

test.each<[string, NodeJS.Signals, (npm: number) => number]>([
  ['Ctrl-C in its terminal', 'SIGINT', (npm) => -npm],
  ['a signal to npm alone', 'SIGTERM', (npm) => npm],
])('npm run stripe, stopped by %s, leaves nothing running', async (_case, signal, target) => {
  sandbox = await createSandbox({ dir: state() })
  const listen = stripe(['listen', '--all-snapshot', '--forward-to', '127.0.0.1:1'])
  await listen.until('Ready!')
  expect(processesOf(dataDir).length).toBeGreaterThanOrEqual(3)
  process.kill(target(listen.process.pid ?? 0), signal)
  await expect.poll(() => processesOf(dataDir)).toEqual([])
})

/** Processes with this folder in their environment: npm, the script and the CLI. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}
