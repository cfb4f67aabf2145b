// All state in memory, changed by transactions that are written to the journal.
import { Collection } from './collection.js'
import type { Change, Journal } from './journal.js'
import type { RecordKinds } from './records.js'

type Kind = keyof RecordKinds
interface Undo {
  change: Change
  previous: unknown
  /** The place of a deleted record. */
  position: number | undefined
}
type Listener = (changes: readonly Change[]) => void

/**
 * Account → kind → records. Every change happens inside `transaction`, which is synchronous, so that no other request
 * runs in between, and which is one line in the journal. Stored values are never mutated: an update stores a new value,
 * so the copy in an event stays as it was.
 */
export class Store {
  private readonly accounts = new Map<string, Map<string, Collection<unknown>>>()
  private readonly listeners: Listener[] = []
  private pending: Undo[] | undefined

  constructor(private readonly journal?: Journal) {
    if (!journal) return
    for (const [account, kind, id, value] of journal.read()) {
      if (value === null) this.remove(account, kind, id)
      else this.untyped(account, kind).set(id, value)
    }
  }

  /**
   * Rewrites the journal with the live data.
   * @throws when it can't be written; and inside a transaction, whose changes may still be rolled back
   */
  compact(): void {
    if (this.pending) throw new Error('the journal cannot be rewritten inside a transaction')
    this.journal?.compact(this.everything())
  }

  /** The listener is called after each transaction that changed something, once it is in the journal. */
  onCommit(listener: Listener): void {
    this.listeners.push(listener)
  }

  accountIds(): string[] {
    return [...this.accounts.keys()]
  }

  records<K extends Kind>(account: string, kind: K): Collection<RecordKinds[K]> {
    return this.untyped(account, kind) as Collection<RecordKinds[K]>
  }

  /** The account that has this record. Pages know an object's id, but no API key. */
  accountOf(kind: Kind, id: string): string | undefined {
    for (const [account, kinds] of this.accounts) if (kinds.get(kind)?.get(id) !== undefined) return account
    return undefined
  }

  put<K extends Kind>(account: string, kind: K, id: string, value: RecordKinds[K]): void {
    this.change([account, kind, id, value])
  }

  delete(account: string, kind: Kind, id: string): void {
    this.change([account, kind, id, null])
  }

  /**
   * Runs `work` and keeps all of its changes, or none if it throws or the journal can't be written (StorageError). Errors for which `keepsChanges` returns true keep the
   * changes too: a declined card is an error for the caller, and its failed charge is stored.
   */
  transaction<T>(work: () => T, keepsChanges: (error: unknown) => boolean = () => false): T {
    if (this.pending) return work()
    this.pending = []
    try {
      const result = work()
      this.commit()
      return result
    } catch (error) {
      if (keepsChanges(error)) this.commit()
      else this.rollback()
      throw error
    } finally {
      this.pending = undefined
    }
  }

  private change(change: Change): void {
    if (!this.pending) throw new Error('state is changed outside a transaction')
    const [account, kind, id, value] = change
    const records = this.untyped(account, kind)
    const previous = records.get(id)
    const position = value === null ? records.delete(id) : undefined
    if (value !== null) records.set(id, value)
    this.pending.push({ change, previous, position })
  }

  private commit(): void {
    const changes = (this.pending ?? []).map((entry) => entry.change)
    if (changes.length === 0) return
    try {
      this.journal?.append(changes)
    } catch (error) {
      this.rollback()
      throw error
    }
    this.pending = undefined
    for (const [account, kind, , value] of changes)
      if (value === null) this.untyped(account, kind).closeGaps()
    for (const listener of this.listeners) listener(changes)
  }

  private rollback(): void {
    for (const { change, previous, position } of (this.pending ?? []).reverse()) {
      const records = this.untyped(change[0], change[1])
      if (previous === undefined) records.delete(change[2])
      else if (position !== undefined) records.restore(change[2], previous, position)
      else records.set(change[2], previous)
    }
    this.pending = []
  }

  private remove(account: string, kind: string, id: string): void {
    const records = this.untyped(account, kind)
    records.delete(id)
    records.closeGaps()
  }

  private untyped(account: string, kind: string): Collection<unknown> {
    let kinds = this.accounts.get(account)
    if (!kinds) this.accounts.set(account, (kinds = new Map<string, Collection<unknown>>()))
    let records = kinds.get(kind)
    if (!records) kinds.set(kind, (records = new Collection()))
    return records
  }

  private *everything(): Generator<Change> {
    for (const [account, kinds] of this.accounts) {
      for (const [kind, records] of kinds) {
        for (const value of records.oldestFirst()) {
          yield [account, kind, (value as { id: string }).id, value]
        }
      }
    }
  }
}
