// The list of disputes. They are answered in Stripe's dashboard.
import { Router, type Request } from 'express'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { amountOf } from '../orders/stored-amounts.js'
import {
  cursorOf,
  DISPUTE_FILTERS,
  listDisputes,
  type DisputeCursor,
  type DisputeFilter,
} from '../payments/list-disputes.js'
import { disputeHref } from '../payments/stripe-dashboard.js'
import type { AdminDeps } from './admin-deps.js'
import { keyList, readCursor, ROWS_TO_READ } from './key-list.js'
import { words } from './order-view.js'
import { disputeBadge } from './state-badges.js'
import { formatDateTime } from './times.js'

const FILTERS: Record<DisputeFilter, string> = {
  answer: 'To answer',
  review: 'Under review',
  closed: 'Closed',
  all: 'All',
}

export function disputePages({ database, settings, stripe }: AdminDeps): Router {
  const router = Router()
  router.get('/admin/disputes', async (request, response) => {
    const filter = DISPUTE_FILTERS.find((one) => one === request.query['state']) ?? 'answer'
    const [{ timeZone }, found] = await Promise.all([
      settings(),
      listDisputes(database.prisma, filter, lastOf(request.query), ROWS_TO_READ),
    ])
    const list = keyList(found, '/admin/disputes', request.query, (dispute) => {
      const { at, id } = cursorOf(filter, dispute)
      return [at?.getTime() ?? null, id]
    })
    render(response, 'admin/disputes', {
      filter,
      filters: DISPUTE_FILTERS.map((value) => ({ value, label: FILTERS[value] })),
      dashboardName: stripe.dashboard.isSandbox ? 'sandbox' : 'Stripe',
      list: {
        ...list,
        rows: list.rows.map((dispute) => ({
          id: dispute.id,
          href: disputeHref(stripe.dashboard, dispute.id),
          state: disputeBadge(dispute.status, dispute.stripeStatus),
          amount: formatMoney(amountOf(dispute), dispute.currency),
          reason: words(dispute.reason),
          dueBy: dispute.evidenceDueBy && formatDateTime(dispute.evidenceDueBy, timeZone),
          daysLeft: filter === 'answer' && dispute.evidenceDueBy ? daysUntil(dispute.evidenceDueBy) : null,
          order: dispute.order && { key: dispute.order.key, number: orderNumber(dispute.order.key) },
          at: formatDateTime(dispute.createdAt, timeZone),
        })),
      },
    })
  })
  return router
}

function lastOf(query: Request['query']): DisputeCursor | null {
  const [at, id] = readCursor(query) ?? []
  if (typeof id !== 'string') return null
  return { at: typeof at === 'number' && Math.abs(at) < 8e15 ? new Date(at) : null, id }
}

const DAY_MS = 24 * 60 * 60 * 1000

function daysUntil(deadline: Date, now = new Date()): string {
  const days = Math.floor((deadline.getTime() - now.getTime()) / DAY_MS)
  if (days < 0) return 'over'
  if (days === 0) return 'less than a day left'
  return days === 1 ? '1 day left' : `${days} days left`
}
