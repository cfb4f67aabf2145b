// The list of disputes.
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
} from '../disputes/list-disputes.js'
import type { AdminDeps } from './admin-deps.js'
import { daysUntil } from './days-until.js'
import { keyList, readCursor, ROWS_TO_READ } from './key-list.js'
import { words } from './words.js'
import { appealBadge, disputeBadge } from './state-badges.js'
import { formatDateTime } from './times.js'

const FILTERS: Record<DisputeFilter, string> = {
  answer: 'To answer',
  review: 'Under review',
  closed: 'Closed',
  all: 'All',
}

export function disputePages({ database, settings }: AdminDeps): Router {
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
      list: {
        ...list,
        rows: list.rows.map((dispute) => ({
          id: dispute.id,
          href: `/admin/disputes/${dispute.id}`,
          state:
            dispute.appeal === null
              ? disputeBadge(dispute.status, dispute.stripeStatus)
              : appealBadge(dispute.appeal),
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
