// Checkouts that were not completed, and why.
import { Router } from 'express'
import { z } from 'zod'
import { INCOMPLETE_REASONS, listIncompleteCheckouts } from '../checkout/incomplete-checkouts.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import type { AdminDeps } from './admin-deps.js'
import { keyList, readIdCursor, ROWS_TO_READ } from './key-list.js'
import { orderHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/checkouts'
const filters = z.object({ reason: z.enum(INCOMPLETE_REASONS).optional().catch(undefined) })

export function checkoutPages({ database: { prisma }, settings }: AdminDeps): Router {
  const router = Router()
  router.get(PATH, async (request, response) => {
    const { reason } = filters.parse(request.query)
    const after = readIdCursor(request.query)
    const [{ timeZone }, checkouts] = await Promise.all([
      settings(),
      listIncompleteCheckouts(prisma, reason, after, ROWS_TO_READ),
    ])
    const { rows, ...links } = keyList(checkouts, PATH, request.query, ({ id }) => [id])
    render(response, 'admin/checkouts', {
      list: {
        rows: rows.map(({ key, email, total, currency, createdAt, decline, ...row }) => ({
          number: orderNumber(key),
          href: orderHref(key),
          email,
          total: formatMoney(total, currency),
          reason: row.reason,
          decline: decline && {
            code: decline.code.replaceAll('_', ' '),
            message: decline.message,
            at: formatDateTime(decline.at, timeZone),
          },
          attempts: row.attempts,
          at: formatDateTime(createdAt, timeZone),
        })),
        ...links,
      },
      reason: reason ?? '',
      reasons: INCOMPLETE_REASONS,
    })
  })
  return router
}
