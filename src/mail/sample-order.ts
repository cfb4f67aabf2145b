// An order that nobody placed, for previews of mails.
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import type { OrderState, OrderView } from '../orders/view-models.js'
import type { OrderKind } from './render-mail.js'

const KEY = 'ord_examp1e000000000000000000'
export const SHIPMENT = 1
export const RETURN = 'ret_examp1e000000000000000000'

/** The state of the order when each mail is sent. Others are sent when it is paid. */
const STATES: Partial<Record<OrderKind, OrderState>> = {
  purchase_failed: 'failed',
  payment_on_its_way: 'processing',
  refund_succeeded: 'refunded',
  inquiry_opened: 'disputed',
  dispute_opened: 'disputed',
  order_canceled: 'canceled',
  shipment_sent: 'shipped',
  shipment_delivered: 'delivered',
  return_requested: 'return_requested',
  return_to_answer: 'return_requested',
  return_accepted: 'return_accepted',
  return_received: 'return_received',
}

const RETURN_STATES: Partial<Record<OrderKind, 'accepted' | 'received' | 'declined'>> = {
  return_accepted: 'accepted',
  return_received: 'received',
  return_declined: 'declined',
}

export function sampleOrder(kind: OrderKind): OrderView {
  const texts = t().orders
  const state = STATES[kind] ?? 'paid'
  const at = formatDateTime(new Date())
  const total = formatMoney(3300, 'usd')
  const line = { name: 'Stoneware mug', variantName: 'Red', fullName: 'Stoneware mug – Red' }
  const returned = RETURN_STATES[kind] ?? 'requested'
  return {
    key: KEY,
    number: orderNumber(KEY),
    state,
    stateText: texts.states[state].label,
    mark: state,
    sentence: texts.states[state].sentence,
    lines: [
      {
        ...line,
        image: '/assets/images/products/stoneware-mug.svg',
        href: null,
        quantity: 2,
        unitAmount: formatMoney(1400, 'usd'),
        amount: formatMoney(2800, 'usd'),
      },
    ],
    terms: null,
    parts: [
      { text: texts.sums.subtotal, amount: formatMoney(2800, 'usd') },
      { text: texts.sums.delivery('Standard'), amount: formatMoney(500, 'usd') },
    ],
    total,
    totalNotes: [],
    isTaxToCome: false,
    delivery: {
      rateAndTime: 'Standard, 3–5 business days',
      to: ['Ada Lovelace', '12 St James’s Square', 'London SW1Y 4JH', 'United Kingdom'],
      note: null,
    },
    billing: { name: 'Ada Lovelace', lines: [], taxIds: [] },
    paymentMethod: null,
    paid: total,
    received: [],
    takenBack: [],
    kept: null,
    refunds: [],
    shipments: [
      {
        id: SHIPMENT,
        heading: texts.shipment.heading(1, 1),
        lines: [{ name: line.fullName, quantity: 2 }],
        carrier: 'DHL',
        trackingNumber: '00340434161094000000',
        trackingUrl: 'https://www.dhl.com/',
        sentAt: at,
        deliveredAt: kind === 'shipment_delivered' ? at : null,
      },
    ],
    returns: [
      {
        key: RETURN,
        stateText: texts.returns.states[returned].label,
        sentence: texts.returns.states[returned].sentence,
        reason: 'It is too small.',
        answer: returned === 'requested' ? null : 'Send it to 1 Warehouse Road, London.',
        lines: [{ name: line.fullName, quantity: 1 }],
        at,
      },
    ],
    canCancel: false,
    refundTrouble: null,
    voucher: null,
    currency: 'USD',
    email: 'ada@shopper.example',
    placedAt: at,
    paidAt: at,
    timeline: [],
    cartHref: null,
    canPay: false,
    expectedBy: null,
    receiptHref: `/orders/${KEY}/receipt`,
    invoiceHref: null,
  }
}
