// What happens to an order after it is paid, or instead of it: shipments, returns, cancellation, a corrected address.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeSettings } from '../support/change-settings.js'
import { checkoutFields } from '../support/checkout-page.js'
import { runCommand } from '../support/command.js'
import { payByCard, payByVoucher } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { addVariedProduct, type VariedProduct } from '../support/variants.js'

let shop: TestShop
let mug: VariedProduct
beforeAll(async () => {
  shop = await startTestShop({ environment: { OPERATOR_EMAIL: 'operator@till.example' } })
  mug = await addVariedProduct(shop, ['Size'], [{ values: ['L'], unitAmount: 3100, stock: 100 }], {
    name: 'Enamel mug',
    requiresShipping: true,
  })
})
afterAll(() => shop.close())

const prisma = () => shop.database.prisma
const mugId = () => mug.variants['L']?.id ?? 0
const stock = async () => (await prisma().variant.findUniqueOrThrow({ where: { id: mugId() } })).stock
const orders = (...words: string[]) => runCommand(shop, 'orders', ...words)
const orderOf = (email: string) =>
  prisma().order.findFirstOrThrow({
    where: { email },
    include: {
      items: true,
      shipments: { include: { items: true } },
      returns: true,
      refunds: true,
      mails: true,
    },
  })
const pageOf = async (shopper: Shopper, key: string) =>
  textOf((await shopper.get(`/orders/${key}`).expect(200)).text)

async function mailOf(email: string, kind: string): Promise<string> {
  const sent = async () =>
    (await orderOf(email)).mails.find((mail) => mail.kind === kind && mail.sentAt !== null)?.text ?? ''
  await expect.poll(sent).not.toBe('')
  return (await sent()).replace(/\s+/g, ' ')
}

/** Goes to Stripe's page with some mugs for Berlin. @returns its address */
async function open(shopper: Shopper, quantity: number): Promise<string> {
  const html = (await shopper.get(`/checkout?variant=${mugId()}&quantity=${quantity}&country=DE`).expect(200))
    .text
  const { headers } = await shopper
    .post(/action="(\/checkout[^"]*)"/.exec(html)?.[1] ?? '')
    .type('form')
    .set('accept', 'text/html')
    .send(checkoutFields(html))
    .expect(303)
  return String(headers['location'])
}

async function paidOrder(quantity: number) {
  const { shopper, email } = await newShopper(shop.url)
  await payByCard(await open(shopper, quantity))
  await expect.poll(async () => (await orderOf(email)).status).toBe('paid')
  const { key, items } = await orderOf(email)
  return { shopper, email, key, line: items[0]?.id ?? 0 }
}

