// API operations for promotion codes.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { readCurrency } from '../money/amounts.js'
import { isRedeemable } from '../payments/redemption.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import type { Checked, Coupon, PromotionCode } from '../wire.js'
import { readPositive, readFuture } from './coupons.js'
import { previousValues } from './previous-values.js'
import { refuseUnsupported } from './unsupported-parameters.js'

type CreateParams = Checked<Stripe.PromotionCodeCreateParams>

const UNSUPPORTED_PARAMETERS = ['customer_account', 'restrictions.currency_options']

export const promotionCodeOperations = [
  operation<Stripe.PromotionCodeCreateParams>('POST /v1/promotion_codes', ({ account }, params) => {
    refuseUnsupported(params, UNSUPPORTED_PARAMETERS)
    const coupon = couponOf(account, params)
    const { customer } = params
    if (customer !== undefined && !account.find('customer', customer))
      throw noSuch('customer', customer, 'customer')
    const code = readCode(params.code)
    const active = params.active ?? true
    if (active) refuseDuplicate(account, code, customer ?? null)
    const promotion = account.save('promotion_code', {
      id: newId('promotion_code'),
      object: 'promotion_code',
      active,
      code,
      created: account.now(),
      customer: customer ?? null,
      customer_account: null,
      expires_at: readExpiry(account, params.expires_at, coupon),
      livemode: false,
      max_redemptions: readLimit(params.max_redemptions, coupon),
      metadata: mergeMetadata({}, params.metadata),
      promotion: { coupon: coupon.id, type: 'coupon' },
      restrictions: readRestrictions(params),
      times_redeemed: 0,
    })
    account.emit('promotion_code.created', promotion)
    return promotion
  }),

  operation<Stripe.PromotionCodeListParams>('GET /v1/promotion_codes', (call, params) => {
    const { active, code, coupon, customer, customer_account, created } = params
    const { account } = call
    return listPage(
      call,
      'promotion_code',
      account.all('promotion_code'),
      params,
      (promotion) =>
        hasValues(promotion, { customer, customer_account }) &&
        (active === undefined || active === isRedeemable(account, promotion)) &&
        (code === undefined || isSameCode(promotion.code, code)) &&
        (coupon === undefined || promotion.promotion.coupon === coupon) &&
        inRange(promotion.created, created),
    )
  }),

  operation('GET /v1/promotion_codes/{promotion_code}', ({ account, id }) =>
    requirePromotionCode(account, id),
  ),

  operation<Stripe.PromotionCodeUpdateParams>(
    'POST /v1/promotion_codes/{promotion_code}',
    ({ account, id }, params) => {
      const promotion = requirePromotionCode(account, id)
      refuseUnsupported(params, UNSUPPORTED_PARAMETERS)
      if (params.active === true && !promotion.active) {
        refuseDuplicate(account, promotion.code, promotion.customer)
        if (!isRedeemable(account, { ...promotion, active: true })) {
          throw invalidRequest(
            'This promotion code cannot be activated: it has expired, has been used up, or its coupon is no longer valid.',
            'active',
          )
        }
      }
      const updated = account.update('promotion_code', id, {
        active: params.active ?? promotion.active,
        metadata: mergeMetadata(promotion.metadata ?? {}, params.metadata),
      })
      account.emit('promotion_code.updated', updated, previousValues(promotion, updated))
      return updated
    },
  ),
]

/** Codes match whatever their case. */
function isSameCode(one: string, other: string): boolean {
  return one.toLowerCase() === other.trim().toLowerCase()
}

function couponOf(account: Account, params: CreateParams): Coupon {
  const { coupon: id } = params.promotion
  if (id === undefined) throw missingParameter('promotion[coupon]')
  const coupon = account.find('coupon', id)
  if (!coupon) throw noSuch('coupon', id, 'promotion[coupon]')
  return coupon
}

function readCode(given: string | undefined): string {
  const code = given ?? randomText(8).toUpperCase()
  if (/^[a-z0-9-]{1,500}$/i.test(code)) return code
  throw invalidRequest('A promotion code can only contain letters, digits and dashes.', 'code')
}

/** Throws if the same code is already active for the same customer, or for all customers. */
function refuseDuplicate(account: Account, code: string, customer: string | null): void {
  for (const known of account.all('promotion_code').newestFirst()) {
    if (!isSameCode(known.code, code) || known.customer !== customer) continue
    if (isRedeemable(account, known))
      throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`)
  }
}

function readExpiry(account: Account, given: number | undefined, coupon: Coupon): number | null {
  const expiry = readFuture(account, given, 'expires_at')
  if (expiry !== null && coupon.redeem_by !== null && expiry > coupon.redeem_by)
    throw invalidRequest("expires_at cannot be after the coupon's redeem_by.", 'expires_at')
  return expiry
}

function readLimit(given: number | undefined, coupon: Coupon): number | null {
  const limit = readPositive(given, 'max_redemptions')
  if (limit !== null && coupon.max_redemptions !== null && limit > coupon.max_redemptions) {
    throw invalidRequest(
      "max_redemptions cannot be greater than the coupon's max_redemptions.",
      'max_redemptions',
    )
  }
  return limit
}

function readRestrictions(params: CreateParams): PromotionCode['restrictions'] {
  const {
    first_time_transaction: firstTime,
    minimum_amount: minimum,
    minimum_amount_currency: currency,
  } = params.restrictions ?? {}
  if (minimum !== undefined && currency === undefined)
    throw missingParameter('restrictions[minimum_amount_currency]')
  return {
    first_time_transaction: firstTime ?? false,
    minimum_amount: readPositive(minimum, 'restrictions[minimum_amount]'),
    minimum_amount_currency:
      minimum === undefined || currency === undefined
        ? null
        : readCurrency(currency, 'restrictions[minimum_amount_currency]'),
  }
}

function requirePromotionCode(account: Account, id: string): PromotionCode {
  const promotion = account.find('promotion_code', id)
  if (!promotion) throw notFound('promotion_code', id, 'promotion_code')
  return promotion
}
