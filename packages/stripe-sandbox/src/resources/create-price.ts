// Storing prices, for the API and for inline `price_data`.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { intervalProblem } from '../billing/periods.js'
import { readCurrency, readUnitAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Price } from '../wire.js'

/** The parameters that `POST /v1/prices` and an inline `price_data` share. */
interface PriceData {
  currency: string
  unit_amount?: number
  unit_amount_decimal?: string
  recurring?: {
    interval: NonNullable<Price['recurring']>['interval']
    interval_count?: number
    usage_type?: string
  }
  tax_behavior?: Price['tax_behavior'] | undefined
  metadata?: Stripe.MetadataParam
}

/**
 * Stores a price.
 *
 * @param at the parameter that holds the price data, for error messages
 * @param inline for `price_data`: such a price is inactive, so that it cannot be used again
 */
export function createPrice(
  account: Account,
  productId: string,
  given: PriceData,
  at = '',
  inline = false,
): Price {
  const param = (name: string): string => (at === '' ? name : `${at}[${name}]`)
  const currency = readCurrency(given.currency, param('currency'))
  const { unitAmount, decimal } = readPriceAmount(given, currency, param)
  const { interval, interval_count = 1 } = given.recurring ?? {}
  const problem = interval && intervalProblem({ interval, interval_count })
  if (problem) throw invalidRequest(problem, `${param('recurring')}[interval_count]`)
  return account.save('price', {
    id: newId('price'),
    object: 'price',
    active: !inline,
    billing_scheme: 'per_unit',
    created: account.now(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: mergeMetadata({}, given.metadata, param('metadata')),
    nickname: null,
    product: productId,
    recurring: given.recurring
      ? {
          interval: given.recurring.interval,
          interval_count,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? 'recurring' : 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: decimal,
  })
}

/** A price is a whole number of minor units, or a decimal string with fractions of them. */
function readPriceAmount(
  given: PriceData,
  currency: string,
  param: (name: string) => string,
): { unitAmount: number | null; decimal: string } {
  const { unit_amount: whole, unit_amount_decimal: decimal } = given
  if (whole !== undefined && decimal !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
      param('unit_amount'),
    )
  }
  if (whole !== undefined) {
    return { unitAmount: readUnitAmount(whole, currency, param('unit_amount')), decimal: String(whole) }
  }
  if (decimal === undefined) throw missingParameter(param('unit_amount'))
  const amount = Number(decimal)
  readUnitAmount(Math.round(amount), currency, param('unit_amount_decimal'))
  return { unitAmount: Number.isInteger(amount) ? amount : null, decimal }
}
