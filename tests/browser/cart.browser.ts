import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CARD, sessionOf } from '../support/pay-page.js'
import {
  addToCart,
  button,
  checkOut,
  fillInRegistration,
  heading,
  link,
  onPayPage,
  payByCard,
} from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

const ordersOf = (email: string) =>
  visitors.shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true },
    orderBy: { id: 'asc' },
  })

async function addFromItsPage(page: Page, name: string, quantity: number): Promise<void> {
  await page.goto(`${visitors.shop.url}/pricing?q=${encodeURIComponent(name)}`)
  await link(page, name).click()
  await page.getByLabel('Quantity').fill(String(quantity))
  await addToCart(page)
  await page.getByRole('main').getByRole('link', { name }).waitFor()
}

const scrollsSideways = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')

describe('from the cart to the paid order', () => {
  it.for([
    ['at a desk', { viewport: { width: 1280, height: 800 } }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
    ['without script', { javaScriptEnabled: false }],
  ] as const)('%s', async ([, options], test) => {
    const page = await visitors.visit(test, options)
    // Adds from the list and from a product page, then changes one quantity and removes one product.
    await page.goto(`${visitors.shop.url}/pricing?q=oak`)
    await addToCart(page, 'Add to cart Oak desk tray')
    await link(page, 'Continue shopping').click()
    await addFromItsPage(page, 'Salt cellar with lid', 2)
    await addFromItsPage(page, 'Stoneware mug', 1)
    await page.getByLabel('Quantity of Oak desk tray').fill('3')
    await button(page, 'Update the quantity of Oak desk tray').click()
    await page.getByText('3 × $48.00').waitFor()
    await button(page, 'Remove Stoneware mug').click()
    await page.getByRole('status').getByText('Removed from your cart').waitFor()
    await link(page, 'Cart 5 items').waitFor()
    await page.getByText('$212.00').waitFor()

    // Checkout asks the shopper to sign in once, and then leads back to the cart.
    await button(page, 'Check out').click()
    await heading(page, 'Sign in')
    await page.getByRole('main').getByRole('link', { name: 'Create an account' }).click()
    const email = await fillInRegistration(page)
    await page.getByRole('status').getByText('We’ve added the items you chose').waitFor()
    await button(page, 'Check out').click()
    await heading(page, 'Checkout')
    // On a phone the summary is folded up.
    const folded = page.getByText('Order summary · $212.00')
    if (await folded.isVisible()) await folded.click()
    await page.getByText('3 × $48.00').locator('visible=true').waitFor()
    if ('viewport' in options) expect(await scrollsSideways(page)).toBe(false)

    // The shopper returns from Stripe's page to the cart, and pays the same order in the same session.
    await button(page, 'Pay $212.00').click()
    await onPayPage(page)
    const session = sessionOf(page.url())
    await link(page, /Back to/).click()
    await page.getByRole('status').getByText('No charge was made').waitFor()
    expect(new URL(page.url()).pathname).toBe('/cart')
    await button(page, 'Check out').click()
    await button(page, 'Pay $212.00').click()
    await onPayPage(page)
    expect(sessionOf(page.url())).toBe(session)
    await payByCard(page, CARD.good)
    await heading(page, 'Thank you for your order')
    await visitors.shop.sandbox.idle()
    expect(await ordersOf(email)).toMatchObject([
      { status: 'paid', amountPaid: 21_200, attempts: [{ stripeSessionId: session }] },
    ])
    await page.goto(`${visitors.shop.url}/cart`)
    await heading(page, 'Your cart is empty')
  })
})

it.for([
  ['with script', {}],
  ['without', { javaScriptEnabled: false }],
] as const)('a quantity that was typed and not updated is ordered, %s', async ([, options], test) => {
  const page = await visitors.visit(test, options)
  const email = await visitors.signIn(page)
  await addFromItsPage(page, 'Oak desk tray', 1)
  await addFromItsPage(page, 'Stoneware mug', 1)
  await page.getByLabel('Quantity of Oak desk tray').fill('3')
  await button(page, 'Check out').click()
  await heading(page, 'Checkout')
  await button(page, 'Pay $172.00').click()
  await onPayPage(page)
  expect(await ordersOf(email)).toMatchObject([{ total: 17_200 }])

  // The Enter key updates, whichever quantity was typed.
  await page.goto(`${visitors.shop.url}/cart`)
  await page.getByLabel('Quantity of Stoneware mug').fill('2')
  await page.keyboard.press('Enter')
  await page.getByText('2 × $28.00').waitFor()
  expect(await ordersOf(email)).toHaveLength(1)
})

it.for([
  ['with script', {}],
  ['without', { javaScriptEnabled: false }],
] as const)(
  'a quantity that was typed on the checkout page is shown before it is paid, %s',
  async ([, options], test) => {
    const page = await visitors.visit(test, options)
    const email = await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing?q=oak`)
    await link(page, 'Oak desk tray').click()
    await checkOut(page)
    await page.getByLabel('Quantity').fill('2')
    await button(page, 'Pay $48.00').click()
    await page.getByText('The total is now $96.00.').waitFor()
    expect(await ordersOf(email)).toEqual([])
    await page.getByLabel('Quantity').fill('3')
    await button(page, 'Update').click()
    await button(page, 'Pay $144.00').click()
    await onPayPage(page)
    expect(await ordersOf(email)).toMatchObject([{ total: 14_400 }])
  },
)

it('double-clicking Check out and Pay makes one order', async (test) => {
  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  await addFromItsPage(page, 'Oak desk tray', 1)
  await button(page, 'Check out').dblclick({ delay: 40 })
  await heading(page, 'Checkout')
  await button(page, 'Pay $48.00').dblclick({ delay: 40 })
  await onPayPage(page)
  expect(await ordersOf(email)).toHaveLength(1)
})

it.for([320, 360, 390])('the header with a full cart fits %d pixels', async (width, test) => {
  const page = await visitors.visit(test, { viewport: { width, height: 700 } })
  await visitors.signIn(page)
  await addFromItsPage(page, 'Oak desk tray', 12)
  const places = await Promise.all([
    page.locator('.brand__mark').boundingBox(),
    link(page, 'Search products').boundingBox(),
    page.locator('[data-account-menu] > summary').boundingBox(),
    link(page, 'Cart 12 items').boundingBox(),
    page.locator('.site-menu summary').boundingBox(),
  ])
  const edges = [0, ...places.flatMap((box) => (box ? [box.x, box.x + box.width] : [])), width]
  expect(edges).toHaveLength(12)
  expect(edges).toEqual(edges.toSorted((one, other) => one - other))
  await link(page, 'Till').waitFor()
  expect(await scrollsSideways(page)).toBe(false)
})
