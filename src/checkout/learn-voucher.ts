// Learns from Stripe whether a payment on its way waits for the shopper. Events about the session do not say.
import type { PaymentDeps } from '../payments/payment-deps.js'
import { settleFromStripe } from './checkout-session.js'

/**
 * Asks about an order's payment that is on its way, unless its voucher is known.
 * @throws Problem when Stripe can't be reached
 */
export async function learnVoucher(deps: PaymentDeps, orderId: number): Promise<void> {
  const attempt = await deps.database.prisma.checkoutAttempt.findFirst({
    where: { orderId, status: 'processing', voucherUrl: null },
  })
  if (attempt?.stripeSessionId) await settleFromStripe(deps, attempt.stripeSessionId)
}
