import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder for a server of this run. It goes, and the server in it, when this process does: see sweep.mjs. */
export function makeServerFolder(engine: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `till-${engine}-`))
  // The server's user, when that is not us, can then enter it.
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
