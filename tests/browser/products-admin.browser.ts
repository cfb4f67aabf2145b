// What happens to products in the admin beside adding one: two people edit one at once, and a list is imported.
import { expect, it } from 'vitest'
import { addVariedProduct } from '../support/variants.js'
import { signInOperator } from './admin-tour.js'
import { button, heading } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

const shirt = () =>
  addVariedProduct(visitors.shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }], {
    image: '/assets/images/products/brass-ballpoint.svg',
  })

it('two owners edit one product: the second is told, and nothing is lost', async (test) => {
  const { shop } = visitors
  const { id } = await shirt()
  const [grace, ada] = [await visitors.visit(test), await visitors.visit(test)]
  for (const page of [grace, ada]) {
    await signInOperator(page, shop)
    await page.goto(`${shop.url}/admin/products/${id}`)
    await heading(page, 'Linen shirt')
  }
  await grace.getByLabel('Summary', { exact: true }).fill('A shirt for warm days.')
  await grace.getByLabel('Name', { exact: true }).fill('Linen shirt, washed')
  await button(grace, 'Save').click()
  await grace.getByText('Saved').first().waitFor()

  await ada.getByLabel('Price of M').fill('27.00')
  await ada.getByLabel('Name', { exact: true }).fill('Summer shirt')
  await button(ada, 'Save').click()
  const told = ada.getByRole('alert')
  await told.getByText('saved this product meanwhile').waitFor()
  const text = await told.innerText()
  expect(text).toContain('Summary is now “A shirt for warm days.”. Taken over into the form.')
  expect(text).toContain(
    'Name is now “Linen shirt, washed”. You changed it too: saving replaces it with yours.',
  )
  expect(await ada.getByLabel('Price of M').inputValue()).toBe('27.00')
  expect(await ada.getByLabel('Summary', { exact: true }).inputValue()).toBe('A shirt for warm days.')
  // Chromium reports the answer 409.
  visitors.takeFaults(ada)
  await button(ada, 'Save').click()
  await ada.getByText('Saved').first().waitFor()
  const { name, summary, variants } = await shop.database.prisma.product.findUniqueOrThrow({
    where: { id },
    include: { variants: { orderBy: { position: 'asc' } } },
  })
  expect([name, summary, ...variants.map(({ unitAmount }) => unitAmount)]).toEqual([
    'Summer shirt',
    'A shirt for warm days.',
    2500,
    2700,
  ])
})

it('a list with three mistakes is mended, and imported', async (test) => {
  const { shop } = visitors
  const { id, slug } = await shirt()
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  await signInOperator(page, shop)
  const upload = async (...lines: string[]) => {
    await page.goto(`${shop.url}/admin/products/import`)
    const buffer = Buffer.from(['sku,product,name,price,stock', ...lines].join('\n'))
    await page.getByLabel('CSV file').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer })
    await button(page, 'Show what would change').click()
  }
  await upload(`${slug},,,0.10,`, `${slug}-2,,,,many`, 'oak-tray,,,39.00,4')
  await heading(page, 'Mistakes in list.csv: 3')
  const mistakes = await page.getByRole('alert').getByRole('listitem').allInnerTexts()
  expect(mistakes.map((text) => text.slice(0, 7))).toEqual(['Line 2:', 'Line 3:', 'Line 4:'])
  expect(await button(page, 'Import').count()).toBe(0)

  await upload(`${slug},,,26.00,`, `${slug}-2,,,,8`, 'oak-tray,,Oak tray,39.00,4')
  await heading(page, 'Import list.csv?')
  await page.getByRole('cell', { name: '$26.00' }).waitFor()
  await button(page, 'Import').click()
  await heading(page, 'Imported: 2')
  const variants = await shop.database.prisma.variant.findMany({
    where: { productId: id },
    orderBy: { position: 'asc' },
  })
  expect(variants.map(({ unitAmount, stock }) => [unitAmount, stock])).toEqual([
    [2600, 10],
    [2500, 8],
  ])
  await page.goto(`${shop.url}/pricing?q=oak+tray`)
  await page.getByRole('link', { name: 'Oak tray' }).waitFor()
})
