import { minimumCharge } from '../money/currencies.js'

/**
 * What is asked for now, and what stays on the customer's balance: a credit, which is negative, or an amount that is
 * too small to be charged.
 */
export function applyCustomerBalance(
  total: number,
  balance: number,
  currency: string,
): { due: number; endingBalance: number } {
  const owed = total + balance
  const chargeable = owed >= minimumCharge(currency).amount
  return chargeable ? { due: owed, endingBalance: 0 } : { due: 0, endingBalance: owed }
}
