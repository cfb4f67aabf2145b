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

const header = '{"sandbox":1}\n'

/**
 * The state on disk: one line per transaction, written before the answer leaves. A killed process can at worst
 * leave half of the last line, which no caller was told about; it is dropped at the next start.
 */
export class Journal {
  private readonly file: string
  private descriptor: number | undefined
  private length = 0

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true })
    this.file = join(directory, 'journal.jsonl')
  }

  /** Every change that was ever acknowledged, oldest first. */
  *read(): Generator<Change> {
    if (!existsSync(this.file)) return
    const bytes = readFileSync(this.file)
    const start = bytes.subarray(0, header.length).toString()
    if (start !== header && !header.startsWith(start)) {
      throw new Error(
        `${this.file} is not a journal of this version of the sandbox. Move it away to start afresh.`,
      )
    }
    for (let position = header.length, line = 2; ; line++) {
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
    this.length = writeSync(descriptor, header)
    for (const change of changes) this.length += writeSync(descriptor, `${JSON.stringify([change])}\n`)
    fsyncSync(descriptor)
    renameSync(draft, this.file)
    this.descriptor = descriptor
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
