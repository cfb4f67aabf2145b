// The page that lists all of a shopper's orders, newest first. Earlier releases also had a list of purchases, by line.
import { Router, type Request, type Response } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { OrderStatus } from '../generated/prisma/enums.js'
import type { ReadList } from '../http/list-limit.js'
import { render } from '../http/render.js'
import type { OrderRow, OrderView } from './view-models.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { filteredList } from './filtered-list.js'
import { orderView } from './order-view.js'
import { WITH_LINES, type OrderWithLines } from './order-with-lines.js'
import { returnableOf } from './returnable.js'
import { requireUser, userOf } from '../accounts/sign-in.js'

const PATH = '/account/orders'
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

/** Of the list of purchases. */
const OLD_FILTERS: Partial<Record<string, Filter>> = { failed: 'unpaid' }

export function orderListPages(prisma: PrismaClient, settings: ReadSettings, readList: ReadList): Router {
  const router = Router()

  for (const path of [PATH, '/account/purchases']) router.get(path, requireUser(), showOrders)

  async function showOrders(request: Request, response: Response): Promise<void> {
    const labels = t().orders.list.filters
    const { show, ...query } = request.query
    const wanted = { ...query, show: (typeof show === 'string' && OLD_FILTERS[show]) || show }
    const { filter, skip, take, links } = filteredList(PATH, FILTERS, labels, wanted)
    const where = {
      userId: userOf(request).id,
      ...(filter !== 'all' && { status: { in: STATUSES[filter] } }),
    }
    const [orders, total] = await readList(() =>
      Promise.all([
        prisma.order.findMany({ where, include: WITH_LINES, orderBy: { id: 'desc' }, skip, take }),
        prisma.order.count({ where }),
      ]),
    )
    const { returnDays } = await settings()
    render(response, 'orders/list', {
      orders: orders.map((order) => orderRow(order, returnDays)),
      ...links(total),
    })
  }
  return router
}

/** From the model of the order's own page, so that both say the same. */
function orderRow(order: OrderWithLines, returnDays: number): OrderRow {
  const view = orderView(order)
  const [first, ...others] = view.lines
  const href = `/orders/${order.key}`
  return {
    href,
    number: view.number,
    image: first?.image ?? '',
    items: t().orders.list.items(first?.fullName ?? '', others.length),
    quantity: t().orders.list.quantity(view.lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    amount: view.paid ?? view.total,
    refunded: refundedOf(order, view),
    stateText: view.stateText,
    mark: view.mark,
    at: view.placedAt,
    payHref: view.canPay ? href : null,
    trackHref: trackHref(href, view.shipments),
    receiptHref: view.receiptHref,
    returnHref: returnableOf(order, returnDays) === null ? null : `${href}#returns`,
    buyAgain: view.canPay ? null : `${href}/buy-again`,
  }
}

/** What went back of an order that keeps some of its money. */
function refundedOf(
  { amountRefunded, amountPaid, currency }: OrderWithLines,
  { state }: OrderView,
): string | null {
  if (amountRefunded === 0 || amountRefunded >= (amountPaid ?? 0) || state === 'refunded') return null
  return t().orders.list.refunded(formatMoney(amountRefunded, currency))
}

/** Null once everything that was sent has arrived. */
function trackHref(href: string, shipments: OrderView['shipments']): string | null {
  const [first, ...others] = shipments.filter(({ deliveredAt }) => deliveredAt === null)
  if (!first) return null
  return others.length === 0 && first.trackingUrl !== null
    ? first.trackingUrl
    : `${href}#shipment-${first.id}`
}
