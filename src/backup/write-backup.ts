// Writes a backup: every row of one moment, through PostgreSQL's COPY, with little memory whatever the size of the shop.
import { link, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isDeepStrictEqual, promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { pack, type Pack } from 'tar-stream'
import { isCode } from '../database/errno.js'
import { connect } from '../database/migrations/connect.js'
import { describeDatabase } from './describe-database.js'
import {
  BackupError,
  CHECKSUMS_FILE,
  DESCRIPTION_FILE,
  pieceName,
  type Checksums,
  type Description,
} from './format.js'
import { readBackup } from './read-backup.js'
import { RowSums } from './row-sums.js'

const zip = promisify(gzip)

/** Of rows, before they are compressed. */
const PIECE_BYTES = 4 * 1024 * 1024

export interface WrittenBackup {
  file: string
  bytes: number
  rows: number
  tables: number
  /** The time of the snapshot. */
  at: Date
}

/**
 * Writes a backup of the database, reads it again and compares. Readable by its owner alone, and never over another file:
 * the file appears under its name when it is complete.
 * @param target the file, or a folder, in which it is named after the time
 * @param till the shop's version
 * @throws BackupError
 */
export async function writeBackup(url: string, target: string, till: string): Promise<WrittenBackup> {
  const { client } = await connect(url, 'till backup')
  const draft = `${(await isFolder(target)) ? path.join(target, 'till') : target}.${process.pid}.part`
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await withoutLimits(client)
    const description = await describeDatabase(client, till)
    if (description.migrations.length === 0)
      throw new BackupError('This database has no shop: there is nothing to back up.')
    const file = await nameOf(target, description)
    const checksums = await writeArchive(client, draft, description)
    await client.query('COMMIT')
    await assertWritten(draft, checksums)
    await publish(draft, file)
    const { size } = await stat(file)
    const rows = Object.values(checksums).reduce((sum, table) => sum + table.rows, 0)
    return { file, bytes: size, rows, tables: description.tables.length, at: new Date(description.at) }
  } catch (error) {
    throw asBackupError(error)
  } finally {
    await rm(draft, { force: true })
    await client.end().catch(() => undefined)
  }
}

/** Behind a pooler the session's own are not set. */
export async function withoutLimits(client: pg.ClientBase): Promise<void> {
  for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
    await client.query(`SET LOCAL ${limit} = 0`)
}

async function isFolder(target: string): Promise<boolean> {
  const found = await stat(target).catch(() => undefined)
  return found?.isDirectory() ?? false
}

/** "till-20261201-181416.tar", by the time of the snapshot in UTC. */
async function nameOf(target: string, { at }: Description): Promise<string> {
  if (!(await isFolder(target))) {
    if (await stat(target).catch(() => undefined)) throw alreadyThere(target)
    return target
  }
  const [day = '', time = ''] = at.replaceAll(/[-:]|\..*/g, '').split('T')
  return path.join(target, `till-${day}-${time}.tar`)
}

async function writeArchive(
  client: pg.ClientBase,
  draft: string,
  description: Description,
): Promise<Checksums> {
  const handle = await open(draft, 'wx', 0o600)
  const archive = pack()
  const written = pipeline(archive, handle.createWriteStream({ flush: true }))
  // Whichever fails first ends the other.
  const filled = fill(client, archive, description).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  })
  const [checksums] = await Promise.all([filled, written])
  return checksums
}

async function fill(client: pg.ClientBase, archive: Pack, description: Description): Promise<Checksums> {
  const add = (name: string, content: Buffer) =>
    new Promise<void>((resolve, reject) => {
      archive.once('error', reject)
      archive.entry({ name, mode: 0o600, mtime: new Date(description.at) }, content, (error) => {
        archive.off('error', reject)
        if (error) reject(error)
        else resolve()
      })
    })
  const sums = new RowSums()
  await add(DESCRIPTION_FILE, Buffer.from(`${JSON.stringify(description, null, 1)}\n`))
  for (const { name, columns } of description.tables) {
    let number = 0
    const copied = client.query(copyTo(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) TO STDOUT`))
    for await (const piece of piecesOf(copied)) {
      sums.add(name, piece)
      number += 1
      await add(pieceName(name, number), await zip(piece))
    }
  }
  const checksums = sums.end()
  await add(CHECKSUMS_FILE, Buffer.from(`${JSON.stringify(checksums, null, 1)}\n`))
  archive.finalize()
  return checksums
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

async function* piecesOf(copied: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let size = 0
  for await (const part of copied) {
    parts.push(part)
    size += part.length
    if (size < PIECE_BYTES) continue
    yield Buffer.concat(parts, size)
    parts = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(parts, size)
}

/** What was read from the database must be what can be read from the file. */
async function assertWritten(draft: string, checksums: Checksums): Promise<void> {
  const read = await readBackup(draft)
  if (!isDeepStrictEqual(read.checksums, checksums))
    throw new BackupError('The backup could not be read back as it was written. Check the disk.')
}

/** Unlike renaming, linking never replaces a file. */
async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file)
  } catch (error) {
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error
    // The file system has no links.
    if (await stat(file).catch(() => undefined)) throw alreadyThere(file)
    await rename(draft, file)
  }
}

function alreadyThere(file: string): BackupError {
  return new BackupError(
    `${file} is already there. A backup is never written over a file: choose another name.`,
  )
}

function asBackupError(error: unknown): unknown {
  const { code, path: where, dest } = error as NodeJS.ErrnoException & { dest?: string }
  if (code === 'EEXIST') return alreadyThere(dest ?? where ?? 'The file')
  if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOSPC' || code === 'EROFS')
    return new BackupError(`The backup could not be written: ${(error as Error).message}`)
  return error
}
