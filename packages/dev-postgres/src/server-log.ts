import { copyFile, open, rename, stat, truncate, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { ignore } from './errno.js'

const LIMIT = 2 * 1024 * 1024

/** The server's own log: at most two files of about LIMIT bytes. The newest lines are in `server.log`. */
export const serverLog = (cluster: string) => path.join(cluster, 'server.log')

/** Opens the log for a server about to start; a large one is put aside first. */
export async function openLog(cluster: string): Promise<{ file: FileHandle; size: number }> {
  const log = serverLog(cluster)
  if ((await sizeOf(log)) > LIMIT) await rename(log, `${log}.1`).catch(ignore('ENOENT'))
  const file = await open(log, 'a', 0o600)
  return { file, size: await sizeOf(log) }
}

/** Keeps the log of a running server bounded. The server appends, so it goes on at the new end. */
export async function trimLog(cluster: string): Promise<void> {
  const log = serverLog(cluster)
  if ((await sizeOf(log)) <= LIMIT) return
  await copyFile(log, `${log}.1`)
  await truncate(log)
}

/** The last lines, or those written after `from` bytes. */
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