it('three mugs in two parcels, one of which comes back, is refunded once and sold again', async () => {
  const before = (await stock()) ?? 0
  const { shopper, email, key, line } = await paidOrder(3)
  expect(await pageOf(shopper, key)).toContain('Preparing to ship')
  expect(await pageOf(shopper, `${key}/receipt`)).toContain('Status Preparing to ship')
  const { output } = await orders('list', '--to-ship')
  expect(output).toMatch(new RegExp(`${key.slice(4, 12).toUpperCase()}.*unshipped.*3 × Enamel mug`))

  expect((await orders('ship', key, '--items', `${line}=4`)).output).toContain('more than is left to send: 3')
  const first = await orders(
    'ship',
    key,
    '--items',
    `${line}=1`,
    '--carrier',
    'dhl',
    '--tracking',
    '00 34/0',
    '--key',
    'a',
  )
  expect(first.output).toMatch(/Shown as {2}Partly shipped\nStatus {4}paid\nShipping {2}partly_shipped/)
  await orders('ship', key, '--items', `${line}=1`, '--carrier', 'dhl', '--tracking', '00 34/0', '--key', 'a')
  const page = await pageOf(shopper, key)
  expect(page).toContain('Partly shipped')
  expect(page).toContain('1 × Enamel mug – L DHL 00 34/0')
  const mail = await mailOf(email, 'shipment_sent')
  expect(mail).toContain('when we send the rest of your order')
  expect(mail).toContain('AWB=00%2034%2F0')

  expect((await orders('ship', key, '--carrier', 'Bike', '--link', 'http://bike.example')).output).toContain(
    'https://',
  )
  await orders('ship', key, '--carrier', 'Bike', '--tracking', 'B 7', '--link', 'https://bike.example/7')
  const both = (await shopper.get(`/orders/${key}`).expect(200)).text
  expect(textOf(both)).toContain('2 × Enamel mug – L Bike B 7')
  for (const link of ['AWB=00%2034%2F0', 'https://bike.example/7']) expect(both).toContain(link)
  const sent = async () =>
    (await orderOf(email)).mails.filter(({ kind }) => kind === 'shipment_sent').map(({ text }) => text ?? '')
  await expect.poll(async () => (await sent())[1] ?? '').toContain('https://bike.example/7')
  expect((await sent())[1]).not.toContain('The rest follows.')
  expect((await orders('ship', key)).output).toBe('All of this order was sent.')
  expect(await orderOf(email)).toMatchObject({ fulfilment: 'shipped', shipments: [{}, { carrier: 'Bike' }] })
  expect((await orders('list', '--to-ship')).output).not.toContain(key.slice(4, 12).toUpperCase())
  const ids = (await orderOf(email)).shipments.map(({ id }) => id)
  expect((await orders('delivered', key, '--shipment', '999999')).output).toBe(
    `This order has no shipment 999999. Its shipments: ${ids.join(', ')}.`,
  )
  await orders('delivered', key)
  await orders('delivered', key)
  expect(await pageOf(shopper, key)).toContain('Your order has arrived.')
  await mailOf(email, 'shipment_delivered')

  const ask = (quantity: string, reason = 'It is <b>chipped</b>.') =>
    shopper
      .post(`/orders/${key}/returns`)
      .type('form')
      .send({ [`item_${line}`]: quantity, reason })
  await ask('4').expect(409)
  await ask('1', ' ').expect(400)
  await ask('1').expect(303)
  await ask('1').expect(303)
  expect(await pageOf(shopper, key)).toContain('Return requested')
  expect((await orders('list', '--limit', '9999')).output).toMatch(
    new RegExp(`${key}.*paid +Return requested`),
  )
  const [wanted] = (await orderOf(email)).returns
  const returned = wanted?.key ?? ''
  expect((await orderOf(email)).returns).toHaveLength(1)
  expect(await mailOf(email, 'return_to_answer')).toContain(`returns accept ${returned}`)
  expect((await orders('returns', 'list')).output).toContain(returned)

  await orders('returns', 'accept', returned, '--answer', 'Send it to Mug Street 1.')
  expect(await mailOf(email, 'return_accepted')).toContain('Send it to Mug Street 1.')
  const again = await orders('returns', 'accept', returned, '--answer', 'Send it to Mug Street 1.')
  expect(again.output).toMatch(/^Next +returns received/m)
  expect((await orders('returns', 'accept', returned, '--answer', 'Keep it.')).output).toContain(
    'is accepted already, and the shopper was told: “Send it to Mug Street 1.”',
  )
  await orders('returns', 'received', returned)
  await mailOf(email, 'return_received')
  expect((await orders('returns', 'accept', returned, '--answer', 'x')).output).toContain('is received')
  for (let time = 0; time < 2; time++)
    expect((await orders('returns', 'refund', returned, '--restock')).output).toContain('$31.00')
  await expect.poll(async () => (await orderOf(email)).status).toBe('partially_refunded')
  expect(await orderOf(email)).toMatchObject({
    amountRefunded: 3100,
    refunds: [{ amount: 3100 }],
    returns: [{ status: 'refunded', restocked: true }],
  })
  expect(await stock()).toBe(before - 2)
  expect(await pageOf(shopper, key)).toContain('Partly refunded')
  const { body } = await shopper.get(`/api/orders/${key}`).expect(200)
  expect(body).toMatchObject({
    status: 'partially_refunded',
    fulfilment: 'delivered',
    label: 'Partly refunded',
    shipments: [
      { items: [{ variant_id: mugId(), quantity: 1 }], carrier: 'DHL' },
      { items: [{ quantity: 2 }] },
    ],
    returns: [{ return_id: returned, status: 'refunded', answer: 'Send it to Mug Street 1.' }],
  })

  // The rest is refunded and restocked: the unit that came back is not counted twice.
  await orders('refund', key, '--restock')
  await expect.poll(async () => (await orderOf(email)).status).toBe('refunded')
  await expect.poll(stock).toBe(before)
})

