// What a subscription costs after today, as text.
import { intervalText } from '../billing/periods.js'
import { amountOf } from '../billing/invoice-lines.js'
import { eligibleLines } from '../payments/redemption.js'
import { reductions } from '../payments/reductions.js'
import type { Account } from '../state/account.js'
import type { AppliedDiscount } from '../state/records.js'
import type { LineItem, Price, Session } from '../wire.js'

const DAY = 24 * 60 * 60

/** Undefined for a session without a subscription. */
export function subscriptionTerms(
  account: Account,
  session: Session,
  money: (amount: number, currency: string) => string,
): { heading: string; then: string; regular: string } | undefined {
  const { lineItems, subscription, discount } = account.get('session_details', session.id)
  const recurring = lineItems.filter((line) => line.price.recurring)
  const first = recurring[0]
  if (session.mode !== 'subscription' || !first?.price.recurring) return undefined
  const regular = regularly(recurring, first.price, discount, money)
  const name = recurring.length === 1 ? (first.description ?? 'this plan') : `${recurring.length} products`
  const trial = subscription?.trial ?? null
  if (trial === null) return { heading: `Subscribe to ${name}`, then: `then ${regular}`, regular }
  const days = 'days' in trial ? trial.days : Math.ceil((trial.end - account.now()) / DAY)
  return {
    heading: `Try ${name}`,
    then: `${days} ${days === 1 ? 'day' : 'days'} free, then ${regular}`,
    regular,
  }
}

/** The amount of a later payment. A coupon that applies once no longer counts. */
function regularly(
  recurring: LineItem[],
  first: Price,
  discount: AppliedDiscount | undefined,
  money: (amount: number, currency: string) => string,
): string {
  const every = first.recurring ? everyText(first.recurring) : ''
  const amounts = recurring.map((line) => amountOf(line.price, line.quantity ?? 1))
  const price = (sum: number): string => `${money(sum, first.currency)} ${every}`
  const full = amounts.reduce((sum, amount) => sum + amount, 0)
  if (!discount || discount.coupon.duration === 'once') return price(full)
  const eligible = new Set(eligibleLines(discount.products, recurring))
  const bases = recurring.map((line, index) => (eligible.has(line) ? (amounts[index] ?? 0) : 0))
  const off = reductions(discount.coupon, bases, first.currency).reduce((sum, amount) => sum + amount, 0)
  const { duration, duration_in_months: months } = discount.coupon
  if (duration === 'forever' || months === null) return price(full - off)
  return `${price(full - off)} for ${months} ${months === 1 ? 'month' : 'months'}, then ${price(full)}`
}

/** `every month`, `every 3 months`. */
export function everyText(recurring: NonNullable<Price['recurring']>): string {
  return `every ${intervalText(recurring)}`
}
