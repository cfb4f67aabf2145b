// Creates a temporary folder for a database server, deleted when this process ends for any reason.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Creates a server folder. clean-up.mjs stops the server and deletes the folder when this process is gone. */
export function makeServerFolder(engine: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `till-${engine}-`))
  // As root, the server runs as another user, which needs access to the folder.
  chmodSync(folder, 0o755)
  const script = fileURLToPath(new URL('clean-up.mjs', import.meta.url))
  const cleaner = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  cleaner.unref()
  const pipe = cleaner.stdin as unknown as Socket
  pipe.unref()
  return folder
}
