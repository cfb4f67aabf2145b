// What the morning in the admin leaves out, without script: notes, addresses, parcels, returns, events, customers and downloads.
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openIncident } from '../../src/incidents/incidents.js'
import { newAccessToken } from '../../src/orders/order-access.js'
import { orderNumber } from '../../src/orders/order-key.js'
import { paidDelivery, placedDelivery } from '../support/operated-orders.js'
import { newShopper } from '../support/shopper.js'
import { quarantinedEvent, returnedDelivery, signInOperator } from './admin-tour.js'
import { button, heading, link } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

const WITHOUT_SCRIPT = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

/** The file that a link leads to. */
async function fileOf(page: Page, target: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), target.click()])
  return readFile(await download.path(), 'utf8')
}

it('an operator writes a note, corrects an address and cancels an order without script', async (test) => {
  const paid = await paidDelivery(visitors.shop)
  const placed = await placedDelivery(visitors.shop)
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, visitors.shop)

  await page.goto(`${visitors.shop.url}/admin/orders/${paid.key}`)
  await page.getByLabel('Note, for operators').fill('Wants it wrapped.')
  await button(page, 'Add note').click()
  await page.getByText('Note added.').waitFor()
  await panel(page, 'Timeline').getByText('Wants it wrapped.').waitFor()

  await page.getByText('Correct the address', { exact: true }).first().click()
  await page.getByLabel('Street and number').fill('Invalidenstraße 117')
  await button(page, 'Correct the address').click()
  await page.getByText('Address corrected.').waitFor()
  await panel(page, 'Delivery').getByText('Invalidenstraße 117').waitFor()

  await page.goto(`${visitors.shop.url}/admin/orders/${placed.key}`)
  await button(page, 'Cancel the order').click()
  await page.getByText('Canceled. It can’t be paid any more.').waitFor()
  expect(await button(page, 'Cancel the order').count()).toBe(0)
}, 120_000)

it('an operator marks a parcel as delivered, and receives and refunds a return without script', async (test) => {
  const { key, returnKey } = await returnedDelivery(visitors.shop)
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, visitors.shop)

  await page.goto(`${visitors.shop.url}/admin/orders/${key}`)
  await button(page, /^Mark as delivered/).click()
  await page.getByText('Recorded as delivered.').waitFor()
  expect(await button(page, /^Mark as delivered/).count()).toBe(0)

  const returned = page.locator(`[id="${returnKey}"]`)
  await returned.getByLabel(/^Answer to the shopper/).fill('Send it back.')
  await returned.getByRole('button', { name: 'Accept' }).click()
  await page.getByText('Return accepted.').waitFor()
  await returned.getByRole('button', { name: 'Mark as received' }).click()
  await page.getByText('Return recorded as received.').waitFor()
  await returned.getByRole('link', { name: 'Refund' }).click()
  await page.getByLabel('Put the units on sale again').check()
  await button(page, 'Continue').click()
  await button(page, /^Refund \$/).click()
  await heading(page, `Order ${orderNumber(key)}`)
  await returned.getByText('Refunded $19.99').waitFor()
  await returned.getByText('On sale again').waitFor()
}, 120_000)

it('an operator ignores an event, and reads mails before they are sent, without script', async (test) => {
  const eventId = await quarantinedEvent(visitors.shop)
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, visitors.shop)

  await page.goto(`${visitors.shop.url}/admin/events/${eventId}`)
  const top = async (target: Locator) => (await target.boundingBox())?.y ?? 0
  expect(await top(button(page, 'Replay event'))).toBeLessThan(await top(panel(page, 'Payload')))
  await page.getByLabel('Reason').fill('Settled by hand.')
  await button(page, 'Ignore event').click()
  await page.getByText('Settled by hand.').waitFor()
  expect(await button(page, 'Ignore event').count()).toBe(0)

  await page.goto(`${visitors.shop.url}/admin/mails/preview`)
  await link(page, 'return accepted').click()
  const preview = page.frameLocator('iframe')
  await preview.getByText('How to send them back').first().waitFor()
  await page.getByText('As plain text').click()
  expect(await page.getByRole('region', { name: 'The email as text' }).innerText()).toContain(
    'How to send them back',
  )
}, 120_000)

it('an operator exports, blocks and signs out a customer without script', async (test) => {
  const { shopper, email } = await newShopper(visitors.shop.url)
  const { id } = await visitors.shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, visitors.shop)

  await page.goto(`${visitors.shop.url}/admin/customers/${id}`)
  const data = JSON.parse(await fileOf(page, link(page, 'Export as JSON'))) as object
  expect(JSON.stringify(data)).toContain(email)
  await shopper.get('/account').expect(200)
  await button(page, 'Sign out everywhere').click()
  await page.getByText('The account is signed out everywhere.').waitFor()
  await shopper.get('/account').expect(303)
  await page.getByLabel('Reason, for operators').fill('Stolen cards.')
  await button(page, 'Block account').click()
  await page.getByText('The account is blocked').waitFor()
  await page.getByText('Stolen cards.').waitFor()
  await button(page, 'Unblock account').click()
  await page.getByText('can sign in and order again').waitFor()
}, 120_000)

