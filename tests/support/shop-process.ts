// The shop as its users start it: a process of its own, with a data folder of its own.
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
  /** What it printed so far. */
  output(): string
  /** Resolves to the exit code; null when it was killed. */
  ended: Promise<number | null>
}

export function newDataDir(): string {
  return mkdtempSync(path.join(tmpdir(), 'till-start-'))
}

/**
 * Starts the shop with these variables and no others of ours.
 * @param npm by `npm start`, in a process group of its own, as a terminal does
 * @param tree the folder of the release that is started
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

/** Resolves when the shop answers; rejects with what it printed when it ends instead. */
export async function untilOpen(shop: ShopProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`${shop.url}/readyz`).catch(() => null)
    if (answer?.ok) return
    if (shop.process.exitCode !== null) throw new Error(`The shop ended:\n${shop.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
