// Reads a backup from its file, piece by piece, and checks that it is complete and unchanged.
import { isDeepStrictEqual, promisify } from 'node:util'
import { createReadStream } from 'node:fs'
import { gunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import {
  BackupError,
  CHECKSUMS_FILE,
  DESCRIPTION_FILE,
  notABackup,
  parseChecksums,
  parseDescription,
  tableOfPiece,
  type Checksums,
  type Description,
} from './format.js'
import { RowSums } from './row-sums.js'

const unzip = promisify(gunzip)
/** More than any piece has, so that a file which was made to be large can't fill the memory. */
const LARGEST_PIECE = 2 ** 30

export interface ReadBackup {
  description: Description
  checksums: Checksums
}

/**
 * @param onRows given the rows of one table after the other, in PostgreSQL's text format
 * @throws BackupError when the file is none, is damaged or is incomplete; what `onRows` throws
 */
export async function readBackup(
  file: string,
  onRows: (table: string, bytes: Buffer, description: Description) => Promise<void> | void = () => undefined,
): Promise<ReadBackup> {
  const archive = extract()
  const source = createReadStream(file)
  source.on('error', (error) => archive.destroy(error))
  source.pipe(archive)
  const sums = new RowSums()
  let description: Description | null = null
  let checksums: Checksums | null = null
  try {
    for await (const entry of archive) {
      const name = entry.header.name
      const bytes = await contentOf(entry)
      if (name === DESCRIPTION_FILE) description = parseDescription(bytes.toString())
      else if (name === CHECKSUMS_FILE) checksums = parseChecksums(bytes.toString())
      else {
        const table = tableOfPiece(name)
        if (description === null || table === null) throw notABackup()
        if (!description.tables.some((known) => known.name === table)) throw notABackup()
        const rows = await unzip(bytes, { maxOutputLength: LARGEST_PIECE }).catch(() => {
          throw damaged(table)
        })
        sums.add(table, rows)
        await onRows(table, rows, description)
      }
    }
  } catch (error) {
    throw asBackupError(error, file)
  } finally {
    source.destroy()
  }
  if (description === null) throw notABackup()
  if (checksums === null) throw new BackupError('The backup is incomplete: its end is missing.')
  const found = sums.end()
  for (const table of new Set([...Object.keys(checksums), ...Object.keys(found)]))
    if (!isDeepStrictEqual(found[table], checksums[table])) throw damaged(table)
  return { description, checksums }
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of entry) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function damaged(table: string): BackupError {
  return new BackupError(`The backup is damaged: the rows of "${table}" are not those that were written.`)
}

/** Errors of the archive itself have no code. Those of the file system and the database do. */
function asBackupError(error: unknown, file: string): unknown {
  if (error instanceof BackupError || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new BackupError(`There is no file ${file}.`)
  if (code === 'EISDIR') return new BackupError(`${file} is a folder. Name the backup in it.`)
  if (code === 'EACCES') return new BackupError(`The file can't be read: ${error.message}`)
  return /^(Invalid tar header|Unexpected end of data)/.test(error.message)
    ? new BackupError('The file is not a backup of this shop, or it is damaged or incomplete.')
    : error
}
