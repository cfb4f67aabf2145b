// The server's log file: opened, read and kept short.
import { copyFile, open, rename, stat, truncate, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { ignore } from './errno.js'
import { isRoot } from './user.js'

const LIMIT_BYTES = 2 * 1024 * 1024

/** The log is at most two files of about LIMIT_BYTES. `server.log` has the newest lines. */
const serverLog = (cluster: string) => path.join(cluster, 'server.log')

/** Opens the log for a server about to start. A large one is renamed first. */
export async function openLog(cluster: string): Promise<{ file: FileHandle; size: number }> {
  const log = serverLog(cluster)
  if ((await sizeOf(log)) > LIMIT_BYTES) await rename(log, `${log}.1`).catch(ignore('ENOENT'))
  const file = await open(log, 'a', 0o600)
  if (isRoot()) {
    // The owner of the data must be able to open the log too.
    const { uid, gid } = await stat(cluster)
    await file.chown(uid, gid)
  }
  return { file, size: await sizeOf(log) }
}

/** Shortens the log of a running server, which goes on appending to the emptied file. */
export async function trimLog(cluster: string): Promise<void> {
  const log = serverLog(cluster)
  if ((await sizeOf(log)) <= LIMIT_BYTES) return
  await copyFile(log, `${log}.1`)
  await truncate(log)
}

/** The last 4000 bytes of the log, or less: only what follows the first `from` bytes. */
export async function readLog(cluster: string, from = 0): Promise<string> {
  const log = serverLog(cluster)
  const size = await sizeOf(log)
  const start = Math.max(from <= size ? from : 0, size - 4000)
  const file = await open(log, 'r').catch(ignore('ENOENT'))
  if (!file) return ''
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start })
  await file.close()
  return buffer.subarray(0, bytesRead).toString('utf8').trim()
}

const sizeOf = async (file: string) => (await stat(file).catch(ignore('ENOENT')))?.size ?? 0
