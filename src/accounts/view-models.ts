// What the pages for signing in and registering are given.
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
  /** Where to go afterwards: one of our own paths, or ''. */
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
  /** True once the form was sent: the same words whether the address is known or not. */
  sent: boolean
  notice: Notice | null
}

export interface ResetPasswordPage {
  /** False when the link is old, used or wrong. */
  valid: boolean
  token: string
  errors: FieldErrors
  notice: Notice | null
}
