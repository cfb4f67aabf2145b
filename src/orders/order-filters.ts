// The filters of the list of orders, as an address or a command has them.
import { z } from 'zod'
import { isStorableTime } from '../database/storable-time.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { isCurrency, MoneyError, parseMoney } from '../money.js'
import type { Settings } from '../settings/settings.js'
import { COUNTRIES } from '../shipping/countries.js'
import type { OrderState } from './order-label.js'
import { ORDER_STATES } from './order-label-sql.js'

/** What was sent of an order. "to_ship": something is left to send of a paid order. */
export const FULFILMENTS = ['to_ship', 'unshipped', 'partly_shipped', 'shipped', 'delivered'] as const
export const ORIGINS = ['shop', 'api', 'payment_link'] as const
/** "total": the largest first, in one currency. */
export const ORDER_SORTS = ['newest', 'oldest', 'total'] as const

export interface OrderFilters {
  /** Anything that an order has. Empty: all orders. */
  q: string
  status: OrderStatus | null
  /** The label that shoppers see. */
  label: OrderState | null
  fulfilment: (typeof FULFILMENTS)[number] | null
  /** Days in the shop's time zone, "2026-12-01", both included. */
  from: string | null
  to: string | null
  /** Always one, if an amount is given or the list is sorted by the total: the shop's own by default. */
  currency: string | null
  /** Minor units, both included. */
  min: number | null
  max: number | null
  /** Where it goes: ISO 3166. */
  country: string | null
  origin: (typeof ORIGINS)[number] | null
  /** Only orders that a person must look at. */
  attention: boolean
  sort: (typeof ORDER_SORTS)[number]
}

/** The names of the filters in an address and of the options of the command. */
export const ORDER_FILTERS = [
  ...['q', 'status', 'label', 'fulfilment', 'from', 'to', 'currency', 'min', 'max', 'country', 'origin'],
  ...['attention', 'sort'],
] as const

const optional = <Value>(schema: z.ZodType<Value, string>) =>
  z
    .preprocess((value) => (value === '' ? undefined : value), schema.optional())
    .transform((value) => value ?? null)

const oneOf = <const Name extends string>(what: string, names: readonly [Name, ...Name[]]) =>
  optional(
    z.enum(names, {
      error: ({ input }) => `There is no ${what} "${String(input)}": use one of ${names.join(', ')}.`,
    }),
  )

const DAY = 'Use a day such as 2026-12-01.'
const day = z.iso.date(DAY).refine(isStorableTime, DAY)

const fieldsSchema = z.object({
  q: z.string().trim().max(200, 'Use at most 200 characters.').default(''),
  status: oneOf('status', Object.values(OrderStatus) as [OrderStatus, ...OrderStatus[]]),
  label: oneOf('label', ORDER_STATES as [OrderState, ...OrderState[]]),
  fulfilment: oneOf('fulfilment', FULFILMENTS),
  from: optional(day),
  to: optional(day),
  currency: optional(z.string().toLowerCase().refine(isCurrency, 'Use the code of a currency, such as usd.')),
  min: optional(z.string()),
  max: optional(z.string()),
  country: optional(
    z
      .string()
      .toUpperCase()
      .refine((code) => COUNTRIES.has(code), 'Use the code of a country, such as DE.'),
  ),
  origin: oneOf('origin', ORIGINS),
  attention: optional(z.enum(['yes'], 'Use "yes", or leave it out.')),
  sort: oneOf('order', ORDER_SORTS),
})

export type FilterErrors = Partial<Record<(typeof ORDER_FILTERS)[number], string>>

/**
 * Reads filters from texts.
 * @param given by the names of `ORDER_FILTERS`; others are left alone
 * @returns the filters, or what is wrong with each invalid one
 */
export function readOrderFilters(
  given: Record<string, unknown>,
  settings: Pick<Settings, 'currency'>,
): { filters: OrderFilters } | { errors: FilterErrors } {
  const parsed = fieldsSchema.safeParse(given)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => [String(path[0]), message])
    return { errors: Object.fromEntries(issues) as FilterErrors }
  }
  const { min, max, attention, ...fields } = parsed.data
  const sort = fields.sort ?? 'newest'
  const needsCurrency = min !== null || max !== null || sort === 'total'
  const currency = fields.currency ?? (needsCurrency ? settings.currency : null)
  const errors: FilterErrors = {}
  const amount = (name: 'min' | 'max', text: string | null) => {
    try {
      return text === null ? null : parseMoney(text, currency ?? settings.currency)
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error
      errors[name] = error.message
      return null
    }
  }
  const amounts = { min: amount('min', min), max: amount('max', max) }
  if (Object.keys(errors).length > 0) return { errors }
  return { filters: { ...fields, ...amounts, currency, sort, attention: attention !== null } }
}
