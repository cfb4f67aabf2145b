// What the owner decides about the shop: one row of the database, read by every process and changed while the shop runs.
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.js'
import { isLanguage, LANGUAGES, MESSAGES, speakUsually, type Language } from '../messages/index.js'
import { formatDatesIn } from '../messages/format-date.js'
import { isCurrency, nameOfCurrency } from '../money.js'
import { accentProblem, colorOf, type Scheme } from './colors.js'

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

const TAXES = ['none', 'stripe'] as const
export type Tax = (typeof TAXES)[number]

interface Setting<Value> {
  /** What the command calls it. */
  name: string
  description: string
  /** Turns the words of a command into the value. */
  parse: z.ZodType<Value, string[]>
  /** The value as the command shows it. */
  show: (settings: Settings) => string
  /** What else the owner must do for the new value to work. Null: nothing. */
  advice?: (settings: Settings) => string | null
}

const oneLine = (what: string, max: number) =>
  z
    .array(z.string())
    .transform((words) => words.join(' ').normalize('NFC').trim())
    .pipe(z.string().min(1, `needs ${what}`).max(max, `has at most ${max} characters`))
    .refine((text) => !/\p{Cc}/u.test(text), 'is one line without control characters')

const onOff = z
  .array(z.string())
  .transform((words) => words.join(' ').toLowerCase())
  .pipe(z.enum(['on', 'off'], 'is on or off'))
  .transform((word) => word === 'on')

const showOnOff = (value: boolean) => (value ? 'on' : 'off')

/** The name of a host, with its port if that is not the usual one. */
const HOST =
  /^(?=[^:]{1,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])(:\d{1,5})?$/

/** Stripe's own list has events for 30 days: what is fetched from it again must be known. */
const EVENT_DAYS = { min: 35, max: 3650 }
/** Retries take less than two days, and links less than eight. */
const MAIL_DAYS = { min: 30, max: 3650 }

function days({ min, max }: { min: number; max: number }) {
  return z
    .array(z.string())
    .transform((words) => Number(words.join(' ').trim() || NaN))
    .pipe(
      z
        .int(`is a whole number of days from ${min} to ${max}`)
        .min(min, `is at least ${min} days`)
        .max(max, `is at most ${max} days`),
    )
}

/** Stripe's limits for a voucher. */
const VOUCHER_DAYS = { min: 1, max: 7 }

