// Starts child processes that use the database of a folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Child {
  url: string
  started: boolean
  /** Ends in order, through `stop()`. Rejects with what the process wrote to standard error, if anything. */
  stop(): Promise<void>
  /** Ends as by `kill -9`. */
  kill(): Promise<void>
}

export interface ChildOptions {
  /** The program, from `install`. */
  script: string
  dir: string
  uid?: number
  gid?: number
  hint?: string
}

/** Starts a process that uses the database; rejects with its error message when it fails. */
export async function startChild({ script, dir, uid, gid, hint }: ChildOptions): Promise<Child> {
  const user = uid === undefined || gid === undefined ? {} : { uid, gid }
  const args = [script, dir, JSON.stringify({ fsync: 'off' }), ...(hint === undefined ? [] : [hint])]
  const child = spawn(process.execPath, args, { cwd: '/', env: { HOME: '/nonexistent' }, ...user })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    exited.then(() => Promise.reject(new Error(errors))),
  ])
  const { url, started } = JSON.parse(line[0]) as { url: string; started: boolean }
  return {
    url,
    started,
    stop: async () => {
      child.stdin.end()
      await exited
      if (errors !== '') throw new Error(errors)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
