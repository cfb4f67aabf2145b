// The models of the pages for signing in, creating an account and resetting a password.
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'accounts/register': RegisterPage
    'accounts/login': LoginPage
    'accounts/forgot-password': ForgotPasswordPage
    'accounts/reset-password': ResetPasswordPage
  }
}

export type FieldErrors = Partial<Record<'name' | 'email' | 'password', string>>

export interface RegisterPage {
  values: { name: string; email: string }
  errors: FieldErrors
  notice: Notice | null
  /** Where to go afterwards: a path on this site, or ''. */
  next: string
}

export interface LoginPage {
  values: { email: string }
  errors: FieldErrors
  notice: Notice | null
  next: string
  /** The demo account, shown in test mode only. */
  demo: { email: string; password: string } | null
}

export interface ForgotPasswordPage {
  values: { email: string }
  errors: FieldErrors
  /** True once the form was sent. The page doesn't reveal whether the account exists. */
  sent: boolean
  notice: Notice | null
}

export interface ResetPasswordPage {
  /** False when the link is expired, used or wrong. */
  valid: boolean
  token: string
  errors: FieldErrors
  notice: Notice | null
}
