// npm run products: files of products, copies, stock and pictures on other hosts.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../support/command.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'

const MINUTES = 300_000

let shop: TestShop
let folder: string
beforeAll(async () => {
  shop = await startTestShop()
  folder = await mkdtemp(join(tmpdir(), 'till-products-'))
}, MINUTES)
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true })
})

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

const shirt = () => addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }])

const variantOf = (sku: string) => shop.database.prisma.variant.findUniqueOrThrow({ where: { sku } })

const lastAudit = (action: string) =>
  shop.database.prisma.auditEntry.findFirstOrThrow({ where: { action }, orderBy: { id: 'desc' } })

it('what is exported changes nothing when it is imported', { timeout: MINUTES }, async () => {
  await shirt()
  const file = join(folder, 'all.csv')
  expect(await done('export', file)).toBe(`Wrote ${file}.`)
  expect(await readFile(file, 'utf8')).toMatch(/^\ufeff?product,name,/)
  expect(await done('import', file, '--apply')).toBe('The file says what the shop has already.')
  expect(await refusal('export', file)).toMatch(/could not be written/)
})

it('an import says what it would change, and changes that with --apply', { timeout: MINUTES }, async () => {
  const { slug } = await shirt()
  const file = join(folder, 'changes.csv')
  const lines = [
    'product,name,sku,options,price,stock,on_sale',
    `${slug},Linen shirt,${slug},,27.00,14,`,
    `tin-${slug},Tin box,tin-${slug},,9.50,12,yes`,
  ]
  await writeFile(file, lines.join('\n'))
  const preview = await done('import', file)
  expect(preview).toContain(`${slug}: Price: $25.00 → $27.00`)
  expect(preview).toContain('Tin box (new)')
  expect(preview).toContain('New products: 1. Changed products: 1.')
  expect(preview).toContain('Nothing is changed yet.')
  expect(await variantOf(slug)).toMatchObject({ unitAmount: 2500, stock: 10 })

  expect(await done('import', file, '--apply')).toMatch(/Imported: 2\.$/)
  expect(await variantOf(slug)).toMatchObject({ unitAmount: 2700, stock: 14 })
  expect(await variantOf(`tin-${slug}`)).toMatchObject({ unitAmount: 950, stock: 12 })
  expect(await lastAudit('products.imported')).toMatchObject({ actor: 'command', actorId: null })
})

it('a file with mistakes is refused, each with its line', { timeout: MINUTES }, async () => {
  const { slug } = await shirt()
  const file = join(folder, 'mistakes.csv')
  await writeFile(file, `product,name,sku,price\n${slug},Shirt,${slug},27.00\n${slug},,${slug}-2,cheap`)
  expect(await refusal('import', file, '--apply')).toMatch(/^Nothing is imported[^]*\nLine 3: /)
  expect(await variantOf(slug)).toMatchObject({ unitAmount: 2500 })
  expect(await refusal('import', join(folder, 'none.csv'))).toMatch(/can’t be read/)
})

it('stock is adjusted by a difference, with its reason', { timeout: MINUTES }, async () => {
  const { slug } = await shirt()
  expect(await done('adjust', slug, '-2', '--reason', 'damaged', '--note', 'Torn')).toMatch(
    new RegExp(`${slug} .* 8 `),
  )
  await done('adjust', slug, '+3', '--reason', 'received')
  const { id, stock } = await variantOf(slug)
  expect(stock).toBe(11)
  const where = { variantId: id }
  expect(
    await shop.database.prisma.stockAdjustment.findMany({ where, orderBy: { id: 'asc' } }),
  ).toMatchObject([
    { delta: -2, stock: 8, reason: 'damaged', note: 'Torn', actorId: null },
    { delta: 3, stock: 11, reason: 'received', note: null },
  ])
  expect(await refusal('adjust', slug, '-12', '--reason', 'damaged')).toMatch(/has 11 units left/)
  expect(await refusal('adjust', slug, '2', '--reason', 'damaged')).toMatch(/with its sign/)
  expect(await refusal('adjust', slug, '+2')).toMatch(/^--reason must be one of received, /)
  expect((await variantOf(slug)).stock).toBe(11)
})

it('a copy is off sale', { timeout: MINUTES }, async () => {
  const { id, name } = await shirt()
  await done('duplicate', String(id))
  const copy = await shop.database.prisma.product.findFirstOrThrow({
    where: { name: `Copy of ${name}` },
    include: { variants: true },
    orderBy: { id: 'desc' },
  })
  expect(copy).toMatchObject({ active: false, variants: [{ stock: 0 }, { stock: 0 }] })
})

it(
  'a picture on another host is refused unless the owner allows the host',
  { timeout: MINUTES },
  async () => {
    const { slug } = await shirt()
    const image = 'https://cdn.example/shirt.jpg'
    for (const words of [
      ['add', 'Framed shirt', '--price', '30'],
      ['set', slug],
      ['product', slug],
      ['variant', slug, 'Size=L'],
    ])
      expect(await refusal(...words, '--image', image)).toMatch(/^Pictures on cdn\.example aren’t allowed/)
    expect(await shop.database.prisma.variant.count({ where: { image } })).toBe(0)
    expect((await runCommand(shop, 'settings', 'set', 'picture-hosts', 'cdn.example')).code).toBe(0)
    await done('set', slug, '--image', image)
    expect(await variantOf(slug)).toMatchObject({ image })
  },
)
