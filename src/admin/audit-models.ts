// The model of the page of the audit log.
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/audit': AuditPage
  }
}

export interface AuditPage {
  list: KeyList<ShownEntry>
  csvHref: string
  /** What the filters are set to. */
  values: Record<'who' | 'action' | 'subject' | 'id' | 'from' | 'to', string>
  isFiltered: boolean
  people: { value: string; label: string }[]
  actions: string[]
  subjects: string[]
}

export interface ShownEntry {
  id: string
  at: ShownTime
  who: string
  /** The log of the same operator. Null for commands. */
  whoHref: string | null
  address: string | null
  requestId: string | null
  action: string
  subject: string
  subjectId: string
  /** The page of what it was done to. Null if it has none. */
  subjectHref: string | null
  fields: string
}
