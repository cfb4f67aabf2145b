// Finishing a bank debit that is processing.
import type { Account } from '../state/account.js'
import { testAccount } from './bank-accounts.js'
import { decline, type DeclineName } from './declines.js'
import { openDispute } from './disputes.js'
import { declineFields, lastPaymentError } from './intents.js'
import { chargeOutcome, settleCharge } from './charges.js'
import { notifySettled } from './intent-owner.js'

/**
 * Completes or fails a debit that is processing.
 *
 * @param override the bank's answer; by default the test account number decides
 */
export function finishDebit(account: Account, intentId: string, override?: 'paid' | DeclineName): void {
  const intent = account.get('payment_intent', intentId)
  if (intent.status !== 'processing' || !intent.latest_charge) return
  const method = account.get('payment_method', intent.payment_method)
  const bank = testAccount(account.get('payment_source', method.id).number)
  const answer = override ?? bank?.outcome ?? 'never'
  if (answer === 'never') return

  if (answer === 'paid') {
    const charge = account.update('charge', intent.latest_charge, {
      status: 'succeeded',
      paid: true,
      captured: true,
      amount_captured: intent.amount,
    })
    account.emit('charge.succeeded', charge)
    const paid = account.update('payment_intent', intent.id, {
      status: 'succeeded',
      amount_received: intent.amount,
    })
    account.emit('payment_intent.succeeded', paid)
    notifySettled(account, paid, method, true)
    settleCharge(account, charge.id)
    if (bank?.disputed) openDispute(account, charge.id, { reason: 'fraudulent' })
    return
  }

  const reason = decline(answer)
  const error = declineFields(reason, method, intent.latest_charge)
  const charge = account.update('charge', intent.latest_charge, {
    status: 'failed',
    failure_code: reason.code,
    failure_message: reason.message,
    outcome: chargeOutcome({ status: 'failed', decline: reason }),
    receipt_url: null,
  })
  account.emit('charge.failed', charge)
  const reopened = account.update('payment_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: lastPaymentError(error),
  })
  account.emit('payment_intent.payment_failed', reopened)
  notifySettled(account, reopened, method, false)
}
