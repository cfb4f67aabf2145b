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
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { silentLog, type Log } from '../log.js'
import { readChanges, type Change } from './journal-line.js'

export type { Change } from './journal-line.js'

const HEADER = '{"sandbox":1}\n'
const ANY_HEADER = /^\{"sandbox":\d+\}$/

const HEADER_LINE = { changes: [], rest: Buffer.alloc(0) }

/** How many times larger than the live data a journal may be. */
const BLOATED = 4

/** How many bytes are written at once: a system call per record would take longer than writing the records. */
const CHUNK = 1024 * 1024

/** The journal could not be written, for example because the disk is full. Nothing was changed. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly status = 503

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`The sandbox cannot write to ${file}, so nothing was changed: ${reason}. Try again once it can.`, {
      cause,
    })
  }
}

/**
 * A transaction is written before its request is answered. A killed process or a full disk leaves at worst half a line, of
 * a request that was not acknowledged. The next start cuts it off.
 */
export class Journal {
  private readonly file: string
  private descriptor: number | undefined
  /** Where the next line begins, in bytes: after the last complete one. */
  private length = 0
  /** What the file lacks before the next line: its header, or the end of the last line. */
  private missing = HEADER
  /** The size, in bytes, above which the journal is rewritten. */
  private limit = 0
  /** Whether the file holds damage that could not be kept aside, so that it must not be rewritten. */
  private holdsDamage = false

  /** @param smallest in bytes: below this size the journal is not rewritten while the sandbox runs */
  constructor(
    directory: string,
    private readonly smallest = 8 * 1024 * 1024,
    private readonly log: Log = silentLog,
  ) {
    mkdirSync(directory, { recursive: true })
    this.file = join(directory, 'journal.jsonl')
  }

  /**
   * Every change, oldest first. What can't be read is copied to a file beside the journal: it was not acknowledged, or is
   * damaged beyond repair, and is no reason not to start.
   * @throws when another version of the sandbox wrote the file
   */
  *read(): Generator<Change> {
    if (!existsSync(this.file)) return
    const bytes = readFileSync(this.file)
    const damage: Buffer[] = []
    for (let position = 0; position < bytes.length;) {
      const newline = bytes.indexOf(0x0a, position)
      const end = newline === -1 ? bytes.length : newline
      const line = bytes.subarray(position, end)
      const isFirst = position === 0
      position = end + 1
      const { changes, rest } = isFirst && isHeader(line, this.file) ? HEADER_LINE : readChanges(line)
      if (rest.length > 0) damage.push(rest)
      if (changes) {
        this.length = end
        this.missing = '\n'
        yield* changes
      }
    }
    if (damage.length > 0) this.keepAside(damage)
  }

  private keepAside(damage: readonly Buffer[]): void {
    const bytes = damage.reduce((sum, { length }) => sum + length, 0)
    const kept = `${this.file}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
    try {
      writeFileSync(kept, Buffer.concat(damage.flatMap((part) => [part, Buffer.from('\n')])), { mode: 0o600 })
      this.log.warn(
        { file: this.file, bytes, kept },
        'a damaged part of the journal was cut out and kept aside',
      )
    } catch (error) {
      this.holdsDamage = true
      this.log.warn({ err: error, file: this.file, bytes }, 'a part of the journal is damaged')
    }
  }

  /** Goes on with the file as it is. For a start on a full disk, where it can't be rewritten. */
  open(): void {
    this.descriptor = openSync(this.file, existsSync(this.file) ? 'r+' : 'w', 0o600)
    this.limit = Math.max(this.smallest, 2 * this.length)
  }

  /** Writes the live data to a new file and replaces the old file with it in one step. */
  compact(changes: Iterable<Change>): void {
    if (this.holdsDamage) throw new Error('a damaged part of the journal could not be kept aside')
    const draft = `${this.file}.new`
    const descriptor = openSync(draft, 'w', 0o600)
    let length: number
    try {
      length = writeLines(descriptor, changes)
      fsyncSync(descriptor)
      renameSync(draft, this.file)
    } catch (error) {
      closeSync(descriptor)
      // On a full disk it takes the room that the next request needs.
      rmSync(draft, { force: true })
      throw error
    }
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = descriptor
    this.length = length
    this.missing = ''
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

  /** @throws StorageError when the line can't be written; then it is not in the journal */
  append(changes: Change[]): void {
    if (this.descriptor === undefined) throw new Error('the journal is closed')
    const line = `${JSON.stringify(changes)}\n`
    const bytes = Buffer.from(this.missing + line)
    try {
      // Always after the last complete line: what an earlier failure left there is overwritten.
      writeAll(this.descriptor, bytes, this.length)
    } catch (error) {
      this.cutTail(this.descriptor)
      throw new StorageError(this.file, error)
    }
    this.length += bytes.length
    this.missing = ''
  }

  /** Not necessary: the next line overwrites the tail, and a start drops it. */
  private cutTail(descriptor: number): void {
    try {
      ftruncateSync(descriptor, this.length)
    } catch (error) {
      this.log.warn({ err: error, file: this.file }, 'half a line is left at the end of the journal')
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

/** @throws when the line is the header of another version */
function isHeader(line: Buffer, file: string): boolean {
  const text = line.toString()
  if (`${text}\n` === HEADER) return true
  if (ANY_HEADER.test(text)) {
    throw new Error(`${file} is not a journal of this version of the sandbox. Move it away to start afresh.`)
  }
  return false
}

/** Returns how many bytes were written. */
function writeLines(descriptor: number, changes: Iterable<Change>): number {
  let length = 0
  let waiting = HEADER
  const flush = (): void => {
    const bytes = Buffer.from(waiting)
    writeAll(descriptor, bytes, length)
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

function writeAll(descriptor: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written)
}
