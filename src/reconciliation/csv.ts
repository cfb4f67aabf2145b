// A reconciled month as a CSV file: each of Stripe's balance transactions beside what the shop recorded.
import { csvLine } from '../http/csv.js'
import { isCurrency, toDecimal } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { isFromStripe } from '../payments/stripe-client.js'
import { DIFFERENCES } from './differences.js'
import type { ReconciledLine } from './reconcile.js'

type Column = (line: ReconciledLine, time: (at: Date) => string) => string

const COLUMNS: Readonly<Record<string, Column>> = {
  booked: ({ booking }, time) => (booking ? time(booking.at) : ''),
  stripe_id: ({ booking }) => booking?.id ?? '',
  category: ({ booking }) => booking?.category ?? '',
  amount: ({ booking }) => (booking ? decimal(booking.amount, booking.currency) : ''),
  fee: ({ booking }) => (booking ? decimal(booking.fee, booking.currency) : ''),
  net: ({ booking }) => (booking ? decimal(booking.net, booking.currency) : ''),
  currency: ({ booking }) => booking?.currency.toUpperCase() ?? '',
  source: ({ booking }) => booking?.sourceId ?? '',
  charged: ({ booking }) => (booking?.about ? decimal(booking.about.amount, booking.about.currency) : ''),
  charged_currency: ({ booking }) => booking?.about?.currency.toUpperCase() ?? '',
  order: ({ ours }) => (ours?.orderKey ? orderNumber(ours.orderKey) : ''),
  recorded: ({ ours }) => ours?.kind ?? '',
  recorded_id: ({ ours }) => ours?.id ?? '',
  recorded_amount: ({ ours }) =>
    ours?.amount === null || ours?.amount === undefined ? '' : decimal(ours.amount, ours.currency ?? ''),
  recorded_currency: ({ ours }) => ours?.currency?.toUpperCase() ?? '',
  recorded_status: ({ ours }) => ours?.status ?? '',
  belongs_to: ({ isForeign, booking }) =>
    isForeign ? 'something else' : booking?.about === null ? 'the account' : 'this shop',
  difference: ({ difference }) => (difference ? DIFFERENCES[difference.kind] : ''),
  explanation: ({ difference }) => difference?.text ?? '',
}

function decimal(amount: number, currency: string): string {
  return isCurrency(currency) ? toDecimal(amount, currency) : String(amount)
}

/** The parts of the file. When Stripe can't be asked any more, its last line says that it is incomplete. */
export async function* reconciledCsv(
  first: readonly ReconciledLine[],
  rest: AsyncIterable<ReconciledLine[]>,
  timeZone: string,
): AsyncGenerator<string> {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const columns = Object.values(COLUMNS)
  const text = (lines: readonly ReconciledLine[]) =>
    lines.map((line) => csvLine(columns.map((column) => column(line, (at) => format.format(at))))).join('')
  yield csvLine(Object.keys(COLUMNS)) + text(first)
  try {
    for await (const lines of rest) if (lines.length > 0) yield text(lines)
  } catch (error) {
    if (!isFromStripe(error)) throw error
    const sentence = `This file is incomplete: Stripe could not be asked (${error.message}). Download it again.`
    yield csvLine(columns.map((_, index) => (index === columns.length - 1 ? sentence : '')))
  }
}
