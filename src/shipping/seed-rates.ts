// The shipping rates that a new shop starts with.
import type { PrismaClient } from '../generated/prisma/client.js'
import { COUNTRIES } from './countries.js'

const EUROPE =
  'AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MT NL NO PL PT RO SE SI ' +
  'SK SM VA'

const europe = EUROPE.split(' ')
const elsewhere = [...COUNTRIES].filter((country) => country !== 'US' && !europe.includes(country))

const RATES = [
  { name: 'Standard', countries: ['US'], amount: 590, freeFrom: 7500, minDays: 3, maxDays: 5 },
  { name: 'Express', countries: ['US'], amount: 1490, minDays: 1, maxDays: 2 },
  {
    name: 'Europe',
    translations: { de: 'Europa' },
    countries: europe,
    amount: 1290,
    freeFrom: 15_000,
    minDays: 4,
    maxDays: 8,
  },
  {
    name: 'Europe express',
    translations: { de: 'Europa Express' },
    countries: europe,
    amount: 2490,
    minDays: 2,
    maxDays: 3,
  },
  {
    name: 'Worldwide',
    translations: { de: 'Weltweit' },
    countries: elsewhere,
    amount: 1990,
    minDays: 7,
    maxDays: 14,
  },
]

/** Adds the demo rates, in US dollars, if there are no rates at all. */
export async function seedRates(prisma: PrismaClient): Promise<void> {
  if ((await prisma.shippingRate.count()) > 0) return
  await prisma.shippingRate.createMany({
    data: RATES.map((rate, position) => ({ ...rate, currency: 'usd', position })),
  })
}
