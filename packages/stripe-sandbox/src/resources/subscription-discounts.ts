// Applying discounts to subscriptions.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, unsupported } from '../api/errors.js'
import { amountOf } from '../billing/invoice-lines.js'
import { attachDiscount } from '../billing/discounts.js'
import { checkCoupon, checkPromotionCode, productsOf, type Purchase } from '../payments/redemption.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Checked, Coupon, PromotionCode, Subscription } from '../wire.js'

type Given = NonNullable<Checked<Stripe.SubscriptionCreateParams>['discounts']>

/** Applies the `discounts` of a request to a subscription, and counts the redemption. */
export function applyDiscounts(account: Account, subscription: Subscription, given: Given): Subscription {
  const [discount, ...others] = given || []
  if (!discount) return subscription
  if (others.length > 0) throw unsupported('more than one discount on a subscription', 'discounts')
  if (discount.discount !== undefined) throw unsupported('discounts[0][discount]', 'discounts[0][discount]')
  const purchase: Purchase = {
    lines: subscription.items.data.map(({ price, quantity = 1 }) => ({
      price,
      amount_subtotal: amountOf(price, quantity),
    })),
    currency: subscription.currency,
    customer: subscription.customer,
    email: null,
  }
  const promotion = promotionOf(account, discount.promotion_code)
  const coupon = couponOf(account, promotion?.promotion.coupon ?? discount.coupon)
  if (promotion) checkPromotionCode(account, promotion, purchase, 'discounts[0][promotion_code]')
  checkCoupon(account, coupon, purchase, 'discounts[0][coupon]')
  account.update('coupon', coupon.id, { times_redeemed: coupon.times_redeemed + 1 })
  if (promotion) {
    account.update('promotion_code', promotion.id, { times_redeemed: promotion.times_redeemed + 1 })
  }
  return attachDiscount(account, subscription, {
    coupon,
    products: productsOf(account, coupon),
    discount: {
      id: newId('discount'),
      object: 'discount',
      checkout_session: null,
      customer: subscription.customer,
      customer_account: null,
      end: null,
      invoice: null,
      invoice_item: null,
      promotion_code: promotion?.id ?? null,
      source: { coupon: coupon.id, type: 'coupon' },
      start: account.now(),
      subscription: subscription.id,
      subscription_item: null,
    },
  })
}

function promotionOf(account: Account, id: string | undefined): PromotionCode | undefined {
  if (id === undefined) return undefined
  const promotion = account.find('promotion_code', id)
  if (!promotion) throw noSuch('promotion_code', id, 'discounts[0][promotion_code]')
  return promotion
}

function couponOf(account: Account, id: string | null | undefined): Coupon {
  if (!id) throw invalidRequest('You must specify a coupon or a promotion code.', 'discounts[0]')
  const coupon = account.find('coupon', id)
  if (!coupon) throw noSuch('coupon', id, 'discounts[0][coupon]')
  return coupon
}
