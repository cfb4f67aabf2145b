// Which rates a parcel has, and how the owner sets them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COUNTRIES } from '../../src/shipping/countries.js'
import { deliveryTime } from '../../src/shipping/delivery-time.js'
import { activeRates, ratesFor, servedCountries } from '../../src/shipping/rates.js'
import { seedRates } from '../../src/shipping/seed-rates.js'
import { runCommand } from '../support/command.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const rates = () => shop.database.prisma.shippingRate
const shipping = async (words: string) => runCommand(shop, 'shipping', ...words.split(' '))
/** Runs a command that succeeds. */
const done = async (words: string) => {
  const { code, output } = await shipping(words)
  expect(code, output).toBe(0)
  return output
}
const servedIn = async (currency: string) =>
  servedCountries(await activeRates(shop.database.prisma, currency))
const offered = async (country: string, itemsTotal: number, currency = 'usd') =>
  (await ratesFor(shop.database.prisma, { country, currency, itemsTotal })).map(
    ({ name, amount }) => `${name} ${amount}`,
  )

describe('a new shop', () => {
  it('has rates for the United States, for Europe and for all other countries', async () => {
    expect(await offered('US', 7499)).toEqual(['Standard 590', 'Express 1490'])
    expect(await offered('US', 7500)).toEqual(['Standard 0', 'Express 1490'])
    expect(await offered('DE', 2800)).toEqual(['Europe 1290', 'Europe express 2490'])
    expect(await offered('JP', 2800)).toEqual(['Worldwide 1990'])
    expect(await servedIn('usd')).toHaveLength(COUNTRIES.size)
    expect(await servedIn('eur')).toEqual([])
  })

  it('gets none when there are some', async () => {
    await rates().deleteMany({ where: { name: { not: 'Express' } } })
    await seedRates(shop.database.prisma)
    expect(await rates().count()).toBe(1)
  })
})

