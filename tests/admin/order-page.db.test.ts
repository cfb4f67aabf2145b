// The page of an order: how it opens, its notes, and what is asked of Stripe.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAccessToken } from '../../src/orders/order-access.js'
import { openIncident } from '../../src/incidents/incidents.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { auditOf, hiddenFields, paidDelivery, send } from '../support/operated-orders.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
let order: Awaited<ReturnType<typeof paidDelivery>>
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator } = await newOperator(shop))
  order = await paidDelivery(shop)
})
afterAll(() => shop.close())

const path = () => `/admin/orders/${order.key}`
const page = async () => (await operator.get(path()).expect(200)).text

it('opens by its number, and shows what Stripe says beside what was expected', async () => {
  const number = `T-${order.key.slice(4, 12)}`
  const { headers } = await operator.get(`/admin/orders/${number}`).expect(303)
  expect(headers['location']).toBe(path())
  await operator.get('/admin/orders/T-00000000').expect(404)
  const html = await page()
  expect(textOf(html)).toContain('Total $83.88 $83.88')
  expect(textOf(html)).not.toContain('Differs')
  const { stripeSessionId } = await shop.database.prisma.checkoutAttempt.findFirstOrThrow()
  expect(html).toContain(`href="${shop.sandbox?.url ?? ''}/sessions/${stripeSessionId ?? ''}"`)
  expect(html).toMatch(/href="\/admin\/events\/evt_\w+"/)
})

it('has the notes of operators with their authors, once each', async () => {
  for (let sent = 0; sent < 2; sent++)
    await send(operator, `${path()}/notes`, { note: 'Wants <it> by Friday.' }).expect(303)
  expect(await page()).toContain('Wants &lt;it&gt; by Friday.')
  expect(textOf(await page())).toContain('by Ada Shopper')
  expect(await shop.database.prisma.note.count()).toBe(1)
  expect(textOf((await send(operator, `${path()}/notes`, { note: ' ' }).expect(422)).text)).toContain(
    'Write a note.',
  )
  expect(await auditOf(shop, 'order', order.key)).toEqual(['order.noted note'])
})

it('asks Stripe, and revokes links', async () => {
  await newAccessToken(shop.database.prisma, order.id)
  await send(operator, `${path()}/settle`).expect(303)
  expect(textOf(await page())).toContain('opens this order without an account')
  await send(operator, `${path()}/revoke-links`).expect(303)
  expect(await shop.database.prisma.orderAccess.count({ where: { orderId: order.id } })).toBe(0)
  await send(operator, `${path()}/attended`).expect(303)
  expect(await auditOf(shop, 'order', order.key)).toEqual([
    'order.noted note',
    'order.settled',
    'order.links_revoked',
    'order.attended',
  ])
})

it('has everything that operators did to what belongs to it, with their names', async () => {
  const { prisma } = shop.database
  for (const subject of ['late', 'lost'])
    await openIncident(prisma, { kind: 'order_attention', subject, orderId: order.id, message: 'Look' })
  const event = await prisma.stripeEvent.findFirstOrThrow({ where: { orderId: order.id } })
  await send(operator, `${path()}/events/${event.id}/replay`).expect(303)
  const mail = await prisma.mail.findFirstOrThrow({
    where: { orderId: order.id, kind: 'purchase_succeeded' },
  })
  const resend = `${path()}/mails/${mail.id}/resend`
  const fields = hiddenFields(await page(), resend)
  const { headers } = await send(operator, resend, fields).expect(303)
  expect(headers['location']).toBe(`${path()}?done=resent#mails`)
  await send(operator, resend, fields).expect(409)
  await send(operator, `${path()}/attended`).expect(303)
  const incidents = await prisma.incident.findMany({ where: { orderId: order.id } })
  expect(incidents).toHaveLength(2)
  for (const { id } of incidents) {
    expect(await auditOf(shop, 'incident', String(id))).toEqual(['incident.resolved'])
    expect(textOf((await operator.get(`/admin/incidents/${id}`)).text)).toContain('By Ada Shopper')
  }
  const shown = textOf(await page())
  for (const action of ['Event: replayed', 'Mail: resent', 'Incident: resolved', 'Order: attended'])
    expect(shown).toContain(`Ada Shopper ${action}`)
})

