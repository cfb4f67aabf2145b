// What can happen to an order after payment: refunds, disputes, discounts and missed events.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendDueRefunds } from '../../src/payments/send-refunds.js'
import { depsOf, runCommand } from '../support/command.js'
import { deliver } from '../support/events.js'
import { CARD, payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'

let shop: TestShop
const environment = { OPERATOR_EMAIL: 'operator@till.example' }
const settings = { promotionCodes: true }
beforeAll(async () => {
  shop = await startTestShop({ environment, settings })
})
afterAll(() => shop.close())

const settled = () => shop.sandbox?.idle()
/** The same shop for a command that cannot reach Stripe. */
const withoutStripe = (): TestShop => ({
  ...shop,
  environment: { ...shop.environment, STRIPE_API_BASE: 'http://127.0.0.1:1' },
})

/** Advances the clock by 90 days. The sandbox's clock cannot go back, so the next story gets a new shop. */
async function afterMonths(look: () => Promise<void>): Promise<void> {
  shop.sandbox?.advanceClock(90 * 86_400)
  await settled()
  await look()
  await shop.close()
  shop = await startTestShop({ environment, settings })
}

async function product(where: object = { currency: 'usd', stock: { gte: 10 } }) {
  return shop.database.prisma.product.findFirstOrThrow({ where, orderBy: { id: 'asc' } })
}

interface Paid {
  shopper: Shopper
  key: string
  intent: string
  stockBefore: number
  productId: number
  total: number
}

/** An order of two units, paid with this card. */
async function paidOrder(card = CARD.good, where?: object): Promise<Paid> {
  const { id, stock, unitAmount } = await product(where)
  const { shopper, email } = await newShopper(shop.url)
  const { headers } = await shopper.post(`/checkout/${id}`).type('form').send({ quantity: '2' }).expect(303)
  await payByCard(String(headers['location']), card)
  await settled()
  const order = await shop.database.prisma.order.findFirstOrThrow({
    where: { email },
    include: { attempts: true },
  })
  return {
    shopper,
    key: order.key,
    intent: order.attempts[0]?.paymentIntentId ?? '',
    stockBefore: stock ?? 0,
    productId: id,
    total: 2 * unitAmount,
  }
}

async function resultOf({ key, productId }: Pick<Paid, 'key' | 'productId'>) {
  const { prisma } = shop.database
  const order = await prisma.order.findUniqueOrThrow({
    where: { key },
    include: { refunds: { orderBy: { createdAt: 'asc' } }, disputes: true, mails: true, purchases: true },
  })
  return {
    status: order.status,
    amountPaid: order.amountPaid,
    amountRefunded: order.amountRefunded,
    needsAttention: order.needsAttention,
    refunds: order.refunds.map((refund) => `${refund.amount} ${refund.status}`),
    mails: order.mails.map((mail) => mail.kind).sort(),
    purchases: order.purchases.map((purchase) => purchase.amount),
    stock: (await prisma.product.findUniqueOrThrow({ where: { id: productId } })).stock,
  }
}

const orderText = async ({ shopper, key }: Paid) =>
  textOf((await shopper.get(`/orders/${key}`).expect(200)).text)

describe('a refund by the shop', () => {
  it('a partial refund leaves the rest refundable, and no more than that', async () => {
    const order = await paidOrder()
    const part = await runCommand(shop, 'orders', 'refund', order.key, '10.00')
    expect(part).toMatchObject({ code: 0, output: expect.stringContaining('$10.00: succeeded.') as string })
    await settled()
    expect(await resultOf(order)).toMatchObject({
      status: 'partially_refunded',
      amountRefunded: 1000,
      refunds: ['1000 succeeded'],
      mails: ['purchase_succeeded', 'refund_succeeded'],
      stock: order.stockBefore - 2,
    })
    const tooMuch = await runCommand(shop, 'orders', 'refund', order.key, '9999.00')
    expect(tooMuch).toMatchObject({ code: 1, output: expect.stringContaining('more than is left') as string })

    const inPart = await runCommand(shop, 'orders', 'refund', order.key, '10.00', '--restock')
    expect(inPart).toMatchObject({
      code: 1,
      output: expect.stringContaining('only when all of the money goes back') as string,
    })
    await settled()
    expect(await resultOf(order)).toMatchObject({
      refunds: ['1000 succeeded'],
      stock: order.stockBefore - 2,
    })

    const rest = await runCommand(shop, 'orders', 'refund', order.key, '--restock')
    expect(rest.output).toContain('succeeded')
    await settled()
    expect(await resultOf(order)).toMatchObject({
      status: 'refunded',
      amountRefunded: order.total,
      refunds: ['1000 succeeded', `${order.total - 1000} succeeded`],
      mails: ['purchase_succeeded', 'refund_succeeded', 'refund_succeeded'],
      stock: order.stockBefore,
    })
    expect((await runCommand(shop, 'orders', 'refund', order.key)).output).toContain('has been refunded')
    expect(await orderText(order)).toContain('Refunded')
  })

  it('two equal parts are two refunds; one request key sent twice is one refund', async () => {
    const order = await paidOrder()
    const click = () => runCommand(shop, 'orders', 'refund', order.key, '5.00', '--key', `click-${order.key}`)
    const [first, second] = await Promise.all([click(), click()])
    expect([first.code, second.code]).toEqual([0, 0])
    await runCommand(shop, 'orders', 'refund', order.key, '5.00')
    await settled()
    expect(await resultOf(order)).toMatchObject({
      amountRefunded: 1000,
      refunds: ['500 succeeded', '500 succeeded'],
    })
    expect((await shop.stripe.refunds.list({ payment_intent: order.intent })).data).toHaveLength(2)
  })

  it('a refund requested while Stripe is unreachable is stored, reported, and sent later', async () => {
    const order = await paidOrder()
    const asked = await runCommand(withoutStripe(), 'orders', 'refund', order.key, '5.00')
    expect(asked).toMatchObject({ code: 1 })
    expect(asked.output).toMatch(/^The refund of \$5\.00 is saved .* don’t request it again\. .*connection/)
    expect(asked.output).not.toContain('Nothing was charged')
    // A repeated request is the same refund; with --restock it would be another.
    const restocked = await runCommand(shop, 'orders', 'refund', order.key, '--restock')
    expect(restocked).toMatchObject({
      code: 1,
      output: expect.stringContaining('waits for Stripe’s answer') as string,
    })
    expect(await resultOf(order)).toMatchObject({ refunds: ['500 requested'] })

    const { prisma } = shop.database
    await prisma.refund.updateMany({ where: { order: { key: order.key } }, data: { retryAt: new Date(0) } })
    await sendDueRefunds(depsOf(shop))
    await settled()
    expect(await resultOf(order)).toMatchObject({ amountRefunded: 500, refunds: ['500 succeeded'] })
  })

  it('when a partial refund fails after a restock, the units leave the stock again', async () => {
    const order = await paidOrder()
    await runCommand(shop, 'orders', 'refund', order.key, '10.00')
    await runCommand(shop, 'orders', 'refund', order.key, '--restock')
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'refunded', stock: order.stockBefore })
    const refund = (await shop.stripe.refunds.list({ payment_intent: order.intent })).data.at(-1)
    const [created] = (await shop.stripe.events.list({ type: 'refund.created', limit: 1 })).data
    const failed = { ...refund, status: 'failed', failure_reason: 'lost_or_stolen_card' }
    await deliver(shop, {
      ...created,
      id: `evt_${order.key}`,
      type: 'refund.failed',
      data: { object: failed },
    }).expect(200)
    expect(await resultOf(order)).toMatchObject({
      status: 'partially_refunded',
      refunds: ['1000 failed', `${order.total - 1000} succeeded`],
      stock: order.stockBefore - 2,
    })
  })

  it('a failed refund is shown as failed', async () => {
    const order = await paidOrder('4000 0000 0000 5126')
    await runCommand(shop, 'orders', 'refund', order.key)
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'refunded' })
    await afterMonths(async () => {
      expect(await resultOf(order)).toMatchObject({
        status: 'paid',
        amountRefunded: 0,
        refunds: [`${order.total} failed`],
        mails: ['purchase_succeeded', 'refund_failed', 'refund_succeeded'],
      })
      expect(await orderText(order)).toContain('Paid')
    })
  })

  it('a slow refund is pending until it succeeds', async () => {
    const order = await paidOrder('4000 0000 0000 7726')
    await runCommand(shop, 'orders', 'refund', order.key)
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'paid', refunds: [`${order.total} pending`] })
    await afterMonths(async () => {
      expect(await resultOf(order)).toMatchObject({
        status: 'refunded',
        refunds: [`${order.total} succeeded`],
      })
    })
  })
})