export const SETTINGS: { readonly [Field in Settable]: Setting<Settings[Field]> } = {
  name: {
    name: 'name',
    description: 'the shop’s name on pages, receipts and mails',
    parse: oneLine('a name', 60),
    show: ({ name }) => name,
  },
  supportEmail: {
    name: 'support-email',
    description: 'where shoppers can ask for help; "none" shows no address',
    parse: oneLine('an email address', 254)
      .transform((text) => (text.toLowerCase() === 'none' ? null : text))
      .pipe(z.email('is an email address, or none').nullable()),
    show: ({ supportEmail }) => supportEmail ?? 'none',
  },
  companyLines: {
    name: 'company',
    description: 'the seller on receipts: one argument for each line; "none" removes them',
    parse: z
      .array(z.string())
      .transform((lines) =>
        lines.flatMap((line) => line.split(/\r?\n|\\n/)).map((line) => line.normalize('NFC').trim()),
      )
      .transform((lines) => lines.filter((line) => line !== ''))
      .transform((lines) => (lines.join(' ').toLowerCase() === 'none' ? [] : lines))
      .pipe(
        z.array(z.string().max(120, 'has at most 120 characters in a line')).max(8, 'has at most 8 lines'),
      )
      .refine((lines) => lines.every((line) => !/\p{Cc}/u.test(line)), 'has no control characters'),
    show: ({ companyLines }) => (companyLines.length === 0 ? 'none' : companyLines.join(' / ')),
  },
  timeZone: {
    name: 'time-zone',
    description: 'the time zone of dates in mails and on receipts, such as Europe/Berlin',
    parse: oneLine('the name of a time zone', 60).refine(
      isTimeZone,
      'is the name of a time zone, such as UTC, Europe/Berlin or America/New_York',
    ),
    show: ({ timeZone }) => timeZone,
  },
  language: {
    name: 'language',
    description: `the language of pages without another in their address: ${LANGUAGES.join(' or ')}`,
    parse: z
      .array(z.string())
      .transform((words) => words.join(' ').toLowerCase())
      .pipe(z.enum(LANGUAGES, `is one of ${LANGUAGES.join(', ')}`)),
    show: ({ language }) => language,
    advice: ({ language }) =>
      `Addresses without a language show ${MESSAGES[language].languageName} now. The names and descriptions of products stay as they are.`,
  },
  promotionCodes: {
    name: 'promotion-codes',
    description: 'whether Stripe’s page accepts promotion codes: on or off',
    parse: onOff,
    show: ({ promotionCodes }) => showOnOff(promotionCodes),
  },
  currency: {
    name: 'currency',
    description: 'the currency of new products and shipping rates, such as usd',
    parse: oneLine('a currency', 60)
      .transform((code) => code.toLowerCase())
      .refine(isCurrency, 'is the code of a currency that Stripe supports, such as usd, eur or jpy'),
    show: ({ currency }) => currency,
    advice: ({ currency }) =>
      `Products and shipping rates keep their currencies. New ones are in ${nameOfCurrency(currency)}.`,
  },
  tax: {
    name: 'tax',
    description: 'none, or stripe: Stripe Tax finds the tax of new orders',
    parse: z
      .array(z.string())
      .transform((words) => words.join(' ').toLowerCase())
      .pipe(z.enum(TAXES, 'is none or stripe')),
    show: ({ tax }) => tax,
    advice: ({ tax }) =>
      tax === 'stripe'
        ? 'Stripe Tax also needs your head office address and your tax registrations: https://dashboard.stripe.com/settings/tax. Without the address Stripe refuses every checkout, and where you have no registration it adds no tax.'
        : null,
  },
  pricesIncludeTax: {
    name: 'prices-include-tax',
    description: 'whether the prices of products and delivery include tax: on or off',
    parse: onOff,
    show: ({ pricesIncludeTax }) => showOnOff(pricesIncludeTax),
    advice: () => 'Orders that were placed before keep what they were placed with.',
  },
  taxIds: {
    name: 'tax-ids',
    description: 'whether Stripe’s page asks businesses for a tax ID, with Stripe Tax: on or off',
    parse: onOff,
    show: ({ taxIds }) => showOnOff(taxIds),
    advice: ({ taxIds, tax }) =>
      taxIds && tax === 'none'
        ? 'Tax IDs are asked for once tax is stripe: settings -- set tax stripe.'
        : null,
  },
  phoneNumbers: {
    name: 'phone-numbers',
    description: 'whether Stripe’s page asks for a phone number, for deliveries: on or off',
    parse: onOff,
    show: ({ phoneNumbers }) => showOnOff(phoneNumbers),
  },
  voucherDays: {
    name: 'voucher-days',
    description: 'how many days shoppers have to pay a voucher: 1 to 7',
    parse: z
      .array(z.string())
      .transform((words) => Number(words.join(' ').trim() || NaN))
      .pipe(
        z
          .int('is a whole number of days from 1 to 7')
          .min(VOUCHER_DAYS.min, 'is at least 1 day')
          .max(VOUCHER_DAYS.max, 'is at most 7 days'),
      ),
    show: ({ voucherDays }) => String(voucherDays),
  },
  returnDays: {
    name: 'return-days',
    description: 'for how many days after delivery shoppers can request a return: 0 to 365; 0 is not at all',
    parse: z
      .array(z.string())
      .transform((words) => Number(words.join(' ').trim() || NaN))
      .pipe(
        z
          .int('is a whole number of days from 0 to 365')
          .min(0, 'is at least 0 days')
          .max(365, 'is at most 365 days'),
      ),
    show: ({ returnDays }) => String(returnDays),
  },
  eventDays: {
    name: 'event-days',
    description: `for how many days what Stripe’s events say is kept: ${EVENT_DAYS.min} to ${EVENT_DAYS.max}`,
    parse: days(EVENT_DAYS),
    show: ({ eventDays }) => String(eventDays),
    advice: () => 'Older events keep their row without what they said. They can’t be replayed.',
  },
  mailDays: {
    name: 'mail-days',
    description: `for how many days the text of mails is kept: ${MAIL_DAYS.min} to ${MAIL_DAYS.max}`,
    parse: days(MAIL_DAYS),
    show: ({ mailDays }) => String(mailDays),
  },
  guestCheckout: {
    name: 'guest-checkout',
    description: 'whether shoppers can order without an account: on or off',
    parse: onOff,
    show: ({ guestCheckout }) => showOnOff(guestCheckout),
  },
  apiOrigins: {
    name: 'api-origins',
    description:
      'the origins whose pages may use the JSON API, such as https://front.example: one argument for each; "none" allows no other origin',
    parse: z
      .array(z.string())
      .transform((words) => words.flatMap((word) => word.trim().split(/[\s,]+/)))
      .transform((words) => (words.join(' ').toLowerCase() === 'none' ? [] : words.map(originOf)))
      .pipe(
        z
          .array(
            z.string(
              'lists origins such as https://front.example: https (http on this machine only), no path',
            ),
          )
          .max(20, 'lists at most 20 origins'),
      )
      .transform((origins) => [...new Set(origins)]),
    show: ({ apiOrigins }) => (apiOrigins.length === 0 ? 'none' : apiOrigins.join(' ')),
  },
  pictureHosts: {
    name: 'picture-hosts',
    description:
      'the hosts that pictures of products may be on, such as cdn.example: one argument for each; "none" allows only ours',
    parse: z
      .array(z.string())
      .transform((words) =>
        words.flatMap((word) =>
          word
            .trim()
            .toLowerCase()
            .split(/[\s,]+/),
        ),
      )
      .transform((words) => (words.join(' ') === 'none' ? [] : words.filter((word) => word !== '')))
      .pipe(
        z
          .array(
            z.string().regex(HOST, 'lists names of hosts such as cdn.example, without https:// and path'),
          )
          .max(20, 'lists at most 20 hosts'),
      )
      .transform((hosts) => [...new Set(hosts)]),
    show: ({ pictureHosts }) => (pictureHosts.length === 0 ? 'none' : pictureHosts.join(' ')),
    advice: () => 'Pages show no pictures of other hosts, even if products have them.',
  },
  invoices: {
    name: 'invoices',
    description: 'whether Stripe makes an invoice for each paid order: on or off',
    parse: onOff,
    show: ({ invoices }) => showOnOff(invoices),
    advice: ({ invoices }) =>
      invoices
        ? 'Stripe charges for each invoice. Add the event invoice.paid to the webhook endpoint in its dashboard.'
        : null,
  },
  newOrderMails: {
    name: 'new-order-mails',
    description: 'whether OPERATOR_EMAIL gets a mail for each new order: on or off',
    parse: onOff,
    show: ({ newOrderMails }) => showOnOff(newOrderMails),
    advice: ({ newOrderMails }) =>
      newOrderMails ? 'They go to OPERATOR_EMAIL. Without it, nobody gets them.' : null,
  },
  termsUrl: {
    name: 'terms-url',
    description: 'the address of the terms that shoppers accept at checkout; "none" asks for nothing',
    parse: oneLine('an address', 500)
      .transform((text) => (text.toLowerCase() === 'none' ? null : text))
      .pipe(
        z
          .url({ protocol: /^https?$/, error: 'is an address such as https://shop.example/terms, or none' })
          .nullable(),
      ),
    show: ({ termsUrl }) => termsUrl ?? 'none',
    advice: adviceOnTerms,
  },
  termsVersion: {
    name: 'terms-version',
    description: 'the version of these terms, kept with each order, such as 2026-11; "none" asks for nothing',
    parse: oneLine('a version', 60).transform((text) => (text.toLowerCase() === 'none' ? null : text)),
    show: ({ termsVersion }) => termsVersion ?? 'none',
    advice: adviceOnTerms,
  },
  accentLight: {
    name: 'accent-light',
    description: 'the color of links and buttons on light pages, such as #0e5a45; "none" is the shop’s own',
    parse: accent('light'),
    show: ({ accentLight }) => accentLight ?? 'none',
  },
  accentDark: {
    name: 'accent-dark',
    description: 'the color of links and buttons on dark pages, such as #8fd6b4; "none" is the shop’s own',
    parse: accent('dark'),
    show: ({ accentDark }) => accentDark ?? 'none',
  },
}

