// Refunds on the operator's pages: what is refunded, what is refused, and that one click is one refund.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { click } from '../reliability/crowd.js'
import { runCommand } from '../support/command.js'
import { ageSessions, newOperator, newOperatorWithApp } from '../support/operator.js'
import { auditOf, chooseRefund, paidDelivery, PRICES, send } from '../support/operated-orders.js'
import { CARD } from '../support/pay-page.js'
import { reportOfSession, settleReports } from '../support/settled-orders.js'
import { openOrder } from '../support/events.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator } = await newOperator(shop))
})
afterAll(() => shop.close())

const TOTAL = 2 * PRICES.M + PRICES.L + PRICES.delivery
const pathOf = ({ key }: { key: string }) => `/admin/orders/${key}/refund`
const orderOf = (id: number) =>
  shop.database.prisma.order.findUniqueOrThrow({
    where: { id },
    include: { refunds: { orderBy: { createdAt: 'asc' } }, returns: { include: { items: true } } },
  })
const stockOf = async (id: number | undefined) =>
  (await shop.database.prisma.variant.findUniqueOrThrow({ where: { id: id ?? 0 } })).stock

/** Money in another currency that came for an order. */
const unmatchedIn = (currency: string, orderId: number) =>
  shop.database.prisma.unmatchedPayment.create({
    data: {
      ...{ id: `cs_test_${orderId}${currency}`, paymentIntentId: `pi_${orderId}${currency}`, orderId },
      ...{ amount: 9000n, currency, status: 'paid', message: 'In another currency.', paidAt: new Date() },
    },
  })

/** Refunds by both forms. @returns the page before the click, and the answer after it */
async function refund(order: { key: string }, fields: Record<string, string>) {
  const { text, fields: confirmed } = await chooseRefund(operator, pathOf(order), fields)
  const answer = await send(operator, pathOf(order), confirmed)
  await shop.sandbox?.idle()
  return { text: textOf(text), answer, again: () => send(operator, pathOf(order), confirmed) }
}

it('all that is left goes back with its units, with a reason for Stripe and a note', async () => {
  const order = await paidDelivery(shop)
  const before = (await stockOf(order.variantIds[0])) ?? 0
  const form = await operator.get(pathOf(order)).expect(200)
  expect(textOf(form.text)).toContain('All that is left: $83.88')
  const { text, answer } = await refund(order, {
    ...{ what: 'all', restock: 'on', reason: 'requested_by_customer', note: 'Called us.\r\nVery kind.' },
  })
  expect(text).toContain('To the shopper $83.88')
  expect(text).toContain('Nothing more of this order is sent.')
  expect(answer.headers['location']).toBe(`/admin/orders/${order.key}?done=refunded`)
  const { status, refunds } = await orderOf(order.id)
  expect(status).toBe('refunded')
  expect(refunds).toMatchObject([
    { amount: TOTAL, reason: 'requested_by_customer', note: 'Called us.\nVery kind.', status: 'succeeded' },
  ])
  const atStripe = await shop.stripe.refunds.retrieve(refunds[0]?.stripeRefundId ?? '')
  expect(atStripe.reason).toBe('requested_by_customer')
  expect(await stockOf(order.variantIds[0])).toBe(before + 2)
  expect(await auditOf(shop, 'order', order.key)).toEqual(['order.refunded amount,restock,reason,note'])
  const page = textOf((await operator.get(`/admin/orders/${order.key}`).expect(200)).text)
  expect(page).toContain('Called us.')
  expect(page).toContain('All that was paid for this order has been refunded.')
})

it('a part goes back, and above what is left is refused', async () => {
  const order = await paidDelivery(shop)
  await refund(order, { what: 'amount', amount: '80.00' })
  const tooMuch = await send(operator, pathOf(order), { what: 'amount', amount: '3.89' }).expect(422)
  expect(tooMuch.text).toMatch(/id="amount-error"[^>]*>\$3\.89 is more than is left to refund: \$3\.88\./)
  expect(tooMuch.text).toContain('value="3.89"')
  const wrong = await send(operator, pathOf(order), { what: 'amount', amount: '1,50' }).expect(422)
  expect(wrong.text).toContain('value="1,50"')
  expect(textOf(wrong.text)).toContain('is not an amount in USD')
  expect((await orderOf(order.id)).refunds).toHaveLength(1)
})

