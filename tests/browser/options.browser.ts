// Choosing a variant on a product's page, with and without script.
import type { Page } from 'playwright-core'
import { describe, expect, it, type TestContext } from 'vitest'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'
import { button, heading, link, onPayPage } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

const PICTURE = '/assets/images/products/stoneware-mug.svg'
const CLAY = '/assets/images/products/stoneware-mug-clay.svg'

function travelMug(): Promise<VariedProduct> {
  return addVariedProduct(
    visitors.shop,
    ['Colour', 'Size'],
    [
      { values: ['Sage', 'Small'], stock: 3 },
      { values: ['Sage', 'Large'], unitAmount: 2900, stock: 0 },
      { values: ['Clay', 'Large'], unitAmount: 3100, image: CLAY },
    ],
    { name: 'Travel mug', image: PICTURE },
  )
}

const choose = (page: Page, value: string) => page.getByRole('radio', { name: value }).check()
const shown = async (page: Page) => (await page.locator('.product__price').innerText()).replace(/\s+/g, ' ')
const isChosen = (page: Page, value: string) => page.getByRole('radio', { name: value }).isChecked()

async function visit(test: TestContext, options: { javaScriptEnabled?: boolean } = {}) {
  const mug = await travelMug()
  const page = await visitors.visit(test, options)
  await visitors.signIn(page)
  await page.goto(`${visitors.shop.url}/pricing/${mug.id}`)
  return { page, mug }
}

describe('with script', () => {
  it('price, stock and picture are those of the choice, and what isn’t sold is left at once', async (test) => {
    const { page, mug } = await visit(test)
    expect(await shown(page)).toContain('$25.00 Only 3 left')
    await page.getByLabel('Quantity').fill('9')
    await choose(page, 'Large')
    expect(await shown(page)).toContain('$29.00 Sold out')
    expect(await button(page, 'Purchase').isDisabled()).toBe(true)
    await choose(page, 'Clay')
    expect(await shown(page)).toContain('$31.00 In stock')
    expect(await page.getByRole('img', { name: 'Travel mug' }).getAttribute('src')).toBe(CLAY)
    expect(page.url()).toContain(`?variant=${mug.variants['Clay / Large']?.id}`)
    // There is no small one in clay.
    await choose(page, 'Small')
    expect(await isChosen(page, 'Sage')).toBe(true)
    expect(await shown(page)).toContain('$25.00 Only 3 left')
    expect(await page.getByLabel('Quantity').getAttribute('max')).toBe('3')
  })

  it('the chosen variant is bought, and is still chosen after coming back', async (test) => {
    const { page } = await visit(test)
    await choose(page, 'Clay')
    await button(page, 'Purchase').click()
    await onPayPage(page)
    await page.getByText('Travel mug – Clay / Large').first().waitFor()
    await page.goBack()
    expect(await isChosen(page, 'Clay')).toBe(true)
    expect(await shown(page)).toContain('$31.00 In stock')
  })

  it('a keyboard is enough', async (test) => {
    const { page } = await visit(test)
    await page.getByRole('radio', { name: 'Sage' }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await isChosen(page, 'Clay')).toBe(true)
    await button(page, 'Add to cart').focus()
    await page.keyboard.press('Enter')
    await page.getByText('Added “Travel mug – Clay / Large” to your cart.').waitFor()
  })
})

describe('without script', () => {
  it('prices and availability are listed, and the chosen variant is bought', async (test) => {
    const { page } = await visit(test, { javaScriptEnabled: false })
    await heading(page, 'Prices and availability')
    await choose(page, 'Clay')
    await choose(page, 'Large')
    await button(page, 'Purchase').click()
    await onPayPage(page)
    await page.getByText('Travel mug – Clay / Large').first().waitFor()
  })

  it('a combination that isn’t sold leads back to the choice', async (test) => {
    const { page } = await visit(test, { javaScriptEnabled: false })
    await choose(page, 'Clay')
    await button(page, 'Add to cart').click()
    await page.getByText('isn’t sold as Clay / Small').waitFor()
    visitors.takeFaults(page)
    await link(page, 'Choose options').click()
    await page.getByRole('heading', { name: 'Travel mug', level: 1 }).waitFor()
  })
})

it('the list leads to the product, and nothing is wider than the smallest phone', async (test) => {
  const { page } = await visit(test)
  await page.setViewportSize({ width: 320, height: 640 })
  for (const path of [page.url(), `${visitors.shop.url}/pricing`]) {
    await page.goto(path)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  }
  await link(page, 'Choose options Travel mug').first().click()
  await page.getByRole('heading', { name: 'Travel mug', level: 1 }).waitFor()
})
