// The format of a backup: a tar archive with a description, the rows of each table in compressed pieces, and their checksums.
import { z } from 'zod'

/** Raised when a release can't read what an earlier one wrote. */
export const FORMAT = 1

/** The first file of the archive. */
export const DESCRIPTION_FILE = 'backup.json'
/** The last one: an archive without it is incomplete. */
export const CHECKSUMS_FILE = 'checksums.json'

/**
 * Tables that are not in a backup. What gives access is left out, so that a restored backup doesn't give it again to whoever
 * lost it since: everyone signs in again.
 */
export const LEFT_OUT: readonly string[] = [
  '_prisma_migrations',
  'ApiToken',
  'PasswordReset',
  'RateLimit',
  'Session',
]

/** A backup can't be written, read or restored. The message says why, and what to do. */
export class BackupError extends Error {
  override name = 'BackupError'
}

const name = z.string().min(1).max(63)

const description = z.object({
  format: z.literal(FORMAT),
  /** The release of the shop that wrote it. */
  till: z.string(),
  /** PostgreSQL's version. */
  server: z.string(),
  /** The time of the snapshot: what was committed before is in it. */
  at: z.iso.datetime(),
  /** Those that the database had, in the order in which they were applied. */
  migrations: z.array(z.string().regex(/^\w+$/)),
  tables: z.array(z.object({ name, columns: z.array(name).min(1) })),
  /** `last` is the highest value in use, or null for none. As text, because it can be larger than a number. */
  sequences: z.array(z.object({ name, last: z.string().regex(/^\d+$/).nullable() })),
})

export type Description = z.infer<typeof description>

const checksums = z.record(z.string(), z.object({ rows: z.number().int().nonnegative(), sha256: z.string() }))

/** Of each table that has rows: how many, and the SHA-256 of their text. */
export type Checksums = z.infer<typeof checksums>

/** @throws BackupError */
export function parseDescription(text: string): Description {
  const json = parseJson(text) as { format?: unknown } | null
  if (typeof json?.format === 'number' && json.format > FORMAT)
    throw new BackupError('A newer release wrote this backup. Restore it with that release.')
  const { data } = description.safeParse(json)
  if (!data) throw notABackup()
  return data
}

/** @throws BackupError */
export function parseChecksums(text: string): Checksums {
  const { data } = checksums.safeParse(parseJson(text))
  if (!data) throw notABackup()
  return data
}

export function notABackup(): BackupError {
  return new BackupError('The file is not a backup of this shop, or it is damaged.')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notABackup()
  }
}

/** "Order/000001.gz" */
export function pieceName(table: string, number: number): string {
  return `${table}/${String(number).padStart(6, '0')}.gz`
}

/** The table that a piece has rows of. Null: it is no piece. */
export function tableOfPiece(fileName: string): string | null {
  return /^([^/]+)\/\d{6,}\.gz$/.exec(fileName)?.[1] ?? null
}
