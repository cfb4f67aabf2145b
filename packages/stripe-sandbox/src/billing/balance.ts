// How a customer balance changes what an invoice asks for.
import { minimumCharge } from '../money/currencies.js'

/**
 * Splits an invoice's total into the amount due now and the customer's new balance, all in minor units. A negative
 * balance is a credit. An amount below the minimum charge is not due: it stays on the balance.
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
