// Orders of the same give way to the newest click: what the shopper changed their mind about can't be paid any more.
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { closeCheckout } from './close-checkout.js'
import type { PaymentDeps } from '../payments/payment-deps.js'

/**
 * Closes the orders that are in a click's way, at Stripe too. What came into its way while it closed others belongs to a
 * later click, to which this one gives way: so two tabs never close each other's orders in a circle.
 * @param closed the orders that this click has closed before; those of this call are added
 * @param deadline when to give up, in milliseconds since 1970
 * @throws Problem when one was paid in the meantime or belongs to a later click; when Stripe can't be reached to close it
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
    const closing = await closeCheckout(deps, id, deadline)
    if (closing === 'paid') throw paidMeanwhile(key)
    if (closing === 'busy') throw orderBusy()
  }
}

/** @param href where the order is that took its place */
export function orderReplaced(href: string): Problem {
  return new Problem(409, 'order_replaced', t().checkout.orderReplacedTitle, t().checkout.orderReplaced, {
    action: { href, label: t().checkout.viewNewerOrder },
  })
}

export function orderBusy(): Problem {
  return new Problem(503, 'order_busy', t().checkout.tryAgainTitle, t().checkout.orderBusy, { retryAfter: 2 })
}

function paidMeanwhile(key: string): Problem {
  return new Problem(409, 'already_paid', t().checkout.justPaidTitle, t().checkout.justPaid, {
    action: { href: `/orders/${key}`, label: t().checkout.viewOrder },
  })
}
