// Settings of a payment intent that the options of its payment method type may override.
import type { PaymentIntent, PaymentMethod } from '../wire.js'

type CardOptions = Exclude<NonNullable<PaymentIntent['payment_method_options']>['card'], undefined>

/** Whether the payment method is saved for later payments (`setup_future_usage`). */
export function isSaved(intent: PaymentIntent, method: PaymentMethod): boolean {
  const usage = cardOptions(intent, method)?.setup_future_usage ?? intent.setup_future_usage
  return usage !== null && usage !== 'none'
}

/** Whether the payment is only authorized and the shop captures it later. */
export function isManualCapture(intent: PaymentIntent, method: PaymentMethod): boolean {
  return (cardOptions(intent, method)?.capture_method ?? intent.capture_method) === 'manual'
}

function cardOptions(intent: PaymentIntent, method: PaymentMethod): CardOptions | undefined {
  return method.type === 'card' ? intent.payment_method_options?.card : undefined
}
