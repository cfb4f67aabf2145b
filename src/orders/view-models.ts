// What the pages about orders are given, and an order as pages and mails show it.
import type { OrderStatus } from '../generated/prisma/enums.js'
import type { PageLinks } from '../http/paging.js'
import type { LinkOption, Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'orders/order': OrderPage
    'orders/receipt': ReceiptPage
    'orders/purchases': PurchasesPage
    'orders/list': OrdersPage
  }
}

/** An order's status, or that we are finding out. */
export type OrderState = OrderStatus | 'confirming'

export interface OrderLine {
  name: string
  image: string
  /** Null for a product that is no longer sold. */
  href: string | null
  quantity: number
  unitAmount: string
  amount: string
}

export interface OrderRefund {
  amount: string
  state: 'pending' | 'succeeded' | 'failed'
  /** "Refunded", "Refund on its way", "Refund did not arrive". */
  stateText: string
  at: { iso: string; text: string }
}

export interface OrderView {
  /** Public key of the order, in URLs. */
  key: string
  /** Short form that a person can read out: "T-7F3K2M". */
  number: string
  state: OrderState
  /** "Paid", "Payment on its way", … */
  stateText: string
  /** What the state means for the shopper, and what to do next. */
  sentence: string
  lines: OrderLine[]
  /** Before a discount. */
  total: string
  /** What a promotion code took off; null without one. */
  discount: string | null
  /** The total behind the discount. */
  due: string
  /** All that was paid; null until something was. */
  paid: string | null
  /** What the shopper's bank holds or has given back to them; null when it asked for nothing. */
  takenBack: { text: string; amount: string } | null
  /** What was paid, less what has gone back either way; null when nothing has. */
  kept: { text: string; amount: string } | null
  /** Money that went back or is on its way back, the oldest first. */
  refunds: OrderRefund[]
  currency: string
  email: string
  placedAt: { iso: string; text: string }
  paidAt: { iso: string; text: string } | null
  /** What happened, in words, the oldest first. */
  timeline: { at: { iso: string; text: string }; text: string }[]
  /** Where an order that is not paid yet can still be made another one; null when it was not made from the cart. */
  cartHref: string | null
  /** True when Pay makes sense: pending, or every attempt ended without money. */
  canPay: boolean
  /** The day by which a payment on its way should be here, or known to fail; null when none is on its way. */
  expectedBy: string | null
  /** Null until something was paid. */
  receiptHref: string | null
}

/** Of a page that waits for news of its order. */
export interface Live {
  /** Where they are told, as server-sent events. */
  events: string
  /** The order's state as it would be told. */
  known: OrderState
  /** Seconds after which the page looks by itself whether there are any; null when it need not. */
  lookAfter: number | null
}

export interface OrderPage {
  order: OrderView
  notice: Notice | null
  live: Live | null
}

/** GET /orders/:orderKey/receipt, of an order that something was paid for. */
export interface ReceiptPage {
  order: OrderView
  /** The shopper's name. */
  buyer: string
  /** When this was so: a printed page does not change any more. */
  asOf: { iso: string; text: string }
}

/** Of a shopper's list: its filters and its pages. */
export interface ListLinks extends PageLinks {
  filters: LinkOption[]
}

export interface OrderRow {
  href: string
  number: string
  /** Of its first product. */
  image: string
  /** "Oak desk tray and 2 more". */
  things: string
  /** What was paid, or is to be. */
  amount: string
  refunded: string | null
  state: OrderState
  stateText: string
  at: { iso: string; text: string }
}

export interface OrdersPage extends ListLinks {
  orders: OrderRow[]
}

export interface Purchase {
  product: string
  image: string
  orderHref: string
  quantity: number
  amount: string
  status: 'succeeded' | 'failed'
  statusText: string
  /** What the shopper's bank holds or has taken back of its order: "Disputed", "Charged back"; null when nothing. */
  dispute: { state: OrderState; text: string } | null
  /** What of its order went back; null when nothing did. */
  refundText: string | null
  at: { iso: string; text: string }
}

export interface PurchasesPage extends ListLinks {
  purchases: Purchase[]
}
