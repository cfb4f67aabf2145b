// How an order with delivery and tax is stored, and how pages, API and commands show it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOrder } from '../../src/commands/describe-order.js'
import { formatMoney } from '../../src/money.js'
import {
  ADDRESS,
  COLLECTED,
  openDeliveryOf,
  reportOfDelivery,
  SHIPPING,
} from '../support/delivered-orders.js'
import {
  openOrderOf,
  reportOfRefund,
  reportOfSession,
  settleReports,
  type KnownOrder,
} from '../support/settled-orders.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let shopper: Shopper
let email: string
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  ;({ shopper, email } = await newShopper(shop.url))
})
afterAll(() => shop.close())

const page = async (path: string) => textOf((await shopper.get(path).expect(200)).text)
const money = (order: KnownOrder, amount: number) => formatMoney(amount, order.currency)
const stored = (order: KnownOrder) =>
  shop.database.prisma.order.findUniqueOrThrow({ where: { id: order.id }, include: { purchases: true } })

/** Expects the texts in this order. */
function expectInOrder(text: string, words: string[]) {
  let rest = text
  for (const word of words) {
    expect(rest).toContain(word)
    rest = rest.slice(rest.indexOf(word) + word.length)
  }
}

describe.each(['exclusive', 'inclusive'] as const)('an order with delivery and %s tax', (taxBehavior) => {
  const isExclusive = taxBehavior === 'exclusive'
  const totalOf = (order: KnownOrder) => order.total - 100 + SHIPPING + (isExclusive ? 400 : 0)

  it('says before it is paid what is known, and that tax follows', async () => {
    const order = await openDeliveryOf(shop, email, taxBehavior)
    const total = money(order, order.total + SHIPPING)
    const text = await page(`/orders/${order.key}`)
    expectInOrder(text, [
      isExclusive ? `Pay ${total} plus tax` : `Pay ${total}`,
      `Subtotal ${money(order, order.total)}`,
      `Delivery (Standard) ${money(order, SHIPPING)}`,
      isExclusive ? `Total before tax ${total}` : `Total ${total}`,
      isExclusive ? 'Tax is calculated on Stripe’s page.' : 'Includes tax',
      'Delivery to Germany',
      'Delivery Standard, 3–5 business days',
    ])
    const { body } = await shopper.get(`/api/orders/${order.key}`).expect(200)
    expect(body).toMatchObject({
      ...{ items_total: order.total, discount_total: 0, shipping_total: SHIPPING, tax_total: 0 },
      ...{ total: order.total + SHIPPING, tax_behavior: taxBehavior, presentment: null },
      shipping: { rate: 'Standard', country: 'DE', min_days: 3, max_days: 5, address: null, phone: null },
    })
  })

  it('is stored with every part of its total and what was collected', async () => {
    const order = await openDeliveryOf(shop, email, taxBehavior)
    await settleReports(shop, reportOfDelivery(order, taxBehavior))
    const { purchases, ...row } = await stored(order)
    expect(row).toMatchObject({
      ...{
        status: 'paid',
        itemsTotal: order.total,
        discountTotal: 100,
        shippingTotal: SHIPPING,
        taxTotal: 400,
      },
      ...{ total: totalOf(order), amountPaid: totalOf(order), phone: COLLECTED.phone },
      shippingAddress: COLLECTED.shipping,
      billingDetails: { ...COLLECTED.billing, taxIds: COLLECTED.taxIds },
    })
    expect(purchases.reduce((sum, { amount }) => sum + amount, 0)).toBe(order.total - 100)
  })

  it('shows all of it on its page, receipt and in the API', async () => {
    const order = await openDeliveryOf(shop, email, taxBehavior)
    const presentment = { amount: 2590, currency: 'eur' }
    const collected = { ...COLLECTED, presentment }
    await settleReports(shop, reportOfDelivery(order, taxBehavior, { collected }))
    const total = money(order, totalOf(order))
    const tax = money(order, 400)
    const parts = [
      `Subtotal ${money(order, order.total)}`,
      `Discount −${money(order, 100)}`,
      `Delivery (Standard) ${money(order, SHIPPING)}`,
      ...(isExclusive ? [`Tax ${tax}`] : []),
    ]
    const notes = [...(isExclusive ? [] : [`Includes ${tax} tax`]), 'Charged as €25.90']
    const address = 'Ada Lovelace Unter den Linden 1 Hinterhaus 10117 Berlin Germany'
    expectInOrder(await page(`/orders/${order.key}`), [
      `Paid ${total}, charged as €25.90`,
      ...parts,
      `Total ${total}`,
      ...notes,
      `Delivery to ${address} ${COLLECTED.phone}`,
    ])
    expectInOrder(await page(`/orders/${order.key}/receipt`), [
      `Billed to Lovelace Engines GmbH Rechnungsweg 2 14467 Potsdam Germany ${email} Tax ID DE123456789`,
      `Delivery to ${address} ${COLLECTED.phone}`,
      ...parts,
      `Paid (${order.currency.toUpperCase()}) ${total}`,
      ...notes,
    ])
    const { body } = await shopper.get(`/api/orders/${order.key}`).expect(200)
    expect(body).toMatchObject({
      ...{ items_total: order.total, discount_total: 100, shipping_total: SHIPPING, tax_total: 400 },
      ...{ total: totalOf(order), amount_paid: totalOf(order), presentment },
      shipping: { name: 'Ada Lovelace', phone: COLLECTED.phone, address: COLLECTED.shipping?.address },
    })
  })
})