it('no amount, number of units or confirmation that was made up goes back', async () => {
  const order = await paidDelivery(shop)
  const path = pathOf(order)
  for (const amount of ['-1', '0', '1e309', '1e2', '0x10', 'NaN', '1.999', '٣', '9999999999.99'])
    expect.soft([409, 422], amount).toContain((await send(operator, path, { what: 'amount', amount })).status)
  for (const units of ['-1', '1.5', '1e3', '3', '99999'])
    expect
      .soft([409, 422], units)
      .toContain((await send(operator, path, { what: 'items', [`unsent_${order.m}`]: units })).status)
  const { fields } = await chooseRefund(operator, path, { what: 'all' })
  for (const changed of [
    { confirmed: '0' },
    { confirmed: '999999999999999' },
    { currency: 'eur' },
    { currency: '' },
  ])
    await send(operator, path, { ...fields, ...changed }).expect(409)
  const withoutKey = await send(operator, path, { ...fields, key: '' }).expect(200)
  expect(withoutKey.text).toContain('name="confirmed"')
  expect((await orderOf(order.id)).refunds).toEqual([])
})

it('a key is of one amount of one order', async () => {
  const order = await paidDelivery(shop)
  const other = await paidDelivery(shop)
  const wanted = { what: 'amount', amount: '1.00' }
  const { fields } = await chooseRefund(operator, pathOf(order), wanted)
  await send(operator, pathOf(order), fields).expect(303)
  const another = await send(operator, pathOf(order), { ...fields, confirmed: '200' }).expect(409)
  expect(textOf(another.text)).toContain('That key belongs to a refund of another amount.')
  await send(operator, pathOf(other), fields).expect(409)
  await send(operator, pathOf(order), fields).expect(303)
  expect((await orderOf(order.id)).refunds).toMatchObject([{ amount: 100 }])
  expect((await orderOf(other.id)).refunds).toEqual([])
})

it('the code that was asked for does not go on with the form', async () => {
  const account = await newOperatorWithApp(shop)
  const order = await paidDelivery(shop)
  await ageSessions(shop, account.id, { code: 11 })
  const wanted = { what: 'amount', amount: '1.00' }
  await send(account.operator, pathOf(order), wanted).expect(200)
  const { text, fields } = await chooseRefund(account.operator, pathOf(order), {
    ...wanted,
    second_factor_code: account.app.code(),
  })
  expect(fields).toMatchObject({ ...wanted, confirmed: '100' })
  expect(text).not.toContain('second_factor_code')
})

it('units are not refunded from money in another currency', async () => {
  const order = await paidDelivery(shop)
  const payment = await unmatchedIn('eur', order.id)
  await refund(order, { what: 'amount', amount: '83.88' })
  const items = await send(operator, pathOf(order), { what: 'items', [`unsent_${order.m}`]: '1' }).expect(409)
  expect(textOf(items.text)).toContain('$19.99 is more than is left to refund: $0.00.')
  const { output } = await runCommand(shop, 'orders', 'refund', order.key, '--items', `${order.m}=1`)
  expect(output).toContain('$19.99 is more than is left to refund: $0.00.')
  expect(
    await shop.database.prisma.refund.count({ where: { paymentIntentId: payment.paymentIntentId } }),
  ).toBe(0)
})

it('the same click twice is one refund with the same answer', async () => {
  const order = await paidDelivery(shop)
  const { answer, again } = await refund(order, { what: 'items', [`unsent_${order.m}`]: '1' })
  const second = await again()
  expect([second.status, second.headers['location']]).toEqual([answer.status, answer.headers['location']])
  const { refunds, returns } = await orderOf(order.id)
  expect([refunds.length, returns.length]).toEqual([1, 1])
  expect(await auditOf(shop, 'order', order.key)).toEqual(['order.refunded amount,items'])
})

it('unsent units go back with delivery, which is refunded once', async () => {
  const order = await paidDelivery(shop)
  const before = (await stockOf(order.variantIds[0])) ?? 0
  const chosen = { what: 'items', shipping: 'on', restock: 'on' }
  const { text } = await refund(order, { ...chosen, [`unsent_${order.m}`]: '1' })
  expect(text).toContain('1 × Linen shirt – M $19.99 Delivery $12.90 To the shopper $32.89')
  expect(text).toContain('These units are not sent any more.')
  const { refunds, returns } = await orderOf(order.id)
  expect(refunds).toMatchObject([{ amount: PRICES.M + PRICES.delivery, shippingAmount: PRICES.delivery }])
  expect(returns).toMatchObject([{ unsent: true, restocked: true, items: [{ orderItemId: order.m }] }])
  expect(await stockOf(order.variantIds[0])).toBe(before + 1)
  expect((await operator.get(pathOf(order))).text).not.toContain('name="shipping"')
  const again = await send(operator, pathOf(order), chosen).expect(409)
  expect(textOf(again.text)).toContain('Nothing is left to refund for delivery')
  const both = await runCommand(shop, 'orders', 'refund', order.key, '--shipping')
  expect(both.output).toContain('Nothing is left to refund for delivery')
})

