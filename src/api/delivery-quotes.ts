// JSON API: where an order can be delivered to, and what that costs.
import { Router, type Request } from 'express'
import type { CartDeps } from '../cart/change-cart.js'
import { priceItems, type WantedItem } from '../checkout/price-lines.js'
import { networkOf } from '../http/network.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { termsOf } from '../settings/settings.js'
import { countryName } from '../shipping/countries.js'
import { activeRates, offeredFor, servedCountries } from '../shipping/rates.js'
import { readBody } from './body.js'
import { apiCartOwner } from './cart-owner.js'
import { quoteRequest, type DeliveryQuoteJson } from './cart-schemas.js'
import { rateJson } from './shipping-rates.js'
import { wantedCart } from './wanted-cart.js'
import { wantedItems } from './wanted-items.js'

export function deliveryQuoteApi(deps: CartDeps & { baseUrl: string; settings: ReadSettings }): Router {
  const { database, cookie, baseUrl, limits, settings } = deps
  const { prisma } = database
  const router = Router()

  router.post('/api/delivery-quotes', async (request, response) => {
    const body = readBody(quoteRequest, request.body, 'invalid_quote')
    await limits.count('quote', networkOf(request.ip), t().checkout.tooManyQuotes)
    const items = body.items
      ? await wantedItems(prisma, body.items)
      : await itemsInCart(request, body.currency)
    const decided = await settings()
    const lines = await priceItems(prisma, items, null, decided)
    const { currency, total: itemsTotal, requiresShipping } = lines
    const active = requiresShipping ? await activeRates(prisma, currency) : []
    const { country = null } = body
    const rates = country === null ? [] : offeredFor(active, { country, itemsTotal })
    const quote: DeliveryQuoteJson = {
      currency,
      items_total: itemsTotal,
      needs_delivery: requiresShipping,
      countries: servedCountries(active).map((code) => ({ code, name: countryName(code) })),
      country,
      rates: rates.map((rate) => ({
        ...rateJson(rate, currency),
        total: itemsTotal + rate.amount,
        total_price: formatMoney(itemsTotal + rate.amount, currency),
      })),
      terms: termsOf(decided, baseUrl),
    }
    response.json(quote)
  })

  async function itemsInCart(request: Request, currency: string | undefined): Promise<WantedItem[]> {
    // A quote shows the prices.
    return (await wantedCart(prisma, apiCartOwner(request, cookie, baseUrl), currency, true)).items
  }
  return router
}
