// The model of the page of an invitation.
import type { FieldErrors } from '../accounts/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'operators/invitation': InvitationPage
  }
}

export interface InvitationPage {
  /** Null when the link no longer works. */
  invitation: { email: string; role: string } | null
  token: string
  /** Whether the visitor creates an account, accepts with theirs, must sign in, or is someone else. */
  visitor: 'new' | 'invited' | 'signed_out' | 'another'
  loginHref: string
  values: { name: string }
  errors: FieldErrors
}
