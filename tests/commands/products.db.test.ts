// npm run products: what an owner can do with the catalog without a programmer.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../support/command.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { stranger, textOf } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

const products = (...words: string[]) => runCommand(shop, 'products', ...words)

/** Runs a command that must succeed. */
async function done(...words: string[]): Promise<string> {
  const { code, output } = await products(...words)
  expect([code, output]).toEqual([0, output])
  return output
}

async function refusal(...words: string[]): Promise<string> {
  const { code, output } = await products(...words)
  expect([code, output]).toEqual([1, output])
  return output
}

function productOf(slug: string) {
  return shop.database.prisma.product.findUniqueOrThrow({
    where: { slug },
    include: { variants: { orderBy: { position: 'asc' } } },
  })
}

describe('translate', () => {
  it('writes texts in German, those of the category for all its products, and takes them back', async () => {
    await done('add', 'Oak shelf', '--price', '40', '--category', 'Shelves')
    const german = ['--language', 'de', '--name', 'Eichenregal', '--category', 'Regale']
    await done('translate', 'oak-shelf', ...german)
    await done('translate', 'oak-shelf', '--language', 'de', '--summary', 'Aus Eiche.')
    const { id, translations } = await productOf('oak-shelf')
    expect(translations).toEqual({ de: { name: 'Eichenregal', summary: 'Aus Eiche.' } })
    const read = async () => textOf((await stranger(shop.url).get(`/de/pricing/${id}`).expect(200)).text)
    expect(await read()).toMatch(/Regale .*Eichenregal.*Aus Eiche\./)
    await done('translate', 'oak-shelf', '--language', 'de', '--name', '', '--category', '')
    expect(await read()).toMatch(/Shelves .*Oak shelf.*Aus Eiche\./)
    expect(await refusal('translate', 'oak-shelf', '--language', 'en', '--name', 'Shelf')).toContain(
      'Give --language de',
    )
    expect(await refusal('translate', 'oak-shelf', '--language', 'de')).toContain('What is to be translated?')
  })

  it('names options and their values, and takes that back', async () => {
    await done('add', 'Wool scarf', '--price', '40', '--option', 'Color=Red,Blue')
    const translate = (...option: string[]) => [
      ...['translate', 'wool-scarf-red', '--language', 'de'],
      ...option.flatMap((one) => ['--option', one]),
    ]
    const stored = async () =>
      (await shop.database.prisma.product.findUniqueOrThrow({ where: { slug: 'wool-scarf' } })).translations
    await done(...translate('Color=Farbe', 'Red=Rot'))
    expect(await stored()).toEqual({ de: { options: { Color: 'Farbe', Red: 'Rot' } } })
    await done(...translate('Blue=Blau', 'Red='))
    expect(await stored()).toEqual({ de: { options: { Color: 'Farbe', Blue: 'Blau' } } })
    expect(await refusal(...translate('Green=Grün'))).toContain('names no option or value of this product')
    await done(...translate('Blue=', 'Color='))
    expect(await stored()).toEqual({})
  })

  it('names a shipping rate', async () => {
    const { id } = await shop.database.prisma.shippingRate.findFirstOrThrow()
    const name = async (text: string) =>
      (await runCommand(shop, 'shipping', 'set', String(id), '--language', 'de', '--name', text)).code
    const stored = async () =>
      (await shop.database.prisma.shippingRate.findUniqueOrThrow({ where: { id } })).translations
    expect(await name('Mit dem Rad')).toBe(0)
    expect(await stored()).toEqual({ de: 'Mit dem Rad' })
    expect(await name('')).toBe(0)
    expect(await stored()).toEqual({})
  })
})