it('units that are refunded before they are sent are not sent, and go on sale again once', async () => {
  const before = (await stock()) ?? 0
  const { shopper, email, key, line } = await paidOrder(3)
  const waits = async () => (await orders('list', '--to-ship')).output.split('\n')
  const waiting = async () => (await waits()).find((row) => row.includes(key.slice(4, 12).toUpperCase()))
  await orders('ship', key, '--items', `${line}=1`)
  expect((await orders('refund', key, '--items', `${line}=3`)).output).toContain('left to send: 2')
  for (let time = 0; time < 2; time++)
    expect(
      (await orders('refund', key, '--items', `${line}=1`, '--restock', '--key', `${key} 1`)).output,
    ).toContain('$31.00: succeeded')
  expect((await orders('refund', key, '5.00', '--key', `${key} 2`)).output).toContain('$5.00: succeeded')
  expect((await orders('refund', key, '--items', `${line}=1`, '--key', `${key} 2`)).output).toContain(
    'belongs to another refund',
  )
  expect(await stock()).toBe(before - 2)
  expect(await waiting()).toMatch(/partly_shipped.*1 × Enamel mug/)
  expect((await orders('ship', key, '--items', `${line}=2`)).output).toContain('left to send: 1')
  expect((await orders('show', key)).output).toMatch(/refunded, not sent .*returned .*1 × Enamel mug/)

  // Nothing waits to be sent, nothing of it can be sent back, and the shopper sees a refund alone.
  await orders('ship', key)
  expect(await orderOf(email)).toMatchObject({ fulfilment: 'shipped', amountRefunded: 3600 })
  expect(await waiting()).toBeUndefined()
  expect(await pageOf(shopper, key)).not.toContain('Your reason')
  const { body } = await shopper.get(`/api/orders/${key}`).expect(200)
  expect(body).toMatchObject({ fulfilment: 'shipped', returns: [] })
  const ask = (quantity: number) =>
    shopper
      .post(`/api/orders/${key}/returns`)
      .send({ items: [{ variant_id: mugId(), quantity }], reason: 'No' })
  await ask(3).expect(409)
  await ask(2).expect(200)
  const [unsent] = (await orderOf(email)).returns
  expect((await orders('returns', 'refund', unsent?.key ?? '')).output).toContain('nothing comes back')

  // Of an order of which nothing was sent, nothing is left to send.
  const { email: other, key: otherKey, line: otherLine } = await paidOrder(1)
  await orders('refund', otherKey, '--items', `${otherLine}=1`, '20.00')
  expect((await orders('refund', otherKey, '20.00', '--items', `${otherLine}=1`)).output).toContain(
    'left to send: 0',
  )
  expect(await orderOf(other)).toMatchObject({ status: 'partially_refunded', fulfilment: 'withdrawn' })
  expect((await orders('list', '--to-ship')).output).not.toContain(otherKey.slice(4, 12).toUpperCase())
  expect((await orders('ship', otherKey)).output).toBe('Nothing of this order is left to send.')
})

it('an order is canceled by its shopper, or paid: never both', async () => {
  const before = await stock()
  const { shopper, email } = await newShopper(shop.url)
  const url = await open(shopper, 1)
  const { key } = await orderOf(email)
  const { shopper: other } = await newShopper(shop.url)
  await other.post(`/orders/${key}/cancel`).expect(404)
  expect(await pageOf(shopper, key)).toContain('Cancel order')
  await Promise.all([payByCard(url), shopper.post(`/orders/${key}/cancel`)])
  await shop.sandbox?.idle()
  const order = await orderOf(email)
  expect([order.status === 'paid', order.canceledAt !== null].filter(Boolean)).toHaveLength(1)
  if (order.canceledAt !== null) expect(await stock()).toBe(before)

  // One that nobody pays, canceled by the operator.
  const { shopper: next, email: nextEmail } = await newShopper(shop.url)
  const left = await stock()
  const page = await open(next, 2)
  const { key: nextKey } = await orderOf(nextEmail)
  expect((await orders('cancel', nextKey)).output).toContain('Canceled')
  expect((await orders('cancel', nextKey)).code).toBe(0)
  expect(await stock()).toBe(left)
  expect(await mailOf(nextEmail, 'order_canceled')).toContain('nothing was charged')
  expect(await pageOf(next, nextKey)).toContain('This order was canceled')
  expect((await next.post(`/orders/${nextKey}/pay`).expect(409)).text).toContain('can’t be paid any more')
  expect((await payByCard(page)).status).not.toBe(303)
  const { body } = await next.get(`/api/orders/${nextKey}`).expect(200)
  expect(body).toMatchObject({ label: 'Canceled', canceled_at: expect.any(String) as string })
})

