// A temporary folder for a database server, deleted when this process ends, however it ends.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder for a server of this run. sweep.mjs deletes it, and stops the server in it, when this process is gone. */
export function makeServerFolder(engine: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `till-${engine}-`))
  // As root, the server runs as another user, who must be able to enter it.
  chmodSync(folder, 0o755)
  const script = fileURLToPath(new URL('sweep.mjs', import.meta.url))
  const sweeper = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  sweeper.unref()
  const pipe = sweeper.stdin as unknown as Socket
  pipe.unref()
  return folder
}
