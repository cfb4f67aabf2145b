// The models of the pages about an operator's own sign-in.
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/security': SecurityPage
    'admin/code': CodePage
    'admin/signed-out': SignedOutPage
    'admin/set-up-factor': SetUpPage
    'admin/recovery-codes': RecoveryCodesPage
  }
}

export interface SecurityPage {
  email: string
  role: string
  /** Null without an authenticator app. */
  factor: { since: ShownTime; codesLeft: number } | null
}

export interface CodePage {
  /** Where the form is sent, with these fields and the code. */
  action: string
  fields: [name: string, value: string][]
  /** The name of the code's field. */
  name: string
  error: string | null
  cancelHref: string | null
  /** Whether the operator is in the admin already. */
  isAgain: boolean
}

export interface SignedOutPage {
  /** Where the form is sent again, with these fields. */
  action: string
  fields: [name: string, value: string][]
  /** Whether the form had files, which must be chosen again. */
  hasFiles: boolean
  signInHref: string
}

export interface SetUpPage {
  /** SVG. */
  qrCode: string
  /** In groups of four. */
  secret: string
  uri: string
  /** The secret, encrypted: sent back with the first code. */
  sealed: string
  next: string
  error: string | null
  /** Whether it takes the place of another app. */
  isReplacement: boolean
  isRequired: boolean
}

export interface RecoveryCodesPage {
  codes: string[]
  next: string
}
