import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countPdfPages } from '../../src/documents/pdf-pages.js'
import { formatMoney } from '../../src/money.js'
import { formatDate } from '../../src/messages/format-date.js'
import {
  reportOfDispute,
  settleReports,
  openOrderOf,
  reportOfRefund,
  reportOfSession,
  type KnownOrder,
} from '../support/settled-orders.js'
import { newShopper, stranger, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let shopper: Shopper
let email: string
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  ;({ shopper, email } = await newShopper(shop.url))
})
afterAll(() => shop.close())

const money = (order: KnownOrder, amount = order.total) => formatMoney(amount, order.currency)
const page = async (path: string) => textOf((await shopper.get(path).expect(200)).text)

const inAWeek = () => formatDate(new Date(Date.now() + 7 * 24 * 60 * 60 * 1000))

function bytesOf(response: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = []
  const stream = response as IncomingMessage
  stream.on('data', (part: Buffer) => parts.push(part))
  stream.on('end', () => done(null, Buffer.concat(parts)))
}

/** The reports about an order, oldest first. */
type History = (order: KnownOrder) => Parameters<typeof settleReports>[1][]

const paid: History = (order) => [reportOfSession(order, 'paid')]

interface Case {
  history: History
  /** Texts on the page, in this order. */
  says: (order: KnownOrder) => string[]
  payable?: boolean
  success: string
}

const CASES: Record<string, Case> = {
  'not paid yet': {
    history: () => [],
    says: (order) => ['Waiting for payment', `Pay ${money(order)}`, 'Order history', 'Order placed'],
    payable: true,
    success: 'We’re confirming your payment',
  },
  'on its way': {
    history: (order) => [reportOfSession(order, 'processing')],
    says: () => [
      'Payment on its way',
      `an update by ${inAWeek()}`,
      'don’t need to pay again',
      'Order placed',
      'Payment submitted to your bank',
    ],
    success: `Expect an update by ${inAWeek()}`,
  },
  paid: {
    history: paid,
    says: (order) => ['Status: Paid', 'Print receipt', 'Order placed', `Paid ${money(order)}`],
    success: 'Thank you for your order',
  },
  'paid with a discount': {
    history: (order) => [reportOfSession(order, 'paid', 100)],
    says: (order) => [
      `Paid ${money(order, order.total - 100)}`,
      `Subtotal ${money(order)}`,
      `Discount −${money(order, 100)}`,
      `Total ${money(order, order.total - 100)}`,
    ],
    success: 'Thank you for your order',
  },
  failed: {
    history: (order) => [reportOfSession(order, 'processing'), reportOfSession(order, 'failed')],
    says: (order) => ['Payment failed', `Pay ${money(order)}`, 'submitted to your bank', 'Payment failed'],
    payable: true,
    success: 'Your payment didn’t go through',
  },
  expired: {
    history: (order) => [reportOfSession(order, 'expired')],
    says: (order) => ['Not paid', 'You can still pay', `Pay ${money(order)}`],
    payable: true,
    success: 'This checkout has expired',
  },
  'with a refund on its way': {
    history: (order) => [...paid(order), reportOfRefund(order, 'pending', 500)],
    says: (order) => [
      'Status: Paid',
      `Refund of ${money(order, 500)} on its way`,
      'Refund on its way',
      money(order, 500),
    ],
    success: 'Thank you for your order',
  },
  'refunded in part': {
    history: (order) => [...paid(order), reportOfRefund(order, 'succeeded', 500)],
    says: (order) => [
      'Partly refunded',
      `Refunded ${money(order, 500)}`,
      `Total ${money(order)}`,
      `−${money(order, 500)}`,
      `Net paid ${money(order, order.total - 500)}`,
    ],
    success: 'This order is partly refunded',
  },
  'refunded in two parts': {
    history: (order) => [
      ...paid(order),
      reportOfRefund(order, 'succeeded', 500),
      reportOfRefund(order, 'succeeded', order.total - 500),
    ],
    says: (order) => [
      'Status: Refunded',
      `−${money(order, 500)}`,
      `−${money(order, order.total - 500)}`,
      `Net paid ${money(order, 0)}`,
    ],
    success: 'This order is refunded',
  },
  'with a refund that came back': {
    history: (order) => [
      ...paid(order),
      reportOfRefund(order, 'succeeded', order.total, `re_back_${order.id}`),
      reportOfRefund(order, 'failed', order.total, `re_back_${order.id}`),
    ],
    says: (order) => [
      'Status: Paid',
      'will find another way',
      `Refunded ${money(order)}`,
      `Refund of ${money(order)} failed`,
      'Refund failed',
    ],
    success: 'Thank you for your order',
  },
  disputed: {
    history: (order) => [...paid(order), reportOfDispute(order, 'needs_response')],
    says: (order) => [
      'Status: Disputed',
      `Your bank took back ${money(order)}`,
      `Held in dispute −${money(order)}`,
      `Net paid ${money(order, 0)}`,
    ],
    success: 'Your bank is reviewing this payment',
  },
  'charged back': {
    history: (order) => [
      ...paid(order),
      reportOfDispute(order, 'needs_response', `du_lost_${order.id}`),
      reportOfDispute(order, 'lost', `du_lost_${order.id}`),
    ],
    says: (order) => [
      'Charged back',
      `Your bank took back ${money(order)}`,
      `Your bank returned ${money(order)} to you`,
      `Returned by your bank −${money(order)}`,
    ],
    success: 'Your bank has returned this payment to you',
  },
  'with a dispute that the shop won': {
    history: (order) => [
      ...paid(order),
      reportOfDispute(order, 'needs_response', `du_won_${order.id}`),
      reportOfDispute(order, 'won', `du_won_${order.id}`),
    ],
    says: () => ['Status: Paid', 'Your bank took back', 'Your bank decided that the payment stands'],
    success: 'Thank you for your order',
  },
}

