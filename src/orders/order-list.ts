// The page that lists all of a shopper's orders, newest first.
import { Router } from 'express'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import { nameWithVariant } from '../catalog/variants.js'
import type { ReadList } from '../http/list-limit.js'
import { render } from '../http/render.js'
import type { OrderRow } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { orderNumber } from './order-key.js'
import { labelOf, stateOf } from './order-label.js'
import { filteredList } from './filtered-list.js'
import { requireUser, userOf } from '../accounts/sign-in.js'

const FILTERS = ['all', 'open', 'paid', 'refunded', 'disputed', 'unpaid'] as const
type Filter = (typeof FILTERS)[number]

/** A partly refunded order counts as both paid and refunded. */
const STATUSES: Record<Exclude<Filter, 'all'>, OrderStatus[]> = {
  open: ['pending', 'processing'],
  paid: ['paid', 'partially_refunded'],
  refunded: ['partially_refunded', 'refunded'],
  disputed: ['disputed', 'charged_back'],
  unpaid: ['failed', 'expired'],
}

const WITH_ITEMS = {
  items: { include: { product: { select: { image: true } } }, orderBy: { id: 'asc' } },
  attempts: {
    where: { status: 'processing', voucherUrl: { not: null } },
    select: { status: true, voucherUrl: true },
  },
  returns: { select: { status: true } },
} as const satisfies Prisma.OrderInclude

export function orderListPages(prisma: PrismaClient, readList: ReadList): Router {
  const router = Router()

  router.get('/account/orders', requireUser(), async (request, response) => {
    const labels = t().orders.list.filters
    const { filter, skip, take, links } = filteredList('/account/orders', FILTERS, labels, request.query)
    const where = {
      userId: userOf(request).id,
      ...(filter !== 'all' && { status: { in: STATUSES[filter] } }),
    }
    const [orders, total] = await readList(() =>
      Promise.all([
        prisma.order.findMany({ where, include: WITH_ITEMS, orderBy: { id: 'desc' }, skip, take }),
        prisma.order.count({ where }),
      ]),
    )
    render(response, 'orders/list', { orders: orders.map(orderRow), ...links(total) })
  })
  return router
}

function orderRow(order: Prisma.OrderGetPayload<{ include: typeof WITH_ITEMS }>): OrderRow {
  const [first, ...others] = order.items
  const state = stateOf(order)
  return {
    href: `/orders/${order.key}`,
    number: orderNumber(order.key),
    image: first?.image ?? first?.product.image ?? '',
    items: t().orders.list.items(nameWithVariant(first?.name ?? '', first?.variantName ?? ''), others.length),
    amount: formatMoney(order.amountPaid ?? order.total, order.currency),
    refunded: order.amountRefunded === 0 ? null : formatMoney(order.amountRefunded, order.currency),
    state,
    stateText: labelOf(order, state),
    at: formatDateTime(order.createdAt),
  }
}
