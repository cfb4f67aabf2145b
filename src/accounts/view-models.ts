// The models of the pages for signing in, creating an account, resetting a password and managing the account.
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'accounts/register': RegisterPage
    'accounts/login': LoginPage
    'accounts/forgot-password': ForgotPasswordPage
    'accounts/reset-password': ResetPasswordPage
    'accounts/verify-email': VerifyEmailPage
    'accounts/account': AccountPage
  }
}

export type FieldErrors = Partial<Record<'name' | 'email' | 'currentPassword' | 'password', string>>

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
  /** The demo accounts, shown in test mode only, and what each is for. */
  demo: { email: string; password: string; what: string }[]
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

export interface VerifyEmailPage {
  /** Null when the link is expired, used or wrong. */
  email: string | null
  token: string
  /** True once the button was pressed. */
  done: boolean
  /** Whether another account is signed in than the link's. */
  ofAnother: boolean
}

export interface AccountPage {
  notice: Notice | null
  name: string
  email: string
  isVerified: boolean
  errors: FieldErrors
  sessions: {
    handle: string
    /** "Firefox on Windows" */
    device: string
    signedIn: { iso: string; text: string } | null
    seen: { iso: string; text: string } | null
    /** Whether it is the session that shows the page. */
    isCurrent: boolean
  }[]
  /** What uses the API with a token. */
  apps: {
    id: string
    /** The host of the front end: "shop.example". Or that it is unknown. */
    name: string
    device: string | null
    signedIn: { iso: string; text: string }
    seen: { iso: string; text: string }
  }[]
}
