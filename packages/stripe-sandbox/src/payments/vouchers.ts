// OXXO vouchers: the customer gets a voucher on Stripe's page and pays it in a shop within days.
import type { Account } from '../state/account.js'
import type { PaymentIntent, PaymentMethod } from '../wire.js'
import { createCharge, settleCharge } from './charges.js'
import { lastPaymentError } from './intents.js'
import { notifyPaid, notifySettled } from './intent-owner.js'

/** Days until a voucher ends, at 23:59:59 in Mexico City, which has no summer time. */
const VOUCHER_DAYS = 3
const MEXICO_CITY_SECONDS = -6 * 3600
const DAY_SECONDS = 86_400

/**
 * What the customer does, by the words in their email's local part. As at Stripe, any other address pays after a while.
 * https://docs.stripe.com/payments/oxxo/accept-a-payment#test-integration
 */
const BEHAVIORS = {
  succeed_immediately: { seconds: 2, pays: true },
  expire_immediately: { seconds: 2, pays: false },
  expire_with_delay: { seconds: null, pays: false },
  fill_never: null,
} as const

function voucherBehavior(email: string | null) {
  const local = email?.split('@')[0] ?? ''
  const name = Object.keys(BEHAVIORS).find((word) => local.includes(word)) as
    keyof typeof BEHAVIORS | undefined
  return name === undefined ? { seconds: null, pays: true } : BEHAVIORS[name]
}

/** Issues the voucher. The session is complete and unpaid from now on. Returns the voucher's page. */
export function issueVoucher(account: Account, intent: PaymentIntent, method: PaymentMethod): string {
  const url = `${account.context.baseUrl}/vouchers/${intent.id}`
  const waiting = account.update('payment_intent', intent.id, {
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: {
      type: 'oxxo_display_details',
      oxxo_display_details: {
        expires_after: endOf(account.now()),
        hosted_voucher_url: url,
        number: '12345678901234657890123456789012',
      },
    },
  })
  account.emit('payment_intent.requires_action', waiting)
  notifyPaid(account, waiting, method, 'unpaid', () => undefined)
  const behavior = voucherBehavior(method.billing_details.email)
  if (behavior !== null)
    account.schedule('finish_voucher', intent.id, behavior.seconds ?? account.context.delayedMethodSeconds)
  return url
}

function endOf(now: number): number {
  const localDay = Math.floor((now + MEXICO_CITY_SECONDS) / DAY_SECONDS)
  return (localDay + VOUCHER_DAYS + 1) * DAY_SECONDS - MEXICO_CITY_SECONDS - 1
}

/** Pays the voucher, or lets it expire. */
export function finishVoucher(account: Account, intentId: string): void {
  const intent = account.get('payment_intent', intentId)
  if (intent.status !== 'requires_action' || !intent.next_action?.oxxo_display_details) return
  const method = account.get('payment_method', intent.payment_method)
  if (voucherBehavior(method.billing_details.email)?.pays === true) {
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
