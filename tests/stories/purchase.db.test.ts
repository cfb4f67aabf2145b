import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CARD, IBAN, payByCard, payByDebit, sessionOf } from '../support/pay-page.js'
import { newShopper, stranger, textOf, PASSWORD } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

const pathOf = (location: unknown) => {
  const { pathname, search } = new URL(String(location), shop.url)
  return pathname + search
}

async function product(where: object = { currency: 'usd', stock: { gte: 10 } }) {
  return shop.database.prisma.product.findFirstOrThrow({ where, orderBy: { id: 'asc' } })
}

/** The shopper's orders, newest first. */
async function ordersOf(email: string) {
  return shop.database.prisma.order.findMany({
    where: { email },
    include: { attempts: true, purchases: true, mails: true },
    orderBy: { id: 'desc' },
  })
}

describe('a purchase', () => {
  it('leads from the pricing page to a row in PurchaseHistory', async () => {
    const lamp = await product()

    // A visitor clicks Purchase and is asked to sign in.
    const ada = stranger(shop.url)
    const page = await ada.get(`/pricing/${lamp.id}`).expect(200)
    expect(textOf(page.text)).toContain('Purchase')
    const asked = await ada.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '2' }).expect(303)
    expect(asked.headers['location']).toBe(`/login?next=%2Fcheckout%2F${lamp.id}%3Fquantity%3D2`)

    // After registering, the visitor is back at the review page.
    const email = 'ada@shopper.example'
    const next = `/checkout/${lamp.id}?quantity=2`
    const registered = await ada
      .post('/register')
      .type('form')
      .send({ name: 'Ada', email, password: PASSWORD, next })
      .expect(303)
    expect(registered.headers['location']).toBe(next)
    const review = await ada.get(next).expect(200)
    expect(textOf(review.text)).toContain(lamp.name)

    // Pay redirects to Stripe's page; the session carries only our own order data.
    const checkout = await ada.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '2' }).expect(303)
    const checkoutUrl = String(checkout.headers['location'])
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(checkoutUrl), {
      expand: ['line_items'],
    })
    const [order] = await ordersOf(email)
    expect(session).toMatchObject({
      mode: 'payment',
      status: 'open',
      amount_total: lamp.unitAmount * 2,
      currency: 'usd',
      customer_details: { email },
      client_reference_id: order?.key,
      metadata: { product_id: String(lamp.id), user_email: email, order_key: order?.key, app: shop.appId },
      success_url: `${shop.url}/payment-success/${lamp.id}?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${shop.url}/pricing/${lamp.id}?cancelled`,
    })
    expect(session.line_items?.data).toMatchObject([
      { description: lamp.name, quantity: 2, amount_total: lamp.unitAmount * 2 },
    ])
    expect(session.expires_at - session.created).toBeGreaterThanOrEqual(1800)
    expect(session.expires_at - session.created).toBeLessThan(1900)
    expect((await product({ id: lamp.id })).stock).toBe((lamp.stock ?? 0) - 2)

    // They pay and return.
    const paid = await payByCard(checkoutUrl)
    expect(paid.status).toBe(303)
    const success = await ada.get(pathOf(paid.headers['location'])).expect(200)
    expect(textOf(success.text)).toContain('Thank you for your order')

    // The success page or the event settles first, with one result.
    await shop.sandbox?.idle()
    const [settled] = await ordersOf(email)
    expect(settled).toMatchObject({ status: 'paid', amountPaid: lamp.unitAmount * 2, needsAttention: null })
    expect(settled?.purchases).toMatchObject([
      {
        purchaseSuccess: true,
        productId: lamp.id,
        quantity: 2,
        amount: lamp.unitAmount * 2,
        currency: 'usd',
        stripeSessionId: session.id,
      },
    ])
    expect(settled?.mails.map((mail) => mail.kind)).toEqual(['purchase_succeeded'])

    // The account lists the purchase with a link to its order.
    const purchases = await ada.get('/account/purchases').expect(200)
    expect(textOf(purchases.text)).toContain(lamp.name)
    expect(purchases.text).toContain(`/orders/${settled?.key}`)
    expect(textOf((await ada.get(`/orders/${settled?.key}`).expect(200)).text)).toContain('Paid')
    // The payment intent carries the order's metadata too, for events without a session.
    const intent = await shop.stripe.paymentIntents.list({ limit: 1 })
    expect(intent.data[0]?.metadata).toMatchObject({ order_key: settled?.key, app: shop.appId })
  })

  it('the webhook alone settles the order when the shopper closes the tab', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    expect(order).toMatchObject({
      status: 'paid',
      purchases: [{ purchaseSuccess: true }],
      mails: [{ kind: 'purchase_succeeded' }],
    })
  })

  it('an amount in yen has no decimals', async () => {
    const cup = await product({ currency: 'jpy', stock: { gte: 3 } })
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${cup.id}`).expect(303)
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    expect((await ordersOf(email))[0]).toMatchObject({
      status: 'paid',
      amountPaid: cup.unitAmount,
      currency: 'jpy',
    })
  })

  it('the JSON API creates the order and the session, and shows the payment', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const items = [{ product_id: lamp.id, quantity: 1 }]
    const { body: order } = await shopper.post('/api/orders').send({ items }).expect(201)
    const { body } = await shopper
      .post('/api/payments/create-session')
      .send({ order_id: order.order_id })
      .expect(200)
    expect(body).toMatchObject({
      checkout_url: expect.stringContaining('/c/pay/cs_test_') as string,
      session_id: sessionOf(body.checkout_url),
    })
    await payByCard(body.checkout_url as string)
    await shop.sandbox?.idle()
    expect((await shopper.get(`/api/orders/${order.order_id}`).expect(200)).body).toMatchObject({
      status: 'paid',
      amount_paid: lamp.unitAmount,
    })
    expect(await ordersOf(email)).toHaveLength(1)
  })
})

it('a shopper whose address has letters of another script is asked for one on Stripe’s page', async () => {
  const { id } = await product()
  for (const [address, known] of [
    ['josé@shopper.example', null],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ] as const) {
    const { shopper } = await newShopper(shop.url, address)
    const { headers } = await shopper.post(`/checkout/${id}`).type('form').send({ quantity: '1' }).expect(303)
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(headers['location'])))
    expect(session.customer_details?.email ?? null).toBe(known)
  }
})

describe('a card that is declined', () => {
  it('leaves the order open; another card pays it', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    const declined = await payByCard(String(headers['location']), CARD.declined)
    expect(declined.status).toBeLessThan(500)
    expect(textOf(declined.text)).toContain('declined')
    await shop.sandbox?.idle()
    expect((await ordersOf(email))[0]).toMatchObject({ status: 'pending', purchases: [], mails: [] })
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    expect((await ordersOf(email))[0]).toMatchObject({
      status: 'paid',
      purchases: [{ purchaseSuccess: true }],
    })
  })
})

describe('a bank debit', () => {
  it.each([
    ['succeeds', IBAN.good, 'paid', true, ['payment_on_its_way', 'purchase_succeeded']],
    ['fails', IBAN.failing, 'failed', false, ['payment_on_its_way', 'purchase_failed']],
  ] as const)('a bank debit that %s later', async (_what, account, status, purchaseSuccess, mails) => {
    const vase = await product({ currency: 'eur', stock: { gte: 3 } })
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${vase.id}`).expect(303)
    const answer = await payByDebit(String(headers['location']), account)
    const success = pathOf(answer.headers['location'])
    expect(textOf((await shopper.get(success).expect(200)).text)).toContain('Your payment is on its way')
    // A second payment could charge twice.
    const [order] = await ordersOf(email)
    await shopper.post(`/orders/${order?.key}/pay`).expect(409)

    await expect.poll(async () => (await ordersOf(email))[0]?.status).toBe(status)
    const [settled] = await ordersOf(email)
    expect(settled?.purchases).toMatchObject([{ purchaseSuccess }])
    expect(settled?.mails.map((mail) => mail.kind).sort()).toEqual(mails)
    const stock = (await product({ id: vase.id })).stock
    expect(stock).toBe(status === 'paid' ? (vase.stock ?? 0) - 1 : vase.stock)
    const page = textOf((await shopper.get(success).expect(200)).text)
    expect(page).toContain(status === 'paid' ? 'Thank you for your order' : 'didn’t go through')
  })
})

