// Searches by a charge's id, which the shop does not keep: Stripe says which payment it belongs to.
import type { OrderFilters } from '../orders/order-filters.js'
import { PaymentService } from './payment-service.js'
import { stripeProblem, type StripeContext } from './stripe-client.js'

/**
 * The same filters, with the payment intent in place of a charge's id.
 * @throws Problem when Stripe can't be asked
 */
export async function withoutCharge(filters: OrderFilters, stripe: StripeContext): Promise<OrderFilters> {
  if (!/^(ch|py)_\w+$/.test(filters.q)) return filters
  try {
    return { ...filters, q: (await PaymentService.paymentIntentOfCharge(filters.q, stripe)) ?? filters.q }
  } catch (error) {
    throw stripeProblem(error)
  }
}
