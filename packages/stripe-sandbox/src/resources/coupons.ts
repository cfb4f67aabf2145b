// API operations for coupons.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { readCurrency, readUnitAmount } from '../money/amounts.js'
import type { Account } from '../state/account.js'
import { randomText } from '../state/identifiers.js'
import type { Checked, Coupon } from '../wire.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

type CreateParams = Checked<Stripe.CouponCreateParams>

const MAX_NAME_LENGTH = 40

export const couponOperations = [
  operation<Stripe.CouponCreateParams>('POST /v1/coupons', ({ account }, params) => {
    refuseUnsupported(params, ['currency_options'])
    const id = params.id ?? randomText(8)
    if (account.find('coupon', id))
      throw invalidRequest('Coupon already exists.', 'id', 'resource_already_exists')
    const products = readProducts(account, params)
    const coupon = account.save('coupon', {
      id,
      object: 'coupon',
      ...readReduction(params),
      ...readDuration(params),
      created: account.now(),
      livemode: false,
      max_redemptions: readPositive(params.max_redemptions, 'max_redemptions'),
      metadata: mergeMetadata({}, params.metadata),
      name: readName(params.name) ?? null,
      redeem_by: readFuture(account, params.redeem_by, 'redeem_by'),
      times_redeemed: 0,
      valid: true,
    })
    account.save('coupon_details', { id, products })
    account.emit('coupon.created', coupon)
    return coupon
  }),

  operation<Stripe.CouponListParams>('GET /v1/coupons', (call, params) =>
    listPage(call, 'coupon', call.account.all('coupon'), params, (coupon) =>
      inRange(coupon.created, params.created),
    ),
  ),

  operation('GET /v1/coupons/{coupon}', ({ account, id }) => requireCoupon(account, id)),

  operation<Stripe.CouponUpdateParams>('POST /v1/coupons/{coupon}', ({ account, id }, params) => {
    const coupon = requireCoupon(account, id)
    refuseUnsupported(params, ['currency_options'])
    const updated = account.update('coupon', id, {
      ...withoutUndefined({ name: readName(params.name) }),
      metadata: mergeMetadata(coupon.metadata ?? {}, params.metadata),
    })
    account.emit('coupon.updated', updated, previousValues(coupon, updated))
    return updated
  }),

  operation('DELETE /v1/coupons/{coupon}', ({ account, id }) => {
    const coupon = requireCoupon(account, id)
    account.remove('coupon', id)
    account.remove('coupon_details', id)
    account.emit('coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  }),
]

function readReduction(params: CreateParams): Pick<Coupon, 'amount_off' | 'currency' | 'percent_off'> {
  const { amount_off: amount, percent_off: percent, currency } = params
  if (amount !== undefined && percent !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: amount_off, percent_off.',
      'amount_off',
    )
  }
  if (percent !== undefined) {
    if (percent <= 0 || percent > 100) {
      throw invalidRequest('percent_off must be greater than 0 and at most 100.', 'percent_off')
    }
    return { amount_off: null, currency: null, percent_off: percent }
  }
  if (amount === undefined) throw invalidRequest('You must specify either `percent_off` or `amount_off`.')
  if (currency === undefined) throw missingParameter('currency')
  const known = readCurrency(currency, 'currency')
  readPositive(amount, 'amount_off')
  return { amount_off: readUnitAmount(amount, known, 'amount_off'), currency: known, percent_off: null }
}

function readDuration(params: CreateParams): Pick<Coupon, 'duration' | 'duration_in_months'> {
  const { duration = 'once', duration_in_months: months } = params
  if (duration === 'repeating') {
    if (months === undefined) throw missingParameter('duration_in_months')
    return { duration, duration_in_months: readPositive(months, 'duration_in_months') }
  }
  if (months !== undefined) {
    throw invalidRequest(
      'duration_in_months can only be used when duration is repeating.',
      'duration_in_months',
    )
  }
  return { duration, duration_in_months: null }
}

function readProducts(account: Account, params: CreateParams): string[] | null {
  const products = params.applies_to?.products
  if (products === undefined) return null
  for (const [index, id] of products.entries()) {
    if (!account.find('product', id)) throw noSuch('product', id, `applies_to[products][${index}]`)
  }
  return products
}

function readName(name: string | undefined): string | undefined {
  if (name !== undefined && name.length > MAX_NAME_LENGTH)
    throw invalidRequest(`A coupon's name can have up to ${MAX_NAME_LENGTH} characters.`, 'name')
  return name
}

/** Null if there is no value. Throws if it is less than 1. */
export function readPositive(value: number | undefined, param: string): number | null {
  if (value === undefined) return null
  if (value >= 1) return value
  throw invalidRequest('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer')
}

/** A Unix time in seconds, or null if there is no value. Throws if it is not in the future. */
export function readFuture(account: Account, value: number | undefined, param: string): number | null {
  if (value === undefined) return null
  if (value > account.now()) return value
  throw invalidRequest(`${param} must be a time in the future.`, param)
}

function requireCoupon(account: Account, id: string): Coupon {
  const coupon = account.find('coupon', id)
  if (!coupon) throw notFound('coupon', id, 'coupon')
  return coupon
}
