// Answers to disputes: drafts filled in with what the shop knows, limits, one submission, appeals, and accepting.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { orderNumber } from '../../src/orders/order-key.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { auditOf, hiddenFields, paidDelivery, send } from '../support/operated-orders.js'
import { CARD } from '../support/pay-page.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

vi.setConfig({ testTimeout: 180_000 })

let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  shop = await startTestShop()
  ;({ operator } = await newOperator(shop))
})
afterAll(() => shop.close())

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

/** A paid order whose payment is disputed, with a parcel on its way. */
async function disputed(card = CARD.disputed) {
  const order = await paidDelivery(shop, [1, 1], card)
  await shop.sandbox?.idle()
  const { id } = await shop.database.prisma.dispute.findFirstOrThrow({ where: { orderId: order.id } })
  await shop.database.prisma.shipment.create({
    data: { orderId: order.id, carrier: 'dhl', trackingNumber: 'JD014600' },
  })
  return { order, id, path: `/admin/disputes/${id}` }
}

const page = async (path: string) => (await operator.get(path).expect(200)).text

/** What the form would send if nothing were changed. */
function filledIn(html: string): Record<string, string> {
  const unescaped = (text: string) =>
    text.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&')
  const fields: Record<string, string> = { revision: /name="revision" value="(\d+)"/.exec(html)?.[1] ?? '' }
  for (const [, name = '', value = ''] of html.matchAll(/<input id="\w+" name="(\w+)" value="([^"]*)"/g))
    fields[name] = unescaped(value)
  for (const [, name = '', value = ''] of html.matchAll(/<textarea id="\w+" name="(\w+)"[^>]*>\n?([^<]*)</g))
    fields[name] = unescaped(value)
  for (const [, name = ''] of html.matchAll(/<input type="checkbox" name="(\w+)" checked>/g))
    fields[name] = 'on'
  return fields
}

async function save(path: string, changes: Record<string, string> = {}, files: Record<string, Buffer> = {}) {
  const request = operator.post(path).set('accept', 'text/html')
  for (const [name, value] of Object.entries({ ...filledIn(await page(path)), ...changes }))
    void request.field(name, value)
  for (const [name, content] of Object.entries(files))
    void request.attach(`file_${name}`, content, `${name}.pdf`)
  return request
}

/** As the sandbox's panel does it. */
async function bank(id: string, action: string, choice = ''): Promise<void> {
  await supertest(shop.sandbox?.url ?? '')
    .post(`/disputes/${id}/${action}`)
    .type('form')
    .send({ choice })
    .expect(303)
  await shop.sandbox?.idle()
}

const submit = async (path: string) =>
  send(operator, `${path}/submit`, hiddenFields(await page(`${path}/preview`), `${path}/submit`))

const atStripe = (id: string) => shop.stripe.disputes.retrieve(id)

