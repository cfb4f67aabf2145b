// What every page is given, and the registry of views. Each module adds its own in its view-models.ts: the contract
// between routes and views/. Every value is ready to print.
import type { Messages } from '../messages/index.js'

/** Given to every page beside its own model. */
export interface Shell {
  /** The texts of the visitor's language. */
  t: Messages
  shopName: string
  /** The signed-in shopper, or null. */
  user: { name: string; email: string } | null
  /** Path and query of this request, for links that come back here. */
  currentPath: string
  /** True while no money can move: the local sandbox or a test key is in use. */
  testMode: boolean
  /** True in development without SMTP, on this machine itself: mail is readable at /dev/mail. */
  devMail: boolean
  /** Pieces in the visitor's cart; 0 without one. */
  cartCount: number
}

/** A sentence for the shopper on top of a page. */
export interface Notice {
  kind: 'info' | 'success' | 'error'
  text: string
  /** Where to go on, behind the sentence. */
  link?: { href: string; label: string }
}

export interface LinkOption {
  label: string
  href: string
  active: boolean
}

export interface ErrorPage {
  status: number
  title: string
  text: string
  action: { href: string; label: string }
  requestId: string
}

/** View name (its file below views/) → what it is given. */
export interface Views {
  error: ErrorPage
}
