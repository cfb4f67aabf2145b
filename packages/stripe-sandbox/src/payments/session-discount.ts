// Discounts and promotion codes on Checkout Sessions.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { AppliedDiscount } from '../state/records.js'
import type { Checked, Coupon, PromotionCode, Session } from '../wire.js'
import { checkCoupon, checkPromotionCode, isRedeemable, productsOf, type Purchase } from './redemption.js'
import { recalculate } from './session-amounts.js'

type Given = Pick<Checked<Stripe.Checkout.SessionCreateParams>, 'allow_promotion_codes' | 'discounts'>

/** Throws for discount parameters that contradict each other. */
export function checkDiscountParameters(given: Given): void {
  const { discounts = [], allow_promotion_codes: allowed } = given
  if (given.discounts !== undefined && allowed !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'allow_promotion_codes',
    )
  }
  if (discounts.length > 1)
    throw invalidRequest('A Checkout Session can have at most one discount.', 'discounts')
  const [discount] = discounts
  if (discount?.coupon !== undefined && discount.promotion_code !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: coupon, promotion_code.',
      'discounts[0]',
    )
  }
}

/** Applies the `discounts` parameter of a new session. */
export function applyGivenDiscount(account: Account, session: Session, given: Given): Session {
  const [discount] = given.discounts ?? []
  const purchase = purchaseOf(account, session)
  if (discount?.promotion_code !== undefined) {
    const promotion = account.find('promotion_code', discount.promotion_code)
    if (!promotion) throw noSuch('promotion_code', discount.promotion_code, 'discounts[0][promotion_code]')
    return applyPromotionCode(account, session, promotion, purchase, 'discounts[0][promotion_code]')
  }
  if (discount?.coupon === undefined) return recalculate(account, session.id)
  const coupon = account.find('coupon', discount.coupon)
  if (!coupon) throw noSuch('coupon', discount.coupon, 'discounts[0][coupon]')
  checkCoupon(account, coupon, purchase, 'discounts[0][coupon]')
  return recalculate(account, session.id, { discount: appliedDiscount(account, session, coupon, null) })
}

/** Applies a promotion code that the customer typed on the pay page. */
export function applyTypedCode(account: Account, session: Session, typed: string): Session {
  const code = typed.trim().toLowerCase()
  const param = 'promotion_code'
  if (code === '') throw invalidRequest('Enter a promotion code.', param)
  const matches = [...account.all('promotion_code').newestFirst()].filter(
    (promotion) => promotion.code.toLowerCase() === code,
  )
  const promotion =
    matches.find((found) => isRedeemable(account, found) && found.customer === session.customer) ??
    matches.find((found) => isRedeemable(account, found)) ??
    matches[0]
  if (!promotion) throw invalidRequest('This code is invalid.', param)
  return applyPromotionCode(account, session, promotion, purchaseOf(account, session), param)
}

export function removeDiscount(account: Account, session: Session): Session {
  return recalculate(account, session.id, { discount: undefined })
}

/** Checks the discount again at payment: it may have expired, and the buyer's email is now known. */
export function checkDiscount(account: Account, session: Session, email: string | null): void {
  const { discount } = account.get('session_details', session.id)
  if (!discount) return
  const purchase = { ...purchaseOf(account, session), email }
  const param = 'promotion_code'
  const promotion = account.find('promotion_code', discount.discount.promotion_code)
  if (promotion) {
    checkPromotionCode(account, promotion, purchase, param)
    return
  }
  const coupon = account.find('coupon', discount.coupon.id)
  if (coupon) checkCoupon(account, coupon, purchase, param)
}

/** Counts a redemption of the session's coupon and promotion code. */
export function countRedemption(account: Account, session: Session): void {
  const { discount } = account.get('session_details', session.id)
  if (!discount) return
  const coupon = account.find('coupon', discount.coupon.id)
  if (coupon) account.update('coupon', coupon.id, { times_redeemed: coupon.times_redeemed + 1 })
  const promotion = account.find('promotion_code', discount.discount.promotion_code)
  if (promotion)
    account.update('promotion_code', promotion.id, { times_redeemed: promotion.times_redeemed + 1 })
}

function applyPromotionCode(
  account: Account,
  session: Session,
  promotion: PromotionCode,
  purchase: Purchase,
  param: string,
): Session {
  const coupon = account.find('coupon', promotion.promotion.coupon)
  if (!coupon) throw refused('This promotion code is no longer active.', param)
  // Check the code first: its message makes sense to a customer, while the coupon's names an id they never saw.
  checkPromotionCode(account, promotion, purchase, param)
  checkCoupon(account, coupon, purchase, param)
  return recalculate(account, session.id, { discount: appliedDiscount(account, session, coupon, promotion) })
}

function appliedDiscount(
  account: Account,
  session: Session,
  coupon: Coupon,
  promotion: PromotionCode | null,
): AppliedDiscount {
  return {
    coupon,
    products: productsOf(account, coupon),
    discount: {
      id: newId('discount'),
      object: 'discount',
      checkout_session: session.id,
      customer: session.customer,
      customer_account: null,
      end: null,
      invoice: null,
      invoice_item: null,
      promotion_code: promotion?.id ?? null,
      source: { coupon: coupon.id, type: 'coupon' },
      start: account.now(),
      subscription: null,
      subscription_item: null,
    },
  }
}

function purchaseOf(account: Account, session: Session): Purchase {
  return {
    lines: account.get('session_details', session.id).lineItems,
    currency: session.currency ?? 'usd',
    customer: session.customer,
    email: session.customer_details?.email ?? null,
  }
}
