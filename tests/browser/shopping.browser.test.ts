// Finding something to buy: filters, suggestions, adding in place, pictures in large, and pages that hold still on a slow phone.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { addVariedProduct } from '../support/variants.js'
import { button, heading, link } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
const MUG = '/assets/images/products/stoneware-mug.svg'
const PHONE = { width: 390, height: 844 }

/** Adds up how much the page moves, except where the visitor has just done something: https://web.dev/articles/cls */
const WATCH_SHIFT = `window.shift = 0; new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift += value
}).observe({ type: 'layout-shift', buffered: true })`

const cartCount = (page: Page) => page.locator('[data-cart-number]').innerText()
const path = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search
const width = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth')

it('a gift under 50 is found by filters, added in place, and the list is where it was', async (test) => {
  const page = await visitors.visit(test)
  await page.goto(`${visitors.shop.url}/pricing`)
  await page.getByText('Filters').click()
  await page.getByLabel('Up to').fill('50')
  await page.getByLabel('In stock only').check()
  await button(page, 'Show products').click()
  await link(page, 'Remove filter: Up to $50.00').waitFor()
  await page.locator('[data-sort]').selectOption('price-down')
  await page.waitForURL('**/pricing?*sort=price-down*')
  expect(path(page)).toBe('/pricing?max=50&stock=in&sort=price-down')

  await button(page, 'Add to cart Oak desk tray').click()
  await page.getByRole('status').filter({ hasText: 'Added “Oak desk tray” to your cart.' }).waitFor()
  expect(await cartCount(page)).toBe('1')
  expect(path(page)).toBe('/pricing?max=50&stock=in&sort=price-down')

  await link(page, 'Oak desk tray').click()
  await heading(page, 'Oak desk tray')
  await button(page, 'One more').click()
  expect(await page.getByLabel('Quantity').inputValue()).toBe('2')
  await button(page, 'Add to cart').click()
  await expect.poll(() => cartCount(page), { timeout: 30_000 }).toBe('3')
  await page.getByRole('navigation', { name: 'You are here' }).getByRole('link', { name: 'Shop' }).click()
  await page.waitForURL('**/pricing?*')
  expect(path(page)).toBe('/pricing?max=50&stock=in&sort=price-down')
})

