// An order's receipt as a PDF, from the model of its page.
import type { Block, PdfContent, Row } from '../documents/document.js'
import { makePdf } from '../documents/make-pdf.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import type { OrderView } from './view-models.js'

export interface Receipt {
  order: OrderView
  /** The shopper's name, if it is known. */
  buyer: string | null
  seller: { name: string; lines: readonly string[] }
  /** No money moved. */
  testMode: boolean
  asOf: Date
}

/** @param receipt of an order for which something was paid */
export function receiptPdf(receipt: Receipt): Promise<Buffer> {
  return makePdf(receiptContent(receipt))
}

function receiptContent(receipt: Receipt): PdfContent {
  const { order, seller, asOf } = receipt
  const texts = t().orders.receipt
  return {
    title: texts.heading,
    subtitle: order.number,
    author: seller.name,
    at: asOf,
    blocks: [
      { kind: 'sender', name: seller.name, lines: seller.lines },
      { kind: 'rule' },
      { kind: 'facts', facts: factsOf(receipt) },
      {
        kind: 'table',
        columns: [
          { title: texts.product, share: 5 },
          { title: texts.price, share: 2, align: 'right' },
          { title: texts.amount, share: 2, align: 'right' },
        ],
        rows: rowsOf(order),
      },
      ...notesOf(receipt),
    ],
    footer: `${texts.asOf} ${formatDateTime(asOf).text}. ${t().orders.page.order} ${order.number} ${texts.footer(seller.name)}`,
  }
}

function factsOf({ order, buyer }: Receipt) {
  const texts = t().orders
  const { billing, delivery, placedAt, paidAt } = order
  const name = billing.name ?? buyer
  return [
    {
      label: texts.receipt.billedTo,
      lines: [
        ...(name === null ? [] : [name]),
        ...billing.lines,
        order.email,
        ...billing.taxIds.map((id) => texts.receipt.taxId(id)),
      ],
    },
    ...(delivery === null ? [] : [{ label: texts.delivery.heading, lines: delivery.to }]),
    { label: texts.page.placedAt, lines: [placedAt.text] },
    ...(paidAt === null ? [] : [{ label: texts.page.paidAt, lines: [paidAt.text] }]),
    ...(order.paymentMethod === null
      ? []
      : [{ label: texts.receipt.paymentMethod, lines: [order.paymentMethod] }]),
    { label: texts.receipt.status, lines: [order.stateText] },
  ]
}

function rowsOf(order: OrderView): Row[] {
  const { sums } = t().orders
  const sum = (text: string, amount: string, isTotal = false): Row => ({ cells: [text, '', amount], isTotal })
  return [
    ...order.lines.map(({ fullName, quantity, unitAmount, amount }) => ({
      cells: [fullName, `${quantity} × ${unitAmount}`, amount],
    })),
    ...order.parts.map(({ text, amount }) => sum(text, amount)),
    sum(sums.paidIn(order.currency), order.paid ?? '', true),
    ...order.received.map(({ text, amount }) => sum(text, amount)),
    ...order.refunds
      .filter(({ state }) => state === 'succeeded')
      .map(({ at, amount }) => sum(`${sums.refunded}, ${at.text}`, `−${amount}`)),
    ...order.takenBack.map(({ text, amount }) => sum(text, `−${amount}`)),
    ...(order.kept === null ? [] : [sum(order.kept.text, order.kept.amount, true)]),
  ]
}

function notesOf({ order, testMode }: Receipt): Block[] {
  const texts = t().orders.receipt
  const notes = [
    ...order.totalNotes,
    ...order.refunds
      .filter(({ state }) => state === 'pending')
      .map(({ amount, at }) => texts.refundPending(amount, at.text)),
    ...(testMode ? [texts.testMode] : []),
  ]
  return notes.map((text) => ({ kind: 'paragraph', text, soft: true }))
}
