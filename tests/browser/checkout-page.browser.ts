// The checkout page in a browser: the choice of the delivery, with and without script, on phones and at a desk.
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { button, heading, link, onPayPage } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
let productId: number

beforeAll(async () => {
  const { prisma } = visitors.shop.database
  const product = await prisma.product.update({
    where: { slug: 'stoneware-mug' },
    data: { requiresShipping: true },
  })
  productId = product.id
})

const ordersOf = (email: string) => visitors.shop.database.prisma.order.findMany({ where: { email } })
const scrollsSideways = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')

it.for([
  ['at a desk', { viewport: { width: 1280, height: 800 } }],
  ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
] as const)('a change of country or delivery updates the page, %s', async ([place, options], test) => {
  const page = await visitors.visit(test, options)
  const email = await visitors.signIn(page)
  await page.goto(`${visitors.shop.url}/pricing/${productId}`)
  await button(page, 'Purchase').click()
  await heading(page, 'Checkout')
  await button(page, 'Show delivery options').waitFor()
  const news = page.locator('[data-news]')
  expect(await news.textContent()).toBe('')

  await page.getByLabel('Country').focus()
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  await button(page, 'Pay $40.90').waitFor()
  expect(await news.textContent()).toBe('Total: $40.90')
  expect(await page.locator(':focus').getAttribute('id')).toBe('country')
  expect(await page.getByRole('radio', { name: /^Europe 4–8 business days/ }).isChecked()).toBe(true)
  expect(new URL(page.url()).searchParams.get('country')).toBe('DE')

  const express = page.getByRole('radio', { name: /^Europe express/ })
  await express.focus()
  await express.check()
  await button(page, 'Pay $52.90').waitFor()
  expect(await news.textContent()).toBe('Total: $52.90')
  expect(
    await page
      .getByRole('radio', { name: /^Europe express/ })
      .and(page.locator(':focus'))
      .count(),
  ).toBe(1)

  const summary = page.getByText('Order summary · $52.90')
  expect(await summary.isVisible()).toBe(place === 'on a phone')
  if (place === 'on a phone') await summary.click()
  await page
    .getByText('Delivery $24.90')
    .or(page.getByText('$24.90'))
    .locator('visible=true')
    .first()
    .waitFor()
  expect(await scrollsSideways(page)).toBe(false)

  // Reloading keeps the choice. Pay is one order, however often it is clicked.
  await page.reload()
  await button(page, 'Pay $52.90').dblclick({ delay: 40 })
  await onPayPage(page)
  expect(await ordersOf(email)).toMatchObject([{ total: 5290, deliveryCountry: 'DE' }])
})

it('a country that loses its delivery while the page is open is not charged', async (test) => {
  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  const rates = visitors.shop.database.prisma.shippingRate
  await page.goto(`${visitors.shop.url}/checkout/${productId}?country=JP`)
  await rates.updateMany({ where: { name: 'Worldwide' }, data: { active: false } })
  try {
    await button(page, 'Pay $47.90').click()
    await page.getByRole('alert').getByText('We don’t deliver to Japan yet.').waitFor()
    await page.getByLabel('Country').selectOption({ label: 'United States' })
    await button(page, 'Pay $33.90').click()
    await onPayPage(page)
    expect(await ordersOf(email)).toMatchObject([{ total: 3390, deliveryCountry: 'US' }])
  } finally {
    await rates.updateMany({ data: { active: true } })
  }
})

it('a country chosen before the script is here updates the page', async (test) => {
  const page = await visitors.visit(test)
  await visitors.signIn(page)
  let load = () => {}
  const chosen = new Promise<void>((resolve) => (load = resolve))
  await page.route('**/checkout.js*', async (route) => {
    await chosen
    await route.continue()
  })
  await page.goto(`${visitors.shop.url}/checkout/${productId}?country=US`, { waitUntil: 'commit' })
  await page.getByLabel('Country').selectOption({ label: 'Japan' })
  load()
  await button(page, 'Pay $47.90').waitFor()
  expect(new URL(page.url()).searchParams.get('country')).toBe('JP')
})

it('without script, a button updates the page, and Pay shows a new total first', async (test) => {
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  const email = await visitors.signIn(page)
  await page.goto(`${visitors.shop.url}/pricing/${productId}`)
  await button(page, 'Purchase').click()
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  await button(page, 'Show delivery options').click()
  await button(page, 'Pay $40.90').waitFor()
  await page.getByLabel('Country').selectOption({ label: 'United States' })
  await button(page, 'Update Delivery options').click()
  await button(page, 'Pay $33.90').waitFor()
  await page.getByRole('radio', { name: /^Express/ }).check()
  await button(page, 'Pay $33.90').click()
  await page.getByRole('status').getByText('The total is now $42.90.').waitFor()
  expect(await ordersOf(email)).toEqual([])
  await button(page, 'Pay $42.90').click()
  await onPayPage(page)
  await link(page, /^(← )?Back to /).click()
  await page.getByText('No charge was made').waitFor()
  expect(await ordersOf(email)).toMatchObject([{ total: 4290, shippingRateName: 'Express' }])
})
