// Locks the state directory, so that two sandboxes do not write to it.
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import type { Log } from '../log.js'

interface Holder {
  port: number
  instance: string
}

/** Answers with the id of the running sandbox, so that another one can see that it is alive. */
export const INSTANCE_PATH = '/_sandbox/instance'

/** Identifies this process. A lock file with another id may be left over from a crash. */
export const INSTANCE_ID = randomUUID()

/**
 * The lock file names a port and an id: the holder is alive if it answers on that port with that id. A process id is not
 * enough, because containers reuse them.
 * @returns a function that releases the lock
 * @throws when another sandbox uses the directory
 */
export async function lockDirectory(directory: string, port: number, log: Log): Promise<() => void> {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'lock.json')
  const holder = read(file)
  // This process listens on that port, so the file was left by a killed sandbox.
  if (holder && holder.port !== port && (await isAlive(holder))) {
    throw new Error(`The sandbox state in ${directory} is in use by another sandbox, on port ${holder.port}.`)
  }
  const mine: Holder = { port, instance: INSTANCE_ID }
  try {
    writeFileSync(file, JSON.stringify(mine))
  } catch (error) {
    // A full disk is no reason not to start.
    log.warn({ err: error, file }, 'the state directory could not be locked')
  }
  return () => {
    if (read(file)?.instance === INSTANCE_ID) rmSync(file, { force: true })
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive(holder: Holder): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port: holder.port, path: INSTANCE_PATH, timeout: 1000 },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text === holder.instance))
      },
    )
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
