// How a product is delivered and returned, in one line beneath the button that buys it.
import type { ShippingRate } from '../generated/prisma/client.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { Settings } from '../settings/settings.js'
import { COUNTRIES, countryName } from '../shipping/countries.js'
import { deliveryTime } from '../shipping/delivery-time.js'
import { servedCountries } from '../shipping/rates.js'

/** More countries than this are counted, not named. */
const MOST_NAMED = 3

/** @param rates the active ones in the product's currency */
export function deliveryLine(
  product: { requiresShipping: boolean },
  rates: readonly ShippingRate[],
  { returnDays }: Pick<Settings, 'returnDays'>,
): string[] {
  const texts = t().catalog.delivery
  if (!product.requiresShipping) return [texts.none]
  const returns = returnDays > 0 ? [texts.returns(returnDays)] : []
  const [cheapest] = [...rates].sort((one, other) => one.amount - other.amount)
  if (!cheapest) return returns
  const time = deliveryTime(...daysOf(rates))
  const price =
    cheapest.amount === 0 ? texts.free : texts.from(formatMoney(cheapest.amount, cheapest.currency))
  return [placesOf(rates), ...(time === null ? [] : [time]), price, ...returns]
}

/** "Ships to Austria and Germany" */
function placesOf(rates: readonly ShippingRate[]): string {
  const texts = t().catalog.delivery
  const countries = servedCountries(rates)
  if (countries.length === COUNTRIES.size) return texts.everywhere
  return texts.shipsTo(
    countries.length <= MOST_NAMED
      ? new Intl.ListFormat(t().dateLocale).format(countries.map(countryName))
      : texts.countries(countries.length),
  )
}

/** From the fastest to the slowest. Null if a rate does not say it. */
function daysOf(rates: readonly ShippingRate[]): [number | null, number | null] {
  const least = rates.map(({ minDays, maxDays }) => minDays ?? maxDays)
  const most = rates.map(({ minDays, maxDays }) => maxDays ?? minDays)
  const all = (days: readonly (number | null)[]): days is number[] => days.every((day) => day !== null)
  return [all(least) ? Math.min(...least) : null, all(most) ? Math.max(...most) : null]
}
