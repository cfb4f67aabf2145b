// Whether a mail about what happens to an order after its payment still says the truth. Others: `isStillTrue` of payments.
import type { Mail } from '../generated/prisma/client.js'
import { stateOf } from '../orders/order-label.js'
import type { OrderWithLines } from '../orders/order-with-lines.js'

/** The states of a return in which each mail about it is still news. */
const WHILE: Partial<Record<Mail['kind'], readonly string[]>> = {
  return_requested: ['requested'],
  return_to_answer: ['requested'],
  return_accepted: ['accepted'],
  return_received: ['received'],
  return_declined: ['declined'],
}

export function isTrueAfterPayment(
  { kind, about }: Pick<Mail, 'kind' | 'about'>,
  order: OrderWithLines,
): boolean {
  if (kind === 'order_canceled') return stateOf(order) === 'canceled'
  // Once it has arrived, the other mail says so.
  if (kind === 'shipment_sent')
    return order.shipments.some(({ id, deliveredAt }) => String(id) === about && deliveredAt === null)
  const states = WHILE[kind]
  if (states === undefined) return true
  const status = order.returns.find(({ key }) => key === about)?.status
  return status !== undefined && states.includes(status)
}
