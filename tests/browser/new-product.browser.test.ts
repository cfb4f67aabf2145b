// A product with pictures and variants, from the admin's form to the order.
import { expect, it } from 'vitest'
import { orderNumber } from '../../src/orders/order-key.js'
import { CARD } from '../support/pay-page.js'
import { photo } from '../support/pictures.js'
import { startBeside } from '../support/second-process.js'
import { signInOperator } from './admin-tour.js'
import { button, heading, link, onPayPage, payByCard } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('is added with two pictures and variants, and sold', async (test) => {
  const { shop } = visitors
  // Another process shows and sells it.
  const second = await startBeside(shop)
  test.onTestFinished(() => second.stop())
  const desk = await visitors.visit(test)
  await signInOperator(desk, shop)
  await desk.goto(`${shop.url}/admin/products`)
  await link(desk, 'Add product').click()
  await heading(desk, 'Add product')
  await desk.getByLabel('Name', { exact: true }).fill('Tin lantern')
  await desk.getByLabel('Summary', { exact: true }).fill('For the garden.')
  await desk.getByLabel('Category', { exact: true }).fill('Garden')
  await desk.getByLabel('Options', { exact: true }).fill('Size: Small, Large')
  await desk.getByLabel('Price').fill('24.50')
  await desk.getByLabel('Units in stock').fill('7')
  const colors = { 'front.jpg': '#884422', 'side.jpg': '#224488' }
  const files = Object.entries(colors).map(async ([name, color]) => ({
    ...{ name, mimeType: 'image/jpeg' },
    buffer: await photo('jpeg', { color }),
  }))
  await desk.getByLabel('Upload pictures').setInputFiles(await Promise.all(files))
  await button(desk, 'Add product').click()
  await heading(desk, 'Tin lantern')
  await desk.getByLabel('Price of Large').fill('31.00')
  await desk.getByLabel('Picture of Large').selectOption({ index: 2 })
  await button(desk, 'Save').click()
  await desk.getByText('Saved').first().waitFor()
  const inShop = (await link(desk, 'In the shop').getAttribute('href')) ?? ''

  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  const isShown = async () => {
    await page.goto(`${second.url}/pricing?q=lantern`)
    return link(page, 'Tin lantern').count()
  }
  await expect.poll(isShown, { timeout: 30_000 }).toBeGreaterThan(0)
  await page.goto(second.url + inShop)
  await heading(page, 'Tin lantern')
  const pictures = page.locator('.product__picture img')
  expect(await pictures.count()).toBe(2)
  const first = await pictures.first().getAttribute('src')
  await page.getByRole('radio', { name: 'Large' }).check()
  await page.getByText('$31.00').first().waitFor()
  expect(await pictures.first().getAttribute('src')).not.toBe(first)
  // Loaded, not only named.
  await expect
    .poll(() => page.evaluate('document.querySelector("[data-picture]").naturalWidth'), { timeout: 30_000 })
    .toBeGreaterThan(0)
  await button(page, 'Purchase').click()
  await onPayPage(page)
  await page.getByText('Tin lantern – Large').first().waitFor()
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')

  const order = await shop.database.prisma.order.findFirstOrThrow({
    where: { email },
    include: { items: true },
  })
  expect(order).toMatchObject({ status: 'paid', amountPaid: 3100, items: [{ variantName: 'Large' }] })
  await desk.goto(`${shop.url}/admin/orders?q=${order.key}`)
  await link(desk, orderNumber(order.key)).first().click()
  await desk.getByText('Tin lantern – Large').first().waitFor()
  await desk.goto(`${shop.url}/admin/products?q=lantern`)
  await link(desk, 'Tin lantern').first().click()
  const stocks = await shop.database.prisma.variant.findMany({
    where: { product: { name: 'Tin lantern' } },
    orderBy: { position: 'asc' },
  })
  expect(stocks.map(({ stock }) => stock)).toEqual([7, 6])
  const large = desk.getByRole('row').filter({ has: desk.getByLabel('Price of Large') })
  expect(await large.innerText()).toContain('6')
}, 120_000)
