// The file in the state directory that says how to reach the running sandbox.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log.js'

/** How a program on this machine reaches a running sandbox. */
export interface Connection {
  url: string
  /** Path of the Unix socket, or null. */
  socket: string | null
  secretKey: string
}

/** Writes the file, readable by this user only. Call the result to remove it. */
export function writeConnection(directory: string, connection: Connection, log: Log): () => void {
  const file = join(directory, 'connection.json')
  rmSync(file, { force: true })
  try {
    writeFileSync(file, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 })
  } catch (error) {
    // A full disk is no reason not to start.
    log.warn({ err: error, file }, 'commands such as stripe-sandbox-cli will not find this sandbox')
  }
  return () => rmSync(file, { force: true })
}
