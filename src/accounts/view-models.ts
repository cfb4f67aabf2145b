// The models of the pages for signing in, creating an account, resetting a password and confirming an email.
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'accounts/register': RegisterPage
    'accounts/login': LoginPage
    'accounts/forgot-password': ForgotPasswordPage
    'accounts/reset-password': ResetPasswordPage
    'accounts/verify-email': VerifyEmailPage
    'accounts/sign-in-code': SignInCodePage
    'accounts/change-email': ChangeEmailPage
  }
}

export type FieldErrors = Partial<Record<'name' | 'email' | 'currentPassword' | 'password' | 'code', string>>

export interface RegisterPage {
  values: { name: string; email: string }
  errors: FieldErrors
  /** What to do about the email's error. */
  remedy: { href: string; label: string } | null
  /** Where to go afterwards: a path on this site, or ''. */
  next: string
}

export interface LoginPage {
  values: { email: string }
  errors: FieldErrors
  notice: Notice | null
  /** Whether email and password don't belong together. */
  isWrong: boolean
  next: string
  /** The demo accounts, shown in test mode only, and what each is for. */
  demo: { email: string; password: string; what: string }[]
}

/** A sign-in that also needs a code of the account's authenticator app. */
export interface SignInCodePage {
  /** The sign-in that goes on: see pending-sign-in.ts. */
  pending: string
  next: string
  /** What is wrong with the code. */
  error: string | null
}

export interface ForgotPasswordPage {
  values: { email: string }
  errors: FieldErrors
  /** True once the form was sent. The page doesn't reveal whether the account exists. */
  sent: boolean
  notice: Notice | null
}

export interface ResetPasswordPage {
  /** For password managers. '' when the link is not valid. */
  email: string
  /** False when the link is expired, used or wrong. */
  valid: boolean
  token: string
  errors: FieldErrors
  notice: Notice | null
}

export interface VerifyEmailPage {
  /** Null when the link is expired, used or wrong. */
  email: string | null
  token: string
  /** True once the button was pressed. */
  done: boolean
  /** Whether another account is signed in than the link's. */
  ofAnother: boolean
}

/** The page of a link that gives an account another address. */
export interface ChangeEmailPage {
  /** The new address. Null when the link is expired, used or wrong. */
  email: string | null
  token: string
  /** "ask" shows the button; the others say what came of it. */
  state: 'ask' | 'changed' | 'taken' | 'of_another'
}
