// The form of the settings: its fields in groups, and how they are typed.
import { LANGUAGES, MESSAGES } from '../messages/index.js'
import { CURRENCIES, nameOfCurrency } from '../money.js'
import type { WantedSetting } from '../settings/change-settings.js'
import type { Settable, Settings } from '../settings/settings.js'
import type { Fields } from './forms.js'

export interface SettingField {
  name: Settable
  label: string
  hint?: string
  kind: 'text' | 'lines' | 'number' | 'toggle' | 'choice'
  /** Of a choice; suggestions for a text. */
  choices?: { value: string; label: string }[]
  /** An empty field stands for "none". */
  canBeEmpty?: true
}

export interface SettingGroup {
  id: string
  title: string
  hint?: string
  fields: readonly SettingField[]
}

const timeZones = () => ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value, label: '' }))
const languages = () => LANGUAGES.map((value) => ({ value, label: MESSAGES[value].languageName }))
const currencies = () => CURRENCIES.map((value) => ({ value, label: nameOfCurrency(value) }))

export const GROUPS: readonly SettingGroup[] = [
  {
    id: 'shop',
    title: 'Shop',
    fields: [
      { name: 'name', label: 'Name', kind: 'text', hint: 'On pages, receipts and emails.' },
      {
        ...{ name: 'supportEmail', label: 'Support email', kind: 'text', canBeEmpty: true },
        hint: 'Where shoppers can ask for help. Empty: no address is shown.',
      },
      {
        ...{ name: 'companyLines', label: 'Seller on receipts', kind: 'lines', canBeEmpty: true },
        hint: 'Company name, address and tax number, one per line. At most 8 lines.',
      },
      {
        ...{ name: 'timeZone', label: 'Time zone', kind: 'text', choices: timeZones() },
        hint: 'Of dates in emails and on receipts, such as Europe/Berlin. Pages show the visitor’s own.',
      },
      {
        ...{ name: 'language', label: 'Language', kind: 'choice', choices: languages() },
        hint: 'Of pages without another language in their address. The admin is English.',
      },
      {
        ...{ name: 'currency', label: 'Currency', kind: 'text', choices: currencies() },
        hint: 'Of new products and shipping rates, such as eur. Those that exist keep theirs.',
      },
    ],
  },
  {
    id: 'look',
    title: 'Look',
    hint: 'The color of links and buttons. Text needs a contrast of 4.5 to 1 to be readable, so a color that has less is refused.',
    fields: [
      {
        ...{ name: 'accentLight', label: 'Accent color on light pages', kind: 'text', canBeEmpty: true },
        hint: 'Such as #0e5a45. Empty: the shop’s own green.',
      },
      {
        ...{ name: 'accentDark', label: 'Accent color on dark pages', kind: 'text', canBeEmpty: true },
        hint: 'Such as #8fd6b4. Browsers set to dark show these pages.',
      },
    ],
  },
  {
    id: 'checkout',
    title: 'Checkout',
    fields: [
      { name: 'guestCheckout', label: 'Shoppers can order without an account', kind: 'toggle' },
      { name: 'promotionCodes', label: 'Stripe’s page accepts discount codes', kind: 'toggle' },
      { name: 'phoneNumbers', label: 'Ask for a phone number, for deliveries', kind: 'toggle' },
      {
        ...{ name: 'voucherDays', label: 'Days to pay a voucher', kind: 'number' },
        hint: '1 to 7. For Boleto, Konbini and OXXO.',
      },
      {
        ...{ name: 'termsUrl', label: 'Address of the terms', kind: 'text', canBeEmpty: true },
        hint: 'Shoppers accept them to order. Publishing terms at Policies sets this to /pages/terms. Empty: none.',
      },
      {
        ...{ name: 'termsVersion', label: 'Version of the terms', kind: 'text', canBeEmpty: true },
        hint: 'For terms on another site: each order keeps it. That of your own terms follows what you publish.',
      },
    ],
  },
  {
    id: 'tax',
    title: 'Tax',
    hint: 'Orders that were placed before keep what they were placed with.',
    fields: [
      {
        ...{ name: 'tax', label: 'Tax of new orders', kind: 'choice' },
        choices: [
          { value: 'none', label: 'None' },
          { value: 'stripe', label: 'Found by Stripe Tax' },
        ],
        hint: 'Stripe Tax needs your head office address and your tax registrations at Stripe.',
      },
      { name: 'pricesIncludeTax', label: 'Prices and delivery include tax', kind: 'toggle' },
      { name: 'taxIds', label: 'Ask businesses for their tax ID, with Stripe Tax', kind: 'toggle' },
    ],
  },
  {
    id: 'after',
    title: 'After the purchase',
    fields: [
      {
        ...{ name: 'returnDays', label: 'Days to request a return', kind: 'number' },
        hint: 'After delivery, 0 to 365. 0: not at all.',
      },
      { name: 'invoices', label: 'Stripe makes an invoice for each paid order', kind: 'toggle' },
      { name: 'newOrderMails', label: 'OPERATOR_EMAIL gets an email for each new order', kind: 'toggle' },
    ],
  },
  {
    id: 'privacy',
    title: 'Privacy',
    hint: 'Visitors read at /privacy what is kept, and for how long.',
    fields: [
      {
        ...{ name: 'eventDays', label: 'Days to keep what Stripe’s events say', kind: 'number' },
        hint: '35 to 3650. Older events can’t be replayed.',
      },
      {
        ...{ name: 'mailDays', label: 'Days to keep the text of emails', kind: 'number' },
        hint: '30 to 3650. Answers to disputes show shoppers’ emails as evidence, so keep half a year or more.',
      },
    ],
  },
  {
    id: 'api',
    title: 'Other sites',
    fields: [
      {
        ...{ name: 'pictureHosts', label: 'Hosts of product pictures', kind: 'lines', canBeEmpty: true },
        hint: 'Such as cdn.example, one per line. Pictures that you upload need none.',
      },
      {
        ...{ name: 'apiOrigins', label: 'Origins that may use the API', kind: 'lines', canBeEmpty: true },
        hint: 'Such as https://front.example, one per line. Empty: none.',
      },
    ],
  },
]

