// Walks the states that an order can be in (payment, refund, dispute, fulfilment, return), and reads its page, its row in the
// list, its receipt and its mails: all say the same. So do the list of products, a product's page and the cart about its units.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderMail } from '../../src/mail/render-mail.js'
import { formatMoney } from '../../src/money.js'
import type { DisputeStatus, RefundStatus } from '../../src/generated/prisma/enums.js'
import type { SentState } from '../../src/orders/fulfilment.js'
import type { ReturnState } from '../../src/fulfilment/return-moves.js'
import { writeOrderMail } from '../../src/outbox/write-mails.js'
import { newReturnKey } from '../../src/orders/order-key.js'
import {
  type KnownOrder,
  openOrderOf,
  reportOfDispute,
  reportOfRefund,
  reportOfSession,
  settleReports,
} from '../support/settled-orders.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

type Payment = 'pending' | 'canceled' | 'processing' | 'failed' | 'expired' | 'paid'
type Refund = 'none' | 'part pending' | 'part failed' | 'part refunded' | 'all refunded'
type Dispute = 'none' | Extract<DisputeStatus, 'warning_needs_response' | 'needs_response' | 'won' | 'lost'>
type Sent = 'no delivery' | Exclude<SentState, 'withdrawn'>
type State = [Payment, Refund, Dispute, Sent, ReturnState?]

const REFUNDS: Record<Exclude<Refund, 'none'>, [RefundStatus, part: boolean]> = {
  'part pending': ['pending', true],
  'part failed': ['failed', true],
  'part refunded': ['succeeded', true],
  'all refunded': ['succeeded', false],
}
const REFUND_STATES: Refund[] = ['none', 'part pending', 'part failed', 'part refunded', 'all refunded']
const DISPUTES: Dispute[] = ['none', 'needs_response', 'won', 'lost']
const RETURNS: ReturnState[] = ['requested', 'accepted', 'received', 'refunded', 'declined']
const SENT: Sent[] = ['no delivery', 'none', 'partly_shipped', 'shipped', 'delivered']

const STATES: State[] = [
  ...(['pending', 'canceled', 'processing', 'failed', 'expired'] as const).map((payment): State => [
    payment,
    'none',
    'none',
    'none',
  ]),
  ...REFUND_STATES.flatMap((refund) =>
    DISPUTES.flatMap((dispute) => SENT.map((sent): State => ['paid', refund, dispute, sent])),
  ),
  ...REFUND_STATES.flatMap((refund) =>
    (['no delivery', 'shipped'] as const).map((sent): State => [
      'paid',
      refund,
      'warning_needs_response',
      sent,
    ]),
  ),
  ...(['none', 'part refunded'] as const).flatMap((refund) =>
    (['none', 'needs_response'] as const).flatMap((dispute) =>
      RETURNS.map((wanted): State => ['paid', refund, dispute, 'delivered', wanted]),
    ),
  ),
]

/** What some of them must be called. */
const LABELS: [State, string][] = [
  [['pending', 'none', 'none', 'none'], 'Waiting for payment'],
  [['canceled', 'none', 'none', 'none'], 'Canceled'],
  [['failed', 'none', 'none', 'none'], 'Payment failed'],
  [['paid', 'none', 'none', 'no delivery'], 'Paid'],
  [['paid', 'none', 'none', 'none'], 'Preparing to ship'],
  [['paid', 'part pending', 'none', 'no delivery'], 'Paid · Refund on its way'],
  [['paid', 'part failed', 'none', 'no delivery'], 'Paid · Refund delayed'],
  [['paid', 'part refunded', 'none', 'shipped'], 'Shipped · Partly refunded'],
  [['paid', 'part refunded', 'none', 'delivered'], 'Partly refunded'],
  [['paid', 'all refunded', 'none', 'shipped'], 'Refunded'],
  [['paid', 'none', 'needs_response', 'shipped'], 'Disputed'],
  [['paid', 'part refunded', 'needs_response', 'shipped'], 'Disputed · Partly refunded'],
  [['paid', 'none', 'won', 'shipped'], 'Shipped'],
  [['paid', 'part refunded', 'lost', 'shipped'], 'Charged back'],
  [['paid', 'none', 'warning_needs_response', 'shipped'], 'Shipped'],
  [['paid', 'none', 'none', 'delivered', 'requested'], 'Return requested'],
  [['paid', 'part refunded', 'none', 'delivered', 'accepted'], 'Return accepted · Partly refunded'],
  [['paid', 'part refunded', 'none', 'delivered', 'refunded'], 'Partly refunded'],
  [['paid', 'none', 'none', 'delivered', 'declined'], 'Delivered'],
  [['paid', 'none', 'needs_response', 'delivered', 'requested'], 'Disputed'],
]

let shop: TestShop
let shopper: Shopper
const keys = new Map<string, { id: number; key: string; currency: string }>()
/** Labels in the list, by key. */
const listed = new Map<string, string>()

beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  // As many as all orders take.
  await shop.database.prisma.product.updateMany({ data: { stock: { increment: STATES.length * 2 } } })
  const account = await newShopper(shop.url)
  shopper = account.shopper
  for (const state of STATES) keys.set(state.join(), await orderIn(state, account.email))
  const rows = /<li class="purchase">(.*?)<\/li>/gs
  for (let page = 1; page <= Math.ceil(STATES.length / 20); page++) {
    const { text } = await shopper.get(`/account/orders?page=${page}`).expect(200)
    for (const [, row = ''] of text.matchAll(rows)) {
      const chips = [...row.matchAll(/<span class="tag [^"]*">(.*?)<\/span>/gs)]
      expect(chips).toHaveLength(1)
      listed.set(/\/orders\/(ord_\w+)/.exec(row)?.[1] ?? '', textOf(chips[0]?.[1] ?? '').trim())
    }
  }
}, 120_000)
afterAll(() => shop.close())

async function orderIn([payment, refund, dispute, sent, wanted]: State, email: string, productId?: number) {
  const { prisma } = shop.database
  const order = await openOrderOf(shop, email, 2, productId)
  if (payment === 'canceled') await cancel(order)
  else if (payment !== 'pending') await settleReports(shop, reportOfSession(order, payment))
  if (refund !== 'none') {
    const [status, isPart] = REFUNDS[refund]
    await settleReports(shop, reportOfRefund(order, status, isPart ? 500 : order.total))
  }
  if (dispute !== 'none') await settleReports(shop, reportOfDispute(order, dispute))
  const data = { deliveryCountry: sent === 'no delivery' ? null : 'DE' }
  const fulfilment = sent === 'no delivery' ? 'none' : sent
  await prisma.order.update({ where: { id: order.id }, data: { ...data, fulfilment } })
  if (wanted !== undefined) await addReturn(order.id, wanted)
  // Stripe is not here to say what it was paid with.
  const paymentMethod = { type: 'card', brand: 'visa', last4: '4242' }
  await prisma.checkoutAttempt.updateMany({ where: { orderId: order.id }, data: { paymentMethod } })
  return { id: order.id, key: order.key, currency: order.currency }
}

async function cancel(order: KnownOrder) {
  const { prisma } = shop.database
  await settleReports(shop, reportOfSession(order, 'expired'))
  const { id, email } = await prisma.order.update({
    where: { id: order.id },
    data: { canceledAt: new Date() },
  })
  await prisma.$transaction((tx) =>
    writeOrderMail(tx, { orderId: id, kind: 'order_canceled', about: '', to: email }),
  )
}

async function addReturn(orderId: number, status: ReturnState) {
  const { prisma } = shop.database
  const { id } = await prisma.orderItem.findFirstOrThrow({ where: { orderId } })
  const items = { create: { orderItemId: id, quantity: 1 } }
  const data = { key: newReturnKey(), orderId, status, reason: 'Too small.', answer: 'See below.', items }
  await prisma.return.create({ data })
}

