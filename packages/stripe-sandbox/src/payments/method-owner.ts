// Which requests may use a payment method.
import { refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { PaymentMethod } from '../wire.js'

/** How the error begins when a method belongs to a customer and the intent has none. */
const suppliedMethodText = {
  PaymentIntent: (id: string) => `The \`payment_method\` parameter supplied ${id}`,
  SetupIntent: (id: string) => `The payment method supplied (${id})`,
}

/**
 * Checks that an intent may use a payment method: it must belong to the intent's customer, or to none and be unused.
 *
 * @throws StripeApiError when the method belongs to another customer, or was used or detached
 */
export function checkMethodOwner(
  account: Account,
  method: PaymentMethod,
  customer: string | null,
  kind: keyof typeof suppliedMethodText = 'PaymentIntent',
): void {
  if (method.customer === null) {
    refuseUsed(account, method)
    return
  }
  if (method.customer === customer) return
  throw refused(
    customer === null
      ? `${suppliedMethodText[kind](method.id)} belongs to the Customer ${method.customer}. Please include the Customer in the \`customer\` parameter on the ${kind}.`
      : `The PaymentMethod ${method.id} does not belong to the Customer you supplied ${customer}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
    'payment_method',
  )
}

/** Throws for a method that was detached, or has paid without being attached: such a method can be used only once. */
export function refuseUsed(account: Account, method: PaymentMethod): void {
  if (account.get('payment_source', method.id).usedUp !== true) return
  throw refused(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    'payment_method',
  )
}

/** Marks a method as used, after a payment or when it is detached. Attached methods can be used again. */
export function markUsed(account: Account, methodId: string): void {
  if (account.get('payment_method', methodId).customer !== null) return
  account.update('payment_source', methodId, { usedUp: true })
}
