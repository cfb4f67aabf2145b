// Early fraud warnings on charges.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Charge, EarlyFraudWarning } from '../wire.js'

/** Stores an early fraud warning for a charge. In reality a dispute often follows, unless the shop refunds the charge. */
export function warnOfFraud(account: Account, charge: Charge): EarlyFraudWarning {
  const warning = account.save('radar.early_fraud_warning', {
    id: newId('radar.early_fraud_warning'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: account.now(),
    fraud_type: 'unauthorized_use_of_card',
    livemode: false,
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
  })
  account.emit('radar.early_fraud_warning.created', warning)
  return warning
}

/** Marks a charge's warnings as not actionable once it is disputed or fully refunded. */
export function closeWarnings(account: Account, charge: Charge): void {
  if (!charge.disputed && !charge.refunded) return
  for (const warning of [...account.all('radar.early_fraud_warning').newestFirst()]) {
    if (warning.charge !== charge.id || !warning.actionable) continue
    const closed = account.update('radar.early_fraud_warning', warning.id, { actionable: false })
    account.emit('radar.early_fraud_warning.updated', closed, { actionable: true })
  }
}
