// Counts and hashes the rows of a table while they pass by.
import { createHash } from 'node:crypto'
import type { Checksums } from './format.js'

const NEWLINE = 0x0a

/** The rows of each table so far, in PostgreSQL's text format: one line for each row. */
export class RowSums {
  private readonly tables = new Map<string, { rows: number; hash: ReturnType<typeof createHash> }>()

  add(table: string, bytes: Buffer): void {
    const sum = this.tables.get(table) ?? { rows: 0, hash: createHash('sha256') }
    this.tables.set(table, sum)
    sum.hash.update(bytes)
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) sum.rows += 1
  }

  /** The sums of everything that was added. Call it once. */
  end(): Checksums {
    return Object.fromEntries(
      [...this.tables].map(([table, { rows, hash }]) => [table, { rows, sha256: hash.digest('hex') }]),
    )
  }
}
