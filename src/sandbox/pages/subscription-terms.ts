import { intervalText } from '../billing/periods.js'
import { amountOf } from '../billing/invoice-lines.js'
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import type { Price, Session } from '../wire.js'

const day = 24 * 60 * 60

/** What a subscription costs after today, in words. Nothing for a session that sells none. */
export function subscriptionTerms(
  account: Account,
  session: Session,
): { heading: string; then: string; regular: string } | undefined {
  const { lineItems, subscription } = account.get('session_details', session.id)
  const recurring = lineItems.filter((line) => line.price.recurring)
  const first = recurring[0]
  if (session.mode !== 'subscription' || !first?.price.recurring) return undefined
  const amount = recurring.reduce((sum, line) => sum + amountOf(line.price, line.quantity ?? 1), 0)
  const regular = `${formatAmount(amount, first.price.currency)} ${everyText(first.price.recurring)}`
  const name = recurring.length === 1 ? (first.description ?? 'this plan') : `${recurring.length} products`
  const trial = subscription?.trial ?? null
  if (trial === null) return { heading: `Subscribe to ${name}`, then: `then ${regular}`, regular }
  const days = 'days' in trial ? trial.days : Math.ceil((trial.end - account.now()) / day)
  return {
    heading: `Try ${name}`,
    then: `${days} ${days === 1 ? 'day' : 'days'} free, then ${regular}`,
    regular,
  }
}

/** `every month`, `every 3 months`. */
export function everyText(recurring: NonNullable<Price['recurring']>): string {
  return `every ${intervalText(recurring)}`
}
