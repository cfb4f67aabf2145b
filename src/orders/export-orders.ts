// Orders as rows of a CSV file, for spreadsheets and bookkeeping.
import { recordAudit } from '../audit/record-audit.js'
import { csvLine } from '../http/csv.js'
import { nameWithVariant } from '../catalog/variants.js'
import type { Database } from '../database/client.js'
import type { Prisma, PrismaClient, Refund } from '../generated/prisma/client.js'
import { isCurrency, toDecimal } from '../money.js'
import { ORDER_FILTERS, type OrderFilters } from './order-filters.js'
import { orderNumber } from './order-key.js'
import { labelOf } from './order-label.js'
import { searchOrders, type OrderPlace } from './search-orders.js'
import { shownFulfilment } from './fulfilment.js'
import { amountOf } from './stored-amounts.js'

/** Orders that are read at once. */
const BATCH = 500

const EXPORTED = {
  items: { orderBy: { id: 'asc' } },
  attempts: { select: { status: true, voucherUrl: true, stripeFee: true, stripeFeeCurrency: true } },
  returns: { select: { status: true } },
  refunds: { where: { status: 'succeeded' } },
  disputes: true,
} as const satisfies Prisma.OrderInclude

type ExportedOrder = Prisma.OrderGetPayload<{ include: typeof EXPORTED }>
type Column = (order: ExportedOrder, time: (at: Date | null) => string) => string | number

/** Amounts are decimal numbers in the order's currency; those of refunds, disputes and fees in other currencies name theirs. */
const COLUMNS: Readonly<Record<string, Column>> = {
  number: ({ key }) => orderNumber(key),
  key: ({ key }) => key,
  ordered: ({ createdAt }, time) => time(createdAt),
  paid_at: ({ paidAt }, time) => time(paidAt),
  status: ({ status }) => status,
  shown_as: (order) => labelOf(order),
  fulfilment: (order) => shownFulfilment(order),
  email: ({ email }) => email,
  country: ({ deliveryCountry }) => deliveryCountry ?? '',
  origin: ({ origin }) => origin,
  items: ({ items }) =>
    items
      .map(({ quantity, name, variantName, sku }) =>
        [`${quantity} × ${nameWithVariant(name, variantName)}`, ...(sku === null ? [] : [`(${sku})`])].join(
          ' ',
        ),
      )
      .join('; '),
  currency: ({ currency }) => currency.toUpperCase(),
  items_total: ({ itemsTotal, total, currency }) => decimal(itemsTotal ?? total, currency),
  discount: ({ discountTotal, currency }) => decimal(discountTotal, currency),
  shipping: ({ shippingTotal, currency }) => decimal(shippingTotal, currency),
  tax: ({ taxTotal, currency }) => decimal(taxTotal, currency),
  tax_included: ({ taxBehavior }) => (taxBehavior === null ? '' : taxBehavior === 'inclusive' ? 'yes' : 'no'),
  total: ({ total, currency }) => decimal(total, currency),
  paid: ({ amountPaid, currency }) => (amountPaid === null ? '' : decimal(amountPaid, currency)),
  refunded: ({ refunds, currency }) => sums(refunds, currency),
  disputed: ({ disputes, currency }) => sums(disputes, currency),
  dispute_status: ({ disputes }) => disputes.map(({ status }) => status).join('; '),
  // Empty until the month of the payment was compared with Stripe.
  stripe_fee: ({ attempts, currency }) => sums(attempts.flatMap(feeOf), currency),
}

function decimal(amount: number, currency: string): string {
  return isCurrency(currency) ? toDecimal(amount, currency) : String(amount)
}

function feeOf({ stripeFee, stripeFeeCurrency }: ExportedOrder['attempts'][number]) {
  return stripeFee === null || stripeFeeCurrency === null
    ? []
    : [{ amount: stripeFee, largeAmount: null, currency: stripeFeeCurrency }]
}

/** The sum in the order's currency, and those in other currencies with their names: "12.50; 3.00 EUR". */
function sums(
  parts: readonly Pick<Refund, 'amount' | 'largeAmount' | 'currency'>[],
  ownCurrency: string,
): string {
  const byCurrency = new Map<string, number>()
  for (const part of parts)
    byCurrency.set(part.currency, (byCurrency.get(part.currency) ?? 0) + amountOf(part))
  return [...byCurrency]
    .map(([currency, sum]) =>
      currency === ownCurrency
        ? decimal(sum, currency)
        : `${decimal(sum, currency)} ${currency.toUpperCase()}`,
    )
    .join('; ')
}

export interface WantedExport {
  filters: OrderFilters
  /** The shop's. */
  timeZone: string
}

/**
 * Reads the orders that match, a batch at a time, so that memory stays flat. The audit log has who did it, and by which filters.
 * @returns the parts of a CSV file (RFC 4180), beginning with the names of the columns
 */
export async function* exportOrders(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  { filters, timeZone }: WantedExport,
): AsyncGenerator<string> {
  await recordAudit(prisma, {
    ...{ action: 'orders.exported', subject: 'orders', subjectId: 'csv' },
    fields: ORDER_FILTERS.filter((name) => name !== 'sort' && isSet(filters[name])),
  })
  const time = localTime(timeZone)
  yield csvLine(Object.keys(COLUMNS))
  let after: OrderPlace | null = null
  do {
    const { ids, next } = await searchOrders(direct, { filters, timeZone, after, limit: BATCH })
    const orders = await readExported(prisma, ids)
    if (orders.length > 0)
      yield orders
        .map((order) => csvLine(Object.values(COLUMNS).map((column) => column(order, time))))
        .join('')
    after = next
  } while (after !== null)
}

function isSet(filter: OrderFilters[keyof OrderFilters]): boolean {
  return filter !== null && filter !== '' && filter !== false
}

async function readExported(prisma: PrismaClient, ids: readonly number[]): Promise<ExportedOrder[]> {
  const orders = await prisma.order.findMany({ where: { id: { in: [...ids] } }, include: EXPORTED })
  const byId = new Map(orders.map((order) => [order.id, order]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** "2026-12-01 14:05:00", as spreadsheets read it. */
function localTime(timeZone: string): (at: Date | null) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => (at === null ? '' : format.format(at))
}