describe('one order has one payable session', () => {
  it('ten simultaneous clicks make one order and one session', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const clicks = await Promise.all(Array.from({ length: 10 }, () => shopper.post(`/checkout/${lamp.id}`)))
    expect(clicks.map((click) => click.status)).toEqual(Array(10).fill(303))
    expect(new Set(clicks.map((click) => click.headers['location'])).size).toBe(1)
    const [order, ...others] = await ordersOf(email)
    expect(others).toEqual([])
    expect(order?.attempts).toHaveLength(1)
    expect((await product({ id: lamp.id })).stock).toBe((lamp.stock ?? 0) - 1)
  })

  it('another quantity closes the first session and opens a second', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const first = await shopper.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '1' }).expect(303)
    const second = await shopper.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '3' }).expect(303)
    const [firstId, secondId] = [first, second].map((answer) => sessionOf(String(answer.headers['location'])))
    expect((await shop.stripe.checkout.sessions.retrieve(firstId ?? '')).status).toBe('expired')
    expect((await shop.stripe.checkout.sessions.retrieve(secondId ?? '')).amount_total).toBe(
      lamp.unitAmount * 3,
    )
    expect((await ordersOf(email)).map((order) => order.status)).toEqual(['pending', 'expired'])
    expect((await product({ id: lamp.id })).stock).toBe((lamp.stock ?? 0) - 3)
  })

  it('units held by an open order stay available to its shopper only', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const buy = (quantity: number) =>
      shopper
        .post(`/checkout/${lamp.id}`)
        .type('form')
        .send({ quantity: String(quantity) })
    const page = async (path: string, who = shopper) => (await who.get(path).expect(200)).text
    await shop.database.prisma.product.update({ where: { id: lamp.id }, data: { stock: 3 } })
    try {
      await buy(3).expect(303)
      const [order] = await ordersOf(email)
      const back = await page(`/pricing/${lamp.id}?cancelled`)
      expect(textOf(back)).toContain('Your order is saved')
      expect(back).toContain(`href="/orders/${order?.key}"`)
      expect(back).toContain(`action="/checkout/${lamp.id}"`)
      expect(back).toContain('max="3"')
      const review = textOf(await page(`/checkout/${lamp.id}?quantity=3`))
      expect(review).not.toContain('You can order')
      expect(review).toMatch(/Pay \$/)

      const { shopper: other } = await newShopper(shop.url)
      for (const who of [other, stranger(shop.url)]) {
        const theirs = textOf(await page(`/pricing/${lamp.id}?cancelled`, who))
        expect(theirs).toContain('No charge was made. ')
        expect(theirs).toContain('Sold out')
      }
      const none = textOf(await page(`/checkout/${lamp.id}?quantity=3`, other))
      expect(none).toContain('Sold out')
      expect(none).not.toContain('You can order')

      // Smaller quantities, and then all units again, can be ordered.
      await buy(2).expect(303)
      expect(textOf(await page(`/checkout/${lamp.id}?quantity=3`, other))).toContain(
        'You can order only 1 of these. We’ve changed the quantity to 1.',
      )
      await buy(3).expect(303)
      expect((await ordersOf(email)).map(({ status }) => status)).toEqual(['pending', 'expired', 'expired'])
      expect((await product({ id: lamp.id })).stock).toBe(0)
    } finally {
      await shop.database.prisma.product.update({ where: { id: lamp.id }, data: { stock: lamp.stock } })
    }
  })

  it('if the first session was paid in the meantime, it is settled and nothing is sold twice', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const first = await shopper.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '1' }).expect(303)
    await payByCard(String(first.headers['location']))
    const second = await shopper.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '3' })
    await shop.sandbox?.idle()
    const [newest, ...older] = await ordersOf(email)
    // If the event settled first, this is a new purchase; otherwise the shop asked Stripe and refused.
    if (second.status === 409)
      expect(newest).toMatchObject({ status: 'paid', purchases: [{ purchaseSuccess: true }] })
    else expect([newest?.status, older[0]?.status]).toEqual(['pending', 'paid'])
  })

  it('after a session expires, the next one belongs to the same order', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    await shop.stripe.checkout.sessions.expire(sessionOf(String(headers['location'])))
    await shop.sandbox?.idle()
    const [expired] = await ordersOf(email)
    expect(expired).toMatchObject({ status: 'expired', stockHeld: false, mails: [], purchases: [] })
    const page = await shopper.get(`/orders/${expired?.key}`).expect(200)
    expect(page.text).toContain(`action="/orders/${expired?.key}/pay"`)
    const again = await shopper.post(`/orders/${expired?.key}/pay`).expect(303)
    await payByCard(String(again.headers['location']))
    await shop.sandbox?.idle()
    const [paid] = await ordersOf(email)
    expect(paid).toMatchObject({ id: expired?.id, status: 'paid', stockHeld: true })
    expect(paid?.attempts).toHaveLength(2)
    expect((await product({ id: lamp.id })).stock).toBe((lamp.stock ?? 0) - 1)
  })

  it('after a crash before Stripe’s response was stored, the next click gets the same session', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    // As if the process had died between Stripe's response and our row.
    await shop.database.prisma.checkoutAttempt.updateMany({
      where: { stripeSessionId: sessionOf(String(headers['location'])) },
      data: { status: 'preparing', stripeSessionId: null, url: null },
    })
    const again = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    expect(again.headers['location']).toBe(headers['location'])
    expect((await ordersOf(email))[0]?.attempts).toHaveLength(1)
  })

  it('an old attempt that never reached Stripe is replaced by a new one', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { body } = await shopper
      .post('/api/orders')
      .send({ items: [{ product_id: lamp.id, quantity: 1 }] })
      .expect(201)
    const { id } = await shop.database.prisma.order.findUniqueOrThrow({
      where: { key: body.order_id as string },
    })
    await shop.database.prisma.checkoutAttempt.create({
      data: { orderId: id, number: 1, expiresAt: new Date(Date.now() + 60_000) },
    })
    await shopper.post(`/orders/${String(body.order_id)}/pay`).expect(303)
    expect((await ordersOf(email))[0]?.attempts.map((attempt) => attempt.status).sort()).toEqual([
      'expired',
      'open',
    ])
  })

  it('ten concurrent buyers of three units: three sessions, seven "sold out"', async () => {
    const rare = await product({ stock: 3 })
    const buyers = await Promise.all(Array.from({ length: 10 }, () => newShopper(shop.url)))
    const answers = await Promise.all(buyers.map(({ shopper }) => shopper.post(`/checkout/${rare.id}`)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([
      ...Array(3).fill(303),
      ...Array(7).fill(409),
    ])
    expect(textOf(answers.find((answer) => answer.status === 409)?.text ?? '')).toContain('sold out')
    expect((await product({ id: rare.id })).stock).toBe(0)
  })
})

