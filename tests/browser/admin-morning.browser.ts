// A morning in the admin, with and without script, and two operators at once.
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openIncident } from '../../src/incidents/incidents.js'
import { orderNumber } from '../../src/orders/order-key.js'
import { paidDelivery } from '../support/operated-orders.js'
import type { TestShop } from '../support/shop.js'
import { givenUpMail, quarantinedEvent, returnedDelivery, signInOperator } from './admin-tour.js'
import { button, heading, link } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** What waits for an operator. */
async function fullInbox(shop: TestShop) {
  const { prisma } = shop.database
  const toShip = [await paidDelivery(shop), await paidDelivery(shop), await paidDelivery(shop)] as const
  const returned = await returnedDelivery(shop)
  await givenUpMail(shop, toShip[1].id)
  const eventId = await quarantinedEvent(shop)
  // A newer release knows the status.
  const { payload } = await prisma.stripeEvent.findUniqueOrThrow({ where: { id: eventId } })
  const data = { payload: payload.replace('"late"', '"paid"') }
  await prisma.stripeEvent.update({ where: { id: eventId }, data })
  const incident = `No mail leaves since ${eventId}`
  await openIncident(prisma, { kind: 'loop_failing', subject: eventId, orderId: null, message: incident })
  return { toShip: toShip.map(({ key }) => orderNumber(key)), returned, eventId, incident }
}

const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

/** Goes to a part of the admin by the navigation. */
async function goTo(page: Page, part: string, title = part): Promise<void> {
  const parts = page.getByRole('navigation', { name: 'Admin' })
  const menu = parts.getByText('Menu')
  if (await menu.isVisible()) await menu.click()
  await parts.getByRole('link', { name: part, exact: true }).click()
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
  await fits(page)
}

async function fits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width)
}

describe.each<[string, BrowserContextOptions]>([
  ['at a desk', { viewport: { width: 1280, height: 800 } }],
  ['on a phone without script', { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }],
])('%s', (_where, options) => {
  it('an operator does what waits in the morning', async (test) => {
    const { toShip, returned, eventId, incident } = await fullInbox(visitors.shop)
    const [first = '', second = ''] = toShip
    const page = await visitors.visit(test, options)
    await signInOperator(page, visitors.shop)
    await fits(page)

    // Ships three orders.
    await link(page, 'Orders to ship: show all').click()
    await heading(page, 'To ship')
    await fits(page)
    for (const number of toShip) await page.getByLabel(`Select ${number}`).check()
    await button(page, 'Mark as shipped').click()
    await page.getByLabel(/^Carrier/).fill('dhl')
    for (const [index, number] of toShip.entries())
      await page.getByLabel(`Tracking number of ${number}`).fill(`JD01460${index}`)
    await fits(page)
    await button(page, 'Mark 3 orders as shipped').click()
    await heading(page, 'Shipped: 3')
    await fits(page)
    await link(page, 'Orders to ship').click()
    await heading(page, 'To ship')
    for (const number of toShip) expect(await rowOf(page, number).count()).toBe(0)
    await goTo(page, 'Orders')
    for (const number of toShip) expect(await rowOf(page, number).innerText()).toMatch(/shipped/i)

    // Refunds a shirt.
    await link(page, first).click()
    await heading(page, `Order ${first}`)
    await fits(page)
    await link(page, 'Refund').click()
    await page.getByLabel('Items or delivery, at what was paid for them').check()
    await page.getByLabel('Units that were sent, of 2: Linen shirt – M').fill('1')
    await page.getByLabel(/^Note/).fill('A button was missing')
    await fits(page)
    await button(page, 'Continue').click()
    await fits(page)
    await button(page, 'Refund $19.99').click()
    await heading(page, `Order ${first}`)
    const shirt = await rowOf(page, 'Linen shirt – M').getByRole('cell').allInnerTexts()
    expect(shirt.slice(1)).toEqual(['$19.99', '2', '2', '0', '0', '1', '$39.98'])
    await rowOf(page, 'Order: refunded').waitFor()
    await goTo(page, 'Orders')
    expect(await rowOf(page, first).innerText()).toContain('−$19.99')

    // Resolves an incident.
    await goTo(page, 'Incidents')
    await link(page, incident).click()
    await heading(page, /^Incident/)
    await fits(page)
    await page.getByLabel('Note (optional)').fill('Restarted the mail server')
    await button(page, 'Resolve incident').click()
    await page.getByText('Restarted the mail server').waitFor()
    await goTo(page, 'Incidents')
    expect(await rowOf(page, incident).count()).toBe(0)
    await page.getByLabel('State').selectOption('Resolved')
    await button(page, 'Filter').click()
    expect(await rowOf(page, incident).innerText()).toContain('resolved')

    // Sends a mail again.
    await goTo(page, 'Emails')
    await page.getByLabel('State').selectOption('given up')
    await button(page, 'Filter').click()
    await rowOf(page, second).getByRole('link').first().click()
    await heading(page, 'Send again')
    await fits(page)
    await button(page, 'Send again').click()
    await page.getByText('The email is sent within seconds').waitFor()
    await link(page, second).click()
    await heading(page, `Order ${second}`)
    await page
      .getByRole('region', { name: 'Emails', exact: true })
      .getByText(/^(Sent|Waiting)$/)
      .first()
      .waitFor()

    // Replays an event.
    await goTo(page, 'Events', 'Events from Stripe')
    await page.getByLabel('Outcome').selectOption('quarantined')
    await button(page, 'Filter').click()
    expect(await rowOf(page, eventId).innerText()).toContain('quarantined')
    await rowOf(page, eventId).getByRole('link').first().click()
    await heading(page, 'Payload')
    await fits(page)
    await button(page, 'Replay event').click()
    await page.getByText('The event was handled again').waitFor()
    await goTo(page, 'Events', 'Events from Stripe')
    expect(await rowOf(page, eventId).innerText()).toContain('done')

    // Accepts a return.
    await goTo(page, 'Returns')
    await rowOf(page, orderNumber(returned.key)).getByRole('link').click()
    await page.getByLabel(/^Answer to the shopper/).fill('Send it to the warehouse.')
    await button(page, 'Accept').click()
    await page.getByText('You answered: Send it to the warehouse.').waitFor()
    await fits(page)
    await goTo(page, 'Returns')
    expect(await rowOf(page, orderNumber(returned.key)).innerText()).toContain('Accepted')

    await goTo(page, 'Audit log')
    for (const action of ['return.accepted', 'event.replayed', 'mail.resent', 'incident.resolved'])
      await page.getByRole('cell', { name: action }).first().waitFor()
  })
})

