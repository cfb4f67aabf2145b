// What the owner decides about the shop: one row of the database, read by every process and changed while the shop runs.
import type { Language } from '../messages/index.js'

export interface Settings {
  /** The shop's name on pages, receipts and mails. */
  name: string
  /** Where shoppers can ask for help. Null: no address is shown. */
  supportEmail: string | null
  /** The seller as a receipt must name it, such as the company's name, address and tax number. One per line. */
  companyLines: string[]
  /** IANA name of the time zone of dates on pages and mails. */
  timeZone: string
  /** The language of pages without a language in their address. */
  language: Language
  /** Whether Stripe's page accepts promotion codes. */
  promotionCodes: boolean
  /** Currency of new products and shipping rates, in lower case. */
  currency: string
  /** How tax is found: not at all, or by Stripe Tax. */
  tax: Tax
  /** Whether prices include tax. New orders are placed so. */
  pricesIncludeTax: boolean
  /** Whether Stripe's page asks businesses for their tax ID. Only with Stripe Tax. */
  taxIds: boolean
  /** Whether Stripe's page asks for a phone number, together with an address. */
  phoneNumbers: boolean
  /** How many days a shopper has to pay a voucher. */
  voucherDays: number
  /** For how many days after delivery a shopper can request a return. 0: not at all. */
  returnDays: number
  /** For how many days what Stripe's events and our mails say is kept. */
  eventDays: number
  mailDays: number
  /** Whether shoppers can order without an account. */
  guestCheckout: boolean
  /** Origins whose pages may use the JSON API with a token: "https://front.example". */
  apiOrigins: string[]
  /** Hosts other than our own that pictures of products may be on: "cdn.example". */
  pictureHosts: string[]
  /** Whether Stripe makes an invoice for each paid order. */
  invoices: boolean
  /** Whether the operator gets a mail for each new order. */
  newOrderMails: boolean
  /** The address of the terms that shoppers accept at checkout. Null: none. */
  termsUrl: string | null
  /** The version of the terms, kept with each order. Null: none. */
  termsVersion: string | null
  /** The color of links and buttons on light and on dark pages, "#0e5a45". Null: those of the shop's stylesheet. */
  accentLight: string | null
  accentDark: string | null
  /** Path of the picture beside the shop's name. Null: the shop's own mark. */
  logo: string | null
  /** The policies that visitors can read. They follow from what is published. */
  policies: string[]
}

/** What the owner sets by name. A logo is uploaded. */
export type Settable = Exclude<keyof Settings, 'policies' | 'logo'>

/** Where the shop's own terms are. They set the address and the version of the terms when they are published. */
export const OWN_TERMS = '/pages/terms'

export const TAXES = ['none', 'stripe'] as const
export type Tax = (typeof TAXES)[number]

/** The terms that shoppers must accept. */
export interface Terms {
  url: string
  version: string
}

/**
 * Null: shoppers are not asked.
 * @param baseUrl for whoever is on no page of the shop: an address that works from anywhere
 */
export function termsOf(
  { termsUrl, termsVersion }: Pick<Settings, 'termsUrl' | 'termsVersion'>,
  baseUrl?: string,
): Terms | null {
  if (termsUrl === null || termsVersion === null) return null
  return { url: baseUrl === undefined ? termsUrl : new URL(termsUrl, baseUrl).href, version: termsVersion }
}
