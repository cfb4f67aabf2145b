// What the panel needs to know about a kind of object: list, page and buttons.
import type { Account } from '../../state/account.js'
import type { RecordKinds } from '../../state/records.js'

/** How a column is shown. `extra` columns are left out on phones; the object's page has them. */
export interface Column {
  label: string
  as?: 'amount' | 'state' | 'code' | 'time'
  extra?: boolean
}

export interface Row {
  href: string
  /** In the order of the columns. */
  cells: string[]
}

export interface Fact {
  label: string
  value: string
  href?: string
  code?: boolean
}

export interface Table {
  title: string
  columns: Column[]
  rows: Row[]
  empty: string
}

export interface Field {
  name: string
  label: string
  /** Absent: one line of text. */
  options?: { value: string; label: string }[]
  lines?: number
  value?: string
  hint?: string
}

/** A form on an object's page. It posts to `/{path}/{id}/{name}`. */
export interface ActionForm {
  name: string
  title: string
  explain?: string
  fields?: Field[]
  buttons: { label: string; value?: string; quiet?: boolean }[]
}

/** Everything an object's page shows. */
export interface ObjectPage {
  title: string
  state: string
  facts: Fact[]
  links?: { href: string; label: string }[]
  tables?: Table[]
  actions?: ActionForm[]
  /** For an event: where it was sent, and the answers. */
  deliveries?: ShownDelivery[]
}

export interface ShownDelivery {
  endpoint: string
  /** The endpoint's page, if it still exists. */
  href: string | null
  url: string
  state: string
  /** The target was a `stripe listen` that has ended, so the event cannot be sent there again. */
  ended: boolean
  /** When the next attempt is due. */
  next: string | null
  attempts: { at: string; milliseconds: number; status: number | null; answer: string }[]
}

/** Runs in a transaction. Returns a message about what was done; a `StripeApiError` is shown on the page. */
export type Action<T> = (account: Account, record: T, form: ActionInput) => string

export interface ActionInput {
  /** The value of a field, trimmed. */
  text: (name: string) => string
  /** The value of the button that was pressed. */
  choice: string
}

/** One kind of object in the panel: its list, its page, its buttons. */
export interface PanelKind<K extends keyof RecordKinds = keyof RecordKinds> {
  /** For example `payments`: the list is at `/payments`, an object at `/payments/{id}`. */
  path: string
  kind: K
  title: string
  /** Shown when there is none at all. */
  empty: string
  columns: Column[]
  /** The states that the list can be filtered by. */
  states: string[]
  state: (account: Account, record: RecordKinds[K]) => string
  cells: (account: Account, record: RecordKinds[K]) => string[]
  /** The texts that a search looks through. */
  words: (account: Account, record: RecordKinds[K]) => (string | null | undefined)[]
  page: (account: Account, record: RecordKinds[K]) => ObjectPage
  actions: Record<string, Action<RecordKinds[K]>>
}

/** For one list of all kinds: each kind is only called with its own records. */
export function panelKind<K extends keyof RecordKinds>(kind: PanelKind<K>): PanelKind {
  return kind as unknown as PanelKind
}
