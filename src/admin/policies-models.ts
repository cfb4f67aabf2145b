// The models of the pages about policies.
import type { Notice } from '../http/view-models.js'
import type { FormState } from './order-models.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/policies': PoliciesPage
    'admin/policy': PolicyEditPage
    'admin/policy-preview': PolicyPreviewPage
    'admin/policy-withdraw': PolicyWithdrawPage
  }
}

export interface PoliciesPage {
  notice: Notice | null
  policies: {
    slug: string
    title: string
    /** What visitors see. */
    published: { version: number; at: ShownTime; href: string } | null
    draftedAt: ShownTime | null
  }[]
  /** Terms of another site that shoppers accept. */
  otherTerms: string | null
}

export interface PolicyEditPage {
  slug: string
  title: string
  notice: Notice | null
  form: FormState
  revision: number
  hasDraft: boolean
  /** What another owner saved meanwhile. */
  theirs: string | null
  versions: { version: number; at: ShownTime; by: string; href: string; isPublished: boolean }[]
}

export interface PolicyPreviewPage {
  slug: string
  title: string
  html: string
  revision: number
  /** The one that publishing makes. */
  nextVersion: number
  /** Another owner changed the draft after this page was opened. */
  hasChanged: boolean
}

export interface PolicyWithdrawPage {
  slug: string
  title: string
}