it('units that were sent go back without a return of the shopper, who can’t return them again', async () => {
  const order = await paidDelivery(shop)
  await runCommand(shop, 'orders', 'ship', order.key)
  await runCommand(shop, 'orders', 'delivered', order.key)
  expect((await operator.get(pathOf(order))).text).toContain(`name="sent_${order.m}"`)
  await refund(order, { what: 'items', [`sent_${order.m}`]: '2' })
  const { refunds, returns, fulfilment } = await orderOf(order.id)
  expect(refunds).toMatchObject([{ amount: 2 * PRICES.M, shippingAmount: 0 }])
  expect(returns).toMatchObject([{ unrequested: true, unsent: false, status: 'refunded' }])
  expect(fulfilment).toBe('delivered')
  const more = await send(operator, pathOf(order), { what: 'items', [`sent_${order.m}`]: '1' }).expect(409)
  expect(textOf(more.text)).toContain('is more than was sent, less what is in returns or refunded: 0.')
  // The shopper sees a refund, and can return what is left.
  const { body } = await click(shop, order.shopper, 'GET', `/api/orders/${order.key}`)
  expect(body).toMatchObject({ returns: [], returnable: { items: [{ quantity: 1 }] } })
  const [returned] = returns
  const by = await runCommand(shop, 'orders', 'returns', 'refund', returned?.key ?? '')
  expect(by.output).toContain('was refunded without a request')
  const wrong = ['--reason', 'regret', '--note', 'x']
  const refused = await runCommand(shop, 'orders', 'returns', 'refund', returned?.key ?? '', ...wrong)
  expect(refused.output).toContain('There is no reason "regret"')
})

it('nothing is refunded while the payment is disputed, and the page says why', async () => {
  const order = await paidDelivery(shop, [1, 1], CARD.disputed)
  await expect.poll(async () => (await orderOf(order.id)).status).toBe('disputed')
  const page = textOf((await operator.get(pathOf(order)).expect(200)).text)
  expect(page).toContain('The shopper’s bank is deciding over this payment.')
  const answer = await send(operator, pathOf(order), { what: 'all' }).expect(409)
  expect(textOf(answer.text)).toContain('a refund now could pay twice')
  expect((await orderOf(order.id)).refunds).toEqual([])
  const list = textOf((await operator.get('/admin/disputes').expect(200)).text)
  expect(list).toContain(`T-${order.key.slice(4, 12).toUpperCase()} To answer`)
})

it('of two operators at once, one refunds and the other reads why not', async () => {
  const order = await paidDelivery(shop)
  const { operator: other } = await newOperator(shop)
  const wanted = { what: 'amount', amount: '50.00' }
  const [mine, theirs] = await Promise.all(
    [operator, other].map((who) => chooseRefund(who, pathOf(order), wanted)),
  )
  const answers = await Promise.all([
    send(operator, pathOf(order), mine?.fields ?? {}),
    send(other, pathOf(order), theirs?.fields ?? {}),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 422])
  const refused = answers.find(({ status }) => status === 422)
  expect(textOf(refused?.text ?? '')).toContain('$50.00 is more than is left to refund: $33.88.')
  expect((await orderOf(order.id)).refunds).toMatchObject([{ amount: 5000 }])
})

it('an amount that has changed since it was shown is not refunded', async () => {
  const order = await paidDelivery(shop)
  const chosen = { what: 'items', [`unsent_${order.m}`]: '1', shipping: 'on' }
  const { fields } = await chooseRefund(operator, pathOf(order), chosen)
  await shop.database.prisma.order.update({ where: { id: order.id }, data: { shippingTotal: 1000 } })
  const answer = await send(operator, pathOf(order), fields).expect(409)
  expect(textOf(answer.text)).toContain('This comes to $29.99 by now, and not to $32.89')
  expect((await orderOf(order.id)).refunds).toEqual([])
})

it('sent and unsent units are refunded one after the other', async () => {
  const order = await paidDelivery(shop)
  await runCommand(shop, 'orders', 'ship', order.key, '--items', `${order.m}=1`)
  const fields = { what: 'items', [`unsent_${order.m}`]: '1', [`sent_${order.m}`]: '1' }
  const answer = await send(operator, pathOf(order), fields).expect(422)
  expect(textOf(answer.text)).toContain('one after the other')
})