describe('add', () => {
  it('adds a product that can be bought, in the shop’s currency', async () => {
    const output = await done('add', 'Café tray', '--price', '28.5', '--stock', '3', '--shipping')
    expect(output).toMatch(/cafe-tray +Café tray +\$28\.50 +3 +yes +yes/)
    const { id, variants, ...tray } = await productOf('cafe-tray')
    expect(tray).toMatchObject({ unitAmount: 2850, currency: 'usd', requiresShipping: true, options: [] })
    expect(variants).toMatchObject([{ id, sku: 'cafe-tray', optionValues: [], stock: 3 }])
    const page = await stranger(shop.url).get(`/pricing/${id}`).expect(200)
    expect(textOf(page.text)).toContain('Café tray $28.50 Only 3 left')
    const [, picture = ''] = /<img src="([^"]+)"/.exec(page.text) ?? []
    await stranger(shop.url).get(picture).expect(200)
  })

  it('makes all combinations of options', async () => {
    await done(
      ...['add', 'T-shirt', '--price', '25.00', '--stock', '5', '--tax-code', 'txcd_99999999'],
      ...['--option', 'Size=S, M', '--option', 'Colour=Red,Blue', '--category', 'Clothes'],
    )
    const shirt = await productOf('t-shirt')
    expect(shirt).toMatchObject({
      options: ['Size', 'Colour'],
      category: 'Clothes',
      taxCode: 'txcd_99999999',
    })
    expect(shirt.variants.map(({ sku, optionValues, stock }) => [sku, ...optionValues, stock])).toEqual([
      ['t-shirt-s-red', 'S', 'Red', 5],
      ['t-shirt-s-blue', 'S', 'Blue', 5],
      ['t-shirt-m-red', 'M', 'Red', 5],
      ['t-shirt-m-blue', 'M', 'Blue', 5],
    ])
    const again = await done('add', 'T-shirt', '--price', '25.00')
    expect(again).toContain('t-shirt-2')
  })

  it('tells variants apart whose skus would be the same', async () => {
    await done('add', 'Lens', '--price', '50', '--option', 'Strength=+1,-1')
    await done('variant', 'lens-1', 'Strength=±1')
    await done('add', '湯呑', '--price', '30', '--option', 'サイズ=大,小')
    const skus = async (slug: string) => (await productOf(slug)).variants.map(({ sku }) => sku)
    expect(await skus('lens')).toEqual(['lens-1', 'lens-1-2', 'lens-1-3'])
    expect(await skus('product')).toEqual(['product', 'product-2'])
  })

  it('takes another currency, and the shop’s if it has one', async () => {
    await done('add', 'Kimono', '--price', '9800', '--currency', 'JPY')
    expect(await productOf('kimono')).toMatchObject({ unitAmount: 9800, currency: 'jpy' })
    const { prisma } = shop.database
    await prisma.shop.updateMany({ data: { currency: 'eur' } })
    await done('add', 'Beret', '--price', '19.90')
    expect(await productOf('beret')).toMatchObject({ unitAmount: 1990, currency: 'eur' })
    await prisma.shop.updateMany({ data: { currency: 'usd' } })
  })

  it.each<[string, string[], RegExp]>([
    ['no name', ['add', '--price', '1'], /^Give it a name\./],
    ['no price', ['add', 'Cup'], /^What does it cost\?/],
    ['a price in words', ['add', 'Cup', '--price', 'ten'], /“ten” is not an amount in USD/],
    ['a third decimal', ['add', 'Cup', '--price', '1.999'], /at most 2 decimals/],
    ['a price that Stripe refuses', ['add', 'Cup', '--price', '0.20'], /^Cup could not be sold\. .*minimum/],
    [
      'a price that no column holds',
      ['add', 'Cup', '--price', '999999999'],
      /^An order is at most \$999,999\.99\.$/,
    ],
    ['an unknown currency', ['add', 'Cup', '--price', '1', '--currency', 'xxx'], /no currency "xxx"/],
    ['a name of several words without quotes', ['add', 'Big', 'cup', '--price', '1'], /Too many arguments/],
    ['half a unit', ['add', 'Cup', '--price', '1', '--stock', '1.5'], /whole number/],
    [
      'a tax code that is none',
      ['add', 'Cup', '--price', '1', '--tax-code', 'books'],
      /txcd_ and eight digits/,
    ],
    [
      'a picture that is none',
      ['add', 'Cup', '--price', '1', '--image', 'cup.jpg'],
      /^The address of a picture begins with https/,
    ],
    ['an option without values', ['add', 'Cup', '--price', '1', '--option', 'Size='], /is not an option/],
    ['a value twice', ['add', 'Cup', '--price', '1', '--option', 'Size=S,S'], /the value “S” twice/],
    [
      'an option twice',
      ['add', 'Cup', '--price', '1', '--option', 'Size=S', '--option', 'Size=M'],
      /“Size” is given twice/,
    ],
    [
      'too many combinations',
      ['add', 'Cup', '--price', '1', ...'abc'.split('').flatMap((name) => ['--option', `${name}=1,2,3,4,5`])],
      /make 125 variants/,
    ],
    ['an option of another command', ['add', 'Cup', '--price', '1', '--on-sale', 'no'], /takes no --on-sale/],
  ])('with %s is refused, and nothing is added', async (_what, words, reason) => {
    expect(await refusal(...words)).toMatch(reason)
    expect(
      await shop.database.prisma.product.count({ where: { name: { contains: 'cup', mode: 'insensitive' } } }),
    ).toBe(0)
  })
})

