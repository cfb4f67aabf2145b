// What a shopper bought, and what did not go through: their PurchaseHistory, newest first.
import { Router } from 'express'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { moment } from '../orders/moment.js'
import { requireUser, userOf } from './sign-in.js'

const PAGE_SIZE = 20
const pageNumber = z.coerce.number().int().min(1).max(10_000).catch(1)

export function purchaseRoutes(prisma: PrismaClient): Router {
  const router = Router()

  router.get('/account/purchases', requireUser(), async (request, response) => {
    const page = pageNumber.parse(request.query['page'])
    const where = { userId: userOf(request).id }
    const [rows, total] = await Promise.all([
      prisma.purchaseHistory.findMany({
        where,
        include: { product: true, order: { select: { key: true } } },
        orderBy: { id: 'desc' },
        skip: (page - 1) * PAGE_SIZE,
        take: PAGE_SIZE,
      }),
      prisma.purchaseHistory.count({ where }),
    ])
    const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
    render(response, 'accounts/purchases', {
      purchases: rows.map((row) => ({
        product: row.product.name,
        image: row.product.image,
        orderHref: `/orders/${row.order.key}`,
        quantity: row.quantity,
        amount: formatMoney(row.amount, row.currency),
        status: row.purchaseSuccess ? 'succeeded' : 'failed',
        statusText: row.purchaseSuccess ? 'Paid' : 'Payment failed',
        at: moment(row.createdAt),
      })),
      page,
      pages,
      previousHref: page > 1 ? `/account/purchases?page=${Math.min(page - 1, pages)}` : null,
      nextHref: page < pages ? `/account/purchases?page=${page + 1}` : null,
    })
  })
  return router
}
