// Runs the servers that are measured (shop, local Stripe, floors) as child processes.
import { spawn } from 'node:child_process'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../src/config.js'
import { atTheEnd } from './cleanup.js'

export interface Child {
  pid: number
  port: number
  /** Everything it has printed so far. */
  output(): string
  hasEnded(): boolean
  /** Stops the process and waits until it has exited. */
  stop(): Promise<void>
}

const START_SECONDS = 60
const STOP_SECONDS = 20

/** Runs `node ...words` in the folder with these variables and none of ours. */
export function startNode(
  words: string[],
  port: number,
  environment: Record<string, string> = {},
  folder = projectRoot,
): Child {
  return startProgram(process.execPath, words, port, environment, folder)
}

/** The same with another program. */
export function startProgram(
  program: string,
  words: string[],
  port: number,
  environment: Record<string, string>,
  folder: string,
): Child {
  const child = spawn(program, words, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  let isOver = false
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      isOver = true
      resolve()
    })
  })
  const stop = atTheEnd(async () => {
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000)
    await ended
    clearTimeout(kill)
  })
  return { pid: child.pid ?? 0, port, output: () => output, hasEnded: () => isOver, stop }
}

/** Resolves to the body once `path` is answered with 200. @throws Error with the child's output if it never is */
export async function untilAnswers(child: Child, path: string): Promise<string> {
  for (const end = Date.now() + START_SECONDS * 1000; Date.now() < end;) {
    const page = await ask(child.port, path)
    if (page !== null) return page
    if (child.hasEnded()) throw new Error(`A server under test ended:\n${child.output()}`)
    await sleep(5)
  }
  throw new Error(`A server under test did not answer ${path}:\n${child.output()}`)
}

function ask(port: number, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve(response.statusCode === 200 ? body : null))
    })
    request.on('error', () => resolve(null))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