it('money that does not fit its order, or has none, is refunded by itself', async () => {
  const order = await paidDelivery(shop, [1, 1])
  // A real payment at Stripe, of an order that the shop does not find by it any more.
  const { prisma } = shop.database
  const attempt = await prisma.checkoutAttempt.findFirstOrThrow({ where: { orderId: order.id } })
  const session = attempt.stripeSessionId ?? ''
  await prisma.purchaseHistory.deleteMany({ where: { orderId: order.id } })
  await prisma.stripeEvent.deleteMany({ where: { orderId: order.id } })
  await prisma.checkoutAttempt.delete({ where: { id: attempt.id } })
  await prisma.unmatchedPayment.create({
    data: {
      ...{ id: session, paymentIntentId: attempt.paymentIntentId, amount: 6389n, currency: 'usd' },
      ...{ status: 'paid', message: 'No order has this key.', paidAt: new Date() },
    },
  })
  const path = `/admin/payments/${session}`
  const found = async (q: string) =>
    (await operator.get('/admin/orders').query({ q }).expect(303)).headers['location']
  expect(await found(session)).toBe(path)
  expect(await found(attempt.paymentIntentId ?? '')).toBe(path)
  const incident = await prisma.incident.create({
    data: { kind: 'payment_without_order', subject: session, message: 'Whose is it?' },
  })
  expect((await operator.get(`/admin/incidents/${incident.id}`)).text).toContain(`href="${path}"`)
  const page = await operator.get(path).expect(200)
  expect(page.text).toContain('name="amount" value="63.89"')
  const keyIn = (text: string) => /name="key" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const refund = (fields: Record<string, string>) => send(operator, `${path}/refund`, fields)
  for (const [amount, sentence] of [
    ['63.90', 'more than is left to refund: $63.89'],
    ['0', 'above zero'],
    ['1.005', ''],
  ] as const)
    expect(textOf((await refund({ key: randomUUID(), amount }).expect(422)).text)).toContain(sentence)
  const part = { key: keyIn(page.text), amount: '13.89', note: 'Found by chance.' }
  for (let click = 0; click < 2; click++) {
    const answer = await refund(part).expect(303)
    expect(answer.headers['location']).toBe(`${path}?done=refunded`)
  }
  await refund({ ...part, amount: '5.00' }).expect(409)
  const rest = await operator.get(path).expect(200)
  expect(rest.text).toContain('name="amount" value="50.00"')
  await refund({ key: keyIn(rest.text), amount: '' }).expect(303)
  expect(
    await prisma.refund.findMany({
      where: { paymentIntentId: attempt.paymentIntentId },
      orderBy: { createdAt: 'asc' },
    }),
  ).toMatchObject([
    { amount: 1389, orderId: null, note: 'Found by chance.' },
    { amount: 5000, orderId: null },
  ])
  expect(await auditOf(shop, 'payment', session)).toEqual([
    'payment.refunded amount,note',
    'payment.refunded amount',
  ])
  const { stripeRefundId } = await prisma.refund.findFirstOrThrow({
    where: { paymentIntentId: attempt.paymentIntentId },
  })
  expect(await found(stripeRefundId ?? '')).toBe(path)
})

it('a dispute without an order is found by its id, and from its incident', async () => {
  const { prisma } = shop.database
  await prisma.dispute.create({
    data: {
      ...{ id: 'du_1Alone', amount: 500, currency: 'usd', reason: 'fraudulent', status: 'lost' },
      createdAt: new Date(),
    },
  })
  const path = '/admin/disputes/du_1Alone'
  await operator.get('/admin/orders').query({ q: 'du_1Alone' }).expect(303).expect('location', path)
  const incident = await prisma.incident.create({
    data: { kind: 'dispute_without_order', subject: 'du_1Alone', message: 'Whose is it?' },
  })
  expect((await operator.get(`/admin/incidents/${incident.id}`)).text).toContain(`href="${path}"`)
  await operator.get(path).expect(200)
})

it('a payment that does not fit is marked on the order’s page, and refunded from there', async () => {
  const order = { ...(await openOrder(shop)), paymentIntentId: 'pi_doesnotfit' }
  await settleReports(shop, { ...reportOfSession(order, 'paid'), amountSubtotal: 1, amountTotal: 1 })
  const { text } = await operator.get(`/admin/orders/${order.key}`).expect(200)
  expect(textOf(text)).toContain('Differs')
  expect(text).toContain(`href="/admin/orders/${order.key}/refund?payment=${order.sessionId}"`)
  const form = await operator.get(`/admin/orders/${order.key}/refund?payment=${order.sessionId}`).expect(200)
  expect(textOf(form.text)).toContain('All that is left: $0.01')
  expect(form.text).not.toContain('value="items"')
  const { fields } = await chooseRefund(operator, `/admin/orders/${order.key}/refund`, {
    ...{ what: 'all', payment: order.sessionId },
  })
  expect(fields).toMatchObject({ payment: order.sessionId, confirmed: '1' })
})