describe('variants', () => {
  it('of a product with options are added, changed and taken off sale', async () => {
    await done('add', 'Apron', '--price', '40', '--stock', '2', '--option', 'Size=S,M')
    const added = await done('variant', 'apron-s', 'Size=L', '--price', '44', '--stock', '7')
    expect(added).toMatch(/apron-l +Apron – L +\$44\.00 +7 +yes/)
    expect(await done('set', 'apron-l', '--stock', 'untracked', '--sku', 'A-L')).toMatch(
      /A-L +Apron – L .*not counted/,
    )
    expect(await done('set', 'A-L', '--on-sale', 'no')).toMatch(/A-L +Apron – L +\$44\.00 +not counted +no/)
    const { id, active, variants } = await productOf('apron')
    expect([active, variants.map((variant) => variant.active)]).toEqual([true, [true, true, false]])
    // The first variant is the product, for lists.
    await done('set', String(id), '--price', '41', '--stock', '9')
    expect(await productOf('apron')).toMatchObject({ unitAmount: 4100, stock: 9 })
    expect(await done('product', 'apron-m', '--name', 'Linen apron', '--shipping', 'yes')).toContain(
      'Linen apron – M',
    )
    expect(await done('product', 'apron-m', '--on-sale', 'no')).not.toMatch(/\byes +yes/)
    await stranger(shop.url).get(`/pricing/${id}`).expect(404)
  })

  it('of a product without options come once it is said what it is', async () => {
    await done('add', 'Stool', '--price', '90')
    expect(await refusal('variant', 'stool', 'Wood=Ash')).toContain('npm run products -- options')
    await done('options', 'stool', 'Wood=Oak')
    await done('variant', 'stool', 'Wood=Ash', '--price', '80')
    const { options, variants } = await productOf('stool')
    expect(options).toEqual(['Wood'])
    expect(variants.map(({ optionValues, unitAmount }) => [...optionValues, unitAmount])).toEqual([
      ['Oak', 9000],
      ['Ash', 8000],
    ])
    expect(await refusal('options', 'stool', 'Size=L')).toContain('already has options: Wood')
    expect(await refusal('variant', 'stool', 'Wood=Ash')).toContain('already has Ash')
    expect(await refusal('variant', 'stool', 'Size=L')).toContain('Which Wood?')
    expect(await refusal('variant', 'stool', 'Wood=Elm', 'Size=L')).toContain('no option “Size”')
    expect(await refusal('variant', 'stool', 'Wood=Elm', '--sku', 'stool')).toContain('is taken by Stool')
    expect(await refusal('variant', 'stool', 'Wood=Elm', '--price', '0.01')).toContain(
      'Stool – Elm could not be sold',
    )
  })

  it('a product without options goes off sale and on again with "set"', async () => {
    await done('add', 'Vase', '--price', '30')
    expect(await done('set', 'vase', '--on-sale', 'no')).toMatch(/Vase +\$30\.00 +not counted +no/)
    const { id } = await productOf('vase')
    await stranger(shop.url).get(`/pricing/${id}`).expect(404)
    await done('set', 'vase', '--on-sale', 'yes')
    await stranger(shop.url).get(`/pricing/${id}`).expect(200)
    await done('set', 'vase', '--on-sale', 'no')
    await done('product', 'vase', '--on-sale', 'yes')
    await stranger(shop.url).get(`/pricing/${id}`).expect(200)
  })

  it('a product without options gets another picture with "set", in lists too', async () => {
    await done('add', 'Teapot', '--price', '30')
    await done('set', 'teapot', '--image', '/assets/teapot.svg')
    const picture = async (path: string) => (await stranger(shop.url).get(path).expect(200)).text
    const { id } = await productOf('teapot')
    expect(await picture('/pricing?q=teapot')).toContain('/assets/teapot.svg')
    expect(await picture(`/pricing/${id}`)).toContain('/assets/teapot.svg')
    await done('product', 'teapot', '--image', '/assets/other-teapot.svg')
    expect(await picture(`/pricing/${id}`)).toContain('/assets/other-teapot.svg')
  })

  it.each<[string, string[], RegExp]>([
    ['nothing', ['set'], /^Which product\?/],
    ['an unknown sku', ['set', 'nothing', '--stock', '1'], /^There is no product nothing\.$/],
    ['a stock that is none', ['set', '1', '--stock', '-1'], /./],
    ['neither yes nor no', ['set', '1', '--on-sale', 'maybe'], /--on-sale must be yes or no/],
    ['a price that Stripe refuses', ['set', '1', '--price', '0.10'], /could not be sold/],
    ['a sku that is taken', ['set', '1', '--sku', 'oak-desk-tray'], /is taken by Oak desk tray/],
    ['what all variants share', ['set', '1', '--name', 'Cup'], /takes no --name/],
    ['a name that is too long', ['product', '1', '--name', 'x'.repeat(251)], /251 characters/],
  ])('are not changed by %s', async (_what, words, reason) => {
    const before = await shop.database.prisma.variant.findUniqueOrThrow({ where: { id: 1 } })
    expect(await refusal(...words)).toMatch(reason)
    expect(await shop.database.prisma.variant.findUniqueOrThrow({ where: { id: 1 } })).toEqual(before)
  })

  it('are sold by a price of Stripe’s catalog', async () => {
    await done('add', 'Scarf', '--price', '50', '--option', 'Colour=Red,Blue')
    const pushed = await done('push', 'scarf-blue')
    const [, priceId = ''] = /scarf-blue .* (price_\w+)/.exec(pushed) ?? []
    expect(await shop.stripe.prices.retrieve(priceId, { expand: ['product'] })).toMatchObject({
      unit_amount: 5000,
      metadata: { sku: 'scarf-blue' },
      product: { name: 'Scarf – Blue' },
    })
    expect(pushed).not.toMatch(/scarf-red .*price_/)
    const euros = await shop.stripe.prices.create({
      currency: 'eur',
      unit_amount: 4500,
      product_data: { name: 'Scarf' },
    })
    expect(await refusal('link', 'scarf-blue', euros.id)).toContain('the product’s other variants in usd')
    expect(await done('unlink', 'scarf-blue')).not.toContain('price_')
  })

  it('are unlinked in the order of locks in which checkouts take stock', async () => {
    await done('add', 'Shawl', '--price', '50', '--stock', '5')
    await done('push', 'shawl')
    const { id } = await productOf('shawl')
    let unlinked: Promise<string> | undefined
    await shop.database.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Product" WHERE id = ${id} FOR NO KEY UPDATE`
      unlinked = done('unlink', 'shawl')
      await vi.waitFor(async () => {
        const waiting = await tx.$queryRaw`
          SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`
        expect(waiting).toHaveLength(1)
      })
      await tx.$queryRaw`SELECT id FROM "Variant" WHERE id = ${id} FOR NO KEY UPDATE NOWAIT`
    })
    expect(await unlinked).not.toContain('price_')
  })
})