describe('a disputed order', () => {
  it('has its evidence filled in, is saved, previewed, submitted once, and won', async () => {
    const { order, id, path } = await disputed()
    const list = textOf(await page('/admin/disputes'))
    expect(list).toContain('6 days left')
    const html = await page(path)
    expect(textOf(html)).toContain('The cardholder says they did not make this payment.')
    expect(textOf(html)).toContain('Parcel sent with')
    const fields = filledIn(html)
    const { email, items } = await shop.database.prisma.order.findUniqueOrThrow({
      where: { id: order.id },
      include: { items: true },
    })
    expect(fields).toMatchObject({
      customer_name: 'Grace Hopper',
      customer_email_address: email,
      shipping_carrier: 'DHL',
      shipping_tracking_number: 'JD014600',
      attach_receipt: 'on',
      attach_shipping_documentation: 'on',
    })
    expect(fields['shipping_address']).toContain('Germany')
    expect(fields['product_description']).toContain(items[0]?.name)
    expect(fields['uncategorized_text']).toMatch(/Order placed\.[^]*Paid \$/)

    const saved = await save(
      path,
      { uncategorized_text: 'winning_evidence', next: 'preview' },
      { customer_signature: PNG },
    )
    expect(saved.headers['location']).toBe(`${path}/preview`)
    expect(await atStripe(id)).toMatchObject({
      evidence_details: { submission_count: 0, has_evidence: false },
    })
    const preview = await page(`${path}/preview`)
    expect(textOf(preview)).toContain('winning_evidence')
    expect(textOf(preview)).toContain('You can submit once.')
    const fieldsToSubmit = hiddenFields(preview, `${path}/submit`)
    const [first, second] = await Promise.all([
      send(operator, `${path}/submit`, fieldsToSubmit),
      send(operator, `${path}/submit`, fieldsToSubmit),
    ])
    expect([first.status, second.status]).toContain(303)
    await shop.sandbox?.idle()

    const dispute = await shop.stripe.disputes.retrieve(id, {
      expand: ['evidence.receipt', 'evidence.shipping_documentation', 'evidence.customer_signature'],
    })
    expect(dispute).toMatchObject({
      status: 'won',
      evidence_details: { submission_count: 1 },
      evidence: {
        customer_name: 'Grace Hopper',
        receipt: { type: 'pdf', purpose: 'dispute_evidence' },
        shipping_documentation: { type: 'pdf' },
        customer_signature: { type: 'png' },
      },
    })
    const after = textOf(await page(path))
    expect(after).toContain('You won: $')
    expect(after).toContain('Submitted')
    expect(await auditOf(shop, 'dispute', id)).toHaveLength(2)
    await send(operator, path, fields).expect(409)
    expect((await shop.database.prisma.order.findUniqueOrThrow({ where: { id: order.id } })).status).toBe(
      'paid',
    )
  })

  it('that was answered and lost says so, and can be appealed once that is offered', async () => {
    const { id, path } = await disputed()
    await save(path, { uncategorized_text: 'losing_evidence' })
    await submit(path).then((answer) => expect(answer.status).toBe(303))
    await shop.sandbox?.idle()
    expect(textOf(await page(path))).toContain('You lost: $')

    await bank(id, 'appeal')
    expect(textOf(await page('/admin/disputes'))).toContain('Lost, can be appealed')
    expect(textOf(await page('/admin'))).toContain('Disputes to answer')
    const offered = textOf(await page(path))
    expect(offered).toContain('You can appeal once.')
    expect(offered).not.toContain('Accept the dispute')
    await save(path, { reason_for_filing: '' }, { appeal_file_1: PNG })
    expect(textOf(await page(`${path}/preview`))).toContain('an appeal needs a reason')
    await save(path, { reason_for_filing: 'The tracking shows the delivery.' })
    await submit(path).then((answer) => expect(answer.status).toBe(303))
    await shop.sandbox?.idle()
    expect(await atStripe(id)).toMatchObject({
      status: 'appeal_under_review',
      evidence: { appeal: { card: { reason_for_filing: 'The tracking shows the delivery.' } } },
    })
    expect(textOf(await page(path))).toContain('Appeal under review')
    expect(textOf(await page('/admin/disputes?state=review'))).toContain('Appeal under review')
    await bank(id, 'decide', 'win')
    expect(textOf(await page(path))).toContain('You won: $')
  })

  it('about fraud can be answered with two earlier orders of the customer', async () => {
    const { prisma } = shop.database
    const { order, id, path } = await disputed(CARD.compelling)
    const { userId, email } = await prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect(textOf(await page(path))).toContain('The shop has no such order of this customer.')
    const earlier = []
    for (const days of [300, 150]) {
      const { id: orderId, key } = await paidDelivery(shop, [1, 1])
      const paidAt = new Date(Date.now() - days * 86_400_000)
      await prisma.order.update({ where: { id: orderId }, data: { userId, email, paidAt } })
      earlier.push(key)
    }
    const [first, second] = earlier.map(orderNumber)
    const html = await page(path)
    expect(textOf(html)).toContain(`Orders of this customer: ${second}`)
    expect(textOf(html)).toContain('Stripe asks for')
    expect(filledIn(html)).toMatchObject({
      compelling_kind: 'merchandise',
      compelling_order_1: second,
      compelling_order_2: first,
    })
    const wrong = await save(path, { compelling_order_2: second ?? '', compelling_kind: 'both' })
    expect(textOf(wrong.text)).toContain('Name another order than the first one.')
    expect(textOf(wrong.text)).toContain('Write merchandise or services.')
    const unknown = await save(path, { compelling_order_1: orderNumber(order.key) })
    expect(textOf(unknown.text)).toContain('is no earlier order of this customer')

    const ip = '203.0.113.7'
    const right = {
      compelling_kind: 'merchandise',
      compelling_order_1: second ?? '',
      compelling_order_2: first ?? '',
    }
    await save(path, { ...right, customer_purchase_ip: ip, compelling_ip_1: ip, compelling_ip_2: ip })
    expect(textOf(await page(`${path}/preview`))).toContain(`First earlier order ${second}`)
    await submit(path).then((answer) => expect(answer.status).toBe(303))
    const charge = async (key: string) =>
      (
        await shop.stripe.paymentIntents.retrieve(
          (await prisma.checkoutAttempt.findFirstOrThrow({ where: { order: { key }, status: 'paid' } }))
            .paymentIntentId ?? '',
        )
      ).latest_charge
    expect(await atStripe(id)).toMatchObject({
      status: 'under_review',
      evidence_details: {
        enhanced_eligibility: { visa_compelling_evidence_3: { status: 'qualified', required_actions: [] } },
      },
      evidence: {
        enhanced_evidence: {
          visa_compelling_evidence_3: {
            disputed_transaction: {
              ...{ merchandise_or_services: 'merchandise', customer_purchase_ip: ip },
              ...{ customer_email_address: email, customer_account_id: email },
              shipping_address: { country: 'DE', line1: 'Kastanienallee 12' },
            },
            prior_undisputed_transactions: [
              { charge: await charge(earlier[1] ?? ''), customer_purchase_ip: ip },
              { charge: await charge(earlier[0] ?? ''), customer_purchase_ip: ip },
            ],
          },
        },
      },
    })
  })

  it('that is accepted is lost, after a page that says so', async () => {
    const { order, id, path } = await disputed()
    expect(textOf(await page(`${path}/accept`))).toContain('This can’t be undone.')
    await send(operator, `${path}/accept`).expect(303)
    await shop.sandbox?.idle()
    expect((await atStripe(id)).status).toBe('lost')
    expect(textOf(await page(path))).toContain('You lost: $')
    await send(operator, `${path}/accept`).expect(409)
    expect((await shop.database.prisma.order.findUniqueOrThrow({ where: { id: order.id } })).status).toBe(
      'charged_back',
    )
  })

  it('that is an inquiry is worded so, and keeps its draft when it becomes a dispute', async () => {
    const { path } = await disputed(CARD.inquiry)
    expect(textOf(await page(path))).toContain('Close the inquiry')
    await save(
      path,
      { customer_name: 'Ada Lovelace', uncategorized_text: 'escalate_inquiry_evidence' },
      { receipt: PNG },
    )
    await submit(path).then((answer) => expect(answer.status).toBe(303))
    await shop.sandbox?.idle()
    const html = await page(path)
    expect(textOf(html)).toContain('Accept the dispute')
    expect(filledIn(html)['customer_name']).toBe('Ada Lovelace')
    await save(path)
    expect(textOf(await page(`${path}/preview`))).toContain('receipt.pdf')
  })
})