describe('the success page', () => {
  it('ignores order data in the URL', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    const sessionId = sessionOf(String(headers['location']))
    const address = `/payment-success/${lamp.id}?session_id=${sessionId}`
    const text = textOf((await shopper.get(address).expect(200)).text)
    expect(text).toContain('isn’t paid yet')
    expect((await ordersOf(email))[0]).toMatchObject({ status: 'pending', purchases: [], mails: [] })

    for (const wrong of [
      `/payment-success/${lamp.id}`,
      `/payment-success/${lamp.id}?session_id=cs_test_none`,
      `/payment-success/${lamp.id}?session_id={CHECKOUT_SESSION_ID}`,
      `/payment-success/${lamp.id}?session_id[]=${sessionId}`,
      `/payment-success/${lamp.id + 1}?session_id=${sessionId}`,
      `/payment-success/x?session_id=${sessionId}`,
    ]) {
      await shopper.get(wrong).expect(404)
    }
  })

  it('is shown to the buyer only', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    await payByCard(String(headers['location']))
    const [order] = await ordersOf(email)
    const { shopper: other } = await newShopper(shop.url)
    const address = `/payment-success/${lamp.id}?session_id=${sessionOf(String(headers['location']))}`
    await other.get(address).expect(404)
    await other.get(`/orders/${order?.key}`).expect(404)
    await other.post(`/orders/${order?.key}/pay`).expect(404)
    await other.get(`/api/orders/${order?.key}`).expect(404)
    await other.post('/api/payments/create-session').send({ order_id: order?.key }).expect(404)
    await stranger(shop.url).get(address).expect(303)
    await stranger(shop.url).get(`/api/orders/${order?.key}`).expect(401)
  })

  it('settles the order itself when no webhook comes', async () => {
    const { sandbox, database } = shop
    const { data } = await shop.stripe.webhookEndpoints.list()
    for (const endpoint of data) await shop.stripe.webhookEndpoints.update(endpoint.id, { disabled: true })
    try {
      const lamp = await product()
      const { shopper, email } = await newShopper(shop.url)
      const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
      const paid = await payByCard(String(headers['location']))
      await sandbox?.idle()
      expect((await ordersOf(email))[0]?.status).toBe('pending')
      const pages = await Promise.all([1, 2, 3].map(() => shopper.get(pathOf(paid.headers['location']))))
      expect(pages.some((page) => textOf(page.text).includes('Thank you for your order'))).toBe(true)
      for (const page of pages)
        expect(textOf(page.text)).toMatch(/Thank you for your order|We’re confirming your payment/)
      expect((await ordersOf(email))[0]).toMatchObject({
        status: 'paid',
        purchases: [{ purchaseSuccess: true }],
        mails: [{ kind: 'purchase_succeeded' }],
      })
      expect(await database.prisma.stripeEvent.count({ where: { order: { email } } })).toBe(0)
    } finally {
      for (const endpoint of data) await shop.stripe.webhookEndpoints.update(endpoint.id, { disabled: false })
    }
  })
})

