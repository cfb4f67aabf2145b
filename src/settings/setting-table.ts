// The settings by field: what commands and the admin call them, what they may be, and how they are shown.
import { z } from 'zod'
import { LANGUAGES, MESSAGES } from '../messages/index.js'
import { isCurrency, nameOfCurrency } from '../money.js'
import { accent, days, HOST, isTimeZone, onOff, oneLine, originOf, showOnOff } from './setting-values.js'
import { TAXES, termsOf, type Settable, type Settings } from './settings.js'

/** Stripe's own list has events for 30 days: what is fetched from it again must be known. */
const EVENT_DAYS = { min: 35, max: 3650 }
/** Retries take less than two days, and links less than eight. */
const MAIL_DAYS = { min: 30, max: 3650 }

/** Stripe's limits for a voucher. */
const VOUCHER_DAYS = { min: 1, max: 7 }

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

function adviceOnTerms(settings: Settings): string | null {
  const { termsUrl, termsVersion } = settings
  return termsOf(settings) === null && termsUrl !== termsVersion
    ? `Shoppers are asked once ${termsUrl === null ? 'terms-url' : 'terms-version'} is set too.`
    : null
}
