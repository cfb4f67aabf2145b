import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a program on this machine reaches a sandbox that runs. */
export interface Connection {
  url: string
  /** Null where there is none. */
  socket: string | null
  secretKey: string
}

/** Tells programs that know the folder how to reach its sandbox, for this user alone. The result takes it back. */
export function writeConnection(directory: string, connection: Connection): () => void {
  const file = join(directory, 'connection.json')
  rmSync(file, { force: true })
  writeFileSync(file, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 })
  return () => rmSync(file, { force: true })
}