it('shows what an event and a mail said, and both mails after one was sent again', async () => {
  const { prisma } = shop.database
  const sent = () =>
    prisma.mail.count({
      where: { orderId: order.id, kind: 'purchase_succeeded', sentAt: { not: null } },
    })
  await expect.poll(sent, { timeout: 30_000 }).toBe(2)
  const shown = await page()
  expect(shown.match(/id="mail-\d+">\s*<div>\s*<p><a [^>]*>Purchase succeeded</g)).toHaveLength(2)
  expect(textOf(shown)).toContain('Sent again')
  const [event] = await prisma.stripeEvent.findMany({ where: { orderId: order.id } })
  const withEvent = textOf((await operator.get(`${path()}?event=${event?.id ?? ''}`).expect(200)).text)
  expect(withEvent).toContain('Hide payload')
  expect(withEvent).toContain(`"id": "${event?.id ?? ''}"`)
  const mails = await prisma.mail.findMany({
    where: { orderId: order.id, kind: 'purchase_succeeded' },
    orderBy: { id: 'asc' },
  })
  for (const { id, subject } of mails) {
    const { text } = await operator.get(`${path()}?mail=${id}`).expect(200)
    expect(text).toContain(`src="/admin/mails/${id}/html"`)
    expect(subject).toBe(mails[0]?.subject)
  }
  // Nothing of another order.
  const other = await paidDelivery(shop)
  const foreign = await operator.get(`/admin/orders/${other.key}?event=${event?.id ?? ''}`).expect(200)
  expect(foreign.text).not.toContain('Hide payload')
  await send(operator, `/admin/orders/${other.key}/events/${event?.id ?? ''}/replay`).expect(404)
  await send(operator, `/admin/orders/${other.key}/mails/${mails[0]?.id ?? 0}/resend`).expect(404)
})

it('offers the country whose delivery was charged, if the address is in another', async () => {
  expect(await page()).not.toContain('name="country"')
  const { deliveryCountry, shippingAddress } = await shop.database.prisma.order.findUniqueOrThrow({
    where: { id: order.id },
  })
  expect(deliveryCountry).toBe('DE')
  const { name, address } = shippingAddress as { name: string; address: Record<string, string> }
  await shop.database.prisma.order.update({
    where: { id: order.id },
    data: { correctedAddress: { name, address: { ...address, country: 'FR' } } },
  })
  expect(await page()).toContain('<option value="FR" selected>France</option>')
  expect(await page()).toContain('<option value="DE">Germany (delivery was charged)</option>')
  await send(operator, `${path()}/address`, { country: 'DE' }).expect(303)
  expect(await page()).not.toContain('name="country"')
})

it('has what was fetched from Stripe in the audit log, by the page and by the command', async () => {
  await send(operator, '/admin/events/catch-up', { hours: '1' }).expect(303)
  expect((await runCommand(shop, 'events', 'catch-up')).code).toBe(0)
  expect(await shop.database.prisma.auditEntry.findMany({ where: { subject: 'events' } })).toMatchObject([
    { action: 'events.fetched', actor: 'operator' },
    { action: 'events.fetched', actor: 'command' },
  ])
})

it('is found by ids that only Stripe knows, about which Stripe is asked', async () => {
  const { paymentIntentId } = await shop.database.prisma.checkoutAttempt.findFirstOrThrow()
  const { data } = await shop.stripe.charges.list({ payment_intent: paymentIntentId ?? '' })
  const charge = data[0]?.id ?? ''
  expect(charge).toMatch(/^ch_/)
  const search = async (q: string) => (await operator.get('/admin/orders').query({ q })).text
  await expect.poll(() => search(charge), { timeout: 30_000 }).toContain(path())
  for (const unknown of ['ch_unknown', 'txn_unknown', 'prod_unknown', 'pm_unknown'])
    expect([unknown, (await search(unknown)).includes(path())]).toEqual([unknown, false])
  // Stripe books a charge some seconds after it was paid.
  const booking = async () =>
    (await shop.stripe.charges.retrieve(charge)).balance_transaction as string | null
  await expect.poll(booking, { timeout: 60_000 }).not.toBeNull()
  expect(await search((await booking()) ?? '')).toContain(path())
  const { payment_method: method } = await shop.stripe.charges.retrieve(charge)
  const { customer } = await shop.stripe.paymentMethods.retrieve(method ?? '')
  // A method that was not saved belongs to no customer.
  expect((await search(method ?? '')).includes(path())).toBe(customer !== null)
  const price = await shop.stripe.prices.create({
    ...{ currency: 'usd', unit_amount: 1999, product_data: { name: 'Shirt' } },
  })
  await shop.database.prisma.orderItem.update({ where: { id: order.m }, data: { stripePriceId: price.id } })
  expect(await search(price.id)).toContain(path())
  expect(await search(price.product as string)).toContain(path())
  expect((await runCommand(shop, 'orders', 'list', '--q', charge)).output).toContain(order.key)
})
