// The returns of an order, for its page.
import { canMove, type ReturnState } from '../fulfilment/return-moves.js'
import { formatMoney } from '../money.js'
import { unitsSent } from '../orders/fulfilment.js'
import type { OrderRecord } from '../orders/order-record.js'
import { requestedReturns } from '../orders/order-with-lines.js'
import { amountOf } from '../orders/stored-amounts.js'
import { emptyForm } from './forms.js'
import type { FormState, ReturnModel } from './order-models.js'
import { returnBadge } from './state-badges.js'
import type { ShownTime } from './times.js'
import { unitsText } from './units-text.js'

export function returnedUnits(order: OrderRecord, itemId: number): { returned: number; refunded: number } {
  const of = (chosen: readonly { items: OrderRecord['returns'][number]['items'] }[]) =>
    unitsSent(
      chosen.map(({ items }) => ({ deliveredAt: null, items })),
      itemId,
    )
  return {
    returned: of(requestedReturns(order).filter(({ receivedAt }) => receivedAt !== null)),
    refunded: of(order.returns.filter(({ status }) => status === 'refunded')),
  }
}

export function returnModel(
  order: OrderRecord,
  one: OrderRecord['returns'][number],
  at: (time: Date) => ShownTime,
  forms: Readonly<Record<string, FormState>>,
): ReturnModel {
  // The database allows no other states.
  const status = one.status as ReturnState
  return {
    key: one.key,
    state: returnBadge(status),
    items: unitsText(order, one.items),
    reason: one.reason,
    answer: one.answer,
    at: at(one.createdAt),
    restocked: one.restocked,
    refund: one.refund && formatMoney(amountOf(one.refund), one.refund.currency),
    canAnswer: status === 'requested',
    canReceive: canMove(status, 'received'),
    canDecline: status !== 'requested' && canMove(status, 'declined'),
    canRefund: canMove(status, 'refunded') || one.refund?.status === 'failed',
    form: forms[one.key] ?? emptyForm,
  }
}
