// A shopper's orders, newest first, whatever became of them.
import { Router } from 'express'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import { render } from '../http/render.js'
import type { OrderRow } from '../http/view-models.js'
import { formatMoney } from '../money.js'
import { moment } from '../orders/moment.js'
import { orderNumber } from '../orders/order-key.js'
import { stateOf } from '../orders/order-view.js'
import { STATE_WORDS } from '../orders/state-words.js'
import { filteredList } from './filtered-list.js'
import { requireUser, userOf } from './sign-in.js'

type Filter = 'all' | 'open' | 'paid' | 'refunded' | 'disputed' | 'unpaid'

const LABELS: Record<Filter, string> = {
  all: 'All',
  open: 'Open',
  paid: 'Paid',
  refunded: 'Refunded',
  disputed: 'Disputed',
  unpaid: 'Not paid',
}

/** An order that was refunded in part is both paid and refunded. */
const STATUSES: Record<Exclude<Filter, 'all'>, OrderStatus[]> = {
  open: ['pending', 'processing'],
  paid: ['paid', 'partially_refunded'],
  refunded: ['partially_refunded', 'refunded'],
  disputed: ['disputed', 'charged_back'],
  unpaid: ['failed', 'expired'],
}

const WITH_ITEMS = {
  items: { include: { product: { select: { image: true } } }, orderBy: { id: 'asc' } },
} as const satisfies Prisma.OrderInclude

export function accountOrderRoutes(prisma: PrismaClient): Router {
  const router = Router()

  router.get('/account/orders', requireUser(), async (request, response) => {
    const { filter, skip, take, links } = filteredList('/account/orders', LABELS, request.query)
    const where = {
      userId: userOf(request).id,
      ...(filter !== 'all' && { status: { in: STATUSES[filter] } }),
    }
    const [orders, total] = await Promise.all([
      prisma.order.findMany({ where, include: WITH_ITEMS, orderBy: { id: 'desc' }, skip, take }),
      prisma.order.count({ where }),
    ])
    render(response, 'accounts/orders', { orders: orders.map(orderRow), ...links(total) })
  })
  return router
}

function orderRow(order: Prisma.OrderGetPayload<{ include: typeof WITH_ITEMS }>): OrderRow {
  const [first, ...others] = order.items
  const state = stateOf(order)
  return {
    href: `/orders/${order.key}`,
    number: orderNumber(order.key),
    image: first?.product.image ?? '',
    things: others.length === 0 ? (first?.name ?? '') : `${first?.name ?? ''} and ${others.length} more`,
    amount: formatMoney(order.amountPaid ?? order.total, order.currency),
    refunded: order.amountRefunded === 0 ? null : formatMoney(order.amountRefunded, order.currency),
    state,
    stateText: STATE_WORDS[state].name,
    at: moment(order.createdAt),
  }
}
