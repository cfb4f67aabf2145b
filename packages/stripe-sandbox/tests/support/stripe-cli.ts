// Runs the official Stripe CLI as a child process, over the port or the Unix socket of a sandbox.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '../../src/index.js'

export type Way = 'socket' | 'api-base'

export interface Finished {
  code: number | null
  /** What it printed to stdout and stderr. */
  output: string
}

/** A running program and its output. */
export interface RunningCli {
  process: ChildProcess
  output(): string
  /** Resolves when it has printed the text this many times; rejects when it ends first. */
  until(text: string, times?: number): Promise<void>
  ended: Promise<Finished>
  /** Stops the process until `goOn`. */
  pause(): void
  goOn(): void
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

export interface Cli {
  start(...words: string[]): RunningCli
  /** Runs a command to its end. */
  run(...words: string[]): Promise<Finished>
  /** Stops every command that is still running. */
  close(): Promise<void>
}

const bin = new URL('../../bin/stripe-sandbox-cli.mjs', import.meta.url)
const require = createRequire(import.meta.url)

/** The program itself: npm's wrapper would leave it running when a signal stops the wrapper. */
function binary(): string {
  const platforms = require('@stripe/cli/platforms.json') as Record<string, { pkg: string; bin: string }>
  const platform = platforms[`${process.platform}-${process.arch}`]
  if (!platform) throw new Error(`Stripe has no CLI for ${process.platform}-${process.arch}.`)
  return path.join(path.dirname(require.resolve(`${platform.pkg}/package.json`)), 'bin', platform.bin)
}

export function cliFor(sandbox: Pick<Sandbox, 'url' | 'socket' | 'secretKey'>, way: Way): Cli {
  const configuration = mkdtempSync(path.join(tmpdir(), 'stripe-cli-'))
  const started: RunningCli[] = []
  const environment = {
    PATH: process.env['PATH'],
    HOME: configuration,
    XDG_CONFIG_HOME: configuration,
    STRIPE_API_KEY: sandbox.secretKey,
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    // The CLI looks for a newer version, which can take long without a network.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    ...(way === 'socket' ? { STRIPE_CLI_UNIX_SOCKET: sandbox.socket ?? '' } : {}),
  }
  const start = (...words: string[]): RunningCli => {
    const all = way === 'socket' ? words : [...words, '--api-base', sandbox.url]
    const cli = watch(
      spawn(binary(), all, { env: environment, cwd: configuration, stdio: ['ignore', 'pipe', 'pipe'] }),
    )
    started.push(cli)
    return cli
  }
  return {
    start,
    run: (...words) => start(...words).ended,
    async close() {
      for (const cli of started) await cli.stop('SIGKILL')
      rmSync(configuration, { recursive: true, force: true })
    },
  }
}

/** Runs stripe-sandbox-cli with these variables, in a process group of its own, as in a terminal. */
export function sandboxCli(words: string[], environment: NodeJS.ProcessEnv): RunningCli {
  return watch(
    spawn(process.execPath, [fileURLToPath(bin), ...words], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  )
}

/** Collects the output of a child process. */
export function watch(child: ChildProcess): RunningCli {
  let output = ''
  const waiting: (() => void)[] = []
  const hear = (part: Buffer): void => {
    output += part.toString()
    for (const look of waiting) look()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const ended = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, output }))
  })
  return {
    process: child,
    output: () => output,
    until: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.split(text).length > times) resolve()
        }
        waiting.push(look)
        look()
        void ended.then(() => reject(new Error(`It ended before it printed "${text}":\n${output}`)))
      }),
    ended,
    pause: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return ended
    },
  }
}
