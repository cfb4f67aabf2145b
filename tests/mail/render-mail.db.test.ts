import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { formatMoney } from '../../src/money.js'
import { formatDate } from '../../src/messages/format-date.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import {
  reportOfDispute,
  settleReports,
  openOrderOf,
  OPERATOR,
  reportOfRefund,
  reportOfSession,
  type KnownOrder,
} from '../support/settled-orders.js'
import { openDeliveryOf, reportOfDelivery, SHIPPING } from '../support/delivered-orders.js'
import { newShopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let mailbox: Mailbox
let shop: TestShop
beforeAll(async () => {
  mailbox = await openMailbox()
  shop = await startTestShop({
    sandbox: false,
    environment: { SMTP_URL: mailbox.url, MAIL_FROM: 'Till <shop@till.example>', OPERATOR_EMAIL: OPERATOR },
  })
})
afterAll(async () => {
  await shop.close()
  await mailbox.close()
})

async function newOrder(): Promise<KnownOrder & { email: string }> {
  const { email } = await newShopper(shop.url)
  return { ...(await openOrderOf(shop, email, 2)), email }
}

/** Waits for the mail with this recipient and subject. Returns both parts without line breaks and tags. */
async function mailTo(address: string, subject: RegExp): Promise<{ text: string; html: string }> {
  const find = () =>
    mailbox.mails.find(
      (mail) => JSON.stringify(mail.to).includes(address) && subject.test(mail.subject ?? ''),
    )
  const mail = await vi.waitUntil(find, { timeout: 15_000, interval: 50 })
  return {
    text: (mail.text ?? '').replace(/\s+/g, ' '),
    html: String(mail.html)
      .replace(/<style[^]*?<\/style>|<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  }
}

const money = (order: KnownOrder, amount = order.total) => formatMoney(amount, order.currency)

// Concurrent, because each waits for the loop that sends mail.
describe.concurrent('a mail', () => {
  it('about a discounted purchase shows the discount and the amount paid', async () => {
    const order = await newOrder()
    await settleReports(shop, reportOfSession(order, 'paid', 100))
    const { text, html } = await mailTo(order.email, /is paid$/)
    const paid = money(order, order.total - 100)
    for (const words of [`You paid ${paid}.`, `Discount: −${money(order, 100)}`, `Total: ${paid}`])
      expect(text).toContain(words)
    expect(html).toMatch(new RegExp(`Discount −\\${money(order, 100)} Total \\${paid}`))
    expect(text).toContain(`/orders/${order.key}/receipt`)
  })

  it('about an order with delivery and tax shows every part of the total, and where it goes', async () => {
    const { email } = await newShopper(shop.url)
    const order = await openDeliveryOf(shop, email, 'exclusive')
    await settleReports(shop, reportOfDelivery(order, 'exclusive'))
    const { text, html } = await mailTo(email, /is paid$/)
    const parts = [
      ['Subtotal', money(order)],
      ['Discount', `−${money(order, 100)}`],
      ['Delivery (Standard)', money(order, SHIPPING)],
      ['Tax', money(order, 400)],
      ['Total', money(order, order.total - 100 + SHIPPING + 400)],
    ]
    expect(text).toContain(parts.map((part) => part.join(': ')).join(' '))
    expect(html).toContain(parts.flat().join(' '))
    const address = 'Ada Lovelace Unter den Linden 1 Hinterhaus 10117 Berlin Germany +49 30 1234567'
    expect(text).toContain(`Delivery to: ${address} Delivery: Standard, 3–5 business days`)
    expect(html).toContain(`Delivery to ${address} Standard, 3–5 business days`)
  })

  it('about a payment on its way shows the amount and the expected date', async () => {
    const order = await newOrder()
    await settleReports(shop, reportOfSession(order, 'processing', 100))
    const { text, html } = await mailTo(order.email, /is on its way$/)
    const inAWeek = formatDate(new Date(Date.now() + 7 * 24 * 60 * 60 * 1000))
    expect(text).toContain(`Your bank is sending us ${money(order, order.total - 100)}`)
    expect(text).toContain(`Expect an update by ${inAWeek}`)
    expect(html).toContain(inAWeek)
  })

  it('about a refund shows the refunded, total and remaining amounts', async () => {
    const order = await newOrder()
    await settleReports(shop, reportOfSession(order, 'paid'), reportOfRefund(order, 'succeeded', 500))
    const { text, html } = await mailTo(order.email, /^Your refund for order/)
    expect(text).toContain(`We’ve sent ${money(order, 500)} of`)
    expect(text).toContain(`Refunded: −${money(order, 500)}`)
    expect(text).toContain(`Net paid: ${money(order, order.total - 500)}`)
    expect(html).toContain(`of the ${money(order)} you paid back`)
  })

  it('about a failed refund says that the shop will refund in another way', async () => {
    const order = await newOrder()
    await settleReports(
      shop,
      reportOfSession(order, 'paid'),
      reportOfRefund(order, 'succeeded', order.total, 're_came_back'),
      reportOfRefund(order, 'failed', order.total, 're_came_back'),
    )
    const { text } = await mailTo(order.email, /didn’t arrive$/)
    expect(text).toContain('will find another way')
    expect(text).toContain(`Refund failed: ${money(order)}`)
  })

  it('about an inquiry or dispute shows what the bank did, the deadline and the result', async () => {
    const order = await newOrder()
    const number = `T-${order.key.slice(4, 12).toUpperCase()}`
    const id = `du_mail_${order.id}`
    const evidenceDueBy = new Date('2031-05-06T12:00:00Z')
    const due = '6 May 2031 at 12:00 UTC'
    await settleReports(shop, reportOfSession(order, 'paid'))
    await settleReports(shop, { ...reportOfDispute(order, 'warning_needs_response', id), evidenceDueBy })
    const asked = await mailTo(OPERATOR, new RegExp(`asks about order ${number}$`))
    for (const words of ['No money has moved', `by ${due}`, `Inquiry at Stripe: ${id}`])
      expect(asked.text).toContain(words)
    expect(asked.html).toContain(due)

    await settleReports(shop, { ...reportOfDispute(order, 'needs_response', id), evidenceDueBy })
    const opened = await mailTo(OPERATOR, new RegExp(`^Order ${number} is disputed$`))
    expect(opened.text).toContain(`Held in dispute: −${money(order)}`)
    expect(opened.html).toContain('Don’t refund this order in the meantime')

    await settleReports(shop, reportOfDispute(order, 'won', id))
    const closed = await mailTo(OPERATOR, new RegExp(`^The dispute about order ${number} has ended$`))
    expect(closed.text).toContain('You won, and the money is yours again.')
    expect(closed.text).not.toContain('Held in dispute')
  })
})