describe('the order page', () => {
  it.each(Object.entries(CASES))(
    'describes an order that is %s',
    async (_name, { history, says, payable = false, success }) => {
      const order = await openOrderOf(shop, email, 2)
      await settleReports(shop, ...history(order))
      const text = await page(`/orders/${order.key}`)
      let from = 0
      for (const words of says(order)) {
        expect(text.slice(from)).toContain(words)
        from = text.indexOf(words, from) + words.length
      }
      expect(text.includes(`Pay ${money(order)}`)).toBe(payable)
      const after = `/payment-success/${order.productId}?session_id=${order.sessionId}`
      expect(await page(after)).toContain(success)
    },
  )

  it('names no date when a bank payment is late', async () => {
    const order = await openOrderOf(shop, email)
    const at = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000)
    await settleReports(shop, reportOfSession(order, 'processing', 0, at))
    const text = await page(`/orders/${order.key}`)
    expect(text).toContain('can take a few days')
    expect(text).not.toContain('update by')
  })

  it('shows an order that needs attention as under review, without Pay', async () => {
    const order = await openOrderOf(shop, email)
    await settleReports(shop, { ...reportOfSession(order, 'paid'), amountTotal: 1 })
    const text = await page(`/orders/${order.key}`)
    expect(text).toContain('Payment under review')
    expect(text).not.toContain(`Pay ${money(order)}`)
  })

  it('links to active products only', async () => {
    const order = await openOrderOf(shop, email)
    const html = async () => (await shopper.get(`/orders/${order.key}`).expect(200)).text
    const link = `href="/pricing/${order.productId}"`
    expect(await html()).toContain(link)
    const setActive = (active: boolean) =>
      shop.database.prisma.product.update({ where: { id: order.productId }, data: { active } })
    const { name } = await setActive(false)
    expect(await html()).not.toContain(link)
    expect(textOf(await html())).toContain(name)
    await setActive(true)
  })

  it('lists the order history by time, not by arrival', async () => {
    const order = await openOrderOf(shop, email)
    const minutes = (count: number) => new Date(Date.now() + count * 60_000)
    await settleReports(
      shop,
      { ...reportOfRefund(order, 'succeeded', 500, 're_second'), at: minutes(3) },
      { ...reportOfRefund(order, 'succeeded', 300, 're_first'), at: minutes(2) },
      reportOfSession(order, 'paid', 0, minutes(1)),
    )
    const text = await page(`/orders/${order.key}`)
    const events = [`Paid ${money(order)}`, `Refunded ${money(order, 300)}`, `Refunded ${money(order, 500)}`]
    const places = ['Order placed', ...events].map((words) =>
      text.indexOf(words, text.indexOf('Order history')),
    )
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
  })
})

