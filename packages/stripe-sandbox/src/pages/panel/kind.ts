import type { Account } from '../../state/account.js'
import type { RecordKinds } from '../../state/records.js'

/** How a column's values are shown. `extra` columns are left out on a phone: they stand on the object's own page. */
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

/** A button of an object's page, with what it asks for. It posts to `/{path}/{id}/{name}`. */
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
  /** Of an event: where it was sent, and what came back. */
  deliveries?: ShownDelivery[]
}

export interface ShownDelivery {
  endpoint: string
  /** The endpoint's page, if it still exists. */
  href: string | null
  url: string
  state: string
  /** It went through a `stripe listen` that has ended, and cannot be sent there again. */
  ended: boolean
  /** When the next attempt is due. */
  next: string | null
  attempts: { at: string; milliseconds: number; status: number | null; answer: string }[]
}

/** What a pressed button does. It runs in a transaction; a `StripeApiError` is shown on the page. Returns what was done. */
export type Action<T> = (account: Account, record: T, form: ActionInput) => string

export interface ActionInput {
  /** What a field says, without white space around it. */
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
  /** What the list can be narrowed to. */
  states: string[]
  state: (account: Account, record: RecordKinds[K]) => string
  cells: (account: Account, record: RecordKinds[K]) => string[]
  /** What a search looks through. */
  words: (account: Account, record: RecordKinds[K]) => (string | null | undefined)[]
  page: (account: Account, record: RecordKinds[K]) => ObjectPage
  actions: Record<string, Action<RecordKinds[K]>>
}

/** Kinds of every record in one list: each is called only with records of its own kind. */
export function panelKind<K extends keyof RecordKinds>(kind: PanelKind<K>): PanelKind {
  return kind as unknown as PanelKind
}