describe('purchases that are refused', () => {
  it.each([
    ['quantity 0', { quantity: '0' }, 400],
    ['a million', { quantity: '1000000' }, 400],
    ['minus one', { quantity: '-1' }, 400],
    ['a half', { quantity: '0.5' }, 400],
    ['nonsense', { quantity: 'abc' }, 400],
    ['more than there are', { quantity: '20' }, 409],
  ])('an order with %s is refused', async (_what, form, status) => {
    const few = await product({ stock: { gte: 4, lte: 19 } })
    const { shopper, email } = await newShopper(shop.url)
    const { text } = await shopper.post(`/checkout/${few.id}`).type('form').send(form).expect(status)
    expect(textOf(text)).toMatch(/Choose a quantity from 1 to 20|Choose a smaller quantity/)
    expect((await product({ id: few.id })).stock).toBe(few.stock)
    expect((await ordersOf(email)).every((order) => order.attempts.length === 0)).toBe(true)
  })

  it('an unknown, an inactive and a sold-out product are refused', async () => {
    const { shopper } = await newShopper(shop.url)
    await shopper.post('/checkout/abc').expect(404)
    await shopper.post('/checkout/999999').expect(404)
    const gone = await product({ stock: null })
    await shop.database.prisma.product.update({ where: { id: gone.id }, data: { active: false } })
    await shopper.post(`/checkout/${gone.id}`).expect(404)
    await shop.database.prisma.product.update({ where: { id: gone.id }, data: { active: true } })
    const none = await product({ stock: 0 })
    await shopper.post(`/checkout/${none.id}`).expect(409)
  })

  it.each([
    [{}],
    [{ items: [] }],
    [{ items: [{ product_id: 'x', quantity: 1 }] }],
    [{ items: [{ product_id: 1, quantity: 1.5 }] }],
    [
      {
        items: [
          { product_id: 1, quantity: 1 },
          { product_id: 1, quantity: 1 },
        ],
      },
    ],
    [{ items: [{ product_id: 1, quantity: 1e9 }] }],
    [[]],
  ])('the API refuses the order %j', async (body) => {
    const { shopper } = await newShopper(shop.url)
    const answer = await shopper
      .post('/api/orders')
      .send(body)
      .expect(400)
      .expect('content-type', /problem\+json/)
    expect(answer.body).toMatchObject({
      status: 400,
      code: expect.any(String) as string,
      detail: expect.any(String) as string,
    })
  })

  it('two currencies in one order are refused', async () => {
    const [dollars, euros] = [await product(), await product({ currency: 'eur', stock: { gte: 1 } })]
    const { shopper } = await newShopper(shop.url)
    const items = [dollars, euros].map((one) => ({ product_id: one.id, quantity: 1 }))
    const { body } = await shopper.post('/api/orders').send({ items }).expect(400)
    expect(body).toMatchObject({ code: 'mixed_currencies' })
  })

  it('a price that Stripe refuses gets an error page, and the order expires', async () => {
    const odd = await product({ stock: null })
    await shop.database.prisma.product.update({
      where: { id: odd.id },
      data: {
        stripePriceId: 'price_gone',
        stripePriceAmount: odd.unitAmount,
        stripePriceCurrency: odd.currency,
      },
    })
    const { shopper, email } = await newShopper(shop.url)
    await shopper.post(`/checkout/${odd.id}`).expect(502)
    await shop.database.prisma.product.update({ where: { id: odd.id }, data: { stripePriceId: null } })
    expect((await ordersOf(email))[0]).toMatchObject({ status: 'expired', stockHeld: false })
  })

  it.each<[string, object]>([
    ['a price of ten digits in rupiah', { currency: 'idr', unitAmount: 2_147_483_600 }],
    ['a price in Caribbean guilders', { currency: 'xcg', unitAmount: 2500 }],
    ['the smallest price in forints', { currency: 'huf', unitAmount: 17_500 }],
    ['a picture on another host', { image: 'https://cdn.example/mugs/grün 1.jpg' }],
    ['a name of 250 characters', { name: 'Long '.repeat(50) }],
  ])('%s is paid', async (_what, data) => {
    const { id, ...like } = await product({ currency: 'usd', stock: null })
    const changed = await shop.database.prisma.product.update({ where: { id }, data })
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${id}`).expect(303)
    const session = await shop.stripe.checkout.sessions.retrieve(sessionOf(String(headers['location'])), {
      expand: ['line_items.data.price.product'],
    })
    expect(session).toMatchObject({ amount_total: changed.unitAmount, currency: changed.currency })
    const bought = session.line_items?.data[0]?.price?.product as { images: string[] }
    expect(bought.images).toEqual([new URL(changed.image, shop.url).href])
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    expect((await ordersOf(email))[0]).toMatchObject({ status: 'paid', total: changed.unitAmount })
    await shopper.get('/account/purchases').expect(200)
    await shop.database.prisma.product.update({ where: { id }, data: { ...like, translations: {} } })
  })

  it('paying a paid order again is refused', async () => {
    const lamp = await product()
    const { shopper, email } = await newShopper(shop.url)
    const { headers } = await shopper.post(`/checkout/${lamp.id}`).expect(303)
    await payByCard(String(headers['location']))
    await shop.sandbox?.idle()
    const [order] = await ordersOf(email)
    const { text } = await shopper.post(`/orders/${order?.key}/pay`).set('accept', 'text/html').expect(409)
    expect(textOf(text)).toContain('This order is paid')
    const { body } = await shopper
      .post('/api/payments/create-session')
      .send({ order_id: order?.key })
      .expect(409)
    expect(body).toMatchObject({ code: 'already_paid' })
  })

  it('the 31st checkout in a minute gets 429', async () => {
    const { shopper } = await newShopper(shop.url)
    const answers = []
    for (let time = 0; time < 31; time++)
      answers.push(await shopper.post('/checkout/1').type('form').send({ quantity: '1' }))
    expect(answers.at(-1)?.status).toBe(429)
    expect(answers.at(-1)?.text).toContain('Too many checkouts')
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('while Stripe is unreachable', () => {
  it('checkout gets 503, and the order and its one attempt are kept', async () => {
    const away = await startTestShop({ sandbox: false })
    try {
      const lamp = await away.database.prisma.product.findFirstOrThrow({ where: { stock: { gte: 10 } } })
      const { shopper, email } = await newShopper(away.url)
      const { text, headers } = await shopper.post(`/checkout/${lamp.id}`).expect(503)
      expect(textOf(text)).toContain('Nothing was charged and your order is saved')
      expect(headers['retry-after']).toBe('30')
      expect(text).toMatch(/href="\/orders\/ord_\w+">View your order/)
      const { body } = await shopper
        .post('/api/orders')
        .send({ items: [{ product_id: lamp.id, quantity: 1 }] })
        .expect(200)
      await shopper
        .post('/api/payments/create-session')
        .send({ order_id: body.order_id })
        .expect(503)
        .expect('content-type', /problem\+json/)
      const orders = await away.database.prisma.order.findMany({
        where: { email },
        include: { attempts: true },
      })
      expect(orders).toMatchObject([{ status: 'pending', attempts: [{ status: 'preparing', number: 1 }] }])
      await supertest(away.url).get('/pricing').expect(200)
    } finally {
      await away.close()
    }
  })
})
