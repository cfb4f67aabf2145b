import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { BalanceTransaction } from '../wire.js'

/** Stripe's price in the United States: 2.9 % and 30 cents. Good enough for a balance that looks alive. */
export function processingFee(amount: number): number {
  return Math.min(amount, Math.round(amount * 0.029) + 30)
}

const TWO_DAYS = 2 * 24 * 60 * 60

interface Movement {
  amount: number
  fee: number
  feeDescription?: string
  currency: string
  description: string | null
  source: string
  type: BalanceTransaction['type']
  category: string
  /** The money can be paid out at once. */
  available?: boolean
}

/** Books a movement of money. `amount` is negative when it leaves. */
export function book(account: Account, movement: Movement): BalanceTransaction {
  const now = account.now()
  const { amount, fee, currency } = movement
  const feeDetails = {
    amount: fee,
    application: null,
    currency,
    description: movement.feeDescription ?? 'Stripe processing fees',
    type: 'stripe_fee',
  }
  return account.save('balance_transaction', {
    id: newId('balance_transaction'),
    object: 'balance_transaction',
    amount,
    available_on: movement.available ? now : now + TWO_DAYS,
    balance_type: 'payments',
    created: now,
    currency,
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetails],
    net: amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    status: movement.available ? 'available' : 'pending',
    type: movement.type,
  })
}
