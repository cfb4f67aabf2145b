import { refused } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { PaymentMethod } from '../wire.js'

/** What each kind of intent calls a method that somebody has, when nobody is to pay. */
const suppliedMethodText = {
  PaymentIntent: (id: string) => `The \`payment_method\` parameter supplied ${id}`,
  SetupIntent: (id: string) => `The payment method supplied (${id})`,
}

/**
 * A request may use the methods of its own customer, and those that are new. Throws for somebody else's, and for one
 * that was used up.
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

/** A method that belongs to nobody pays once; one that was detached, never. */
export function refuseUsed(account: Account, method: PaymentMethod): void {
  if (account.get('payment_source', method.id).usedUp !== true) return
  throw refused(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    'payment_method',
  )
}

/** Notes that a method has paid or was detached. One that a customer has goes on. */
export function markUsed(account: Account, methodId: string): void {
  if (account.get('payment_method', methodId).customer !== null) return
  account.update('payment_source', methodId, { usedUp: true })
}
