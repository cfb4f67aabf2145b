// JSON API: what delivery costs.
import { Router } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { formatMoney } from '../money.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { ratesFor, type OfferedRate } from '../shipping/rates.js'
import { readBody } from './body.js'
import { shippingQuery, type ShippingRateListJson } from './schemas.js'

export function shippingApi(prisma: PrismaClient, settings: ReadSettings): Router {
  const router = Router()

  router.get('/api/shipping-rates', async (request, response) => {
    const query = readBody(shippingQuery, request.query, 'invalid_query', 'query')
    const { country, total: itemsTotal = 0, currency = (await settings()).currency } = query
    const rates = await ratesFor(prisma, { country, currency, itemsTotal })
    const list: ShippingRateListJson = {
      country,
      currency,
      rates: rates.map((rate) => rateJson(rate, currency)),
    }
    response.json(list)
  })
  return router
}

export function rateJson(
  { id, name, amount, freeFrom, minDays, maxDays }: OfferedRate,
  currency: string,
): ShippingRateListJson['rates'][number] {
  return {
    id,
    name,
    amount,
    price: formatMoney(amount, currency),
    free_from: freeFrom,
    min_days: minDays,
    max_days: maxDays,
  }
}