it('without script, adding leads back to the same place, and buttons sort and search', async (test) => {
  const page = await visitors.visit(test, { javaScriptEnabled: false, viewport: PHONE })
  await page.goto(`${visitors.shop.url}/pricing?category=Desk`)
  await page.locator('[data-sort]').selectOption('name')
  await button(page, 'Sort').click()
  await button(page, 'Add to cart Oak desk tray').click()
  const tray = page.getByRole('listitem').filter({ hasText: 'Oak desk tray' })
  await tray.getByText('Added “Oak desk tray” to your cart.').waitFor()
  expect(new URL(page.url()).hash).toMatch(/^#product-\d+$/)
  expect(path(page)).toMatch(/^\/pricing\?category=Desk&sort=name&added=\d+$/)
  expect(await cartCount(page)).toBe('1')

  await link(page, 'Search products').click()
  await page.getByRole('searchbox').fill('stonware mug')
  await page.keyboard.press('Enter')
  await page.getByText('Showing results for “stoneware mug” instead.').waitFor()
})

it('suggestions are chosen with the keyboard', async (test) => {
  const page = await visitors.visit(test)
  await page.goto(`${visitors.shop.url}/pricing`)
  const field = page.getByRole('combobox', { name: 'Search products' })
  await field.fill('oak d')
  await page.getByRole('option', { name: /^Oak desk tray/ }).waitFor()
  await field.press('ArrowDown')
  await page.getByRole('option', { name: /^Oak desk tray/, selected: true }).waitFor()
  await field.press('Enter')
  await heading(page, 'Oak desk tray')
})

it('a size and color are chosen, and the picture is looked at in large', async (test) => {
  const cup = await addVariedProduct(
    visitors.shop,
    ['Color', 'Size'],
    [
      { values: ['Sage', 'S'] },
      { values: ['Clay', 'S'], unitAmount: 3100, image: MUG.replace('mug', 'mug-clay') },
      { values: ['Clay', 'L'], stock: 0 },
    ],
    { name: 'Travel cup', image: MUG },
  )
  const page = await visitors.visit(test, { viewport: PHONE })
  await page.goto(`${visitors.shop.url}/pricing/${cup.id}`)
  await page.getByRole('radio', { name: 'Clay' }).check({ force: true })
  await button(page, 'Purchase · $31.00').waitFor()
  const box = await button(page, 'Purchase').boundingBox()
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(PHONE.height)
  await page.locator('[data-zoom]').first().click()
  const large = page.getByRole('dialog').getByRole('img')
  await large.waitFor()
  expect(await large.getAttribute('src')).toContain('mug-clay')
  await page.keyboard.press('Escape')
  await large.waitFor({ state: 'hidden' })

  await page.getByRole('radio', { name: /^L/ }).check({ force: true })
  expect(await button(page, 'Purchase').isDisabled()).toBe(true)
  await page.getByRole('textbox', { name: 'Email' }).fill('ada@wait.example')
  await button(page, 'Email me').click()
  await page.getByText('We’ll email you when it’s back in stock.').waitFor()
  const notice = await visitors.shop.database.prisma.stockNotice.findFirstOrThrow()
  expect([notice.email, notice.variantId]).toEqual(['ada@wait.example', cup.variants['Clay / L']?.id])
})

describe('on a phone', () => {
  const PAGES = ['/pricing', '/pricing/1', '/pricing?q=mug', '/cart', '/login']

  it('the first picture is near the top', async (test) => {
    const page = await visitors.visit(test, { viewport: PHONE })
    await page.goto(`${visitors.shop.url}/pricing`)
    expect((await page.locator('.card').first().boundingBox())?.y).toBeLessThan(260)
  })

  it('nothing moves when the fonts arrive late', async (test) => {
    for (const address of PAGES) {
      const page = await visitors.visit(test, { viewport: PHONE })
      await page.addInitScript(WATCH_SHIFT)
      let arrive = () => {}
      const later = new Promise<void>((resolve) => (arrive = resolve))
      await page.route('**/fonts/*', async (route) => {
        await later
        await route.continue()
      })
      await page.goto(visitors.shop.url + address, { waitUntil: 'domcontentloaded' })
      await page.locator('.site-footer').waitFor()
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      arrive()
      await page.evaluate(
        'document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))',
      )
      expect(await page.evaluate<number>('window.shift'), address).toBeLessThanOrEqual(0.05)
    }
  })

  it('of 400 kbit/s, a gift under 50 is found and put into the cart, and no page moves', async (test) => {
    const page = await visitors.visit(test, { viewport: PHONE })
    await page.addInitScript(WATCH_SHIFT)
    const network = await page.context().newCDPSession(page)
    const bytes = 400_000 / 8
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 400, downloadThroughput: bytes, uploadThroughput: bytes },
    })
    await page.goto(`${visitors.shop.url}/pricing?max=50`, { waitUntil: 'load' })
    const picture = page.locator('.card img').first()
    await expect
      .poll(
        () =>
          page.evaluate<boolean>(
            `(() => { const image = document.querySelector('.card img'); return image.complete && image.naturalWidth > 0 })()`,
          ),
        {
          timeout: 30_000,
        },
      )
      .toBe(true)
    const box = await picture.boundingBox()
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(PHONE.height)
    expect(await page.evaluate<number>('window.shift'), 'list').toBeLessThanOrEqual(0.05)

    await link(page, 'Oak desk tray').click()
    await heading(page, 'Oak desk tray')
    await page.waitForLoadState('load')
    await button(page, 'Add to cart').click()
    await expect.poll(() => cartCount(page), { timeout: 30_000 }).toBe('1')
    expect(await page.evaluate<number>('window.shift'), 'product').toBeLessThanOrEqual(0.05)

    await page.goto(`${visitors.shop.url}/cart`, { waitUntil: 'load' })
    await heading(page, 'Your cart')
    expect(await page.evaluate<number>('window.shift'), 'cart').toBeLessThanOrEqual(0.05)
  })

  it('text of 24 and 32 pixels wraps, signed in with a cart', async (test) => {
    const page = await visitors.visit(test, { viewport: PHONE })
    await visitors.signIn(page)
    await page.request.post(`${visitors.shop.url}/cart/items`, { form: { product_id: '1', quantity: '2' } })
    for (const address of PAGES) {
      await page.goto(visitors.shop.url + address)
      for (const size of [24, 32]) {
        await page.evaluate(`document.documentElement.style.fontSize = '${size}px'`)
        expect(await width(page), `${address} at ${size}`).toBeLessThanOrEqual(PHONE.width)
      }
    }
  })
})
