// JSON API: what a shopper has bought, and payments that failed.
import { Router } from 'express'
import { requireApiUser, userOf } from '../accounts/sign-in.js'
import { variantIdOf } from '../catalog/variants.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { ReadList } from '../http/list-limit.js'
import { purchasesAfter } from '../orders/orders-by-key.js'
import { readBody } from './body.js'
import { purchaseQuery, type PurchaseListJson } from './schemas.js'

export function purchaseApi(prisma: PrismaClient, readList: ReadList): Router {
  const router = Router()

  router.get('/api/purchases', requireApiUser, async (request, response) => {
    const { after, success } = readBody(purchaseQuery, request.query, 'invalid_query', 'query')
    const { purchases, next } = await readList(() =>
      purchasesAfter(prisma, userOf(request).id, after, success),
    )
    const list: PurchaseListJson = {
      purchases: purchases.map((purchase) => ({
        id: purchase.id,
        order_id: purchase.order.key,
        product_id: purchase.productId,
        variant_id: variantIdOf(purchase),
        name: purchase.productName ?? purchase.product.name,
        variant_name: purchase.variantName || null,
        quantity: purchase.quantity,
        amount: purchase.amount,
        currency: purchase.currency,
        success: purchase.purchaseSuccess,
        created_at: purchase.createdAt.toISOString(),
      })),
      next,
    }
    response.json(list)
  })
  return router
}
