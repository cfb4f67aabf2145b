// The model that every page gets, and the registry of views that each module extends in its view-models.ts. Values are
// formatted: views only print them.
import type { Language, Messages } from '../messages/index.js'

/** Passed to every page in addition to its own model. */
export interface Shell {
  /** The texts of the visitor's language. */
  t: Messages
  language: Language
  /** All languages of the shop, by their own names, with what addresses in them begin with. */
  languages: { code: Language; name: string; prefix: string }[]
  /** Where the shop is, for addresses that others read. */
  baseUrl: string
  /** Offers the page in another language. Null: nothing is known to suit the visitor better. */
  suggestion: (Messages['suggestion'] & { language: Language }) | null
  shopName: string
  /** Where shoppers can ask for help. */
  supportEmail: string | null
  /** The seller as receipts name it. */
  companyLines: string[]
  /** Whether prices have tax in them, or it is added on Stripe's page. */
  tax: 'none' | 'included' | 'added'
  /** Whether shoppers can order without an account. */
  guestCheckout: boolean
  /** The published policies, for the links at the bottom: "terms". */
  policies: string[]
  /** The stylesheet with the owner's colors. Null: they have chosen none. */
  lookHref: string | null
  /** Path of the picture beside the shop's name. Null: the shop's own mark. */
  logo: string | null
  /** The signed-in shopper, or null. */
  user: { name: string; email: string; isOperator: boolean; isOwner: boolean } | null
  /** Path and query of this request, for links that return here. */
  currentPath: string
  /** The page to show again in another language. */
  returnPath: string
  /** True when no real money moves: with the local sandbox or a test key. */
  testMode: boolean
  /** The address of a file in public/ with a hash of its content. */
  asset: (path: string) => string
  /** The first categories, for the menu: "Kitchen", "/pricing?category=Kitchen". */
  menuCategories: Pick<LinkOption, 'label' | 'href'>[]
  /** Whether pages link what is for developers. */
  isDevelopment: boolean
  /** True if mail is readable at /dev/mail: in development without SMTP. */
  devMail: boolean
  /** Number of items in the visitor's cart. 0 without a cart. */
  cartCount: number
}

/** An object of schema.org. */
export type JsonLd = { [name: string]: unknown }

/** What search engines and previews of links are told about a page. */
export interface FoundPage {
  /** The page's one address. */
  canonical: string
  /** For Open Graph. */
  type: 'website' | 'product'
  image: { url: string; alt: string } | null
  /** Whether search engines should leave it out. */
  noIndex: boolean
  /** JSON-LD. */
  data: JsonLd[]
}

/** A message to the shopper at the top of a page. */
export interface Notice {
  kind: 'info' | 'success' | 'error'
  text: string
  /** Follows the text. */
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

/** View name (its file in views/) → its model. */
export interface Views {
  error: ErrorPage
}
