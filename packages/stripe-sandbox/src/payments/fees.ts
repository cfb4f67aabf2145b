// Balance transactions and the processing fee.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { BalanceTransaction } from '../wire.js'

/**
 * The fee for a charge, both in minor units: Stripe's price in the United States, 2.9% + 30, whatever the currency.
 */
export function processingFee(amount: number): number {
  return Math.min(amount, Math.round(amount * 0.029) + 30)
}

const PENDING_SECONDS = 2 * 24 * 60 * 60

interface BalanceChange {
  /** In minor units, negative when money leaves the balance. */
  amount: number
  /** In minor units, negative when a fee is returned. */
  fee: number
  feeDescription?: string
  currency: string
  description: string | null
  source: string
  type: BalanceTransaction['type']
  category: string
  /** Available at once, instead of pending for two days. */
  available?: boolean
}

/** Stores the balance transaction for a change of the balance. */
export function recordBalanceTransaction(account: Account, change: BalanceChange): BalanceTransaction {
  const now = account.now()
  const { amount, fee, currency } = change
  const feeDetails = {
    amount: fee,
    application: null,
    currency,
    description: change.feeDescription ?? 'Stripe processing fees',
    type: 'stripe_fee',
  }
  return account.save('balance_transaction', {
    id: newId('balance_transaction'),
    object: 'balance_transaction',
    amount,
    available_on: change.available ? now : now + PENDING_SECONDS,
    balance_type: 'payments',
    created: now,
    currency,
    description: change.description,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetails],
    net: amount - fee,
    reporting_category: change.category,
    source: change.source,
    status: change.available ? 'available' : 'pending',
    type: change.type,
  })
}
