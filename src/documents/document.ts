// A document as its parts, before it is laid out on pages.

export type Block =
  /** The next line of a letterhead, at the right of the title. */
  | { kind: 'sender'; name: string; lines: readonly string[] }
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string; soft?: boolean }
  /** Labels with what they stand for, side by side where there is room. */
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'table'; columns: readonly Column[]; rows: readonly Row[] }
  | { kind: 'rule' }
  /** What follows begins on a new page. */
  | { kind: 'page' }

export interface Fact {
  label: string
  lines: readonly string[]
}

export interface Column {
  title: string
  /** Its share of the width, among those of all columns. */
  share: number
  align?: 'left' | 'right'
}

export interface Row {
  /** One for each column. */
  cells: readonly string[]
  isTotal?: boolean
}

export interface PdfContent {
  title: string
  /** Below the title: the number of an order. */
  subtitle?: string
  /** Who made it. */
  author: string
  /** When it was made. The same content at the same time has the same bytes. */
  at: Date
  blocks: readonly Block[]
  /** On every page, with its number. */
  footer: string
}
