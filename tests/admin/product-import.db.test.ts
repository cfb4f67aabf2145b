// Importing products from CSV: what is shown first, and that exactly that is done.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storePicture, usualAddress } from '../../src/pictures/store-picture.js'
import { newOperator } from '../support/operator.js'
import { photo } from '../support/pictures.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'

const MINUTES = 300_000

let shop: TestShop
let operator: Shopper

beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  operator = (await newOperator(shop)).operator
}, MINUTES)
afterAll(() => shop.close())

const upload = (csv: string | Buffer) =>
  operator.post('/admin/products/import').attach('file', Buffer.from(csv), 'products.csv')

/** Uploads a file. @returns the path of its preview */
async function preview(csv: string): Promise<{ path: string; text: string }> {
  const { headers } = await upload(csv).expect(303)
  const path = String(headers['location'])
  return { path, text: textOf((await operator.get(path).expect(200)).text) }
}

async function apply(path: string): Promise<string> {
  await operator.post(path).expect(303)
  return textOf((await operator.get(path).expect(200)).text)
}

const variantsOf = async (productId: number) =>
  shop.database.prisma.variant.findMany({ where: { productId }, orderBy: { position: 'asc' } })

const shirt = () => addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }])

/** A shirt with two pictures, one of them uploaded. */
async function picturedShirt() {
  const { prisma } = shop.database
  const { id, slug, image } = await shirt()
  const stored = await storePicture(prisma, await photo())
  const address = usualAddress(stored)
  await prisma.productPicture.createMany({
    data: [
      { productId: id, position: 0, image, alt: '' },
      { productId: id, position: 1, image: address, alt: 'The  back,\nfolded', pictureId: stored.id },
    ],
  })
  await prisma.variant.update({ where: { sku: `${slug}-2` }, data: { image: address } })
  return { id, slug, image, address, pictureId: stored.id }
}

const picturesOf = async (productId: number) =>
  (
    await shop.database.prisma.productPicture.findMany({
      where: { productId },
      orderBy: { position: 'asc' },
    })
  ).map(({ image, alt, pictureId }) => [image, alt, pictureId])

it('what is exported changes nothing when it is imported', { timeout: MINUTES }, async () => {
  await shirt()
  const { address } = await picturedShirt()
  const { text: csv, headers } = await operator.get('/admin/products.csv').expect(200)
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  const { text } = await preview(csv)
  expect(text).toContain('New products: 0 Changed products: 0')
  expect(text).toContain('The file says what the shop has already.')
  expect(csv).toContain(`${address} The back, folded`)
})

it('pictures and their texts are shown first, and changed then', { timeout: MINUTES }, async () => {
  const { id, slug, image, address, pictureId } = await picturedShirt()
  const swapped = await preview(
    `sku,picture,picture_text,more_pictures\n${slug},${address},"The back, on a table","${image} The front\n/assets/images/sleeve.svg"\n`,
  )
  expect(swapped.text).toContain(
    `Pictures ${image} ${address} The back, folded ${address} The back, on a table`,
  )
  await apply(swapped.path)
  expect(await picturesOf(id)).toEqual([
    [address, 'The back, on a table', pictureId],
    [image, 'The front', null],
    ['/assets/images/sleeve.svg', '', null],
  ])
  const product = await shop.database.prisma.product.findUniqueOrThrow({ where: { id } })
  expect(product.image).toBe(address)

  // A picture that goes is no variant's any more. What a cell does not say stays.
  const fewer = await preview(`sku,picture,more_pictures\n${slug},${image},none\n`)
  expect(fewer.text).toContain(`${slug}-2: Picture ${address} the first one`)
  await apply(fewer.path)
  expect(await picturesOf(id)).toEqual([[image, 'The front', null]])
  expect((await variantsOf(id)).map((variant) => variant.image)).toEqual([null, null])

  const own = await preview(`sku,more_pictures,variant_picture\n${slug}-2,${address},${address}\n`)
  await apply(own.path)
  expect(await picturesOf(id)).toEqual([
    [image, 'The front', null],
    [address, '', pictureId],
  ])
  expect((await variantsOf(id))[1]?.image).toBe(address)
})

