// What the owner decides about the shop: one row of the database, read by every process and changed while the shop runs.
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.js'
import { formatDatesIn } from '../messages/format-date.js'
import { isCurrency, nameOfCurrency } from '../money.js'

export interface Settings {
  /** The shop's name on pages, receipts and mails. */
  name: string
  /** Where shoppers can ask for help. Null: no address is shown. */
  supportEmail: string | null
  /** The seller as a receipt must name it, such as the company's name, address and tax number. One per line. */
  companyLines: string[]
  /** IANA name of the time zone of dates on pages and mails. */
  timeZone: string
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
}

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

/** Stripe's limits for a voucher. */
const VOUCHER_DAYS = { min: 1, max: 7 }

export const SETTINGS: { readonly [Field in keyof Settings]: Setting<Settings[Field]> } = {
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
    description: 'the time zone of dates on pages and mails, such as Europe/Berlin',
    parse: oneLine('the name of a time zone', 60).refine(
      isTimeZone,
      'is the name of a time zone, such as UTC, Europe/Berlin or America/New_York',
    ),
    show: ({ timeZone }) => timeZone,
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
  promotionCodes: true,
  currency: true,
  tax: true,
  pricesIncludeTax: true,
  taxIds: true,
  phoneNumbers: true,
  voucherDays: true,
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
  const settings: Settings = { ...row, tax: row.tax === 'stripe' ? 'stripe' : 'none' }
  // A zone that this version of Node does not know must not break every page.
  formatDatesIn(isTimeZone(settings.timeZone) ? settings.timeZone : 'UTC')
  return settings
}

/**
 * Changes a setting. Every process sees it within a second.
 * @returns what else the owner must know or do, or null
 * @throws SettingError with a sentence that names the known settings, or says what the value must be
 */
export async function changeSetting(
  prisma: PrismaClient,
  name: string,
  words: string[],
): Promise<string | null> {
  const found = Object.entries(SETTINGS).find(([, setting]) => setting.name === name)
  if (!found) {
    const names = Object.values(SETTINGS).map((setting) => setting.name)
    throw new SettingError(`There is no setting "${name}". Settings: ${names.join(', ')}.`)
  }
  const [field, { description, parse, advice }] = found
  if (words.length === 0) throw new SettingError(`Which value? ${name} is ${description}.`)
  const parsed = parse.safeParse(words)
  if (!parsed.success) throw new SettingError(`${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}.`)
  await prisma.shop.update({ where: { id: 1 }, data: { [field]: parsed.data } })
  return advice === undefined ? null : advice(await readSettings(prisma))
}

/** Thrown when there is no such setting, or a value does not fit it. */
export class SettingError extends Error {
  override name = 'SettingError'
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
