// Closes a shopper's older orders for the same products or cart, so that only the newest one can be paid.
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { closeCheckout } from './close-checkout.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/**
 * Closes competing orders, also at Stripe. An order that appears while this request closes others belongs to a later
 * request, which wins: so two tabs can't keep closing each other's orders.
 * @param closed ids of the orders that this request has closed so far; this call adds to it
 * @param deadline when to give up, in milliseconds since 1970
 * @throws Problem when an order has been paid, belongs to a later request, or can't be closed because Stripe is
 * unreachable or busy
 */
export async function closeCompetingOrders(
  deps: PaymentDeps,
  others: readonly { id: number; key: string }[],
  closed: Set<number>,
  deadline: number,
): Promise<void> {
  const later = closed.size === 0 ? undefined : others.find(({ id }) => !closed.has(id))
  if (later) throw orderReplaced(`/orders/${later.key}`)
  for (const { id, key } of others) {
    closed.add(id)
    const result = await closeCheckout(deps, id, deadline)
    if (result === 'paid') throw justPaid(key)
    if (result === 'busy') throw orderBusy()
  }
}

/** @param href link to the newer order */
export function orderReplaced(href: string): Problem {
  return new Problem(409, 'order_replaced', t().checkout.orderReplacedTitle, t().checkout.orderReplaced, {
    action: { href, label: t().checkout.viewNewerOrder },
  })
}

export function orderBusy(): Problem {
  return new Problem(503, 'order_busy', t().checkout.tryAgainTitle, t().checkout.orderBusy, { retryAfter: 2 })
}

function justPaid(key: string): Problem {
  return new Problem(409, 'already_paid', t().checkout.justPaidTitle, t().checkout.justPaid, {
    action: { href: `/orders/${key}`, label: t().checkout.viewOrder },
  })
}
