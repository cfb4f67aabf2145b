// Visits every page of the admin, with something to show on each.
import type { Page } from 'playwright-core'
import { planImport } from '../../src/catalog/import/imports.js'
import { openIncident } from '../../src/incidents/incidents.js'
import { KNOWN_KINDS } from '../../src/outbox/mail-kinds.js'
import { publishText, saveDraft } from '../../src/policies/change-policy.js'
import { click } from '../reliability/crowd.js'
import { runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { ageSessions, AuthenticatorApp, newOperator } from '../support/operator.js'
import { hiddenFields, paidDelivery, placedDelivery, send } from '../support/operated-orders.js'
import { CARD, payByCard } from '../support/pay-page.js'
import { newShopper, PASSWORD } from '../support/shopper.js'
import type { RunningShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'
import { button, heading, newAddress } from './shopper.js'
import type { Look, ShopOnTour } from './tour.js'

/** Signs in somebody who is new, and goes to the admin. @returns their id */
export async function signInOperator(
  page: Page,
  shop: RunningShop,
  role: 'operator' | 'owner' = 'operator',
): Promise<number> {
  const { email, id } = await newOperator(shop, role)
  await page.goto(`${shop.url}/login?next=/admin`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Sign in').click()
  await heading(page, 'Home')
  return id
}

/** An order of which a parcel has left, and whose shopper wants to return a unit of it. */
export async function returnedDelivery(shop: RunningShop) {
  const order = await paidDelivery(shop)
  const { operator } = await newOperator(shop)
  const path = `/admin/orders/${order.key}`
  const { key = '' } = hiddenFields((await operator.get(path)).text, `${path}/ship`)
  const parcel = { key, [`ship_${order.m}`]: '2', carrier: 'dhl', tracking: 'JD014600' }
  await send(operator, `${path}/ship`, parcel).expect(303)
  const wish = { [`item_${order.m}`]: '1', reason: 'Too small for me.' }
  await click(shop, order.shopper, 'POST', `/orders/${order.key}/returns`, wish)
  const { returns } = await shop.database.prisma.order.findUniqueOrThrow({
    where: { id: order.id },
    include: { returns: true },
  })
  return { ...order, returnKey: returns[0]?.key ?? '' }
}

/** An event with a status of a payment that the shop does not know. @returns its id */
export async function quarantinedEvent(shop: RunningShop): Promise<string> {
  const order = await openOrder(shop)
  const event = sessionEvent(shop, order, 'checkout.session.completed', { payment_status: 'late' })
  await deliver(shop, event).expect(200)
  return event.id
}

/** Lets the mail about an order's payment look as if the mail server had refused it to the end. @returns its id */
export async function givenUpMail(shop: RunningShop, orderId: number): Promise<number> {
  const { prisma } = shop.database
  const { id } = await prisma.mail.findFirstOrThrow({ where: { orderId, kind: 'purchase_succeeded' } })
  const data = { sentAt: null, dueAt: null, attempts: 9, lastError: '450 The mailbox is full' }
  await prisma.mail.update({ where: { id }, data })
  return id
}

/** A policy with two versions and a draft. */
async function policyWithDraft(shop: RunningShop): Promise<void> {
  const { prisma } = shop.database
  const text =
    'Send it back within **14 days**.\n\n## How\n\n1. Write to [us](mailto:help@shop.example).\n2. Pack it.\n\n| Where | Who pays |\n| --- | --- |\n| Germany | We do |\n| Elsewhere | You do |\n\n> Gift cards can’t be returned.'
  await publishText(prisma, 'returns', 'Within 14 days.')
  await publishText(prisma, 'returns', text)
  await saveDraft(prisma, 'returns', `${text}\n\n- Keep the receipt.`, 2)
}

const PICTURE = '/assets/images/products/stoneware-mug.svg'

/** The previews of an import without and with mistakes. @returns their ids */
async function plannedImports(shop: RunningShop, userId: number): Promise<string[]> {
  const options = { currency: 'usd', allowedHosts: [] }
  const ids: string[] = []
  for (const price of ['9.50', 'cheap']) {
    const file = `product,name,sku,price,stock\ntin-box,Tin box,tin-box,${price},12`
    const by = { fileName: 'products.csv', userId }
    const planned = await planImport(shop.database.prisma, Buffer.from(file), options, by)
    if ('id' in planned) ids.push(planned.id)
  }
  return ids
}

export async function adminTour(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const { prisma } = shop.database
  const ownerId = await signInOperator(page, shop, 'owner')
  await look('home')

  const returned = await returnedDelivery(shop)
  const paid = await paidDelivery(shop)
  const disputed = await paidDelivery(shop, [1, 1], CARD.disputed)
  const { id: disputeId } = await prisma.dispute.findFirstOrThrow({ where: { orderId: disputed.id } })
  const declined = await placedDelivery(shop)
  await payByCard(declined.url, CARD.declined)
  const eventId = await quarantinedEvent(shop)
  const mailId = await givenUpMail(shop, paid.id)
  await openIncident(prisma, {
    ...{ kind: 'loop_failing', subject: 'mail', orderId: null },
    message: 'The loop “mail” has failed for ten minutes: connect ECONNREFUSED 127.0.0.1:25',
  })
  await prisma.unmatchedPayment.create({
    data: {
      ...{ id: 'cs_test_unmatched', paymentIntentId: 'pi_unmatched', amount: 6389n, currency: 'usd' },
      ...{ status: 'paid', message: 'No order has this key.', paidAt: new Date() },
    },
  })
  const invited = await runCommand(shop, 'operators', 'invite', newAddress())
  await policyWithDraft(shop)
  const varied = await addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['M'] }], {
    image: PICTURE,
  })
  // The list shows the pictures of all products.
  await prisma.product.updateMany({ data: { image: PICTURE } })
  const imports = await plannedImports(shop, ownerId)
  const incidents = await prisma.incident.findMany({ orderBy: { id: 'asc' } })
  const shopper = await prisma.order.findUniqueOrThrow({ where: { id: paid.id } })
  const { email } = await newShopper(shop.url)
  const newcomer = await prisma.user.findUniqueOrThrow({ where: { email } })
  const order = (key: string) => `/admin/orders/${key}`
  const [paidEvent] = await prisma.stripeEvent.findMany({ where: { orderId: paid.id }, take: 1 })
  const [sentMail] = await prisma.mail.findMany({
    where: { orderId: returned.id, sentAt: { not: null } },
    take: 1,
  })
  // As if it had been placed without an account.
  await prisma.order.update({ where: { id: declined.id }, data: { userId: null } })

  for (const [name, path] of [
    ['home-tasks', '/admin'],
    ['numbers', '/admin/numbers'],
    ['numbers-year', '/admin/numbers?range=year'],
    ['reconciliation', `/admin/numbers/reconciliation?month=${new Date().toISOString().slice(0, 7)}`],
    ['reconciliation-wrong-month', '/admin/numbers/reconciliation?month=soon'],
    ['numbers-wrong-days', '/admin/numbers?range=custom&from=2026-12-24&to='],
    ['orders', '/admin/orders'],
    ['orders-filtered', '/admin/orders?q=linen&country=DE&status=paid'],
    ['orders-wrong-filters', '/admin/orders?min=much'],
    ['orders-none', '/admin/orders?q=nothing-has-this'],
    ['order-to-ship', order(paid.key)],
    ['order-returned', order(returned.key)],
    ['order-disputed', order(disputed.key)],
    ['order-declined', order(declined.key)],
    ['order-event', `${order(paid.key)}?event=${paidEvent?.id ?? ''}#events`],
    ['order-mail', `${order(returned.key)}?mail=${sentMail?.id ?? 0}#mails`],
    ['guest', `${order(declined.key)}/guest`],
    ['packing-slip', `${order(paid.key)}/packing-slip`],
    ['refund', `${order(paid.key)}/refund`],
    ['refund-refused', `${order(disputed.key)}/refund`],
    ['to-ship', '/admin/to-ship'],
    ['ship-orders', `/admin/orders/ship?order=${paid.key}&order=${returned.key}`],
    ['packing-slips', `/admin/orders/packing-slips?order=${paid.key}&order=${returned.key}`],
    ['returns', '/admin/returns'],
    ['return-refund', `/admin/returns/${returned.returnKey}/refund`],
    ['disputes', '/admin/disputes'],
    ['dispute', `/admin/disputes/${disputeId}`],
    ['dispute-accept', `/admin/disputes/${disputeId}/accept`],
    ['incidents', '/admin/incidents'],
    ...incidents.map(({ id }, index) => [`incident-${index}`, `/admin/incidents/${id}`] as const),
    ['incidents-none', '/admin/incidents?kind=clock_skew'],
    ['events', '/admin/events'],
    ['event', `/admin/events/${eventId}`],
    ['mails', '/admin/mails'],
    ['mail', `/admin/mails/${mailId}`],
    ['mail-previews', '/admin/mails/preview'],
    ['mail-preview', `/admin/mails/preview/${KNOWN_KINDS[0] ?? ''}`],
    ['checkouts', '/admin/checkouts'],
    ['customers', '/admin/customers'],
    ['customer', `/admin/customers/${shopper.userId}`],
    ['erase-customer', `/admin/customers/${newcomer.id}/erase`],
    ['erase-customer-refused', `/admin/customers/${shopper.userId}/erase`],
    ['payment', '/admin/payments/cs_test_unmatched'],
    ['products', '/admin/products'],
    ['products-none', '/admin/products?q=nothing-has-this'],
    ['product-new', '/admin/products/new'],
    ['product', `/admin/products/${varied.id}`],
    ['product-stock', `/admin/products/${varied.id}/stock`],
    ['products-import', '/admin/products/import'],
    ...imports.map((id, index) => [`product-import-${index}`, `/admin/products/imports/${id}`] as const),
    ['health', '/admin/health'],
    ['audit', '/admin/audit'],
    ['shipping-rates', '/admin/shipping?all=yes'],
    ['shipping-rate', '/admin/shipping/1'],
    ['shipping-rate-new', '/admin/shipping/new'],
    ['discounts', '/admin/discounts'],
    ['settings', '/admin/settings'],
    ['policies', '/admin/policies'],
    ['policy', '/admin/policies/returns'],
    ['policy-preview', '/admin/policies/returns/preview'],
    ['policy-withdraw', '/admin/policies/returns/withdraw'],
    ['policy-public', '/pages/returns'],
    ['policy-replaced', '/pages/returns/versions/1'],
    ['operators', '/admin/operators'],
    ['security', '/admin/security'],
    ['set-up-factor', '/admin/security/set-up'],
    ['not-found', '/admin/nothing-here'],
  ] as const) {
    await page.goto(shop.url + path)
    await look(name)
  }

  await page.goto(`${shop.url}/admin/disputes/${disputeId}`)
  await button(page, 'Save and preview').click()
  await button(page, 'Submit to the bank').waitFor()
  await look('dispute-preview')

  await page.goto(`${shop.url}${order(paid.key)}/refund`)
  await button(page, 'Continue').click()
  await button(page, /^Refund \$/).waitFor()
  await look('refund-confirm')
  await button(page, /^Refund \$/).click()
  await page.getByRole('status').waitFor()
  await look('order-refunded')

  await page.goto(`${shop.url}/admin/orders/ship?order=${paid.key}&order=${returned.key}`)
  await button(page, /^Mark /).click()
  await heading(page, /^Not shipped/)
  await look('shipped-orders')

  await page.goto(`${shop.url}/admin/security/set-up`)
  const app = new AuthenticatorApp((await page.locator('code').innerText()).replaceAll(' ', ''))
  await page.getByLabel('Enter the six digits').fill(app.code())
  await button(page, 'Set up').click()
  await heading(page, 'Your recovery codes')
  await look('recovery-codes')
  await ageSessions(shop, ownerId, { code: 11 })
  await page.goto(`${shop.url}${order(returned.key)}/refund`)
  await heading(page, 'Enter a code')
  await look('code')
  await page.goto(`${shop.url}/admin`)
  await button(page, 'Sign out').click()
  await page.goto(/https?:\S+/.exec(invited.output)?.[0] ?? '')
  await button(page, 'Accept').waitFor()
  await look('invitation')
}
