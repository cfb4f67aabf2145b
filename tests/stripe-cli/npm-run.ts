// Runs `npm run stripe` and `npm run sandbox` as a terminal does.
import { spawn, type ChildProcess } from 'node:child_process'
import { projectRoot } from '../../src/config.js'

export interface RunningScript {
  process: ChildProcess
  /** Everything it has printed so far, to stdout and stderr. */
  output(): string
  /** Resolves when it has printed the text this many times; rejects if it ends first. */
  until(text: string, times?: number): Promise<void>
  ended: Promise<{ code: number | null; output: string }>
  stop(): Promise<void>
}

/** Starts an npm script with these environment variables, in its own process group. */
export function npmRun(script: string, words: string[], environment: NodeJS.ProcessEnv): RunningScript {
  const child = spawn('npm', ['run', '--silent', script, '--', ...words], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  let notify: () => void = () => undefined
  const receive = (part: Buffer): void => {
    output += part.toString()
    notify()
  }
  child.stdout.on('data', receive)
  child.stderr.on('data', receive)
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }))
  })
  return {
    process: child,
    output: () => output,
    until: (text, times = 1) =>
      new Promise((resolve, reject) => {
        notify = () => {
          if (output.split(text).length > times) resolve()
        }
        notify()
        void ended.then(() => reject(new Error(`It ended before it printed "${text}":\n${output}`)))
      }),
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}
