// The models of the pages about incidents.
import type { Notice } from '../http/view-models.js'
import type { Advice } from './incident-advice.js'
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/incidents': IncidentsPage
    'admin/incident': IncidentPage
  }
}

export interface IncidentRow {
  id: number
  kind: string
  message: string
  /** "order T-7F3K2M8Q" */
  subject: string
  order: { number: string; href: string } | null
  at: ShownTime
  isOpen: boolean
}

export interface IncidentsPage {
  list: KeyList<IncidentRow>
  filter: { state: string; kind: string }
  kinds: string[]
}

export interface IncidentPage extends IncidentRow {
  notice: Notice | null
  subjectHref: string | null
  /** What to do about it. Null for a kind that only a newer release knows. */
  advice: Advice | null
  resolved: { at: ShownTime; by: string; note: string | null } | null
  /** What was typed, when it could not be taken. */
  note: string
  error: string | null
}
