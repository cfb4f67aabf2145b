// The page that lists a shopper's purchases and failed payments (PurchaseHistory), newest first.
import { Router } from 'express'
import { variantIdOf } from '../catalog/variants.js'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import type { ReadList } from '../http/list-limit.js'
import { render } from '../http/render.js'
import type { Purchase } from './view-models.js'
import { formatMoney } from '../money.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { filteredList } from './filtered-list.js'
import { requireUser, userOf } from '../accounts/sign-in.js'

const FILTERS = ['all', 'paid', 'failed'] as const

const WITH_ORDER = {
  product: true,
  order: { select: { key: true, status: true, amountPaid: true, amountRefunded: true, items: true } },
} as const satisfies Prisma.PurchaseHistoryInclude

export function purchaseListPages(prisma: PrismaClient, readList: ReadList): Router {
  const router = Router()

  router.get('/account/purchases', requireUser(), async (request, response) => {
    const labels = t().orders.purchaseList.filters
    const { filter, skip, take, links } = filteredList('/account/purchases', FILTERS, labels, request.query)
    const where = {
      userId: userOf(request).id,
      ...(filter !== 'all' && { purchaseSuccess: filter === 'paid' }),
    }
    const [rows, total] = await readList(() =>
      Promise.all([
        prisma.purchaseHistory.findMany({ where, include: WITH_ORDER, orderBy: { id: 'desc' }, skip, take }),
        prisma.purchaseHistory.count({ where }),
      ]),
    )
    render(response, 'orders/purchases', { purchases: rows.map(purchaseRow), ...links(total) })
  })
  return router
}

function purchaseRow(row: Prisma.PurchaseHistoryGetPayload<{ include: typeof WITH_ORDER }>): Purchase {
  // As bought: the product may have been renamed since.
  const item = row.order.items.find((one) => variantIdOf(one) === variantIdOf(row))
  return {
    product: row.productName ?? item?.name ?? row.product.name,
    variantName: row.variantName,
    image: item?.image ?? row.product.image,
    orderHref: `/orders/${row.order.key}`,
    quantity: row.quantity,
    amount: formatMoney(row.amount, row.currency),
    status: row.purchaseSuccess ? 'succeeded' : 'failed',
    statusText: t().orders.purchaseList[row.purchaseSuccess ? 'paid' : 'failed'],
    dispute: row.purchaseSuccess ? disputeOf(row.order.status) : null,
    refundText: row.purchaseSuccess ? refundText(row) : null,
    at: formatDateTime(row.createdAt),
  }
}

/** Labelled as on the order's own page. */
function disputeOf(state: OrderStatus): Purchase['dispute'] {
  return state === 'disputed' || state === 'charged_back'
    ? { state, text: t().orders.states[state].label }
    : null
}

/** Refunds are for an order as a whole, not for one of its lines. */
function refundText({ order, currency }: { order: RefundedOrder; currency: string }): string | null {
  if (order.amountRefunded === 0) return null
  const all = order.amountRefunded >= (order.amountPaid ?? 0)
  const texts = t().orders.purchaseList
  return all ? texts.refunded : texts.partlyRefunded(formatMoney(order.amountRefunded, currency))
}

type RefundedOrder = { amountPaid: number | null; amountRefunded: number }
