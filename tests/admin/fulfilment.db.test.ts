// What operators do with an order after it was placed: ship, deliver, correct, cancel, answer returns.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { click } from '../reliability/crowd.js'
import { newOperator } from '../support/operator.js'
import {
  auditOf,
  chooseRefund,
  hiddenFields,
  paidDelivery,
  placedDelivery,
  send,
} from '../support/operated-orders.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator } = await newOperator(shop))
})
afterAll(() => shop.close())

const pathOf = ({ key }: { key: string }) => `/admin/orders/${key}`
const pageOf = async (order: { key: string }) => (await operator.get(pathOf(order)).expect(200)).text
const orderOf = (id: number) =>
  shop.database.prisma.order.findUniqueOrThrow({
    where: { id },
    include: { shipments: { include: { items: true } }, returns: { include: { refund: true } }, mails: true },
  })
/** The key of the form that ships. */
const keyOf = async (order: { key: string }) => hiddenFields(await pageOf(order), `${pathOf(order)}/ship`)

it('a parcel is recorded once, however often the form is sent', async () => {
  const order = await paidDelivery(shop)
  const { key = '' } = await keyOf(order)
  const fields = { key, [`ship_${order.m}`]: '2', [`ship_${order.l}`]: '0', carrier: 'dhl', tracking: 'JD 1' }
  for (let sent = 0; sent < 2; sent++) {
    const answer = await send(operator, `${pathOf(order)}/ship`, fields).expect(303)
    expect(answer.headers['location']).toBe(`${pathOf(order)}?done=shipped`)
  }
  const { shipments, fulfilment } = await orderOf(order.id)
  expect(shipments).toMatchObject([
    { carrier: 'DHL', trackingNumber: 'JD 1', items: [{ orderItemId: order.m, quantity: 2 }] },
  ])
  expect(fulfilment).toBe('partly_shipped')
  const audit = 'order.shipped items,carrier,trackingNumber,trackingUrl'
  expect(await auditOf(shop, 'order', order.key)).toEqual([audit])
  const page = textOf(await pageOf(order))
  expect(page).toContain('Ship 1 unit.')
  expect(page).toContain('2 × Linen shirt – M DHL JD 1')
})

it('what can’t be shipped comes back with what was typed', async () => {
  const order = await paidDelivery(shop)
  const typed = { [`ship_${order.m}`]: '1', tracking: 'JD "2"' }
  const nameless = await send(operator, `${pathOf(order)}/ship`, typed).expect(422)
  expect(textOf(nameless.text)).toContain('Whose tracking number is it?')
  expect(nameless.text).toContain('value="JD &#34;2&#34;"')
  const nothing = await send(operator, `${pathOf(order)}/ship`, { [`ship_${order.m}`]: '0' }).expect(422)
  expect(textOf(nothing.text)).toContain('Ship at least one unit.')
  const tooMany = await send(operator, `${pathOf(order)}/ship`, { [`ship_${order.m}`]: '3' }).expect(409)
  expect(textOf(tooMany.text)).toContain('3 × Linen shirt – M is more than is left to send: 2.')
  expect((await orderOf(order.id)).shipments).toEqual([])
})

it('a parcel is marked as delivered, and the address can’t be corrected any more', async () => {
  const order = await paidDelivery(shop)
  const wrong = await send(operator, `${pathOf(order)}/address`, { city: '' }).expect(422)
  expect(textOf(wrong.text)).toContain('The city can’t be empty')
  await send(operator, `${pathOf(order)}/address`, { city: 'Potsdam', postal_code: '14467' }).expect(303)
  expect(textOf(await pageOf(order))).toContain('14467 Potsdam')
  const { key = '' } = await keyOf(order)
  await send(operator, `${pathOf(order)}/ship`, { key, [`ship_${order.m}`]: '2', [`ship_${order.l}`]: '1' })
  const [shipment] = (await orderOf(order.id)).shipments
  const delivered = { shipment: String(shipment?.id) }
  for (let sent = 0; sent < 2; sent++)
    await send(operator, `${pathOf(order)}/delivered`, delivered).expect(303)
  expect((await orderOf(order.id)).fulfilment).toBe('delivered')
  await send(operator, `${pathOf(order)}/address`, { city: 'Berlin' }).expect(409)
  expect(await auditOf(shop, 'order', order.key)).toEqual([
    'order.address_corrected city,postal_code',
    'order.shipped items',
    'order.delivered',
  ])
})

