// The models of the pages about checkouts that were not completed, and about customers.
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/checkouts': CheckoutsPage
    'admin/customers': CustomersPage
    'admin/customer': CustomerPage
    'admin/erase-customer': EraseCustomerPage
    'admin/guest': GuestPage
  }
}

export interface CheckoutRow {
  number: string
  href: string
  email: string
  total: string
  reason: string
  /** Stripe's words, if a payment was declined: "insufficient_funds". */
  decline: { code: string; message: string; at: ShownTime } | null
  attempts: number
  at: ShownTime
}

export interface CheckoutsPage {
  list: KeyList<CheckoutRow>
  reason: string
  reasons: string[]
}

export interface CustomerRow {
  href: string
  email: string
  name: string
  role: string
  isBlocked: boolean
  since: ShownTime
}

export interface CustomersPage {
  list: KeyList<CustomerRow>
  filter: { search: string; isBlocked: boolean }
}

export interface CustomerPage extends CustomerRow {
  id: number
  notice: Notice | null
  isVerified: boolean
  /** Whether it is a shopper's account that signs in with a code too. */
  hasFactor: boolean
  blocked: { at: ShownTime; reason: string } | null
  erased: { at: ShownTime; isFinished: boolean } | null
  canErase: boolean
  orders: { number: string; href: string; status: string; total: string; at: ShownTime }[]
  ordersHref: string
  spend: { paid: string; refunded: string | null; orders: number }[]
  hasOlder: boolean
  savedAddresses: { lines: string[]; isDefault: boolean }[]
  addresses: string[][]
  /** `ends`: unless it is used before. */
  sessions: { handle: string; device: string; seen: ShownTime | null; ends: ShownTime }[]
  tokens: { id: string; from: string; seen: ShownTime; ends: ShownTime }[]
  reason: string
  error: string | null
}

export interface EraseCustomerPage {
  id: number
  name: string
  email: string
  /** Why it is not possible now. */
  refusals: string[]
}

export interface GuestPage {
  email: string
  /** Orders without an account that have this address. */
  orders: number
  orderHref: string
  orderNumber: string
  ordersHref: string
  mailsHref: string
  account: { href: string; isVerified: boolean } | null
  isOwner: boolean
  /** Why erasing is not possible now. */
  refusals: string[]
}
