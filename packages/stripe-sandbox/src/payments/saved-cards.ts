// The saved cards that a session's page offers to its customer.
import type { Account } from '../state/account.js'
import type { PaymentMethod, Session } from '../wire.js'

/** The customer's cards that may be shown again, the last saved one first. */
export function savedCards(account: Account, session: Session): PaymentMethod[] {
  const { customer, saved_payment_method_options: options } = session
  if (customer === null || !session.payment_method_types.includes('card')) return []
  const filters: readonly string[] = options?.allow_redisplay_filters ?? []
  return [...account.all('payment_method').newestFirst()].filter(
    (method) =>
      method.customer === customer &&
      method.type === 'card' &&
      filters.includes(method.allow_redisplay ?? 'unspecified'),
  )
}

/** Whether the page has the box that saves the card. */
export function offersSaving(session: Session): boolean {
  return session.mode === 'payment' && session.saved_payment_method_options?.payment_method_save === 'enabled'
}
