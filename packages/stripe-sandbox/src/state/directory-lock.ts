import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'

interface Holder {
  port: number
  instance: string
}

/** What the sandbox answers under this path, so that a second one can see that the first is alive. */
export const INSTANCE_PATH = '/_sandbox/instance'

/** This process; a file that names another one may be left over from a crash. */
export const instance = randomUUID()

/**
 * Keeps two sandboxes from writing one journal. A process id would not do: in a container it is soon somebody
 * else's. So the file names a port, and whoever answers there with the same name is alive.
 */
export async function lockDirectory(directory: string, port: number): Promise<() => void> {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'lock.json')
  const holder = read(file)
  // Who holds our port is we: the file is what a killed sandbox left.
  if (holder && holder.port !== port && (await isAlive(holder))) {
    throw new Error(`The sandbox state in ${directory} is in use by another sandbox, on port ${holder.port}.`)
  }
  const mine: Holder = { port, instance }
  writeFileSync(file, JSON.stringify(mine))
  return () => {
    if (read(file)?.instance === instance) rmSync(file, { force: true })
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
