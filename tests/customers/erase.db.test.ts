// Erasing a customer: when it is refused, what is gone afterwards and what is kept, and what comes late.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionsOf } from '../../src/accounts/sessions.js'
import { eraseCustomer, erasureRefusals } from '../../src/customers/erase-customer.js'
import { refusalTexts } from '../../src/customers/erasure-refusals.js'
import { finishDueErasures, finishErasure } from '../../src/customers/finish-erasures.js'
import type { Prisma } from '../../src/generated/prisma/client.js'
import { depsOf, runCommand } from '../support/command.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { freePort } from '../support/free-port.js'
import { newOperator } from '../support/operator.js'
import { auditOf, paidDelivery, send } from '../support/operated-orders.js'
import {
  openOrderOf,
  reportOfDispute,
  reportOfRefund,
  reportOfSession,
  settleReports,
} from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

/** What Stripe's page collected, in a report that comes late. */
const COLLECTED_LATE = {
  shipping: {
    name: 'Quast',
    address: {
      line1: 'Quittenweg 9',
      line2: null,
      city: 'Jena',
      state: null,
      postal_code: '07743',
      country: 'DE',
    },
  },
  ...{ phone: null, billing: null, taxIds: [], presentment: null },
}

let shop: TestShop
let owner: Shopper
beforeAll(async () => {
  shop = await startTestShop({
    environment: { OPERATOR_EMAIL: 'operator@till.example' },
    settings: { newOrderMails: true, phoneNumbers: true, guestCheckout: true },
  })
  ;({ operator: owner } = await newOperator(shop, 'owner'))
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const userOf = (id: number) => prisma().user.findUniqueOrThrow({ where: { id } })
const orderOf = (id: number) =>
  prisma().order.findUniqueOrThrow({ where: { id }, include: { attempts: true, mails: true } })

/** Where in the database this text is, besides what Stripe's events without an order say. */
async function placesOf(text: string): Promise<string[]> {
  const { rows: columns } = await shop.database.pool.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type IN ('text', 'json', 'jsonb', 'tsvector', 'ARRAY', 'character varying')`,
  )
  const places: string[] = []
  for (const { table, column } of columns) {
    const { rowCount } = await shop.database.pool.query(
      `SELECT FROM "${table}" WHERE "${column}"::text ILIKE $1
       ${table === 'StripeEvent' ? 'AND "orderId" IS NOT NULL' : ''} LIMIT 1`,
      [`%${text}%`],
    )
    if (rowCount) places.push(`${table}.${column}`)
  }
  return places
}

/** A customer who has bought, received and corrected everything that a person can leave behind. */
async function oldCustomer() {
  const { id: orderId, key } = await paidDelivery(shop)
  const { userId, email } = await orderOf(orderId)
  const id = userId ?? 0
  await runCommand(shop, 'orders', 'ship', key)
  await prisma().user.update({ where: { id }, data: { name: 'Wilhelmina Quast', verifiedAt: new Date() } })
  const address = { line1: 'Quittenweg 9', line2: null, city: 'Jena', state: null, postal_code: '07743' }
  await prisma().order.update({
    where: { id: orderId },
    data: { correctedAddress: { name: 'W. Quast', address: { ...address, country: 'DE' } } },
  })
  await prisma().note.create({ data: { orderId, text: 'Quast called' } })
  await prisma().return.create({
    data: { key: `ret_${orderId}`, orderId, status: 'declined', reason: 'I am Quast', answer: 'Dear Quast' },
  })
  await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
  // Also an order that they placed without their account.
  const guestOrder = await openOrderOf(shop, email)
  await settleReports(shop, reportOfSession(guestOrder, 'paid'))
  await prisma().order.update({ where: { id: guestOrder.id }, data: { userId: null } })
  await expect
    .poll(() => prisma().mail.count({ where: { orderId, sentAt: null, outdated: false } }), {
      timeout: 20_000,
    })
    .toBe(0)
  await expect.poll(() => prisma().orderSearch.count({ where: { orderId } }), { timeout: 10_000 }).toBe(1)
  return { id, email, orderId, key, guestOrderId: guestOrder.id }
}

describe('an erased customer', () => {
  it('is nowhere in the database and at Stripe, and their orders stay', async () => {
    const { id, email, orderId, guestOrderId } = await oldCustomer()
    const before = await orderOf(orderId)
    const { stripeCustomerId } = await userOf(id)
    const traces = [email, 'Quast', 'Quittenweg', 'Kastanienallee', 'Grace Hopper', '1234567']
    for (const trace of traces) expect([trace, await placesOf(trace)]).not.toEqual([trace, []])
    expect(await sessionsOf(prisma(), id)).toHaveLength(1)

    const page = textOf((await owner.get(`/admin/customers/${id}/erase`).expect(200)).text)
    expect(page).toContain('This can’t be undone.')
    const { headers } = await send(owner, `/admin/customers/${id}/erase`).expect(303)
    expect(headers['location']).toBe(`/admin/customers/${id}?done=erased`)
    expect(
      await prisma().session.count({ where: { sess: { path: ['passport', 'user'], equals: id } } }),
    ).toBe(0)
    expect(await finishErasure(depsOf(shop), id)).toBe(true)

    for (const trace of traces) expect([trace, await placesOf(trace)]).toEqual([trace, []])
    expect(await shop.stripe.customers.retrieve(stripeCustomerId ?? '')).toMatchObject({ deleted: true })
    expect(await userOf(id)).toMatchObject({
      email: `erased-${id}@erased.invalid`,
      name: 'Erased customer',
      stripeCustomerId: null,
      erasureDueAt: null,
    })
    const after = await orderOf(orderId)
    const { status, total, amountPaid, deliveryCountry } = before
    expect(after).toMatchObject({ ...{ status, total, amountPaid, deliveryCountry }, userId: id })
    expect(after.shippingAddress).toMatchObject({ name: null, address: { line1: null, country: 'DE' } })
    expect((await orderOf(guestOrderId)).userId).toBe(id)
    expect(await prisma().purchaseHistory.count({ where: { userId: id } })).toBe(3)

    expect(await auditOf(shop, 'customer', String(id))).toEqual(['customer.erased email,name,password'])
    await send(owner, `/admin/customers/${id}/erase`).expect(409)
    const shown = textOf((await owner.get(`/admin/customers/${id}`).expect(200)).text)
    expect(shown).toContain('Erased')
    expect(textOf((await owner.get(`/admin/customers/${id}/erase`).expect(200)).text)).toContain(
      'erased already',
    )
  })

  it('can register again as someone new, and not under the erased address', async () => {
    const { id, email, key } = await oldCustomer()
    const { output } = await runCommand(shop, 'customers', 'erase', email)
    expect(output).toBe(`Customer ${id} is erased.`)
    await stranger(shop.url).post('/login').type('form').send({ email, password: PASSWORD }).expect(401)
    const again = await newShopper(shop.url, email)
    await prisma().user.update({ where: { email }, data: { verifiedAt: new Date() } })
    const { body } = await again.shopper.get('/api/orders').expect(200)
    expect(body).toMatchObject({ orders: [] })
    await again.shopper.get(`/orders/${key}`).expect(404)
    await stranger(shop.url)
      .post('/register')
      .type('form')
      .send({ name: 'Eve', email: `erased-${id + 1}@erased.invalid`, password: PASSWORD })
      .expect(422)
  })

  it('does not come back with what Stripe sends late', async () => {
    const { id, orderId, key } = await oldCustomer()
    const order = await orderOf(orderId)
    const [attempt] = order.attempts
    const session = await shop.stripe.checkout.sessions.retrieve(attempt?.stripeSessionId ?? '')
    const known = await prisma().stripeEvent.findFirstOrThrow({ where: { orderId } })
    await runCommand(shop, 'customers', 'erase', String(id))

    const { code, output } = await runCommand(shop, 'events', 'replay', known.id)
    expect([code, output]).toEqual([1, expect.stringContaining('erased with the customer')])
    const open = { ...order, attemptId: attempt?.id ?? '', sessionId: session.id, productId: 0, userId: id }
    const late = sessionEvent(shop, open, 'checkout.session.completed', {
      ...session,
      customer_details: { ...session.customer_details, phone: '+49 30 1234567' },
    })
    await deliver(shop, late).expect(200)
    expect(await prisma().stripeEvent.findUnique({ where: { id: late.id } })).toMatchObject({
      outcome: 'done',
    })
    await shop.stripe.refunds.create({ payment_intent: attempt?.paymentIntentId ?? '' })
    await shop.sandbox?.idle()

    const after = await orderOf(orderId)
    expect(after).toMatchObject({
      key,
      status: 'refunded',
      email: `erased-${id}@erased.invalid`,
      phone: null,
    })
    const { shippingAddress, correctedAddress, billingDetails, attempts } = after
    expect(JSON.stringify([shippingAddress, correctedAddress, billingDetails, attempts])).not.toMatch(
      /Kastanienallee|Grace|Ada|1234567|Quast/,
    )
    await expect
      .poll(() => prisma().mail.findFirst({ where: { orderId, kind: 'refund_succeeded' } }), {
        timeout: 10_000,
      })
      .toMatchObject({ to: `erased-${id}@erased.invalid`, outdated: true, sentAt: null, text: null })
  })
})

describe('a guest', () => {
  /** Somebody without an account who has left what a guest can leave behind. */
  async function oldGuest() {
    const { email } = await newShopper(shop.url)
    const orders = [await openOrderOf(shop, email), await openOrderOf(shop, email)]
    for (const order of orders) await settleReports(shop, reportOfSession(order, 'paid'))
    await withoutAccount(email)
    await prisma().user.delete({ where: { email } })
    const [first] = orders
    if (!first) throw new Error('there is no order')
    const cart = await prisma().cart.create({ data: { tokenHash: email } })
    const address = { line1: 'Quittenweg 9', line2: null, city: 'Jena', state: null, postal_code: '07743' }
    await prisma().order.update({
      where: { id: first.id },
      data: {
        cartId: cart.id,
        correctedAddress: { name: 'Wilhelmina Quast', address: { ...address, country: 'DE' } },
      },
    })
    await prisma().note.create({ data: { orderId: first.id, text: 'Quast called' } })
    await prisma().orderAccess.create({ data: { tokenHash: email, orderId: first.id } })
    await prisma().stockNotice.create({ data: { variantId: first.productId, email } })
    await prisma().mail.create({ data: { kind: 'back_in_stock', to: email, sentAt: new Date() } })
    return { email, first, cartId: cart.id, ids: orders.map(({ id }) => id) }
  }

  /** An order's user can only be taken away before the user is. */
  async function withoutAccount(email: string): Promise<void> {
    const { id } = await prisma().user.findUniqueOrThrow({ where: { email } })
    await prisma().order.updateMany({ where: { userId: id }, data: { userId: null } })
    await prisma().purchaseHistory.updateMany({ where: { userId: id }, data: { userId: null } })
  }

  it('is exported and erased from their order’s page, and their orders stay', async () => {
    const { email, first, cartId, ids } = await oldGuest()
    const path = `/admin/orders/${first.key}`
    expect((await owner.get(path)).text).toContain(`href="${path}/guest"`)
    const shown = textOf((await owner.get(`${path}/guest`).expect(200)).text)
    expect(shown).toContain(email)
    expect(shown).toContain('2 orders without an account')

    const { body, headers } = await owner.get(`${path}/guest/export`).expect(200)
    expect(headers['content-disposition']).not.toContain(email)
    const kept = body as Record<string, unknown[]>
    expect([body.email, kept['orders']?.length, kept['stockNotices']?.length]).toEqual([email, 2, 1])
    expect(JSON.stringify(body)).toContain('Quittenweg')
    expect(JSON.stringify(body)).not.toMatch(/guestHash|tokenHash/)
    const exported = await runCommand(shop, 'customers', 'export', email)
    expect((JSON.parse(exported.output) as typeof kept)['orders']).toHaveLength(2)

    const { operator } = await newOperator(shop)
    await send(operator, `${path}/guest/erase`).expect(403)
    await send(owner, `${path}/guest/erase`).expect(303)
    for (const trace of [email, 'Quast', 'Quittenweg'])
      expect([trace, await placesOf(trace)]).toEqual([trace, []])
    const orders = await prisma().order.findMany({ where: { id: { in: ids } } })
    expect(orders).toHaveLength(2)
    for (const order of orders)
      expect(order).toMatchObject({ status: 'paid', email: 'erased-guest@erased.invalid', userId: null })
    expect(await prisma().cart.count({ where: { id: cartId } })).toBe(0)
    expect(await auditOf(shop, 'order', first.key)).toEqual(['guest.exported', 'guest.erased email'])
    expect(textOf((await owner.get(path)).text)).toContain('Guest, erased')
    await owner.get(`${path}/guest`).expect(404)

    // What comes late does not bring them back.
    await settleReports(shop, { ...reportOfSession(first, 'paid'), collected: COLLECTED_LATE })
    expect(await placesOf('Quast')).toEqual([])
  })

  it('is refused, with the reason, while an order is open or an account has the address', async () => {
    const { email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    await withoutAccount(email)
    const path = `/admin/orders/${order.key}/guest`
    expect(textOf((await owner.get(path)).text)).toContain('An order is not paid yet.')
    await send(owner, `${path}/erase`).expect(409)
    await settleReports(shop, reportOfSession(order, 'paid'))
    await prisma().user.update({ where: { email }, data: { verifiedAt: new Date() } })
    await prisma().order.update({ where: { id: order.id }, data: { userId: null } })
    expect(textOf((await owner.get(path)).text)).toContain('erase the customer')
    await send(owner, `${path}/erase`).expect(409)
    expect((await orderOf(order.id)).email).toBe(email)
  })

  it('is erased by a command, also without orders', async () => {
    const { email, ids } = await oldGuest()
    expect((await runCommand(shop, 'customers', 'erase', email)).output).toBe(
      'The guest is erased from 2 orders.',
    )
    expect(await placesOf(email)).toEqual([])
    expect((await orderOf(ids[0] ?? 0)).email).toBe('erased-guest@erased.invalid')
    const { productId } = await openOrder(shop)
    const waiting = `waiting-${ids[0] ?? 0}@till.example`
    await prisma().stockNotice.create({ data: { variantId: productId, email: waiting } })
    expect((await runCommand(shop, 'customers', 'erase', waiting)).output).toBe(
      'The guest is erased from 0 orders.',
    )
    expect(await placesOf(waiting)).toEqual([])
    expect((await runCommand(shop, 'customers', 'erase', waiting)).code).toBe(1)
  })
})

describe('an erasure', () => {
  it('is tried again while Stripe is away, and a person is told in the end', async () => {
    const { id } = await oldCustomer()
    const away = { STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}` }
    const deps = depsOf({ ...shop, environment: { ...shop.environment, ...away } })
    const incidents = () =>
      prisma().incident.findMany({ where: { kind: 'erasure_unfinished', subject: String(id) } })
    await eraseCustomer(prisma(), id)
    expect(await finishErasure(deps, id)).toBe(false)
    expect((await userOf(id)).erasureDueAt?.getTime()).toBeGreaterThan(Date.now())
    expect(await incidents()).toEqual([])

    const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60_000)
    await prisma().user.update({ where: { id }, data: { erasedAt: twoHoursAgo } })
    expect(await finishErasure(deps, id)).toBe(false)
    expect(await incidents()).toMatchObject([{ resolvedAt: null }])

    await prisma().user.update({ where: { id }, data: { erasureDueAt: twoHoursAgo } })
    await finishDueErasures(depsOf(shop))
    await expect.poll(() => userOf(id)).toMatchObject({ erasureDueAt: null, stripeCustomerId: null })
    expect(await incidents()).toMatchObject([{ resolvedBy: 'automatic' }])
    expect(await finishErasure(depsOf(shop), id)).toBe(true)
  })

  it('is refused, with the reason, while something of the customer is open', async () => {
    const { email } = await newShopper(shop.url)
    const order = await openOrderOf(shop, email)
    const { userId: id } = order
    const refusals = async () => refusalTexts(await erasureRefusals(prisma(), id))
    const change = (data: Prisma.OrderUncheckedUpdateInput) =>
      prisma().order.update({ where: { id: order.id }, data })
    expect(await refusals()).toEqual([expect.stringContaining('not paid yet')])
    await expect(eraseCustomer(prisma(), id)).rejects.toMatchObject({ status: 409 })
    await settleReports(shop, reportOfSession(order, 'paid'))
    expect(await refusals()).toEqual([])

    await change({ deliveryCountry: 'DE' })
    expect(await refusals()).toEqual([expect.stringContaining('units left to send')])
    await change({ fulfilment: 'shipped', holdsUnmatched: true })
    expect(await refusals()).toEqual([expect.stringContaining('does not fit')])
    await change({ holdsUnmatched: false })
    const { id: returnId } = await prisma().return.create({
      data: { key: `ret_${order.id}`, orderId: order.id, reason: 'Too large' },
    })
    expect(await refusals()).toEqual([expect.stringContaining('return is open')])
    await prisma().return.update({ where: { id: returnId }, data: { status: 'refunded' } })
    await settleReports(shop, reportOfRefund(order, 'pending', 1, 're_erase'))
    expect(await refusals()).toEqual([expect.stringContaining('refund is on its way')])
    await settleReports(shop, reportOfRefund(order, 'succeeded', 1, 're_erase'))
    await settleReports(shop, reportOfDispute(order, 'needs_response', 'du_erase'))
    expect(await refusals()).toEqual([expect.stringContaining('dispute is open')])
    await settleReports(shop, reportOfDispute(order, 'won', 'du_erase'))
    await prisma().user.update({ where: { id }, data: { role: 'operator' } })
    expect(await refusals()).toEqual([expect.stringContaining('runs the shop')])
    expect((await userOf(id)).email).toBe(email)
  })
})
