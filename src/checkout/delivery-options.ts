// What a shopper can choose of an order's delivery, and what is chosen already.
import { defaultCountry } from '../accounts/addresses.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { isNobody, ofShopper, type Shopper } from '../orders/shopper.js'
import { activeRates, offeredFor, servedCountries, type OfferedRate } from '../shipping/rates.js'
import type { Chosen } from './forms.js'
import type { Selection } from './selection.js'

export interface DeliveryOptions {
  /** Codes of the countries that the order can be delivered to, sorted by name. */
  countries: string[]
  country: string | null
  /** A country that was asked for and has no delivery. */
  refused: string | null
  /** The cheapest first. Empty without a country. */
  rates: OfferedRate[]
  rate: OfferedRate | null
}

/**
 * Null for an order that needs no delivery. Without a choice, the country is that of the shopper's default address, or of their
 * last order.
 */
export async function deliveryOptions(
  prisma: PrismaClient,
  shopper: Shopper,
  { needsDelivery, currency, itemsTotal }: Selection,
  chosen: Chosen,
): Promise<DeliveryOptions | null> {
  if (!needsDelivery) return null
  const active = await activeRates(prisma, currency)
  const countries = servedCountries(active)
  const isRefused = chosen.country !== undefined && !countries.includes(chosen.country)
  const country = isRefused ? null : (chosen.country ?? (await likelyCountry(prisma, shopper, countries)))
  const rates = country === null ? [] : offeredFor(active, { country, itemsTotal })
  return {
    countries,
    country,
    refused: isRefused ? (chosen.country ?? null) : null,
    rates,
    rate: rates.find(({ id }) => id === chosen.rate) ?? rates[0] ?? null,
  }
}

async function likelyCountry(
  prisma: PrismaClient,
  shopper: Shopper,
  countries: readonly string[],
): Promise<string | null> {
  const [first, second] = countries
  if (first !== undefined && second === undefined) return first
  if (isNobody(shopper)) return null
  const saved = shopper.userId === null ? null : await defaultCountry(prisma, shopper.userId)
  if (saved !== null && countries.includes(saved)) return saved
  const last = await prisma.order.findFirst({
    where: { ...ofShopper(shopper), deliveryCountry: { not: null } },
    orderBy: { id: 'desc' },
    select: { deliveryCountry: true },
  })
  const country = last?.deliveryCountry ?? null
  return country !== null && countries.includes(country) ? country : null
}