describe('the receipt', () => {
  it('shows number, seller, customer, lines, discount, payment and refund', async () => {
    const order = await openOrderOf(shop, email, 2)
    await settleReports(shop, reportOfSession(order, 'paid', 100), reportOfRefund(order, 'succeeded', 500))
    const { text: html, headers } = await shopper.get(`/orders/${order.key}/receipt`).expect(200)
    const text = textOf(html)
    const item = await shop.database.prisma.orderItem.findFirstOrThrow({ where: { orderId: order.id } })
    for (const words of [
      `Receipt T-${order.key.slice(4, 12).toUpperCase()}`,
      'Seller: Till',
      `Billed to Ada Shopper ${email}`,
      `${item.name} 2 × ${money(order, item.unitAmount)} ${money(order)}`,
      `Discount −${money(order, 100)}`,
      `Paid (${order.currency.toUpperCase()}) ${money(order, order.total - 100)}`,
      `−${money(order, 500)}`,
      `Net paid ${money(order, order.total - 600)}`,
    ])
      expect(text).toContain(words)
    expect(headers['cache-control']).toBe('no-store')
  })

  it('can be downloaded as a PDF', async () => {
    const order = await openOrderOf(shop, email)
    await settleReports(shop, ...paid(order))
    const { text: html } = await shopper.get(`/orders/${order.key}/receipt`).expect(200)
    expect(html).toContain(`href="/orders/${order.key}/receipt.pdf"`)
    const { headers, body } = await shopper
      .get(`/orders/${order.key}/receipt.pdf`)
      .buffer(true)
      .parse(bytesOf)
      .expect(200)
    expect(headers['content-type']).toBe('application/pdf')
    expect(headers['content-disposition']).toContain('attachment; filename="Receipt T-')
    expect(headers['cache-control']).toBe('no-store')
    expect(countPdfPages(body as Buffer)).toBe(1)
  })

  it.each([
    ['waits to be paid', () => []],
    ['is on its way', (order: KnownOrder) => [reportOfSession(order, 'processing')]],
    ['failed', (order: KnownOrder) => [reportOfSession(order, 'failed')]],
  ] as [string, History][])(
    'of an order that %s does not exist yet, and the page says so',
    async (_state, history) => {
      const order = await openOrderOf(shop, email)
      await settleReports(shop, ...history(order))
      const { text } = await shopper.get(`/orders/${order.key}/receipt`).expect(409)
      expect(textOf(text)).toContain('No receipt yet')
      expect(text).toContain(`href="/orders/${order.key}"`)
      await shopper.get(`/orders/${order.key}/receipt.pdf`).expect(409)
    },
  )

  it('of another shopper’s order gets 404', async () => {
    const order = await openOrderOf(shop, email)
    await settleReports(shop, ...paid(order))
    const other = await newShopper(shop.url)
    await other.shopper.get(`/orders/${order.key}/receipt`).expect(404)
    await shopper.get('/orders/ord_none/receipt').expect(404)
    const signIn = await stranger(shop.url).get(`/orders/${order.key}/receipt`).expect(303)
    expect(signIn.headers['location']).toBe(
      `/login?next=${encodeURIComponent(`/orders/${order.key}/receipt`)}`,
    )
  })
})
