// The operator's list of orders: search, filters, pages, saved views, CSV, shipping several, packing slips, and the home page.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { countPdfPages } from '../../src/documents/pdf-pages.js'
import { OrderStatus } from '../../src/generated/prisma/enums.js'
import { indexOrders } from '../../src/orders/index-orders.js'
import { newOrderKey, orderNumber } from '../../src/orders/order-key.js'
import { stateOf } from '../../src/orders/order-label.js'
import { runCommand } from '../support/command.js'
import { COLLECTED, openDeliveryOf, reportOfDelivery } from '../support/delivered-orders.js'
import { newOperator } from '../support/operator.js'
import {
  openOrderOf,
  reportOfDispute,
  reportOfRefund,
  reportOfSession,
  settleReports,
  type KnownOrder,
} from '../support/settled-orders.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

describe('the list of orders', () => {
  let shop: TestShop
  let operator: Shopper
  let email: string
  let delivery: KnownOrder
  let other: KnownOrder

  beforeAll(async () => {
    shop = await startTestShop({ settings: { timeZone: 'Asia/Kolkata', companyLines: ['Till GmbH'] } })
    operator = (await newOperator(shop)).operator
    email = (await newShopper(shop.url)).email
    delivery = await paidDelivery()
    other = await openOrderOf(shop, (await newShopper(shop.url)).email)
    await settleReports(shop, reportOfSession(other, 'paid'))
    await index()
  })
  afterAll(() => shop.close())

  async function paidDelivery(): Promise<KnownOrder> {
    const order = await openDeliveryOf(shop, email, 'inclusive')
    await settleReports(shop, reportOfDelivery(order, 'inclusive'))
    await shop.database.prisma.product.update({
      where: { id: order.productId },
      data: { requiresShipping: true },
    })
    return order
  }

  /** What the loop does within a second. */
  async function index(): Promise<void> {
    const orders = await shop.database.prisma.order.findMany({ select: { id: true } })
    await indexOrders(
      shop.database.prisma,
      orders.map(({ id }) => id),
    )
  }

  /** The numbers on a page of the list, in its order. */
  const numbersOf = (html: string) => [...html.matchAll(/>(T-[0-9A-Z]{8})<\/a>/g)].map(([, number]) => number)
  const list = async (filters: Record<string, string>) =>
    numbersOf((await operator.get('/admin/orders').query(filters).expect(200)).text)

  it('finds an order by anything it has', async () => {
    const { prisma } = shop.database
    const { id } = delivery
    const order = await prisma.order.update({ where: { id }, data: { invoiceId: 'in_1Known' } })
    const refund = reportOfRefund(delivery, 'succeeded', 100)
    const dispute = { ...reportOfDispute(delivery, 'warning_needs_response') }
    await settleReports(shop, refund, dispute)
    await prisma.user.update({
      where: { email },
      data: { stripeCustomerId: 'cus_Known', name: 'Grace Hopper' },
    })
    await prisma.shipment.create({ data: { orderId: id, trackingNumber: '00340434161094' } })
    await prisma.shipment.create({ data: { orderId: id, trackingNumber: '1Z 999 aa1' } })
    await prisma.variant.update({ where: { id: delivery.productId }, data: { sku: 'MUG-RED' } })
    await prisma.product.update({ where: { id: delivery.productId }, data: { name: 'Zebra teapot' } })
    const withPromotion: object = { ...COLLECTED, promotionCode: 'promo_Known' }
    await prisma.checkoutAttempt.updateMany({
      where: { orderId: id },
      data: { collected: withPromotion },
    })
    await prisma.orderItem.updateMany({
      where: { orderId: id },
      data: {
        stripePriceId: 'price_Known',
        ...{ variantId: delivery.productId, sku: 'OLD/7-B', name: 'Samovar (3.5 l)', variantName: 'Copper' },
      },
    })
    const { id: anotherId } = await prisma.product.findFirstOrThrow({
      where: { id: { not: delivery.productId } },
    })
    const another = { productId: anotherId, variantId: anotherId }
    await prisma.orderItem.updateMany({ where: { orderId: other.id }, data: another })
    const corrected = { line1: 'Seestrasse 5/7', line2: 'c/o Byron', city: 'St.Gallen', country: 'DE' }
    await prisma.order.update({
      where: { id },
      data: { correctedAddress: { name: 'Ada Lovelace', address: corrected } },
    })
    const request = { orderId: id, key: 'ret_00000000000000000000000000', reason: 'x', status: 'declined' }
    await prisma.return.create({ data: request })
    const event = {
      id: 'evt_1Known',
      type: 'x',
      created: new Date(),
      livemode: false,
      payload: '{}',
      orderId: id,
    }
    await prisma.stripeEvent.create({ data: { ...event, outcome: 'done' } })
    const link = {
      id: 'plink_Known',
      variantId: delivery.productId,
      url: 'x',
      unitAmount: 1,
      currency: 'usd',
    }
    const promised = { taxBehavior: 'inclusive', automaticTax: false, promotionCodes: false }
    await prisma.paymentLink.create({
      data: { ...link, ...promised, createsInvoice: false, requiresShipping: false },
    })
    expect(await list({ q: link.id })).toEqual([])
    await prisma.order.update({ where: { id }, data: { origin: 'payment_link' } })
    await index()

    const number = orderNumber(order.key)
    for (const q of [
      ...[order.key, number, number.toLowerCase(), email, email.slice(0, 6), email.toUpperCase()],
      ...[
        'Ada Lovelace',
        'lovel',
        'linden berlin',
        '10117',
        'Rechnungsweg',
        'Potsdam',
        'DE123456789',
        'Hopper',
      ],
      ...['teapot', 'Zebra tea', 'MUG-RED', 'mug-red', '00340434161094', '0034 0434 161094'],
      ...['1z999AA1', 'OLD/7-B', 'old 7', 'samovar 3.5', 'Copper'],
      ...['St.Gallen', 'gallen', 'c/o Byron', 'Byron', '5/7', '7 Seestrasse'],
      ...[delivery.sessionId, delivery.paymentIntentId, refund.stripeRefundId, dispute.disputeId],
      ...['in_1Known', 'evt_1Known', 'cus_Known', 'plink_Known', request.key],
      ...['price_Known', 'price_unknown price_Known', 'promo_Known'],
    ])
      expect([q, await list({ q })]).toEqual([q, [number]])
    for (const q of [
      'T-00000000',
      'pi_unknown',
      'Lovelace Paris',
      'nobody@shopper.example',
      '%',
      "o'x & | !",
    ])
      expect([q, await list({ q })]).toEqual([q, []])
    const { output } = await runCommand(shop, 'orders', 'list', '--q', 'teapot')
    expect(output).toContain(number)
    expect(output).not.toContain(orderNumber(other.key))
  })

  it('finds an order by its address a moment after it is paid, and by a corrected one at once', async () => {
    const order = await openDeliveryOf(shop, email, 'inclusive')
    const address = {
      ...COLLECTED,
      shipping: { name: 'Nikola Tesla', address: COLLECTED.shipping?.address ?? null },
    }
    await vi.waitFor(
      async () => expect(await list({ q: email, status: 'pending' })).toEqual([orderNumber(order.key)]),
      { timeout: 10_000 },
    )
    await settleReports(shop, reportOfDelivery(order, 'inclusive', { collected: address }))
    await vi.waitFor(async () => expect(await list({ q: 'tesla' })).toEqual([orderNumber(order.key)]), {
      timeout: 10_000,
    })
    expect((await runCommand(shop, 'orders', 'address', order.key, '--city', 'Smiljan')).code).toBe(0)
    expect(await list({ q: 'smiljan' })).toEqual([orderNumber(order.key)])
  })

  it('filters by payment, what was sent, country, amount, origin and attention', async () => {
    const { prisma } = shop.database
    const from = (await openOrderOf(shop, email)).id
    const variants = [
      { key: newOrderKey(), currency: 'eur', total: 1250, deliveryCountry: 'IS', fulfilment: 'delivered' },
      { key: newOrderKey(), currency: 'eur', total: 1300, deliveryCountry: 'IS', status: 'disputed' },
      {
        key: newOrderKey(),
        currency: 'jpy',
        total: 1250,
        origin: 'api',
        status: 'expired',
        canceledAt: new Date(),
      },
    ] as const
    for (const variant of variants)
      await prisma.order.create({ data: { status: 'paid', email: 'filters@shopper.example', ...variant } })
    await prisma.order.update({
      where: { key: variants[0].key },
      data: { needsAttention: 'Look.', attentionAt: new Date() },
    })
    await index()
    const [delivered, disputed, canceled] = variants.map(({ key }) => orderNumber(key))
    const cases: [Record<string, string>, (string | undefined)[]][] = [
      [{ country: 'IS' }, [disputed, delivered]],
      [{ country: 'IS', sort: 'oldest' }, [delivered, disputed]],
      [{ country: 'IS', sort: 'total', currency: 'eur' }, [disputed, delivered]],
      [{ currency: 'eur', min: '13', country: 'IS' }, [disputed]],
      [{ currency: 'eur', max: '12.50' }, [delivered]],
      [{ currency: 'jpy' }, [canceled]],
      [{ status: 'disputed' }, [disputed]],
      [{ label: 'canceled' }, [canceled]],
      [{ label: 'delivered' }, [delivered]],
      [{ fulfilment: 'delivered' }, [delivered]],
      [{ origin: 'api' }, [canceled]],
      [{ attention: 'yes', country: 'IS' }, [delivered]],
      [{ q: 'filters@', status: 'paid' }, [delivered]],
      [{ q: 'filters@', origin: 'shop', status: 'expired' }, []],
    ]
    for (const [filters, expected] of cases)
      expect([filters, await list(filters)]).toEqual([filters, expected])
    await prisma.order.deleteMany({ where: { key: { in: variants.map(({ key }) => key) } } })
    await prisma.order.delete({ where: { id: from } })
  })

  it('counts days in the shop’s time zone', async () => {
    const { prisma } = shop.database
    const order = async (createdAt: string) => {
      const data = {
        key: newOrderKey(),
        email: 'days@shopper.example',
        currency: 'usd',
        total: 100,
        createdAt,
      }
      return orderNumber((await prisma.order.create({ data })).key)
    }
    // Kolkata is five and a half hours ahead.
    const before = await order('2020-03-01T18:29:59Z')
    const first = await order('2020-03-01T18:30:00Z')
    const last = await order('2020-03-02T18:29:59Z')
    const after = await order('2020-03-02T18:30:00Z')
    expect(await list({ from: '2020-03-02', to: '2020-03-02' })).toEqual([last, first])
    expect(await list({ to: '2020-03-01', from: '2020-01-01' })).toEqual([before])
    expect(await list({ from: '2020-03-03', to: '2020-03-03' })).toEqual([after])
    await prisma.order.deleteMany({ where: { email: 'days@shopper.example' } })
  })

  it('says beside each filter what is wrong with it, and keeps what was typed', async () => {
    const filters = { status: 'lost', from: '1 March', min: 'ten', currency: 'usd' }
    const { text } = await operator.get('/admin/orders').query(filters).expect(422)
    expect(text).toContain('There is no status &#34;lost&#34;')
    expect(text).toContain('Use a day such as')
    expect(text).toContain('value="1 March"')
    const amount = await operator.get('/admin/orders').query({ min: 'ten' }).expect(422)
    expect(amount.text).toContain('is not an amount in USD')
    await operator.get('/admin/orders').query({ after: 'bm9uc2Vuc2U' }).expect(200)
    await operator
      .get('/admin/orders')
      .query({ q: 'x'.repeat(300) })
      .expect(422)
  })

  it('walks through all orders once, also when new ones come in between, and writes them to a CSV file', async () => {
    const { prisma } = shop.database
    await prisma.$executeRaw`
      INSERT INTO "Order" (key, email, currency, total, status, "createdAt", "updatedAt")
      SELECT 'ord_' || lpad(n::text, 26, '0'), 'many@shopper.example', 'usd', 1000 + n, 'paid', now(), now()
      FROM generate_series(1, 6200) n`
    await index()
    const seen: (string | undefined)[] = []
    let path: string | undefined = '/admin/orders?origin=shop&currency=usd&min=11&q=many@'
    for (let page = 0; path !== undefined && page < 4; page++) {
      const { text }: { text: string } = await operator.get(path).expect(200)
      seen.push(...numbersOf(text))
      path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
      await prisma.order.create({
        data: { key: newOrderKey(), email: 'many@shopper.example', currency: 'usd', total: 2000 },
      })
    }
    const keys = Array.from({ length: 200 }, (_, n) =>
      orderNumber(`ord_${String(6200 - n).padStart(26, '0')}`),
    )
    expect(seen).toEqual(keys)

    await prisma.order.update({
      where: { key: `ord_${'1'.padStart(26, '0')}` },
      data: { email: '=1+1,"x"@shopper.example', discountTotal: 5 },
    })
    const { text, headers } = await operator
      .get('/admin/orders.csv')
      .query({ currency: 'usd', sort: 'oldest', status: 'paid', max: '72' })
      .expect(200)
    expect(headers['content-disposition']).toMatch(/^attachment; filename=orders-\d{4}-\d\d-\d\d\.csv$/)
    const lines = text.split('\r\n')
    expect(lines[0]).toMatch(/^number,key,ordered,.*,total,paid,refunded,disputed,dispute_status,stripe_fee$/)
    const many = lines.filter((line) => line.includes(',ord_000000000000000000000'))
    expect(many).toHaveLength(6200)
    expect(new Set(many).size).toBe(6200)
    expect(many[0]).toContain(`,"'=1+1,""x""@shopper.example",`)
    expect(many[0]).toContain(',USD,10.01,0.05,0.00,0.00,,10.01,')
    expect(await prisma.auditEntry.findMany({ where: { action: 'orders.exported' } })).toMatchObject([
      { actor: 'operator', subject: 'orders', fields: ['status', 'currency', 'max'] },
    ])
    await prisma.order.deleteMany({ where: { total: { gt: 0 }, items: { none: {} } } })
  })

  it('keeps filters under a name, for the operator alone', async () => {
    const save = (name: string, query: string) =>
      operator.post('/admin/orders/views').type('form').send({ name, query }).expect(303)
    const { headers } = await save('Iceland', 'country=IS&after=x&unknown=y')
    expect(headers['location']).toBe('/admin/orders?country=IS&done=view-saved')
    await save('Iceland', 'country=IS&status=paid')
    const { text } = await operator.get('/admin/orders').expect(200)
    expect(text).toContain('>Iceland</a>')
    expect(text).toContain('href="/admin/orders?status=paid&amp;country=IS"')
    const { operator: colleague } = await newOperator(shop)
    expect((await colleague.get('/admin/orders')).text).not.toContain('>Iceland</a>')
    const [view] = await shop.database.prisma.savedView.findMany()
    await colleague.post(`/admin/orders/views/${view?.id}/delete`).expect(404)
    await operator.post(`/admin/orders/views/${view?.id}/delete`).expect(303)
    expect(await shop.database.prisma.savedView.count()).toBe(0)
    const { email: address } = await shop.database.prisma.user.findFirstOrThrow({
      where: { role: 'operator' },
    })
    const views = async (...words: string[]) =>
      (await runCommand(shop, 'orders', 'views', address, ...words)).output
    expect(await views('--save', 'Iceland', '--country', 'is', '--attention')).toContain(
      'Iceland  /admin/orders?country=is&attention=yes',
    )
    expect((await operator.get('/admin/orders').expect(200)).text).toContain('>Iceland</a>')
    expect(await views('--remove', 'Iceland')).toContain('is removed')
    expect(await views()).toBe('No views are saved.')
    expect(await views('--save', 'Nowhere', '--country', 'xx')).toContain('Use the code of a country')
    await operator.post('/admin/orders/views').type('form').send({ name: ' ', query: '' }).expect(400)
  })

  it('ships several orders at once, once, and says which one was refused', async () => {
    const { prisma } = shop.database
    const [one, two, refunded] = [await paidDelivery(), await paidDelivery(), await paidDelivery()]
    expect(numbersOf((await operator.get('/admin/to-ship').expect(200)).text)).toEqual(
      expect.arrayContaining([orderNumber(one.key), orderNumber(two.key)]),
    )
    const { total } = await prisma.order.findUniqueOrThrow({ where: { id: refunded.id } })
    await settleReports(shop, reportOfRefund(refunded, 'succeeded', total))
    const order = [one.key, two.key, refunded.key]
    const form = await operator.get('/admin/orders/ship').query({ order }).expect(200)
    const key = /name="key" value="([^"]+)"/.exec(form.text)?.[1] ?? ''
    const fields = { key, order, [`tracking_${one.key}`]: '1Z999' }
    const ship = (carrier: string) =>
      operator
        .post('/admin/orders/ship')
        .type('form')
        .send({ ...fields, carrier })
    const missing = await ship('').expect(422)
    expect(missing.text).toContain('Enter the carrier')
    expect(missing.text).toContain('value="1Z999"')
    const tooLong = { ...fields, carrier: 'ups', [`tracking_${two.key}`]: '9'.repeat(81) }
    const wrong = await operator.post('/admin/orders/ship').type('form').send(tooLong).expect(422)
    expect(wrong.text).toContain('at most 80 characters')
    expect(wrong.text).toContain('value="1Z999"')
    for (let click = 0; click < 2; click++) {
      const { text } = await ship('ups').expect(200)
      expect(textOf(text)).toMatch(
        new RegExp(`Not shipped: 1 ${orderNumber(refunded.key)} : All that was paid.* Shipped: 2`),
      )
    }
    const shipments = await prisma.shipment.findMany({
      where: { orderId: { in: [one.id, two.id, refunded.id] } },
      orderBy: { orderId: 'asc' },
    })
    expect(shipments).toMatchObject([
      { orderId: one.id, carrier: 'UPS', trackingNumber: '1Z999' },
      { orderId: two.id, carrier: 'UPS', trackingNumber: null },
    ])
    await operator.get('/admin/orders/ship').expect(400)
    await operator.post('/admin/orders/ship').type('form').send({ order: 'x' }).expect(400)
  })

  it('prints what is left to send, without prices', async () => {
    const order = await paidDelivery()
    const { text } = await operator.get(`/admin/orders/${order.key}/packing-slip`).expect(200)
    const slip = textOf(/<article[\s\S]*<\/article>/.exec(text)?.[0] ?? '')
    for (const part of [
      orderNumber(order.key),
      'Till GmbH',
      'Ada Lovelace',
      'Unter den Linden 1',
      '10117 Berlin',
    ])
      expect(slip).toContain(part)
    expect(slip).toMatch(/Units Item SKU 2 /)
    expect(slip).not.toMatch(/\$|€/)
    const both = await operator
      .get('/admin/orders/packing-slips')
      .query({ order: [order.key, delivery.key] })
      .expect(200)
    expect(both.text.match(/<article/g)).toHaveLength(2)
    await operator.get(`/admin/orders/${newOrderKey()}/packing-slip`).expect(404)
    const folder = await mkdtemp(path.join(tmpdir(), 'till-slips-'))
    const file = path.join(folder, 'slips.pdf')
    const write = () => runCommand(shop, 'orders', 'packing-slips', file, order.key, delivery.key)
    expect(await write()).toEqual({ code: 0, output: `Wrote ${file}.` })
    expect(countPdfPages(await readFile(file))).toBe(2)
    expect((await write()).code).toBe(1)
    await rm(folder, { recursive: true })
  })

  it('shows on the first page what is to be done, and what was paid today', async () => {
    const { prisma } = shop.database
    await prisma.stripeEvent.createMany({
      data: Array.from({ length: 120 }, (_, n) => ({
        ...{
          id: `evt_failed_${n}`,
          type: 'charge.failed',
          created: new Date(),
          livemode: false,
          payload: '{}',
        },
        outcome: 'failed' as const,
      })),
    })
    const text = textOf((await operator.get('/admin').expect(200)).text)
    expect(text).toContain('Events that failed 99+')
    expect(text).toContain('Orders to ship')
    expect(text).toContain(orderNumber(delivery.key))
    expect(text).toMatch(/Nothing to do .*Emails that were not sent/)
    const paid = await prisma.order.aggregate({
      where: { paidAt: { not: null }, currency: delivery.currency },
      ...{ _sum: { amountPaid: true }, _count: true },
    })
    const sum = ((paid._sum.amountPaid ?? 0) / 100).toFixed(2)
    expect(text.replaceAll(',', '')).toMatch(
      new RegExp(`${delivery.currency.toUpperCase()} ${paid._count} \\$${sum}`),
    )
  })

  it('finds each label’s orders in the database as the label says', async () => {
    const { prisma } = shop.database
    const facts = Object.values(OrderStatus).flatMap((status) =>
      ['none', 'partly_shipped', 'shipped', 'delivered', 'withdrawn'].flatMap((fulfilment) =>
        [null, 'requested', 'accepted', 'received', 'declined'].flatMap((wanted) =>
          [0, 1, 2, 3].map((n) => ({
            ...{ status, fulfilment, wanted, holdsUnmatched: n === 3, needsAttention: null },
            deliveryCountry: n % 2 === 0 || fulfilment !== 'none' ? 'DE' : null,
            canceledAt: n === 2 ? new Date() : null,
          })),
        ),
      ),
    )
    const email = 'labels@shopper.example'
    await prisma.order.createMany({
      data: facts.map(({ status, fulfilment, holdsUnmatched, deliveryCountry, canceledAt }) => ({
        ...{ status, fulfilment, holdsUnmatched, deliveryCountry, canceledAt },
        ...{ key: newOrderKey(), email, currency: 'usd', total: 100 },
      })),
    })
    const orders = await prisma.order.findMany({ where: { email }, orderBy: { id: 'asc' } })
    await prisma.return.createMany({
      data: orders.flatMap(({ id }, n) => {
        const status = facts[n]?.wanted
        return status ? [{ orderId: id, status, reason: 'x', key: newOrderKey() }] : []
      }),
    })
    const states = new Map<string, string[]>()
    for (const order of await prisma.order.findMany({ where: { email }, include: { returns: true } })) {
      const state = stateOf(order)
      states.set(state, [...(states.get(state) ?? []), order.key])
    }
    expect(states.size).toBe(18)
    await index()
    for (const [state, keys] of states) {
      const { output } = await runCommand(
        ...([shop, 'orders', 'list', '--q', email, '--label', state, '--limit', '9999'] as const),
      )
      expect([state, [...output.matchAll(/ord_\w+/g)].map(([key]) => key).sort()]).toEqual([
        state,
        keys.sort(),
      ])
    }
  })
})
