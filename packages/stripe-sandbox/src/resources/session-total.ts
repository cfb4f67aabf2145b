// Limits on the currency and total of a Checkout Session.
import { invalidRequest, missingParameter } from '../api/errors.js'
import { readCurrency } from '../money/amounts.js'
import { formatAmount, maximumCharge, minimumCharge } from '../money/currencies.js'
import type { LineItem } from '../wire.js'

/** The currency of all lines. Throws if they differ, or if the request asks for another. */
export function commonCurrency(lines: readonly LineItem[], asked: string | undefined): string {
  const first = lines[0]
  if (!first) throw missingParameter('line_items')
  for (const [index, line] of lines.entries()) {
    if (line.currency !== first.currency) {
      throw invalidRequest(
        `All line items must use the same currency. Expected ${first.currency}, but \`line_items[${index}]\` uses ${line.currency}.`,
        `line_items[${index}]`,
      )
    }
  }
  if (asked !== undefined && readCurrency(asked, 'currency') !== first.currency) {
    throw invalidRequest(
      `The price specified only supports \`${first.currency}\`. This doesn't match the expected currency: \`${asked}\`.`,
      'currency',
    )
  }
  return first.currency
}

/** Throws if a total, in minor units, is below Stripe's minimum or above its maximum. Zero is allowed. */
export function checkTotal(total: number, currency: string): number {
  const minimum = minimumCharge(currency)
  if (total > 0 && total < minimum.amount) {
    throw invalidRequest(
      `The Checkout Session's total amount due must add up to at least ${minimum.text}`,
      undefined,
      'amount_too_small',
    )
  }
  const maximum = maximumCharge(currency)
  if (total > maximum) {
    throw invalidRequest(
      `The Checkout Session's total amount must be no more than ${formatAmount(maximum, currency)}`,
      undefined,
      'amount_too_large',
    )
  }
  return total
}