describe('a refund in Stripe’s dashboard', () => {
  it('its events update the order', async () => {
    const order = await paidOrder()
    await shop.stripe.refunds.create({ payment_intent: order.intent, amount: 700 })
    await settled()
    expect(await resultOf(order)).toMatchObject({
      status: 'partially_refunded',
      amountRefunded: 700,
      mails: ['purchase_succeeded', 'refund_succeeded'],
    })
    expect((await runCommand(shop, 'orders', 'refund', order.key)).output).toContain('succeeded')
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'refunded', amountRefunded: order.total })
  })
})

describe('a dispute', () => {
  it('a lost dispute is flagged with its deadline, blocks refunds, and ends as charged back', async () => {
    const order = await paidOrder('4000 0000 0000 0259')
    const opened = await resultOf(order)
    expect(opened).toMatchObject({ status: 'disputed', mails: ['dispute_opened', 'purchase_succeeded'] })
    expect(opened.needsAttention).toMatch(
      /^Dispute du?p?_\w+ over \$[\d.]+ \(fraudulent\): answer by \d{4}-\d\d-\d\d\.$/,
    )
    expect((await runCommand(shop, 'orders', 'list', '--attention')).output).toContain(order.key)
    expect(await orderText(order)).toContain('Disputed')
    const refused = await runCommand(shop, 'orders', 'refund', order.key)
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('deciding over this payment') as string,
    })

    const [dispute] = (await shop.stripe.disputes.list({ payment_intent: order.intent })).data
    await shop.stripe.disputes.close(dispute?.id ?? '')
    await settled()
    expect(await resultOf(order)).toMatchObject({
      status: 'charged_back',
      needsAttention: null,
      mails: ['dispute_closed', 'dispute_opened', 'purchase_succeeded'],
    })
  })

  it('a won dispute leaves the order paid', async () => {
    const order = await paidOrder('4000 0000 0000 0259')
    const [dispute] = (await shop.stripe.disputes.list({ payment_intent: order.intent })).data
    await shop.stripe.disputes.update(dispute?.id ?? '', {
      evidence: { uncategorized_text: 'winning_evidence' },
      submit: true,
    })
    await afterMonths(async () => {
      expect(await resultOf(order)).toMatchObject({ status: 'paid', needsAttention: null })
    })
  })

  it('an inquiry moves no money, and the order can be refunded', async () => {
    const order = await paidOrder('4000 0000 0000 1976')
    const opened = await resultOf(order)
    expect(opened).toMatchObject({ status: 'paid', mails: ['inquiry_opened', 'purchase_succeeded'] })
    expect(opened.needsAttention).toMatch(/^Inquiry /)
    const attended = await runCommand(shop, 'orders', 'attended', order.key)
    expect(attended.output).not.toContain('ATTENTION')
    expect((await runCommand(shop, 'orders', 'refund', order.key)).code).toBe(0)
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'refunded' })
  })
})