describe('the rates of a parcel', () => {
  beforeEach(async () => {
    await rates().deleteMany()
  })

  it('are those of its country and currency that are still offered, the cheapest and fastest first', async () => {
    await done('add Everywhere --countries all --amount 9.90')
    await done('add Express --countries de,at --amount 9.90 --days 1-2')
    await done('add Standard --countries DE,AT --amount 4.90 --free-from 50 --days 3')
    await done('add Yen --countries DE --amount 900 --currency jpy')
    expect(await offered('DE', 4999)).toEqual(['Standard 490', 'Express 990', 'Everywhere 990'])
    expect(await offered('DE', 5000)).toEqual(['Standard 0', 'Express 990', 'Everywhere 990'])
    expect(await offered('US', 100)).toEqual(['Everywhere 990'])
    expect(await offered('DE', 100, 'jpy')).toEqual(['Yen 900'])
    for (const country of ['CU', 'ZZ', 'XX', 'de', '']) expect(await offered(country, 100)).toEqual([])
    expect(await servedIn('jpy')).toEqual(['DE'])

    const { id } = await rates().findFirstOrThrow({ where: { name: 'Standard' } })
    expect(await done(`remove ${id}`)).not.toContain('Standard')
    expect(await offered('DE', 5000)).toEqual(['Express 990', 'Everywhere 990'])
    expect(await done('list --all')).toMatch(/Standard +\$4\.90 +usd +\$50\.00 +3 business days +no +AT DE/)
    await done(`restore ${id}`)
    expect(await offered('DE', 100)).toContain('Standard 490')
  })

  it('with countries left out', async () => {
    await done('add Abroad --countries all --except US,CA --amount 20')
    expect(await servedIn('usd')).toHaveLength(COUNTRIES.size - 2)
    expect(await offered('US', 100)).toEqual([])
    expect(await done('list')).toMatch(/and \d+ more$/m)
  })

  it('are changed one option at a time', async () => {
    await done('add Standard --countries DE --amount 4.90 --free-from 50 --days 2-4')
    const { id } = await rates().findFirstOrThrow()
    await done(`set ${id} --amount 5.90`)
    expect(await rates().findFirst()).toMatchObject({ amount: 590, freeFrom: 5000, minDays: 2, maxDays: 4 })
    await done(`set ${id} --free-from none --days none --countries all --name Post`)
    expect(await rates().findFirst()).toMatchObject({
      name: 'Post',
      amount: 590,
      freeFrom: null,
      minDays: null,
      maxDays: null,
      countries: [],
    })
    expect((await shipping(`set ${id} --currency jpy`)).output).toBe(
      'Give --amount in the new currency, too.',
    )
    await done(`set ${id} --free-from 60`)
    expect((await shipping(`set ${id} --currency jpy --amount 500`)).output).toContain('--free-from none')
    await done(`set ${id} --currency jpy --amount 500 --free-from 9000`)
    expect(await rates().findFirst()).toMatchObject({ currency: 'jpy', amount: 500, freeFrom: 9000 })
  })

  it.each([
    ['add', 'What is the rate called?'],
    ['add Post --amount 4', 'Where does it go? Give --countries.'],
    ['add Post --countries DE', 'What does it cost? Give --amount; 0 is free.'],
    ['add Post --countries UK --amount 4', 'Great Britain is GB.'],
    ['add Post --countries EU --amount 4', 'EU is not a country code.'],
    ['add Post --countries Germany --amount 4', 'GERMANY is not a country code.'],
    ['add Post --countries CU --amount 4', 'Stripe’s page doesn’t accept Cuba (CU)'],
    ['add Post --countries , --amount 4', 'Which countries?'],
    ['add Post --countries DE --except AT --amount 4', '--except goes with --countries all'],
    ['add Post --countries DE --amount 4,90', '“4,90” is not an amount in USD'],
    ['add Post --countries DE --amount 4.905', 'at most 2 decimals'],
    ['add Post --countries DE --amount 1000000', 'An order is at most $999,999.99.'],
    ['add Post --countries DE --amount 1.005 --currency kwd', 'only in steps of'],
    ['add Post --countries DE --amount 4 --currency euro', '"euro" is not a currency'],
    ['add Post --countries DE --amount 4 --free-from 0', 'set the amount to 0 instead'],
    ['add Post --countries DE --amount 4 --days 4-2', '"4-2" is not a time'],
    ['add Post --countries DE --amount 4 --days 0', '"0" is not a time'],
    ['add Post --countries DE --amount 4 --all', '"add" takes no --all.'],
    ['add Post --countries DE --amount 4 --name Mail', '"add" takes no --name.'],
    [`add ${'x'.repeat(61)} --countries DE --amount 4`, 'at most 60 characters'],
    ['add Post Office --countries DE --amount 4', 'Too many arguments for "add": Office'],
    ['set 999999 --amount 4', 'There is no rate 999999.'],
    ['remove', 'Which rate? Give its id.'],
    ['remove Standard', 'Which rate? Give its id.'],
    ['remove 1 --amount 4', '"remove" takes no --amount.'],
    ['sell', 'Usage: npm run shipping'],
  ])('not by %s', async (words, message) => {
    const { code, output } = await shipping(words)
    expect(output).toContain(message)
    expect(code).toBe(1)
    expect(await rates().count()).toBe(0)
  })

  it('not by a change without options', async () => {
    await done('add Post --countries DE --amount 4')
    const { id } = await rates().findFirstOrThrow()
    expect((await shipping(`set ${id}`)).output).toContain('What is to change?')
    expect((await shipping(`set ${id} --except DE`)).output).toContain('--except goes with --countries all')
  })

  it('are missed in the list when products can’t be bought without them', async () => {
    const { prisma } = shop.database
    await prisma.product.updateMany({ where: { slug: 'nesting-bowls' }, data: { requiresShipping: true } })
    expect(await done('add Post --countries DE --amount 4')).toContain('No rate is in eur: products in eur')
    expect(await done('add Brief --countries DE --amount 4 --currency eur')).not.toContain('No rate is in')
    await prisma.product.updateMany({ data: { requiresShipping: false } })
  })
})

it.each([
  [2, 4, '2–4 business days'],
  [1, 1, '1 business day'],
  [null, 5, 'Up to 5 business days'],
  [3, null, 'From 3 business days'],
  [null, null, null],
])('from %s to %s days is “%s”', (min, max, text) => {
  expect(deliveryTime(min, max)).toBe(text)
})