it('an order with a voucher, and one that is paid, can’t be canceled', async () => {
  const { email, key } = await paidOrder(1)
  expect((await orders('cancel', key)).output).toContain('refund it instead')
  expect((await orderOf(email)).canceledAt).toBeNull()
  const { shopper } = await newShopper(shop.url)
  const product = await prisma().product.create({
    data: {
      ...{ slug: 'vaso', name: 'Vaso', summary: 'A vase.', description: 'A vase.', category: 'Kitchen' },
      ...{ image: '/assets/images/bowl.svg', unitAmount: 20_000, currency: 'mxn', stock: 5 },
    },
  })
  const { headers } = await shopper
    .post(`/checkout/${product.id}`)
    .type('form')
    .send({ quantity: '1' })
    .expect(303)
  await payByVoucher(String(headers['location']))
  await shop.sandbox?.idle()
  const { body } = await shopper.get('/api/orders').expect(200)
  const [{ order_id: waiting }] = body.orders as [{ order_id: string }]
  expect((await shopper.post(`/api/orders/${waiting}/cancel`).send({}).expect(409)).body).toMatchObject({
    code: 'payment_processing',
  })
})

it('an address is corrected before something is sent, and not after', async () => {
  const { shopper, email, key } = await paidOrder(1)
  const given = (await orderOf(email)).shippingAddress
  const refused: [string[], string][] = [
    [['--country', 'FR'], 'Delivery to Germany was charged'],
    [['--city', ' '], 'The city can’t be empty'],
    [['--line1', 'a\nb'], 'one line'],
    [[], 'What is to be corrected?'],
  ]
  for (const [words, said] of refused) expect((await orders('address', key, ...words)).output).toContain(said)
  const done = await orders('address', key, '--line1', 'Neue Straße 2', '--postal-code', '10999')
  expect(done.output).toMatch(/Ship to {3}.*Neue Straße 2, 10999 Berlin/)
  expect(await orderOf(email)).toMatchObject({ shippingAddress: given })
  const page = await pageOf(shopper, key)
  expect(page).toContain('Neue Straße 2')
  expect(page).toContain('We corrected this address.')
  await orders('ship', key)
  const mail = await mailOf(email, 'shipment_sent')
  expect(mail).toContain('Neue Straße 2')
  // Without carrier and tracking, no line of its own is left empty.
  expect(mail).not.toMatch(/\n\s*\n\s*\n/)
  expect((await orders('address', key, '--line1', 'x')).output).toContain('can’t be changed any more')
})

it('returns are for what was sent, within the owner’s days', async () => {
  const { shopper, email, key, line } = await paidOrder(2)
  const ask = () =>
    shopper
      .post(`/api/orders/${key}/returns`)
      .send({ items: [{ variant_id: mugId(), quantity: 1 }], reason: 'No' })
  const order = async () => (await shopper.get(`/api/orders/${key}`).expect(200)).body as unknown
  expect(await order()).toMatchObject({ can_be_canceled: false, returnable: null })
  expect((await ask().expect(409)).body).toMatchObject({ code: 'not_returnable' })
  await orders('ship', key, '--items', `${line}=1`)
  await changeSettings(shop, { returnDays: 0 })
  await expect.poll(async () => (await ask()).body as unknown).toMatchObject({ code: 'returns_off' })
  await changeSettings(shop, { returnDays: 14 })
  await expect.poll(order).toMatchObject({
    returnable: { items: [{ variant_id: mugId(), quantity: 1 }], until: expect.any(String) as string },
  })
  await expect.poll(async () => (await ask()).status).toBe(200)
  expect(await order()).toMatchObject({ returnable: null })
  const [wanted] = (await orderOf(email)).returns
  await orders('returns', 'decline', wanted?.key ?? '', '--reason', 'It was used.')
  expect(await mailOf(email, 'return_declined')).toContain('It was used.')
  expect(await pageOf(shopper, key)).toContain('Declined')
  expect((await orders('returns', 'refund', wanted?.key ?? '')).output).toContain('is declined')
  await prisma().shipment.updateMany({
    where: { order: { key } },
    data: { deliveredAt: new Date(Date.now() - 15 * 24 * 60 * 60 * 1000) },
  })
  expect((await ask().expect(409)).body).toMatchObject({ code: 'not_returnable' })
})

