// API operations for tax rates.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { TaxRate } from '../wire.js'
import { previousValues } from './previous-values.js'
import { withoutUndefined } from './without-undefined.js'

export const taxRateOperations = [
  operation<Stripe.TaxRateCreateParams>('POST /v1/tax_rates', ({ account }, params) => {
    const rate = createTaxRate(account, {
      id: newId('tax_rate'),
      active: params.active ?? true,
      country: params.country === undefined ? null : readCountry(params.country),
      description: params.description ?? null,
      display_name: readName(params.display_name),
      inclusive: params.inclusive,
      jurisdiction: params.jurisdiction ?? null,
      metadata: mergeMetadata({}, params.metadata),
      percentage: readPercentage(params.percentage),
      state: params.state ?? null,
      tax_type: params.tax_type ?? null,
    })
    account.emit('tax_rate.created', rate)
    return rate
  }),

  operation<Stripe.TaxRateListParams>('GET /v1/tax_rates', (call, params) => {
    const { active, inclusive, created } = params
    return listPage(
      call,
      'tax_rate',
      call.account.all('tax_rate'),
      params,
      (rate) => hasValues(rate, { active, inclusive }) && inRange(rate.created, created),
    )
  }),

  operation('GET /v1/tax_rates/{tax_rate}', ({ account, id }) => requireRate(account, id)),

  operation<Stripe.TaxRateUpdateParams>('POST /v1/tax_rates/{tax_rate}', ({ account, id }, params) => {
    const rate = requireRate(account, id)
    const updated = account.update('tax_rate', id, {
      ...withoutUndefined({
        active: params.active,
        country: params.country === undefined ? undefined : readCountry(params.country),
        description: params.description,
        display_name: params.display_name === undefined ? undefined : readName(params.display_name),
        jurisdiction: params.jurisdiction,
        state: params.state,
        tax_type: params.tax_type,
      }),
      metadata: mergeMetadata(rate.metadata ?? {}, params.metadata),
    })
    account.emit('tax_rate.updated', updated, previousValues(rate, updated))
    return updated
  }),
]

/** Fields that differ between tax rates; the others are the same for all. */
type SetByCaller =
  | 'id'
  | 'active'
  | 'country'
  | 'description'
  | 'display_name'
  | 'inclusive'
  | 'jurisdiction'
  | 'metadata'
  | 'percentage'
  | 'state'
  | 'tax_type'

/** Stores a tax rate. The caller sends the event, if there is to be one. */
export function createTaxRate(account: Account, given: Pick<TaxRate, SetByCaller>): TaxRate {
  const { id, ...rest } = given
  return account.save('tax_rate', {
    id,
    object: 'tax_rate',
    ...rest,
    created: account.now(),
    effective_percentage: null,
    flat_amount: null,
    jurisdiction_level: null,
    livemode: false,
    rate_type: 'percentage',
  })
}

/** The tax rates with these ids, in order. Throws for unknown or archived ones, which new lines cannot use. */
export function findTaxRates(account: Account, ids: readonly string[], param: string): TaxRate[] {
  return ids.map((id, index) => {
    const rate = account.find('tax_rate', id)
    if (!rate) throw noSuch('tax_rate', id, `${param}[${index}]`)
    if (!rate.active)
      throw invalidRequest(`The tax rate ${id} has been archived and cannot be used.`, `${param}[${index}]`)
    return rate
  })
}

const MAX_NAME_LENGTH = 50
const MAX_DECIMALS = 4

function readName(name: string): string {
  if (name.length > MAX_NAME_LENGTH)
    throw invalidRequest(
      `A tax rate's display_name can have up to ${MAX_NAME_LENGTH} characters.`,
      'display_name',
    )
  return name
}

function readPercentage(percentage: number): number {
  if (percentage < 0 || percentage > 100)
    throw invalidRequest('percentage must be between 0 and 100.', 'percentage')
  if (Number(percentage.toFixed(MAX_DECIMALS)) !== percentage)
    throw invalidRequest(`percentage can have up to ${MAX_DECIMALS} decimal places.`, 'percentage')
  return percentage
}

function readCountry(country: string): string {
  if (/^[A-Z]{2}$/.test(country)) return country
  throw invalidRequest(
    `Country '${country}' is unknown. Try using a 2-character code, such as 'US'.`,
    'country',
  )
}

function requireRate(account: Account, id: string): TaxRate {
  const rate = account.find('tax_rate', id)
  if (!rate) throw notFound('tax_rate', id, 'tax_rate')
  return rate
}