it('two operators refund an order at once: one does, and the other is told why not', async (test) => {
  const { key, id } = await paidDelivery(visitors.shop)
  const pages = [await visitors.visit(test), await visitors.visit(test)] as const
  for (const page of pages) {
    await signInOperator(page, visitors.shop)
    await page.goto(`${visitors.shop.url}/admin/orders/${key}/refund`)
    await button(page, 'Continue').click()
    await button(page, 'Refund $83.88').waitFor()
  }
  const seen = await Promise.all(
    pages.map(async (page) => {
      await button(page, 'Refund $83.88').click()
      return page.locator('main > p').first().innerText()
    }),
  )
  expect(seen.sort()).toEqual(['All that was paid for this order has been refunded.', 'Refunded.'])
  expect(await visitors.shop.database.prisma.refund.count({ where: { orderId: id } })).toBe(1)
})

it('a form that was sent is busy until the answer, and sends which button was pressed', async (test) => {
  const { key, returnKey } = await returnedDelivery(visitors.shop)
  const page = await visitors.visit(test)
  await signInOperator(page, visitors.shop)
  await page.goto(`${visitors.shop.url}/admin/orders/${key}`)
  const form = page.locator(`[id="${returnKey}"] form`)
  await form.getByLabel(/^Answer to the shopper/).fill('Too worn.')
  let release: (text: string) => void = () => {}
  const disabled = new Promise<string>((resolve) => (release = resolve))
  await page.exposeFunction('noteDisabled', release)
  await page.evaluate(`new MutationObserver(() => {
    const busy = document.querySelectorAll('form[aria-busy="true"] button:disabled')
    noteDisabled([...busy].map((one) => one.textContent).join(', '))
  }).observe(document.body, { attributeFilter: ['aria-busy'], subtree: true })`)
  // The answer comes after that.
  await page.route('**/answer', async (route) => {
    await disabled
    await route.continue()
  })
  await form.getByRole('button', { name: 'Decline' }).click()
  expect(await disabled).toBe('Accept, Decline')
  await page.getByText('Return declined.').waitFor()
  expect(await page.locator('form[aria-busy]').count()).toBe(0)
})
