// The models of a dispute's pages. Values are formatted: views only print them.
import type { Notice } from '../http/view-models.js'
import type { Badge } from './order-models.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/dispute': DisputePage
    'admin/dispute-preview': DisputePreviewPage
    'admin/dispute-accept': DisputeAcceptPage
  }
}

/** What every page of a dispute begins with. */
interface DisputeHead {
  id: string
  title: string
  state: Badge
  amount: string
}

export interface DisputePage extends DisputeHead {
  notice: Notice | null
  isInquiry: boolean
  isAppeal: boolean
  /** What the bank says, and what to prove. */
  says: string
  prove: string
  /** "Visa 13.1". */
  code: string | null
  openedAt: ShownTime
  dueBy: ShownTime | null
  daysLeft: string | null
  /** What became of it, or what comes next. */
  outcome: string
  dashboardHref: string
  dashboardName: string
  /** Null for a payment of an order that is not here. */
  order: DisputedOrder | null
  form: AnswerForm | null
  /** An answer that was sent. */
  sent: SentAnswer | null
  canAccept: boolean
}

export interface DisputedOrder {
  href: string
  number: string
  customer: string
  email: string
  total: string
  items: string[]
  delivery: string[]
  timeline: { at: ShownTime; text: string }[]
}

export interface AnswerForm {
  revision: number
  savedAt: ShownTime | null
  savedBy: string | null
  /** Why Stripe refused it. */
  refusal: string | null
  /** Someone else saved meanwhile. */
  isStale: boolean
  hasErrors: boolean
  groups: {
    title: string
    /** What it is about. */
    note: string | null
    isOpen: boolean
    texts: TextInput[]
    files: FileInput[]
  }[]
  size: string
}

export interface TextInput {
  name: string
  label: string
  hint: string | null
  rows: number
  value: string
  error: string | null
  /** What someone else has saved meanwhile, if it differs. */
  theirs: string | null
}

export interface FileInput {
  name: string
  label: string
  stored: StoredFile | null
  /** What the shop can make itself, and whether it is attached. */
  generated: { label: string; isAttached: boolean } | null
  error: string | null
}

export interface StoredFile {
  name: string
  href: string
  /** "PDF, 2 pages, 48 kB". */
  about: string
  isGenerated: boolean
}

export interface SentAnswer {
  at: ShownTime
  /** False while Stripe's answer is missing: it can be sent again. */
  isConfirmed: boolean
  revision: number
  texts: { label: string; text: string }[]
  files: (StoredFile & { label: string })[]
}

export interface DisputePreviewPage extends DisputeHead {
  revision: number
  isAppeal: boolean
  texts: { label: string; text: string }[]
  files: (StoredFile & { label: string })[]
  size: string
  /** Why it can't be submitted yet. */
  problems: string[]
  dueBy: ShownTime | null
}

export interface DisputeAcceptPage extends DisputeHead {
  isInquiry: boolean
}