export const FIELDS = GROUPS.flatMap(({ fields }) => fields)

/** A setting as its field shows it. */
export function inputOf({ name }: SettingField, settings: Settings): string {
  const value = settings[name]
  if (Array.isArray(value)) return value.join('\n')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value === null ? '' : String(value)
}

/** What was typed, by setting. A box that is not ticked isn't sent. */
export function typedSettings(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    FIELDS.filter(({ name }) => fields[seenName(name)] !== undefined).map((field) => [
      field.name,
      plain(fields[field.name] ?? (field.kind === 'toggle' ? 'off' : '')),
    ]),
  )
}

/** The hidden field with what the form showed. */
function seenName(name: Settable): string {
  return `seen_${name}`
}

/** What is to be changed: what was typed, and neither is so already nor was shown by the form. */
export function wantedSettings(fields: Fields, now: Settings): Partial<Record<Settable, WantedSetting>> {
  const typed = typedSettings(fields)
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const text = typed[field.name]
      const seen = plain(fields[seenName(field.name)] ?? '')
      if (text === undefined || text === seen || text === inputOf(field, now)) return []
      const wanted: WantedSetting = {
        words: wordsOf(field, text),
        isSeen: (settings) => inputOf(field, settings) === seen,
      }
      return [[field.name, wanted]]
    }),
  )
}

function wordsOf({ kind, canBeEmpty }: SettingField, text: string): string[] {
  if (canBeEmpty && text.trim() === '') return ['none']
  return kind === 'lines' ? text.split('\n').filter((line) => line.trim() !== '') : [text]
}

/** Forms end lines with two characters. */
function plain(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').trimEnd()
}
