// Finds the shipping rates that a shopper can choose from, and the countries that they reach.
import type { PrismaClient, ShippingRate } from '../generated/prisma/client.js'
import { currentLanguage, type Language } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { byName, COUNTRIES } from './countries.js'

type Reader = Pick<PrismaClient, 'shippingRate'>

/** What is to be delivered. */
export interface Parcel {
  /** ISO 3166 code in upper case. */
  country: string
  currency: string
  /** What its items cost, in minor units. */
  itemsTotal: number
}

/** A rate as it is offered for a parcel. */
export interface OfferedRate {
  id: number
  name: string
  /** Minor units. 0 when it is free for this parcel. */
  amount: number
  /** From which items' total it is free. Null: never. */
  freeFrom: number | null
  /** Business days. */
  minDays: number | null
  maxDays: number | null
}

/** The rates for a parcel, the cheapest first, at the same price the fastest. Empty if it can't be delivered. */
export async function ratesFor(
  prisma: Reader,
  parcel: Parcel,
  language: Language = currentLanguage(),
): Promise<OfferedRate[]> {
  return offeredFor(await activeRates(prisma, parcel.currency), parcel, language)
}

/** @param rates the active ones in the parcel's currency */
export function offeredFor(
  rates: readonly ShippingRate[],
  parcel: Omit<Parcel, 'currency'>,
  language: Language = currentLanguage(),
): OfferedRate[] {
  return rates
    .filter((rate) => reaches(rate, parcel.country))
    .map((rate) => {
      const { id, amount, freeFrom, minDays, maxDays } = rate
      const name = translatedName(rate, language)
      const isFree = freeFrom !== null && parcel.itemsTotal >= freeFrom
      return { id, name, amount: isFree ? 0 : amount, freeFrom, minDays, maxDays }
    })
    .sort((one, other) => one.amount - other.amount || latestDay(one) - latestDay(other))
}

function latestDay({ minDays, maxDays }: OfferedRate): number {
  return maxDays ?? minDays ?? Number.MAX_SAFE_INTEGER
}

/** The countries that these rates reach, sorted by name. */
export function servedCountries(rates: readonly ShippingRate[]): string[] {
  return byName([...COUNTRIES].filter((country) => rates.some((rate) => reaches(rate, country))))
}

/** The rates of orders in a currency. */
export function activeRates(prisma: Reader, currency: string): Promise<ShippingRate[]> {
  return prisma.shippingRate.findMany({
    where: { active: true, currency },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
  })
}

/** Currencies of products that need delivery and can't be bought, because no rate is in them. */
export async function currenciesWithoutRate(
  prisma: Pick<PrismaClient, 'product' | 'shippingRate'>,
): Promise<string[]> {
  const rates = await prisma.shippingRate.groupBy({ by: ['currency'], where: { active: true } })
  const products = await prisma.product.groupBy({
    by: ['currency'],
    where: {
      active: true,
      requiresShipping: true,
      currency: { notIn: rates.map(({ currency }) => currency) },
    },
    orderBy: { currency: 'asc' },
  })
  return products.map(({ currency }) => currency)
}

function reaches({ countries }: ShippingRate, country: string): boolean {
  return COUNTRIES.has(country) && (countries.length === 0 || countries.includes(country))
}