function accent(scheme: Scheme) {
  return oneLine('a color', 60).transform((text, context) => {
    if (text.toLowerCase() === 'none') return null
    const color = colorOf(text)
    const problem = color === null ? 'is a color such as #0e5a45, or none' : accentProblem(color, scheme)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    return color
  })
}

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

function adviceOnTerms(settings: Settings): string | null {
  const { termsUrl, termsVersion } = settings
  return termsOf(settings) === null && termsUrl !== termsVersion
    ? `Shoppers are asked once ${termsUrl === null ? 'terms-url' : 'terms-version'} is set too.`
    : null
}

/** Returns the settings as they were at most half a second ago. While the database does not answer, the last ones it gave. */
export type ReadSettings = () => Promise<Settings>

const MAX_AGE_MS = 500
/** A request waits no longer than this for a database that is slow or away. It continues with the last settings. */
const MAX_WAIT_MS = 200

const COLUMNS = {
  name: true,
  supportEmail: true,
  companyLines: true,
  timeZone: true,
  language: true,
  promotionCodes: true,
  currency: true,
  tax: true,
  pricesIncludeTax: true,
  taxIds: true,
  phoneNumbers: true,
  voucherDays: true,
  returnDays: true,
  eventDays: true,
  mailDays: true,
  guestCheckout: true,
  apiOrigins: true,
  pictureHosts: true,
  invoices: true,
  newOrderMails: true,
  termsUrl: true,
  termsVersion: true,
  accentLight: true,
  accentDark: true,
  logo: true,
  policies: true,
} as const satisfies Record<keyof Settings, true>

