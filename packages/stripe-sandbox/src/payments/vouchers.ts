// Issuing vouchers, which the customer pays later, and finishing them.
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod } from '../wire.js'
import { createCharge, settleCharge } from './charges.js'
import { lastPaymentError } from './intents.js'
import { notifyPaid, notifySettled } from './intent-owner.js'
import { displayDetails, voucherOf } from './voucher-details.js'
import { VOUCHERS, voucherEnd, type VoucherType } from './voucher-types.js'

/**
 * What the customer does, by the words in their email's local part. As at Stripe, any other address pays after a while.
 * `seconds: null` is the usual delay, and `'end'` the last second of the voucher.
 * https://docs.stripe.com/payments/oxxo/accept-a-payment#test-integration
 */
const BEHAVIORS = {
  succeed_immediately: { seconds: 2, pays: true },
  expire_immediately: { seconds: 2, pays: false },
  expire_with_delay: { seconds: null, pays: false },
  fill_never: { seconds: 'end', pays: false },
} as const

function voucherBehavior(email: string | null) {
  const local = email?.split('@')[0] ?? ''
  const name = Object.keys(BEHAVIORS).find((word) => local.includes(word)) as
    keyof typeof BEHAVIORS | undefined
  return name === undefined ? { seconds: null, pays: true } : BEHAVIORS[name]
}

/** Issues the voucher. The session is complete and unpaid from now on. Returns the voucher's page. */
export function issueVoucher(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  type: VoucherType,
): string {
  const url = `${account.context.baseUrl}/vouchers/${intent.id}`
  const days = intent.payment_method_options?.[type]?.expires_after_days ?? VOUCHERS[type].days.standard
  const end = voucherEnd(type, account.now(), days)
  const waiting = account.update('payment_intent', intent.id, {
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: displayDetails(type, end, url),
  })
  account.emit('payment_intent.requires_action', waiting)
  notifyPaid(account, waiting, method, 'unpaid', () => undefined)
  const { seconds } = voucherBehavior(method.billing_details.email)
  const delay =
    seconds === 'end' ? end + 1 - account.now() : (seconds ?? account.context.delayedMethodSeconds)
  account.schedule('finish_voucher', intent.id, delay)
  return url
}

/** Pays the voucher, or lets it expire. */
export function finishVoucher(account: Account, intentId: string): void {
  const intent = account.get('payment_intent', intentId)
  if (intent.status !== 'requires_action' || !voucherOf(intent)) return
  const method = account.get('payment_method', intent.payment_method)
  if (voucherBehavior(method.billing_details.email).pays) {
    const charge = createCharge(account, intent, method, { status: 'succeeded' })
    account.emit('charge.succeeded', charge)
    const paid = account.update('payment_intent', intent.id, {
      status: 'succeeded',
      amount_received: intent.amount,
      latest_charge: charge.id,
      next_action: null,
    })
    account.emit('payment_intent.succeeded', paid)
    notifySettled(account, paid, method, true)
    settleCharge(account, charge.id)
    return
  }
  const reopened = account.update('payment_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: lastPaymentError({
      type: 'invalid_request_error',
      code: 'payment_intent_payment_attempt_expired',
      message: 'The payment attempt failed because the voucher has expired.',
      payment_method: method,
    }),
  })
  account.emit('payment_intent.payment_failed', reopened)
  notifySettled(account, reopened, method, false)
}