it('the command describes each part of the total and where the order goes', async () => {
  const order = await openDeliveryOf(shop, email, 'exclusive')
  expectInOrder(await describeOrder(shop.database.prisma, order.id), [
    'Tax       not known yet  exclusive',
    `Total     ${money(order, order.total + SHIPPING)}`,
  ])
  await settleReports(shop, reportOfDelivery(order, 'exclusive'))
  expectInOrder(await describeOrder(shop.database.prisma, order.id), [
    `Items     ${money(order, order.total)}`,
    `Discount  −${money(order, 100)}`,
    `Delivery  ${money(order, SHIPPING)}  Standard`,
    `Tax       ${money(order, 400)}  exclusive`,
    `Total     ${money(order, order.total - 100 + SHIPPING + 400)}`,
    'Ship to   Ada Lovelace, Unter den Linden 1, Hinterhaus, 10117 Berlin, Germany',
    `Phone     ${COLLECTED.phone}`,
    'Tax id    DE123456789  eu_vat',
  ])
})

it('an order that is just its items shows a total alone', async () => {
  const order = await openOrderOf(shop, email)
  await settleReports(shop, reportOfSession(order, 'paid'))
  for (const path of [`/orders/${order.key}`, `/orders/${order.key}/receipt`]) {
    const text = await page(path)
    for (const word of ['Subtotal', 'Discount', 'Delivery', 'Tax', 'Charged as'])
      expect(text).not.toContain(word)
  }
  const { body } = await shopper.get(`/api/orders/${order.key}`).expect(200)
  expect(body).toMatchObject({
    shipping: null,
    presentment: null,
    tax_behavior: null,
    items_total: order.total,
  })
})

it('an address in another country opens an incident, which a full refund resolves', async () => {
  const order = await openDeliveryOf(shop, email, 'inclusive')
  const shipping = { name: 'Ada', address: { ...ADDRESS, country: 'FR' } }
  const report = reportOfDelivery(order, 'inclusive', { collected: { ...COLLECTED, shipping } })
  await settleReports(shop, report)
  const where = { orderId: order.id, kind: 'delivery_elsewhere' }
  expect(await shop.database.prisma.incident.findFirstOrThrow({ where })).toMatchObject({
    subject: order.sessionId,
    resolvedAt: null,
    message: 'Delivery to DE was ordered, and the address given to Stripe is in FR.',
  })
  expect(await stored(order)).toMatchObject({ status: 'paid', needsAttention: null })
  await settleReports(shop, reportOfRefund(order, 'succeeded', report.amountTotal ?? 0))
  expect(await shop.database.prisma.incident.findFirstOrThrow({ where })).toMatchObject({
    resolvedBy: 'automatic',
  })
})
