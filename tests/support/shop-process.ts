// Starts the shop as a separate process with its own data folder.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../src/config.js'
import { freePort } from './free-port.js'

export interface ShopProcess {
  url: string
  sandboxUrl: string
  dataDir: string
  process: ChildProcess
  /** Everything it has printed so far. */
  output(): string
  /** Resolves to the exit code; null when it was killed. */
  ended: Promise<number | null>
}

export function newDataDir(): string {
  return mkdtempSync(path.join(tmpdir(), 'till-start-'))
}

/**
 * Starts the shop with these environment variables and none of ours.
 * @param npm uses `npm start` in its own process group, as a terminal does
 * @param tree folder of the release to start
 */
export async function spawnShop(
  dataDir: string,
  environment: NodeJS.ProcessEnv = {},
  { npm = false, tree = projectRoot }: { npm?: boolean; tree?: string } = {},
): Promise<ShopProcess> {
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const variables = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATA_DIR: dataDir,
    ...environment,
  }
  const [command, ...args] = npm ? ['npm', 'start'] : [process.execPath, 'dist/main.js']
  const child = spawn(command, args, {
    detached: npm,
    cwd: tree,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
  })
  return {
    url: `http://127.0.0.1:${variables.PORT}`,
    sandboxUrl: `http://127.0.0.1:${variables.SANDBOX_PORT}`,
    dataDir,
    process: child,
    output: () => output,
    ended,
  }
}

/** Resolves when the shop answers; rejects with its output if it ends first. */
export async function untilOpen(shop: ShopProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`${shop.url}/readyz`).catch(() => null)
    if (answer?.ok) return
    if (shop.process.exitCode !== null) throw new Error(`The shop ended:\n${shop.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