async function read(state: State) {
  const { id, key, currency } = keys.get(state.join()) ?? { id: 0, key: '', currency: 'usd' }
  const { text: page } = await shopper.get(`/orders/${key}`).expect(200)
  const receipt = state[0] === 'paid' ? await shopper.get(`/orders/${key}/receipt`).expect(200) : null
  const mails = await shop.database.prisma.mail.findMany({ where: { orderId: id } })
  const toShopper = mails.filter(({ to }) => to.endsWith('@shopper.example'))
  const rendered = await Promise.all(
    toShopper.map((mail) => renderMail(shop.database.prisma, mail, { baseUrl: shop.url })),
  )
  const texts = rendered.flatMap((mail) => (mail === null ? [] : [mail.text, textOf(mail.html)]))
  return {
    page,
    part: formatMoney(500, currency),
    label: textOf(/state__name">.*?<\/span>(.*?)<\/p>/s.exec(page)?.[1] ?? '').trim(),
    receipt: receipt && textOf(/<dt>Status<\/dt><dd>(.*?)<\/dd>/s.exec(receipt.text)?.[1] ?? ''),
    list: listed.get(key),
    mails: texts,
  }
}

const named = STATES.map((state) => ({ state, name: state.join(', ') }))

describe.each(named)('payment, refund, dispute, sent, return: $name', ({ state }) => {
  it('says the same everywhere', async () => {
    const { page, part, label, receipt, list, mails } = await read(state)
    expect(label).not.toBe('')
    expect(list).toBe(label)
    if (receipt !== null) expect(receipt).toBe(label)
    for (const mail of mails) expect(mail).toMatch(new RegExp(`Status:? ${label}(?! ·)`))
    const [, refund, dispute] = state
    const text = textOf(page)
    // The history tells of a refund only what happened to it.
    expect(text.includes(`Refunded ${part}`)).toBe(refund === 'part refunded')
    expect(text.includes('Held in dispute')).toBe(dispute === 'needs_response')
  })
})

it.each(LABELS)('%j is called %s', async (state, label) => {
  expect((await read(state)).label).toBe(label)
})

type Units = 'held' | 'back' | 'gone'
/** What becomes of the units of an order. */
const UNITS: [State, Units][] = [
  [['pending', 'none', 'none', 'none'], 'held'],
  [['processing', 'none', 'none', 'none'], 'gone'],
  [['canceled', 'none', 'none', 'none'], 'back'],
  [['failed', 'none', 'none', 'none'], 'back'],
  [['expired', 'none', 'none', 'none'], 'back'],
  [['paid', 'none', 'none', 'none'], 'gone'],
  [['paid', 'part refunded', 'none', 'shipped'], 'gone'],
  [['paid', 'none', 'lost', 'delivered'], 'gone'],
  [['paid', 'none', 'none', 'delivered', 'received'], 'gone'],
]

/** In which the page, the list and the cart of a stranger, and the page and the cart of the shopper, say the same. */
const SAID: Record<Units, { stranger: string; shopper: string; cart: string }> = {
  held: { stranger: 'Sold out', shopper: 'Only 2 left', cart: 'Sold out Held by your order T-' },
  back: { stranger: 'Only 2 left', shopper: 'Only 2 left', cart: '' },
  gone: { stranger: 'Sold out', shopper: 'Sold out', cart: 'Sold out' },
}

describe('the last two units of a product', () => {
  let orders: { state: State; units: Units; id: number; name: string; key: string }[]
  let carts: { shopper: string; stranger: string }
  let list: string
  const other = async () => {
    const { shopper: visitor } = await newShopper(shop.url)
    return visitor
  }
  let buyer: Shopper
  let passer: Shopper
  beforeAll(async () => {
    const account = await newShopper(shop.url)
    buyer = account.shopper
    passer = await other()
    orders = []
    for (const [index, [state, units]] of UNITS.entries()) {
      const name = `Last cup ${index}.`
      const { id } = await shop.database.prisma.product.create({
        data: {
          ...{ slug: `last-cup-${index}`, name, summary: 'A cup.', description: 'A cup.', category: 'Last' },
          ...{ image: '/assets/images/cup.svg', currency: 'usd', unitAmount: 2500, stock: 2 },
        },
      })
      for (const visitor of [buyer, passer])
        await visitor.post('/cart/items').type('form').send({ product_id: id, quantity: 2 }).expect(303)
      const { key } = await orderIn(state, account.email, id)
      orders.push({ state, units, id, name, key })
    }
    const page = async (visitor: Shopper, path: string) => (await visitor.get(path).expect(200)).text
    carts = { shopper: await page(buyer, '/cart'), stranger: await page(passer, '/cart') }
    list = await page(passer, '/pricing?category=Last')
  }, 60_000)

  const availability = (html: string) =>
    textOf(/<span class="availability[^>]*>(.*?)<\/span>/s.exec(html)?.[1] ?? '').trim()
  const partAbout = (html: string, pattern: RegExp, name: string) =>
    [...html.matchAll(pattern)].map(([part]) => part).find((part) => part.includes(name)) ?? ''
  const problemIn = (cart: string, name: string) => {
    const line = partAbout(cart, /<li class="cart-line.*?<\/li>/gs, name)
    expect(line).not.toBe('')
    return textOf(/<div class="cart-line__problem">(.*?)<\/div>/s.exec(line)?.[1] ?? '').trim()
  }

  it.each(UNITS.map(([state, units], index) => ({ name: state.join(', '), units, index })))(
    '$name: $units',
    async ({ units, index }) => {
      const { id, name, key } = orders[index] ?? { id: 0, name: '', key: '' }
      const said = SAID[units]
      const pageOf = async (visitor: Shopper) =>
        availability((await visitor.get(`/pricing/${id}`).expect(200)).text)
      expect(await pageOf(passer)).toBe(said.stranger)
      expect(await pageOf(buyer)).toBe(said.shopper)
      expect(availability(partAbout(list, /<article.*?<\/article>/gs, name))).toBe(said.stranger)
      expect(problemIn(carts.stranger, name)).toBe(said.stranger === 'Sold out' ? 'Sold out' : '')
      const problem = problemIn(carts.shopper, name)
      if (units === 'held') expect(problem).toContain(said.cart)
      else expect(problem).toBe(said.cart)
      // Whoever comes back from Stripe's page is led to the order as long as it can be paid.
      const back = (await buyer.get(`/pricing/${id}?cancelled`).expect(200)).text
      expect(back.includes(`href="/orders/${key}"`)).toBe(units === 'held')
    },
  )
})
