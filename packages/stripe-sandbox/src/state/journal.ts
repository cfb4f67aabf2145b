// The journal: the file that holds the state, one line per transaction.
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** Account, kind, id and the new value. `null` removes the record. */
export type Change = [account: string, kind: string, id: string, value: unknown]

const HEADER = '{"sandbox":1}\n'

/** How many times larger than the live data a journal may be. */
const BLOATED = 4

/** How many bytes are written at once: a system call per record would take longer than writing the records. */
const CHUNK = 1024 * 1024

/**
 * A transaction is written before its request is answered. A killed process leaves at worst half a line, of a request
 * that was not answered. That half is dropped at the next start.
 */
export class Journal {
  private readonly file: string
  private descriptor: number | undefined
  private length = 0
  /** The size, in bytes, above which the journal is rewritten. */
  private limit = 0

  /** @param smallest in bytes: below this size the journal is not rewritten while the sandbox runs */
  constructor(
    directory: string,
    private readonly smallest = 8 * 1024 * 1024,
  ) {
    mkdirSync(directory, { recursive: true })
    this.file = join(directory, 'journal.jsonl')
  }

  /**
   * Every change, oldest first.
   * @throws when the file is damaged or not a journal
   */
  *read(): Generator<Change> {
    if (!existsSync(this.file)) return
    const bytes = readFileSync(this.file)
    const start = bytes.subarray(0, HEADER.length).toString()
    if (start !== HEADER && !HEADER.startsWith(start)) {
      throw new Error(
        `${this.file} is not a journal of this version of the sandbox. Move it away to start afresh.`,
      )
    }
    for (let position = HEADER.length, line = 2; ; line++) {
      const end = bytes.indexOf(0x0a, position)
      if (end === -1) return
      let changes: Change[]
      try {
        changes = JSON.parse(bytes.toString('utf8', position, end)) as Change[]
      } catch {
        throw new Error(`${this.file} is damaged at line ${line}. Move it away to start afresh.`)
      }
      yield* changes
      position = end + 1
    }
  }

  /** Writes the live data to a new file and replaces the old file with it in one step. */
  compact(changes: Iterable<Change>): void {
    const draft = `${this.file}.new`
    const descriptor = openSync(draft, 'w', 0o600)
    let length: number
    try {
      length = writeAll(descriptor, changes)
      fsyncSync(descriptor)
      renameSync(draft, this.file)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = descriptor
    this.length = length
    this.limit = Math.max(this.smallest, BLOATED * length)
  }

  get size(): number {
    return this.length
  }

  /** Whether the journal is much larger than the live data at the last rewrite. */
  isBloated(): boolean {
    return this.length > this.limit
  }

  /** Rewriting failed: the next attempt waits until the journal has grown further. */
  waitUntilItDoubles(): void {
    this.limit = 2 * this.length
  }

  isOpen(): boolean {
    return this.descriptor !== undefined
  }

  append(changes: Change[]): void {
    if (this.descriptor === undefined) throw new Error('the journal is closed')
    const bytes = Buffer.from(`${JSON.stringify(changes)}\n`)
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.descriptor, bytes, written)
      }
    } catch (error) {
      // A full disk leaves half a line, to which the next line would be appended.
      ftruncateSync(this.descriptor, this.length)
      throw error
    }
    this.length += bytes.length
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

/** Returns how many bytes were written. */
function writeAll(descriptor: number, changes: Iterable<Change>): number {
  let length = 0
  let waiting = HEADER
  const flush = (): void => {
    const bytes = Buffer.from(waiting)
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
    length += bytes.length
    waiting = ''
  }
  for (const change of changes) {
    waiting += `${JSON.stringify([change])}\n`
    if (waiting.length >= CHUNK) flush()
  }
  flush()
  return length
}
