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

/** One change: account, kind, id and the new value; `null` removes it. */
export type Change = [account: string, kind: string, id: string, value: unknown]

const HEADER = '{"sandbox":1}\n'

/** How many times what is alive a journal may be. */
const BLOATED = 4

/** Written at once, in bytes: a system call for each record would take longer than the records. */
const CHUNK = 1024 * 1024

/**
 * The state on disk: one line per transaction, written before the answer leaves. A killed process can at worst
 * leave half of the last line, which no caller was told about; it is dropped at the next start.
 */
export class Journal {
  private readonly file: string
  private descriptor: number | undefined
  private length = 0
  /** The size at which it is worth being rewritten. */
  private limit = 0

  /** `smallest`: below this size, in bytes, it is not rewritten while the sandbox runs. */
  constructor(
    directory: string,
    private readonly smallest = 8 * 1024 * 1024,
  ) {
    mkdirSync(directory, { recursive: true })
    this.file = join(directory, 'journal.jsonl')
  }

  /** Every change that was ever acknowledged, oldest first. */
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

  /** Starts a new file that holds only what is still alive, and puts it in the old one's place in one step. */
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

  /** Whether it is much larger than what was alive when it was last rewritten. */
  isBloated(): boolean {
    return this.length > this.limit
  }

  /** Rewriting did not work: it is not tried again at once. */
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
      // A full disk leaves half a line. Without this, the next line would be glued to it.
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
