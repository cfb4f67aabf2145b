// The models of the pages about mails.
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/mails': MailsPage
    'admin/mail': MailPage
    'admin/mail-previews': MailPreviewsPage
  }
}

export interface MailRow {
  id: number
  kind: string
  to: string
  subject: string
  state: string
  /** "good", "warn", "wrong" or "". */
  tone: string
  writtenAt: ShownTime
  lastError: string
  order: { number: string; href: string } | null
}

export interface MailsPage {
  list: KeyList<MailRow>
  filter: { state: string; kind: string; to: string }
  hasFilter: boolean
  states: string[]
  kinds: string[]
}

export interface MailPage {
  notice: Notice | null
  mail: MailRow & {
    attempts: number
    sentAt: ShownTime | null
    nextTry: ShownTime | null
    /** Null: it was not rendered yet, or is not kept. */
    text: string | null
    htmlHref: string | null
    isSecret: boolean
    /** Tells this state from a later one: one click sends one mail. */
    version: string
    /** The first mail, if this one sent it again. */
    firstHref: string | null
  }
}

export interface MailPreviewsPage {
  kinds: { kind: string; href: string; isShown: boolean }[]
  previewLanguages: { name: string; href: string; isShown: boolean }[]
  subject: string
  text: string
  htmlHref: string
}
