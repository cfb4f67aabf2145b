// The models of the pages about Stripe's events.
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/events': EventsPage
    'admin/event': EventPage
  }
}

export interface EventRow {
  id: string
  href: string
  type: string
  outcome: string
  /** "good", "warn", "wrong" or "". */
  tone: string
  /** Why: the error, or what became of it. */
  detail: string
  attempts: number
  order: { number: string; href: string } | null
  receivedAt: ShownTime
  /** From Stripe's time to ours: "2 s". */
  lag: string
}

export interface EventsPage {
  notice: Notice | null
  list: KeyList<EventRow>
  filter: { outcome: string; type: string; order: string; id: string }
  hasFilter: boolean
  outcomes: string[]
  types: string[]
  /** The newest event; null before the first one. */
  last: { receivedAt: ShownTime; lag: string } | null
  backlog: { waiting: number; unhandled: number; oldest: string }
}

export interface EventPage {
  notice: Notice | null
  event: EventRow & {
    createdAt: ShownTime
    handledAt: ShownTime | null
    nextTry: ShownTime | null
    apiVersion: string
    isLive: boolean
    payload: string
  }
  /** Whether it waits for somebody or for its next try. */
  canIgnore: boolean
  reason: string
  error: string | null
}