it('no request returns more than was sent, or what another order has', async () => {
  const { shopper, email, key, line } = await paidOrder(2)
  const other = await paidOrder(1)
  await orders('ship', key)
  await orders('ship', other.key)
  const byForm = (quantities: string, reason = 'No') =>
    shopper.post(`/orders/${key}/returns`).send(`${quantities}&reason=${encodeURIComponent(reason)}`)
  const field = `item_${line}`
  const forms: [string, number][] = [
    ...['-1', '0', '1.5', '1e1', 'NaN', '0x1', '', '99999'].map((typed): [string, number] => [
      `${field}=${typed}`,
      400,
    ]),
    [`${field}=1&${field}=1`, 400],
    [`${field}[]=1`, 400],
    [`${field}=3`, 409],
    [`${field}=9999`, 409],
    [`${field}=1&item_${other.line}=1`, 409],
    [`item_${other.line}=1`, 409],
  ]
  for (const [form, status] of forms)
    expect([form, (await byForm(form).set('accept', 'text/html')).status]).toEqual([form, status])
  const item = { variant_id: mugId(), quantity: 1 }
  const byApi = (items: unknown) => shopper.post(`/api/orders/${key}/returns`).send({ items, reason: 'No' })
  const bodies: [unknown, number][] = [
    ...[-1, 0, 1.5, '1', 1e300, null, [1]].map((quantity): [unknown, number] => [
      [{ ...item, quantity }],
      400,
    ]),
    [[item, item, item], 409],
    [[{ ...item, variant_id: mugId() + 1 }], 400],
  ]
  for (const [items, status] of bodies)
    expect([JSON.stringify(items), (await byApi(items)).status]).toEqual([JSON.stringify(items), status])
  expect((await orderOf(email)).returns).toEqual([])
  await other.shopper.post(`/orders/${key}/returns`).send(`${field}=1&reason=No`).expect(404)

  // Asked for in several words at once, each unit is in one return.
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((reason) => byForm(`${field}=1`, reason)))
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 409, 409])
  expect((await orderOf(email)).returns).toHaveLength(2)
})

it('a return is refunded by itself while an equal refund of the order waits for Stripe', async () => {
  const { email, shopper, key, line } = await paidOrder(3)
  await orders('ship', key, '--items', `${line}=1`)
  await shopper.post(`/orders/${key}/returns`).send(`item_${line}=1&reason=No`).expect(303)
  const { id, returns } = await orderOf(email)
  const [wanted] = returns
  await orders('returns', 'accept', wanted?.key ?? '', '--answer', 'Send it back.')
  // As the command wrote it, when Stripe did not answer.
  const { paymentIntentId } = await prisma().checkoutAttempt.findFirstOrThrow({ where: { orderId: id } })
  const waiting = await prisma().refund.create({
    data: { orderId: id, paymentIntentId, amount: 3100, currency: 'usd', retryAt: new Date('2100-01-01') },
  })
  expect((await orders('returns', 'refund', wanted?.key ?? '')).output).toContain('succeeded')
  await orders('refund', key, '--items', `${line}=1`)
  const after = await orderOf(email)
  expect(after.refunds.filter(({ amount }) => amount === 3100)).toHaveLength(3)
  expect(after.refunds.find((refund) => refund.id === waiting.id)).toMatchObject({ status: 'requested' })
  expect(after.returns.map(({ refundId }) => refundId)).not.toContain(waiting.id)
})