/**
 * Reads the settings, and returns a function that reads them again when they are older than half a second.
 * @throws when the first reading fails
 */
export async function openSettings(prisma: PrismaClient): Promise<ReadSettings> {
  let settings = await readSettings(prisma)
  let readAt = performance.now()
  let reading: Promise<void> | null = null
  return async () => {
    if (performance.now() - readAt >= MAX_AGE_MS) {
      reading ??= readSettings(prisma)
        .then(
          (read) => void (settings = read),
          // The request's own queries report a database that does not answer.
          () => undefined,
        )
        .finally(() => {
          readAt = performance.now()
          reading = null
        })
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS).unref())])
    }
    return settings
  }
}

/** Reads the settings from the database. */
export async function readSettings(prisma: Pick<PrismaClient, 'shop'>): Promise<Settings> {
  const row = await prisma.shop.findUniqueOrThrow({ where: { id: 1 }, select: COLUMNS })
  const settings: Settings = {
    ...row,
    tax: row.tax === 'stripe' ? 'stripe' : 'none',
    // Another release may know more.
    language: isLanguage(row.language) ? row.language : 'en',
  }
  speakUsually(settings.language)
  // A zone that this version of Node does not know must not break every page.
  formatDatesIn(isTimeZone(settings.timeZone) ? settings.timeZone : 'UTC')
  return settings
}

/** The origin as browsers send it. Null for what is none, or is not safe. */
function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.href !== `${url.origin}/` || /[*?#]/.test(text)) return null
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname)
  return url.protocol === 'https:' || isLocal ? url.origin : null
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