it('an unpaid order is canceled, and can’t be paid any more', async () => {
  const order = await placedDelivery(shop)
  expect(await pageOf(order)).toContain('Cancel the order')
  for (let sent = 0; sent < 2; sent++) await send(operator, `${pathOf(order)}/cancel`).expect(303)
  const { canceledAt, mails } = await orderOf(order.id)
  expect(canceledAt).not.toBeNull()
  expect(mails.map(({ kind }) => kind)).toContain('order_canceled')
  expect(await auditOf(shop, 'order', order.key)).toEqual(['order.canceled'])
})

it('a return is answered, received and refunded once, and its units are on sale again', async () => {
  const order = await paidDelivery(shop)
  const { key: shipKey = '' } = await keyOf(order)
  await send(operator, `${pathOf(order)}/ship`, { key: shipKey, [`ship_${order.m}`]: '2' })
  await send(operator, `${pathOf(order)}/delivered`)
  const wish = { [`item_${order.m}`]: '1', reason: 'Too small' }
  expect((await click(shop, order.shopper, 'POST', `/orders/${order.key}/returns`, wish)).status).toBe(303)
  const [{ key } = { key: '' }] = (await orderOf(order.id)).returns
  const path = `/admin/returns/${key}`

  expect(textOf((await operator.get('/admin/returns').expect(200)).text)).toContain(
    'To answer 1 × Linen shirt – M',
  )
  expect(textOf(await pageOf(order))).toContain('Answer the return.')
  const silent = await send(operator, `${path}/answer`, { state: 'accepted', answer: ' ' }).expect(422)
  expect(textOf(silent.text)).toContain('The text for the shopper needs 1 to 2000 characters.')
  const answer = { state: 'accepted', answer: 'Send it to the warehouse.' }
  for (let sent = 0; sent < 2; sent++) await send(operator, `${path}/answer`, answer).expect(303)
  const other = await send(operator, `${path}/answer`, { ...answer, answer: 'Keep it.' }).expect(409)
  expect(textOf(other.text)).toContain('is accepted already')
  await send(operator, `${path}/received`).expect(303)
  expect(textOf((await operator.get('/admin/returns?state=received').expect(200)).text)).toContain(
    'to refund',
  )

  const stock = () =>
    shop.database.prisma.variant.findUniqueOrThrow({ where: { id: order.variantIds[0] ?? 0 } })
  const before = (await stock()).stock ?? 0
  expect((await operator.get(`${path}/refund`).expect(200)).text).toContain('value="19.99"')
  const zero = await send(operator, `${path}/refund`, { amount: '0' }).expect(422)
  expect(textOf(zero.text)).toContain('Give an amount above zero.')
  const { text, fields } = await chooseRefund(operator, `${path}/refund`, { amount: '15.00', restock: 'on' })
  expect(textOf(text)).toContain('To the shopper $15.00')
  for (let sent = 0; sent < 2; sent++) {
    const done = await send(operator, `${path}/refund`, fields).expect(303)
    expect(done.headers['location']).toBe(`${pathOf(order)}?done=refunded#${key}`)
  }
  await shop.sandbox?.idle()
  expect((await orderOf(order.id)).returns).toMatchObject([
    { status: 'refunded', restocked: true, refund: { amount: 1500, status: 'succeeded' } },
  ])
  expect((await stock()).stock).toBe(before + 1)
  expect(await auditOf(shop, 'return', key)).toEqual([
    'return.accepted answer',
    'return.received',
    'return.refunded amount,restock',
  ])
  expect(textOf(await pageOf(order))).toContain('Return: refunded')
})

it('returns are listed by what waits, page by page', async () => {
  const { prisma } = shop.database
  const order = await paidDelivery(shop)
  await prisma.return.updateMany({ data: { status: 'refunded' } })
  const states = [...Array<string>(40).fill('accepted'), ...Array<string>(40).fill('requested')]
  await prisma.return.createMany({
    data: states.map((status, index) => ({ key: `ret_${index}`, orderId: order.id, reason: 'Why', status })),
  })
  const keysOn = (html: string) => [...html.matchAll(/#(ret_\d+)"/g)].map(([, key]) => key)
  const first = await operator.get('/admin/returns').expect(200)
  const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1] ?? ''
  const second = await operator.get(next.replaceAll('&amp;', '&')).expect(200)
  const keys = [...keysOn(first.text), ...keysOn(second.text)]
  expect(keysOn(first.text)).toHaveLength(50)
  expect(keys).toEqual([
    ...states.flatMap((state, index) => (state === 'requested' ? [`ret_${index}`] : [])),
    ...states.flatMap((state, index) => (state === 'accepted' ? [`ret_${index}`] : [])),
  ])
  expect(second.text).not.toContain('rel="next"')
  await prisma.return.deleteMany({ where: { orderId: order.id } })
})
