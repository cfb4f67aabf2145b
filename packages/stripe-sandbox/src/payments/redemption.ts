// Whether a coupon or promotion code can be redeemed for a purchase.
import { invalidRequest, type StripeApiError } from '../api/errors.js'
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import type { Coupon, LineItem, PromotionCode } from '../wire.js'

/** The fields of a line that coupons depend on. */
export type PricedLine = Pick<LineItem, 'amount_subtotal' | 'price'>

export interface Purchase {
  lines: readonly PricedLine[]
  currency: string
  customer: string | null
  /** Identifies the buyer when there is no customer yet. */
  email: string | null
}

/** Whether a coupon has not expired and is not used up. */
export function isCouponValid(account: Account, coupon: Coupon): boolean {
  return (
    (coupon.redeem_by === null || coupon.redeem_by > account.now()) &&
    (coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions)
  )
}

/** Whether a code is `active` as Stripe shows it: switched on, not expired or used up, and its coupon is valid. */
export function isRedeemable(account: Account, promotion: PromotionCode): boolean {
  const coupon = account.find('coupon', promotion.promotion.coupon)
  return (
    promotion.active &&
    (promotion.expires_at === null || promotion.expires_at > account.now()) &&
    (promotion.max_redemptions === null || promotion.times_redeemed < promotion.max_redemptions) &&
    coupon !== undefined &&
    isCouponValid(account, coupon)
  )
}

/** Throws if a coupon cannot be redeemed for a purchase. */
export function checkCoupon(account: Account, coupon: Coupon, purchase: Purchase, param: string): void {
  if (!isCouponValid(account, coupon))
    throw invalidRequest(`Coupon expired: ${coupon.id}`, param, 'coupon_expired')
  if (coupon.currency !== null && coupon.currency !== purchase.currency) {
    throw invalidRequest(
      `This coupon's amount is in ${coupon.currency}, so it cannot be applied to a purchase in ${purchase.currency}.`,
      param,
    )
  }
  if (eligibleLines(productsOf(account, coupon), purchase.lines).length === 0)
    throw invalidRequest('This coupon does not apply to any product in this purchase.', param)
}

/** Throws if a promotion code cannot be redeemed for a purchase. The coupon is checked separately. */
export function checkPromotionCode(
  account: Account,
  promotion: PromotionCode,
  purchase: Purchase,
  param: string,
): void {
  const refuse = (why: string): StripeApiError =>
    invalidRequest(`This promotion code cannot be redeemed because ${why}.`, param)
  if (!isRedeemable(account, promotion)) throw refuse('it is no longer active')
  if (promotion.customer !== null && promotion.customer !== purchase.customer)
    throw refuse('it belongs to another customer')
  const { first_time_transaction, minimum_amount, minimum_amount_currency } = promotion.restrictions
  if (minimum_amount !== null && minimum_amount_currency !== null) {
    if (minimum_amount_currency !== purchase.currency)
      throw refuse(
        `its minimum is in ${minimum_amount_currency} and this purchase is in ${purchase.currency}`,
      )
    const subtotal = purchase.lines.reduce((sum, line) => sum + line.amount_subtotal, 0)
    if (subtotal < minimum_amount)
      throw refuse(`the purchase is below its minimum of ${formatAmount(minimum_amount, purchase.currency)}`)
  }
  if (first_time_transaction && hasPaidBefore(account, purchase))
    throw refuse('the associated customer has prior transactions')
}

/** The ids of the products that a coupon is limited to, or null for all products. */
export function productsOf(account: Account, coupon: Coupon): string[] | null {
  return account.find('coupon_details', coupon.id)?.products ?? null
}

/** The lines that a coupon limited to these products applies to. */
export function eligibleLines<T extends PricedLine>(
  products: string[] | null,
  lines: readonly T[],
): readonly T[] {
  return products === null ? lines : lines.filter((line) => products.includes(line.price.product))
}

function hasPaidBefore(account: Account, { customer, email }: Purchase): boolean {
  const wantedEmail = email?.toLowerCase()
  for (const charge of account.all('charge').newestFirst()) {
    if (charge.status !== 'succeeded') continue
    if (customer !== null && charge.customer === customer) return true
    if (wantedEmail !== undefined && charge.billing_details.email?.toLowerCase() === wantedEmail) return true
  }
  return false
}
