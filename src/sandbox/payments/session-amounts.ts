import { checkTotal } from '../resources/session-total.js'
import type { Account } from '../state/account.js'
import type { AppliedDiscount, SessionDetails } from '../state/records.js'
import type { LineItem, Session } from '../wire.js'
import { eligibleLines } from './redemption.js'
import { reductions } from './reductions.js'

/**
 * Computes what a session costs from its details, and stores it. Everything that changes a price ends here, so that
 * the session, its lines and a payment that failed before always say the same.
 *
 * @throws StripeApiError when the total is one that cannot be charged
 */
export function reckon(account: Account, id: string, changes: Partial<SessionDetails> = {}): Session {
  const known = { ...account.get('session_details', id), ...changes }
  const session = account.get('checkout.session', id)
  const currency = session.currency ?? 'usd'
  const reductions = reductionsOf(known, currency)
  const lineItems = known.lineItems.map((line, index): LineItem => {
    const reduction = reductions[index] ?? 0
    return { ...line, amount_discount: reduction, amount_total: line.amount_subtotal - reduction }
  })
  account.save('session_details', { ...known, lineItems })
  if (known.discount || account.find('line_details', lineItems[0]?.id))
    saveLineDetails(account, lineItems, known.discount)

  const shipping = account.find('shipping_rate', known.shippingRate)
  const shippingAmount = shipping?.fixed_amount?.amount ?? 0
  const total = checkTotal(sum(lineItems, 'amount_total') + shippingAmount, currency)
  const { discount } = known
  const priced = account.update('checkout.session', id, {
    amount_subtotal: sum(lineItems, 'amount_subtotal'),
    amount_total: total,
    discounts: discount ? [shownDiscount(discount)] : [],
    shipping_cost: shipping
      ? {
          amount_subtotal: shippingAmount,
          amount_tax: 0,
          amount_total: shippingAmount,
          shipping_rate: shipping.id,
        }
      : null,
    total_details: {
      amount_discount: sum(lineItems, 'amount_discount'),
      amount_shipping: shippingAmount,
      amount_tax: 0,
    },
  })
  const intent = account.find('payment_intent', priced.payment_intent)
  if (intent && total > 0 && intent.amount !== total)
    account.update('payment_intent', intent.id, { amount: total })
  return priced
}

/** `total_details.breakdown`, which is answered only when it is asked for. */
export function breakdownOf(account: Account, id: string): object {
  const { discount } = account.get('session_details', id)
  const amount = account.get('checkout.session', id).total_details?.amount_discount ?? 0
  return { discounts: discount ? [{ amount, discount: discount.discount }] : [], taxes: [] }
}

/** What a coupon takes off each line, in the order of the lines. */
function reductionsOf({ lineItems, discount }: SessionDetails, currency: string): number[] {
  if (!discount) return lineItems.map(() => 0)
  const { coupon, products } = discount
  const eligible = new Set(eligibleLines(products, lineItems))
  const bases = lineItems.map((line) => (eligible.has(line) ? line.amount_subtotal : 0))
  return reductions(coupon, bases, currency)
}

function saveLineDetails(
  account: Account,
  lines: readonly LineItem[],
  applied: AppliedDiscount | undefined,
): void {
  for (const line of lines) {
    const discounts =
      applied && line.amount_discount > 0
        ? [{ amount: line.amount_discount, discount: applied.discount }]
        : []
    account.save('line_details', { id: line.id, discounts })
  }
}

/** A session names the promotion code, or the coupon when there was none. */
function shownDiscount({ discount }: AppliedDiscount): {
  coupon: string | null
  promotion_code: string | null
} {
  return discount.promotion_code === null
    ? { coupon: discount.source.coupon, promotion_code: null }
    : { coupon: null, promotion_code: discount.promotion_code }
}

function sum(
  lines: readonly LineItem[],
  name: 'amount_subtotal' | 'amount_discount' | 'amount_total',
): number {
  return lines.reduce((total, line) => total + line[name], 0)
}
