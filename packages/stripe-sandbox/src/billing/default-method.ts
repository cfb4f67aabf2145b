// Changing a customer's default payment method.
import { previousValues } from '../resources/previous-values.js'
import type { Account } from '../state/account.js'
import { inCustomersTime } from './customer-time.js'
import { changeSubscription, isEnded } from './subscription-status.js'

/** Makes a method the customer's default, and also that of their subscriptions which had a default of their own. */
export function setDefaultMethod(account: Account, customerId: string, methodId: string): void {
  const customer = account.get('customer', customerId)
  const updated = account.update('customer', customerId, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: methodId },
  })
  account.emit('customer.updated', updated, previousValues(customer, updated))
  const customerAccount = inCustomersTime(account, customerId)
  for (const subscription of [...account.all('subscription').oldestFirst()]) {
    if (subscription.customer !== customerId || isEnded(subscription)) continue
    if (subscription.default_payment_method !== null)
      changeSubscription(customerAccount, subscription, { default_payment_method: methodId })
  }
}
