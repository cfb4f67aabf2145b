// npm run orders -- list and export: orders that match filters, on the terminal or in a CSV file.
import { formatMoney } from '../money.js'
import { exportOrders } from '../orders/export-orders.js'
import { attentionOf, readListed } from '../orders/listed-orders.js'
import {
  FULFILMENTS,
  ORDER_FILTERS,
  ORDER_SORTS,
  ORIGINS,
  readOrderFilters,
  type OrderFilters,
} from '../orders/order-filters.js'
import { orderNumber } from '../orders/order-key.js'
import { ORDER_STATES } from '../orders/order-label-sql.js'
import { labelOf } from '../orders/order-label.js'
import { searchOrders, type OrderPlace } from '../orders/search-orders.js'
import { withKnownId } from '../payments/search-at-stripe.js'
import { toShip } from './orders-to-ship.js'
import { CommandError, parseLimit, UsageError, type CommandDeps } from './run.js'
import { table, time } from './table.js'
import { writeNewFile } from './write-new-file.js'

export const LIST_USAGE = `  list [FILTERS] [--limit N] [--to-ship]             list the newest orders that match, or those to be shipped, the longest
                                                     waiting first
  export FILE [FILTERS]                              write the orders that match to a CSV file

FILTERS of list and export:
  --q TEXT                                           anything an order has: number, email, name, address, product, SKU,
                                                     tracking number, any of Stripe's ids
  --status STATUS, --attention                       by payment, or those that need a person
  --label LABEL                                      what the shopper sees: ${ORDER_STATES.slice(0, 5).join(', ')},
                                                     ${ORDER_STATES.slice(5, 11).join(', ')},
                                                     ${ORDER_STATES.slice(11).join(', ')}
  --fulfilment STATE                                 ${FULFILMENTS.join(', ')}
  --from DAY, --to DAY                               placed on these days, such as 2026-12-01, and between, in the shop's
                                                     time zone
  --currency CODE, --min AMOUNT, --max AMOUNT        by the total; amounts such as 12.50 are in the currency, by default
                                                     the shop's
  --country CODE                                     where it goes
  --origin ORIGIN                                    ${ORIGINS.join(', ')}
  --sort ORDER                                       ${ORDER_SORTS.join(', ')}`

export const LIST_OPTIONS = {
  q: { type: 'string' },
  status: { type: 'string' },
  label: { type: 'string' },
  fulfilment: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  currency: { type: 'string' },
  min: { type: 'string' },
  max: { type: 'string' },
  origin: { type: 'string' },
  attention: { type: 'boolean' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  'to-ship': { type: 'boolean' },
} as const

/** The options that each command takes. */
export const LIST_ACCEPTED = {
  list: [...ORDER_FILTERS, 'limit', 'to-ship'],
  export: ORDER_FILTERS,
} as const

export interface ListValues extends Partial<Record<(typeof ORDER_FILTERS)[number], string | boolean>> {
  limit?: string | undefined
  'to-ship'?: boolean | undefined
}

export async function listOrders(deps: CommandDeps, values: ListValues): Promise<string> {
  const { 'to-ship': isToShip = false, limit: limitText = '20', ...filterValues } = values
  const limit = parseLimit(limitText)
  const { prisma, direct } = deps.database
  if (isToShip) {
    if (Object.keys(filterValues).length > 0) throw new UsageError('Give --to-ship without filters.')
    return toShip(prisma, limit)
  }
  const { filters, timeZone } = await readFilters(deps, filterValues)
  const ids: number[] = []
  let after: OrderPlace | null = null
  do {
    const found = await searchOrders(direct, { filters, timeZone, after, limit: limit - ids.length })
    ids.push(...found.ids)
    after = found.next
  } while (after !== null && ids.length < limit)
  const rows = (await readListed(prisma, ids)).map((order) => [
    order.key,
    orderNumber(order.key),
    order.status,
    labelOf(order),
    formatMoney(order.total, order.currency),
    order.email,
    time(order.createdAt),
    attentionOf(order).join(' '),
  ])
  return rows.length === 0
    ? filters.attention
      ? 'No order needs attention.'
      : 'No orders found.'
    : table(['ORDER', 'NUMBER', 'STATUS', 'SHOWN AS', 'TOTAL', 'SHOPPER', 'ORDERED (UTC)', 'ATTENTION'], rows)
}

export async function exportToFile(
  deps: CommandDeps,
  file: string | undefined,
  values: ListValues,
): Promise<string> {
  const filters = await readFilters(deps, values)
  return writeNewFile(file, () => exportOrders(deps.database, filters))
}

async function readFilters(
  { settings, stripe }: CommandDeps,
  values: ListValues,
): Promise<{ filters: OrderFilters; timeZone: string }> {
  const { currency, timeZone } = await settings()
  const { attention, ...texts } = values
  const read = readOrderFilters({ ...texts, ...(attention === true && { attention: 'yes' }) }, { currency })
  if ('filters' in read) return { filters: await withKnownId(read.filters, stripe), timeZone }
  const [[name, message] = ['', '']] = Object.entries(read.errors)
  throw new CommandError(
    ['status', 'label', 'fulfilment', 'origin', 'sort'].includes(name) ? message : `--${name}: ${message}`,
  )
}