describe('a promotion code', () => {
  it('a discount is stored, and only the amount paid can be refunded', async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 25, duration: 'once' })
    await shop.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'QUARTER',
    })
    const { id, unitAmount, stock } = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${id}`).expect(303)
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(headers['location'])))
    expect(session.allow_promotion_codes).toBe(true)
    const pay = new URL(String(headers['location']))
    const applied = await supertest(pay.origin)
      .post(`${pay.pathname}/promotion`)
      .type('form')
      .send({ code: 'QUARTER' })
    expect(applied.status).toBeLessThan(400)
    await payByCard(pay.href)
    await settled()
    const row = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
    const order = {
      shopper,
      key: row.key,
      intent: '',
      stockBefore: stock ?? 0,
      productId: id,
      total: unitAmount,
    }
    const paid = unitAmount - Math.round(unitAmount / 4)
    expect(await resultOf(order)).toMatchObject({
      status: 'paid',
      amountPaid: paid,
      purchases: [paid],
      needsAttention: null,
    })
    expect((await runCommand(shop, 'orders', 'refund', order.key, String(unitAmount / 100))).code).toBe(1)
    await runCommand(shop, 'orders', 'refund', order.key)
    await settled()
    expect(await resultOf(order)).toMatchObject({ status: 'refunded', amountRefunded: paid })
  })
})

describe('an order that a promotion code made free', () => {
  it('the refund command says that nothing was paid', async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: 'once' })
    await shop.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'FREE',
    })
    const { id } = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${id}`).expect(303)
    const pay = new URL(String(headers['location']))
    await supertest(pay.origin).post(`${pay.pathname}/promotion`).type('form').send({ code: 'FREE' })
    await payByCard(pay.href)
    await settled()
    const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
    expect(order).toMatchObject({ status: 'paid', amountPaid: 0 })
    expect(await runCommand(shop, 'orders', 'refund', order.key)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^Nothing was paid for this order/) as string,
    })
  })
})