it('an operator saves the filters of the orders, and downloads them, without script', async (test) => {
  const { key } = await paidDelivery(visitors.shop)
  const unpaid = await placedDelivery(visitors.shop)
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, visitors.shop)

  await page.goto(`${visitors.shop.url}/admin/orders?status=paid`)
  await page.getByText('Save these filters').click()
  await page.getByLabel('Name of the view').fill('Paid ones')
  await button(page, 'Save').click()
  const views = page.getByRole('navigation', { name: 'Saved views' })
  await page.goto(`${visitors.shop.url}/admin/orders`)
  await views.getByRole('link', { name: 'Paid ones' }).click()
  await button(page, 'Delete this view').waitFor()
  const csv = await fileOf(page, link(page, 'Download CSV'))
  expect(csv).toContain(orderNumber(key))
  expect(csv).not.toContain(orderNumber(unpaid.key))
  await button(page, 'Delete this view').click()
  await heading(page, 'Orders')
  expect(await views.count()).toBe(0)
}, 120_000)

it('an owner fills in each other kind of form without script', async (test) => {
  const { shop } = visitors
  const paid = await paidDelivery(shop)
  const page = await visitors.visit(test, WITHOUT_SCRIPT)
  await signInOperator(page, shop, 'owner')

  await page.goto(`${shop.url}/admin/products/new`)
  await page.getByLabel('Name', { exact: true }).fill('Tin box')
  await page.getByLabel('Price', { exact: true }).fill('9.50')
  await page.getByLabel('Currency').fill('usd')
  await page.getByLabel('Units in stock (optional)').fill('7')
  await button(page, 'Add product').click()
  await page.getByText('Product added.').waitFor()
  await page.getByLabel('Summary').first().fill('Closes well.')
  await button(page, 'Save').click()
  await page.getByText('Saved. Shoppers see it within a second.').waitFor()
  await page.goto(`${page.url().split('?')[0] ?? ''}/stock`)
  await page.getByLabel(/^Change stock of/).fill('-2')
  await page.getByLabel('Reason').selectOption('damaged')
  await button(page, 'Adjust stock').click()
  await page.getByRole('cell', { name: '-2' }).or(page.getByText('−2')).first().waitFor()

  await page.goto(`${shop.url}/admin/discounts`)
  await page.getByLabel('Code', { exact: true }).fill('SPRING-10')
  await page.getByLabel('Percent off').fill('10')
  await button(page, 'Make the code').click()
  await button(page, /^End\b.*SPRING-10/).click()
  await page.getByText('Ended', { exact: true }).waitFor()

  await page.goto(`${shop.url}/admin/shipping/new`)
  await page.getByLabel('Name').first().fill('By bike')
  await page.getByLabel('Countries').fill('DE')
  await page.getByLabel('Amount').fill('2.50')
  await button(page, 'Add').click()
  await link(page, 'By bike').waitFor()

  await page.goto(`${shop.url}/admin/settings`)
  await page.getByLabel('Days to request a return').fill('30')
  await button(page, 'Save').click()
  await page
    .getByText(/^Saved\./)
    .first()
    .waitFor()

  const { prisma } = shop.database
  await openIncident(prisma, {
    ...{ kind: 'order_attention', subject: paid.key, orderId: paid.id, message: 'Look at it.' },
  })
  await newAccessToken(prisma, paid.id)
  const unsent = { orderId: paid.id, kind: 'purchase_succeeded', sentAt: null } as const
  await expect.poll(() => prisma.mail.count({ where: unsent }), { timeout: 30_000 }).toBe(0)
  await page.goto(`${shop.url}/admin/orders/${paid.key}`)
  await button(page, 'Check with Stripe').click()
  await page.getByText('This is what Stripe says now.').waitFor()
  await button(page, 'Mark as dealt with').click()
  await page.getByText('Marked as dealt with.').waitFor()
  await button(page, 'Revoke links').click()
  await page.getByText('Links revoked.').waitFor()
  await panel(page, 'Events')
    .getByRole('link', { name: /^Payload/ })
    .first()
    .click()
  await panel(page, 'Events').getByText('"object": "event"').waitFor()
  await panel(page, 'Events')
    .getByRole('button', { name: /^Replay/ })
    .first()
    .click()
  await page.getByText('The event was handled again.').waitFor()
  await panel(page, 'Emails')
    .getByRole('button', { name: /^Send again ?: Purchase succeeded/ })
    .click()
  await page.getByText('The email is sent within seconds.').waitFor()
  await panel(page, 'Emails').getByText('Sent again', { exact: true }).waitFor()
}, 120_000)