describe('a draft', () => {
  it('keeps what was typed beside what is wrong, and the files that are right', async () => {
    const { path } = await disputed()
    const refused = await save(
      path,
      { product_description: 'x'.repeat(20_001), customer_name: 'Ada <b>' },
      {
        receipt: PNG,
        refund_policy: Buffer.from('<svg onload="x()"/>'),
        customer_signature: Buffer.from('%PDF-1.4 broken'),
      },
    )
    expect(refused.status).toBe(422)
    const text = textOf(refused.text)
    expect(text).toContain('Shorten this by 1 character: 20,000 is the most.')
    expect(text).toContain('The file is not a PDF, JPEG or PNG.')
    expect(text).toContain('The pages of this PDF can’t be read.')
    expect(refused.text).toContain('value="Ada &lt;b&gt;"')
    expect(text).toContain('receipt.pdf')
    const large = await save(path, {}, { receipt: Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]) })
    expect(textOf(large.text)).toContain('The file is too large: 5 MB is the most.')
    const { headers } = await operator.get(`${path}/files/receipt`).expect(200)
    expect(headers['content-disposition']).toBe('attachment; filename=receipt.pdf')
    expect(headers['content-type']).toBe('image/png')
    await operator.get(`${path}/files/refund_policy`).expect(404)
  })

  it('that is too large as a whole can be saved, and not submitted', async () => {
    const { id, path } = await disputed()
    const large = Buffer.concat([PNG, Buffer.alloc(3 * 1024 * 1024)])
    await save(path, {}, { receipt: large, refund_policy: large })
    expect(textOf(await page(`${path}/preview`))).toContain(
      'The files have 6.0 MB together: 4.5 MB is the most.',
    )
    await send(operator, `${path}/submit`, { revision: '1' }).expect(422)
    expect((await atStripe(id)).status).toBe('needs_response')
  })

  it('of a second editor is told, and nothing is lost', async () => {
    const { path } = await disputed()
    const before = filledIn(await page(path))
    await save(path, { uncategorized_text: 'Theirs.' })
    const late = await save(path, { ...before, uncategorized_text: 'Mine.' })
    expect(late.status).toBe(409)
    expect(textOf(late.text)).toContain('Saved by someone else: Theirs.')
    expect(late.text).toContain('Mine.</textarea>')
    await save(path, filledIn(late.text)).then((answer) => expect(answer.status).toBe(303))
    expect(filledIn(await page(path))['uncategorized_text']).toBe('Mine.')
  })

  it('that changed after the preview is shown again instead of submitted', async () => {
    const { id, path } = await disputed()
    await save(path)
    const fields = hiddenFields(await page(`${path}/preview`), `${path}/submit`)
    await save(path, { uncategorized_text: 'Changed.' })
    const answer = await send(operator, `${path}/submit`, fields)
    expect(answer.headers['location']).toBe(`${path}/preview`)
    expect((await atStripe(id)).status).toBe('needs_response')
  })
})