describe('events that never came', () => {
  it('the settle command retrieves the payment and its refund from Stripe', async () => {
    const order = await paidOrder()
    const { prisma } = shop.database
    await shop.stripe.refunds.create({ payment_intent: order.intent, amount: 300 })
    await settled()
    // As if neither event had arrived: the order is open, and the refund is unknown.
    await prisma.refund.deleteMany({ where: { order: { key: order.key } } })
    await prisma.purchaseHistory.deleteMany({ where: { order: { key: order.key } } })
    await prisma.checkoutAttempt.updateMany({
      where: { order: { key: order.key } },
      data: { status: 'open', paymentIntentId: null, paidAt: null, amountTotal: null },
    })
    await prisma.order.update({
      where: { key: order.key },
      data: { status: 'pending', amountPaid: null, amountRefunded: 0, paidAt: null },
    })
    const shown = await runCommand(shop, 'orders', 'settle', order.key)
    expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('partially_refunded') as string })
    expect(await resultOf(order)).toMatchObject({ status: 'partially_refunded', amountRefunded: 300 })
  })
})

describe('a product linked to a Stripe price', () => {
  it('sells at the Stripe price, and at our own price once that differs', async () => {
    const cup = await product({ currency: 'jpy', stock: { gte: 5 } })
    const pushed = await runCommand(shop, 'products', 'push', String(cup.id))
    expect(pushed).toMatchObject({ code: 0, output: expect.stringMatching(/price_\w+/) as string })
    const { stripePriceId } = await product({ id: cup.id })
    const order = await paidOrder(CARD.good, { id: cup.id })
    expect(await resultOf(order)).toMatchObject({ status: 'paid', amountPaid: order.total })
    const lines = async (key: string) => {
      const attempt = await shop.database.prisma.checkoutAttempt.findFirstOrThrow({
        where: { order: { key } },
      })
      return (await shop.stripe.checkout.sessions.listLineItems(attempt.stripeSessionId ?? '')).data
    }
    expect(await lines(order.key)).toMatchObject([{ price: { id: stripePriceId }, quantity: 2 }])

    await shop.database.prisma.product.update({
      where: { id: cup.id },
      data: { unitAmount: cup.unitAmount + 10 },
    })
    expect((await runCommand(shop, 'products', 'list')).output).toContain('not used: the amounts differ')
    const dearer = await paidOrder(CARD.good, { id: cup.id })
    expect(await resultOf(dearer)).toMatchObject({ amountPaid: 2 * (cup.unitAmount + 10) })
    expect(await lines(dearer.key)).not.toMatchObject([{ price: { id: stripePriceId } }])
  })

  it('sells at our own price where Stripe Tax would count the Stripe price differently', async () => {
    const bowl = await product({ currency: 'eur', stock: { gte: 5 } })
    await runCommand(shop, 'products', 'push', String(bowl.id))
    const { stripePriceId } = await product({ id: bowl.id })
    const priceOf = async (settings: { tax: string; pricesIncludeTax: boolean }) => {
      await shop.database.prisma.shop.updateMany({ data: settings })
      await new Promise((resolve) => setTimeout(resolve, 550))
      const { shopper } = await newShopper(shop.url)
      const { headers } = await shopper.post(`/checkout/${bowl.id}`).expect(303)
      const session = sessionOf(String(headers['location']))
      return (await shop.stripe.checkout.sessions.listLineItems(session)).data[0]?.price
    }
    expect(await priceOf({ tax: 'stripe', pricesIncludeTax: false })).toMatchObject({ id: stripePriceId })
    const included = await priceOf({ tax: 'stripe', pricesIncludeTax: true })
    expect(included).toMatchObject({ tax_behavior: 'inclusive', unit_amount: bowl.unitAmount })
    expect(included?.id).not.toBe(stripePriceId)
    const listed = await runCommand(shop, 'products', 'list')
    expect(listed.output).toContain('not used: its tax behavior is exclusive, the shop’s inclusive')
    expect(await priceOf({ tax: 'none', pricesIncludeTax: false })).toMatchObject({ id: stripePriceId })
  })

  it('sells at our own price after unlinking, for existing orders too', async () => {
    const lamp = await product()
    await runCommand(shop, 'products', 'push', String(lamp.id))
    const { stripePriceId } = await product({ id: lamp.id })
    await shop.stripe.prices.update(stripePriceId ?? '', { active: false })
    const { shopper, email } = await newShopper(shop.url)
    expect((await shopper.post(`/checkout/${lamp.id}`).expect(502)).text).toContain('Nothing was charged')
    const [order] = await shop.database.prisma.order.findMany({ where: { email } })
    await runCommand(shop, 'products', 'unlink', String(lamp.id))
    const { headers } = await shopper.post(`/orders/${order?.key}/pay`).expect(303)
    const url = String(headers['location'])
    const [line] = (await shop.stripe.checkout.sessions.listLineItems(sessionOf(url))).data
    expect(line).toMatchObject({ amount_total: lamp.unitAmount })
    expect(line?.price?.id).not.toBe(stripePriceId)
    // A repeated request reopens the same session, as after a crash before our row was written.
    await shop.database.prisma.checkoutAttempt.updateMany({
      where: { stripeSessionId: sessionOf(url) },
      data: { status: 'preparing', stripeSessionId: null, url: null },
    })
    expect((await shopper.post(`/orders/${order?.key}/pay`).expect(303)).headers['location']).toBe(url)
    await payByCard(url)
    await settled()
    expect(await resultOf({ key: order?.key ?? '', productId: lamp.id })).toMatchObject({ status: 'paid' })
  })

  it('takes amount and currency from the price, and rejects inactive and unknown prices', async () => {
    const { id } = await product({ currency: 'eur' })
    const made = await shop.stripe.products.create({ name: 'Made at Stripe' })
    const price = await shop.stripe.prices.create({ product: made.id, currency: 'kwd', unit_amount: 12_340 })
    expect((await runCommand(shop, 'products', 'link', String(id), price.id)).output).toContain('12.340')
    expect(await product({ id })).toMatchObject({ unitAmount: 12_340, currency: 'kwd' })
    await shop.stripe.prices.update(price.id, { active: false })
    const inactive = await runCommand(shop, 'products', 'link', String(id), price.id)
    expect(inactive).toMatchObject({ code: 1, output: expect.stringContaining('not active') as string })
    expect((await runCommand(shop, 'products', 'link', String(id), 'price_nothing')).code).toBe(1)
    const cheap = await shop.stripe.prices.create({ product: made.id, currency: 'usd', unit_amount: 49 })
    expect(await runCommand(shop, 'products', 'link', String(id), cheap.id)).toMatchObject({
      code: 1,
      output: expect.stringContaining('price of 0.49 USD is below Stripe’s minimum of 0.50 USD') as string,
    })
    const large = { product: made.id, currency: 'idr', unit_amount: 999_999_999_999 }
    const dear = await shop.stripe.prices.create(large)
    expect((await runCommand(shop, 'products', 'link', String(id), dear.id)).output).toContain('too large')
    await runCommand(shop, 'products', 'unlink', String(id))
    expect(await product({ id })).toMatchObject({ stripePriceId: null, currency: 'kwd' })

    // A three-decimal currency, through payment and refund.
    const order = await paidOrder(CARD.good, { id })
    expect(await resultOf(order)).toMatchObject({ status: 'paid', amountPaid: 24_680 })
    expect(await orderText(order)).toContain('24.680')
    await runCommand(shop, 'orders', 'refund', order.key, '0.010')
    await settled()
    expect(await resultOf(order)).toMatchObject({ amountRefunded: 10 })
  })
})
