// Attaching payment methods to customers.
import { type ErrorFields, refused, StripeApiError } from '../api/errors.js'
import type { Account } from '../state/account.js'
import type { PaymentMethod } from '../wire.js'
import { decline } from './declines.js'
import { declineFields } from './intents.js'
import { refuseUsed } from './method-owner.js'
import { testCard } from './test-cards.js'

/** Attaches a payment method to a customer for later payments. */
export function attachMethod(account: Account, method: PaymentMethod, customerId: string): PaymentMethod {
  if (method.customer === customerId) return method
  const attached = account.update('payment_method', method.id, { customer: customerId })
  account.emit('payment_method.attached', attached)
  return attached
}

/**
 * Attaches a payment method for an API request.
 *
 * @throws StripeApiError when another customer has the method, it was used already, or the bank declines to save it
 */
export function attachOnRequest(account: Account, method: PaymentMethod, customerId: string): PaymentMethod {
  if (method.customer !== null && method.customer !== customerId) {
    throw refused(
      'The payment method you provided has already been attached to a customer.',
      'payment_method',
    )
  }
  if (method.customer === null) refuseUsed(account, method)
  const refusal = attachRefusal(account, method)
  if (refusal) throw new StripeApiError(402, refusal, true)
  return attachMethod(account, method, customerId)
}

/** Why a card cannot be saved, or undefined if it can. Like Stripe, asks the bank first, which may decline the card. */
export function attachRefusal(account: Account, method: PaymentMethod): ErrorFields | undefined {
  const card = testCard(account.get('payment_source', method.id).number)
  if (!card?.declined || card.challenge || card.attachable) return undefined
  return declineFields(decline(card.declined), method, null)
}