describe('a submission', () => {
  it('is kept while Stripe is away, can’t be changed meanwhile, and is sent again', async () => {
    const { id, path } = await disputed()
    await save(path)
    const fields = hiddenFields(await page(`${path}/preview`), `${path}/submit`)
    shop.sandbox?.faults.set({ api: { error: 1 } })
    try {
      const answer = await send(operator, `${path}/submit`, fields)
      expect(answer.status).toBe(503)
      expect(textOf(answer.text)).toContain('Stripe hasn’t confirmed the answer.')
    } finally {
      shop.sandbox?.faults.clear()
    }
    expect(textOf(await page(path))).toContain('Stripe hasn’t confirmed this answer')
    await send(operator, path, { revision: '1' }).expect(409)
    await send(operator, `${path}/submit`, fields).expect(303)
    expect((await atStripe(id)).status).toBe('under_review')
  })

  it('whose answer was lost is found at Stripe, and not repeated', async () => {
    const { id, path } = await disputed()
    await save(path)
    const fields = hiddenFields(await page(`${path}/preview`), `${path}/submit`)
    await send(operator, `${path}/submit`, fields).expect(303)
    // As if the process had died before it wrote Stripe's answer down.
    await shop.database.prisma.disputeDraft.updateMany({
      where: { disputeId: id },
      data: { submittedAt: null },
    })
    await send(operator, `${path}/submit`, fields).expect(303)
    expect((await atStripe(id)).evidence_details.submission_count).toBe(1)
    const [draft] = await shop.database.prisma.disputeDraft.findMany({ where: { disputeId: id } })
    expect(draft?.submittedAt).not.toBeNull()
  })
})

describe('npm run disputes', () => {
  it('lists, saves, shows, submits and accepts', async () => {
    const { order, id } = await disputed()
    const run = (...words: string[]) => runCommand(shop, 'disputes', ...words)
    expect((await run('list')).output).toContain(order.key)
    expect((await run('show', id)).output).toContain('No answer is saved.')
    expect((await run('submit', id)).output).toContain('No answer is saved: save one first')
    expect((await run('save', id, '--set', 'nothing=1')).output).toContain(
      'There is no field "nothing" here.',
    )
    const saved = await run('save', id, '--set', 'uncategorized_text=We sent it.')
    expect(saved.output).toContain('uncategorized_text: We sent it.')
    expect(saved.output).toContain('receipt: receipt-T-')
    expect((await run('submit', id)).output).toContain('Answer, submitted')
    expect((await atStripe(id)).status).toBe('under_review')
    const other = await disputed()
    expect((await run('accept', other.id)).output).toContain('lost')
    expect((await run('accept', other.id)).code).toBe(1)
    expect((await run('show', 'dp_none')).output).toContain('There is no dispute dp_none.')
  })
})