it(
  'pictures that the shop does not have, or are there twice, are refused',
  { timeout: MINUTES },
  async () => {
    const { slug, image } = await picturedShirt()
    const missing = `/pictures/${'a'.repeat(32)}-800.jpg`
    const { text } = await preview(
      `sku,more_pictures,variant_picture\n${slug},${missing},/assets/other.svg\n`,
    )
    expect(text).toContain(`Line 2: There is no picture at ${missing}.`)
    expect(text).toContain(
      'Line 2: variant_picture is “/assets/other.svg”, which is none of the product’s pictures.',
    )
    expect((await preview(`sku,more_pictures\n${slug},${image}\n`)).text).toContain(
      `Line 2: The picture ${image} is there twice.`,
    )
    expect((await preview(`sku,more_pictures\n${slug},https://evil.example/a.png\n`)).text).toContain(
      'Pictures on evil.example aren’t allowed.',
    )
  },
)

it('a new product comes with its pictures', { timeout: MINUTES }, async () => {
  const { path } = await preview(
    'sku,name,price,picture,picture_text,more_pictures\nbrass-bell,Brass bell,12.00,/assets/bell.svg,A bell,/assets/side.svg Its side\n',
  )
  await apply(path)
  const { id, image } = await shop.database.prisma.product.findUniqueOrThrow({
    where: { slug: 'brass-bell' },
  })
  expect(image).toBe('/assets/bell.svg')
  expect(await picturesOf(id)).toEqual([
    ['/assets/bell.svg', 'A bell', null],
    ['/assets/side.svg', 'Its side', null],
  ])
})

it('shows each change, and then makes exactly these', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const csv = [
    'product,name,sku,options,price,stock,grams,on_sale',
    `${slug},Linen shirt,${slug},,27.00,14,,`,
    `${slug},,${slug}-2,,,,180,`,
    `${slug},,${slug}-l,Size: L,,3,,`,
    'tin-box,Tin box,tin-box,,9.50,12,,yes',
  ].join('\n')
  const { path, text } = await preview(csv)
  expect(text).toContain('New products: 1 Changed products: 1')
  expect(text).toContain(`${slug}: Price $25.00 $27.00`)
  expect(text).toContain(`${slug}: Stock 10 14`)
  expect((await variantsOf(id)).map(({ unitAmount }) => unitAmount)).toEqual([2500, 2500])
  // Sold after the preview.
  await shop.database.prisma.variant.update({ where: { id }, data: { stock: { decrement: 2 } } })
  expect(await apply(path)).toContain('Imported: 2')
  const after = await variantsOf(id)
  expect(
    after.map(({ optionValues, unitAmount, stock, weight }) => [...optionValues, unitAmount, stock, weight]),
  ).toEqual([
    ['S', 2700, 12, null],
    ['M', 2500, 10, 180],
    ['L', 2500, 3, null],
  ])
  const box = await shop.database.prisma.product.findUniqueOrThrow({ where: { slug: 'tin-box' } })
  expect(box).toMatchObject({ name: 'Tin box', unitAmount: 950, stock: 12, active: true })
  // Sending the form again does nothing more.
  await apply(path)
  expect((await variantsOf(id)).map(({ stock }) => stock)).toEqual([12, 10, 3])
  const audited = await shop.database.prisma.auditEntry.findMany({
    where: { subject: 'import', subjectId: path.split('/').at(-1) ?? '' },
  })
  expect(audited).toHaveLength(1)
})

it('two requests at once make each change once', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const { path } = await preview(`sku,name,price,stock\n${slug},,27.00,14\n${slug}-new,Tin chest,9.50,1\n`)
  await Promise.all([1, 2].map(() => operator.post(path).expect(303)))
  expect(textOf((await operator.get(path)).text)).toContain('Imported: 2 Products added')
  expect((await variantsOf(id))[0]).toMatchObject({ unitAmount: 2700, stock: 14 })
})

