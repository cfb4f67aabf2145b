// The models of the pages on which signed-in shoppers manage their account.
import type { FieldErrors } from '../accounts/view-models.js'
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'accounts/account': AccountPage
    'accounts/addresses': AddressesPage
    'accounts/address': AddressPage
    'accounts/second-factor': SecondFactorPage
    'accounts/recovery-codes': RecoveryCodesPage
    'accounts/delete': DeleteAccountPage
    'accounts/deleted': object
  }
}

/** The forms of the account's page, each with the errors of its fields. */
export type AccountForm = 'name' | 'email' | 'password'

interface Time {
  iso: string
  text: string
}

export interface AccountPage {
  notice: Notice | null
  name: string
  email: string
  isVerified: boolean
  /** The new email that waits for its owner's confirmation. */
  pendingEmail: string | null
  /** What was typed into the form that was refused. */
  values: { name: string; email: string }
  errors: Record<AccountForm, FieldErrors>
  /** The default address. Null: none is saved. */
  address: string[] | null
  /** When the authenticator app was set up. Null: there is none. */
  factorSince: Time | null
  /** Whether the account is an operator's: the admin has their second factor, and keeps the account. */
  isOperator: boolean
  sessions: {
    handle: string
    /** "Firefox on Windows" */
    device: string
    signedIn: Time | null
    seen: Time | null
    /** Whether it is the session that shows the page. */
    isCurrent: boolean
  }[]
  /** What uses the API with a token. */
  apps: {
    id: string
    /** The host of the front end: "shop.example". Or that it is unknown. */
    name: string
    device: string | null
    signedIn: Time
    seen: Time
  }[]
}

export interface AddressesPage {
  notice: Notice | null
  addresses: { id: number; lines: string[]; isDefault: boolean }[]
  /** False when there are as many as can be saved. */
  canAdd: boolean
}

export type AddressField = 'name' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country'

export interface AddressPage {
  /** Null for a new address. */
  id: number | null
  action: string
  values: Record<AddressField, string> & { isDefault: boolean }
  errors: Partial<Record<AddressField, string>>
  countries: { code: string; name: string }[]
}

export interface SecondFactorPage {
  notice: Notice | null
  factor: { since: Time; codesLeft: number } | null
  /** What an authenticator app is given. Null when there is one. */
  setUp: { qrCode: string; secret: string; uri: string; sealed: string } | null
  errors: FieldErrors
}

export interface RecoveryCodesPage {
  codes: string[]
}

export interface DeleteAccountPage {
  email: string
  /** Why the account can't be deleted now, in sentences for its owner. Empty: it can. */
  refusals: string[]
  errors: FieldErrors
}