it('goes on where it was interrupted', { timeout: MINUTES }, async () => {
  const [one, other] = [await shirt(), await shirt()]
  const { path } = await preview(`sku,stock\n${one.slug},14\n${other.slug},15\n`)
  await shop.database.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM "Product" WHERE "id" = ${other.id} FOR UPDATE`
      const interrupted = operator.post(path).then(({ status }) => status)
      const cancel = async () =>
        (
          await shop.database.pool.query(`
            SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`)
        ).rowCount
      await expect.poll(cancel, { timeout: 30_000 }).toBe(1)
      expect(await interrupted).toBeGreaterThanOrEqual(500)
    },
    { timeout: 60_000 },
  )
  const stocks = async () => [(await variantsOf(one.id))[0]?.stock, (await variantsOf(other.id))[0]?.stock]
  expect(await stocks()).toEqual([14, 10])
  expect(await apply(path)).toContain('Imported: 2 Products added')
  expect(await stocks()).toEqual([14, 15])
})

it('none clears a text, and an empty cell does not', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const { path } = await preview(`sku,summary,description,grams\n${slug},none,,none\n`)
  const { description } = await shop.database.prisma.product.findUniqueOrThrow({ where: { id } })
  await apply(path)
  const after = await shop.database.prisma.product.findUniqueOrThrow({ where: { id } })
  expect(after).toMatchObject({ summary: '', description })
})

it('names what Stripe would refuse in variants that no line changes', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const { path, text } = await preview(`sku,name\n${slug},${'x'.repeat(249)}\n`)
  expect(text).toContain('Mistakes in products.csv: 2')
  await operator.post(path).expect(409)
  const fits = await preview(`sku,name\n${slug},${'x'.repeat(240)}\n`)
  // Renamed options since the preview: the database refuses it, and the import goes on.
  await shop.database.prisma.variant.update({
    where: { id },
    data: { optionValues: ['A size with a long name'] },
  })
  expect(await apply(fits.path)).toMatch(/Left alone: 1 .*can’t be on sale/)
})

it('leaves alone, and names, what was changed after the preview', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const other = await shirt()
  const { path } = await preview(`sku,price\n${slug},30.00\n${other.slug},31.00\n`)
  await shop.database.prisma.variant.update({ where: { id }, data: { unitAmount: 2600 } })
  const text = await apply(path)
  expect(text).toContain('Imported: 1')
  expect(text).toMatch(/Left alone: 1 Linen shirt ?: It was changed after the preview\./)
  expect((await variantsOf(id))[0]?.unitAmount).toBe(2600)
  expect((await variantsOf(other.id))[0]?.unitAmount).toBe(3100)
})

it('names each mistake with its line, and imports nothing', { timeout: MINUTES }, async () => {
  const { id, slug } = await shirt()
  const { path, text } = await preview(
    [
      'sku,name,price,stock,on_sale',
      `${slug},,0.10,5,yes`,
      `${slug}-2,,26.00,many,`,
      'new-thing,,12.00,,maybe',
    ].join('\n'),
  )
  expect(text).toContain('Line 2: Its price of 0.10 USD is below Stripe’s minimum of 0.50 USD.')
  expect(text).toContain('Line 3: stock is “many”: write a whole number, or “not counted”.')
  expect(text).toContain('Line 4: on_sale is “maybe”: write yes or no.')
  expect(text).toContain('Line 4: There is no product with the sku new-thing, and a new one needs a name.')
  await operator.post(path).expect(409)
  expect((await variantsOf(id)).map(({ unitAmount, stock }) => [unitAmount, stock])).toEqual([
    [2500, 10],
    [2500, 10],
  ])
})

it.each([
  ['no column of skus', 'name,price\nKettle,12.00', 'needs a column “sku”'],
  ['a column that there isn’t', 'sku,colour\na,red', 'There is no column “colour”'],
  ['a quote that doesn’t end', 'sku,name\na,"Kettle', 'isn’t valid CSV'],
  ['no lines', 'sku,name\n', 'no lines'],
  ['another encoding', Buffer.from([0x73, 0x6b, 0x75, 0x0a, 0xe4, 0xf6]), 'isn’t text in UTF-8'],
])('a file with %s is refused with a sentence', { timeout: MINUTES }, async (_what, csv, sentence) => {
  expect(textOf((await upload(csv).expect(422)).text)).toContain(sentence)
})

it('a line can contradict others, and options must be the product’s', { timeout: MINUTES }, async () => {
  const { slug } = await shirt()
  const { text } = await preview(
    [
      'product,sku,name,options',
      `${slug},${slug},One,`,
      `${slug},${slug}-2,Two,Size: XL`,
      `${slug},${slug}-x,,Color: Red`,
    ].join('\n'),
  )
  expect(text).toContain('Line 3: It says something else about the product than line 2: name.')
  expect(text).toContain(`Line 3: ${slug}-2 is M: that can’t change.`)
  expect(text).toContain('Line 4: The product has no option “Color”, only Size.')
})
