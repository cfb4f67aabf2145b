// The models of the order pages, and an order as pages and emails show it.
import type { PageLinks } from '../http/paging.js'
import type { LinkOption, Notice } from '../http/view-models.js'
import type { ShownTime } from '../messages/format-date.js'
import type { OrderState } from './order-label.js'

declare module '../http/view-models.js' {
  interface Views {
    'orders/order': OrderPage
    'orders/receipt': ReceiptPage
    'orders/list': OrdersPage
  }
}

export type { OrderState }

export interface OrderLine {
  name: string
  /** "Red / L". Empty for a product without options. */
  variantName: string
  /** "Stoneware mug – Red / L". */
  fullName: string
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
  /** "Refunded", "Refund on its way", "Refund failed", "Refund". */
  stateText: string
  at: ShownTime
}

/** "2 × Stoneware mug". */
export interface SentLine {
  name: string
  quantity: number
}

export interface OrderShipment {
  id: number
  /** "Parcel", or "Parcel 1" of several. */
  heading: string
  lines: SentLine[]
  carrier: string | null
  trackingNumber: string | null
  trackingUrl: string | null
  sentAt: ShownTime
  /** Null until it is known to have arrived. */
  deliveredAt: ShownTime | null
}

export interface OrderReturn {
  key: string
  /** "Return requested". */
  stateText: string
  /** What it means and what comes next. */
  sentence: string
  /** The shopper's. */
  reason: string
  /** The shop's: where to send it, or why it is declined. */
  answer: string | null
  lines: SentLine[]
  at: ShownTime
}

export interface ReturnForm {
  action: string
  /** The last day. */
  until: string
  lines: { field: string; name: string; max: number }[]
}

export interface OrderView {
  /** The order's public key, used in URLs. */
  key: string
  /** Short enough to read out: "T-7F3K2M8Q". */
  number: string
  state: OrderState
  /** "Paid", "Shipped · Refund on its way", … The same everywhere: see shown-label.ts. */
  stateText: string
  /** The state whose icon and color go with it. */
  mark: OrderState
  /** What the state means for the shopper and what to do next. */
  sentence: string
  lines: OrderLine[]
  /** What the total is made of; empty when it is just the items. */
  parts: { text: string; amount: string }[]
  /** What is charged. */
  total: string
  /** "Includes $4.13 tax", "Charged as €25.90", … */
  totalNotes: string[]
  /** Whether Stripe's page will add tax to the total. */
  isTaxToCome: boolean
  /** Null for an order that needs no delivery. */
  delivery: {
    /** "Standard, 3–5 business days". Null if no time was said. */
    rateAndTime: string | null
    /** Name, address and phone number; just the country until Stripe's page has asked. */
    to: string[]
    /** "We corrected this address." Null for the address as it was given. */
    note: string | null
  } | null
  /** "Visa ending in 4242". Null until it is known. */
  paymentMethod: string | null
  /** As given on Stripe's page. */
  billing: { name: string | null; lines: string[]; taxIds: string[] }
  /** Null until something was paid. */
  paid: string | null
  /** Payments that don't match the order. */
  received: { text: string; amount: string }[]
  /** What the shopper's bank holds in disputes or has returned to them, once for each currency. */
  takenBack: { text: string; amount: string }[]
  /** What was paid, less refunds and what the bank took back; null when there were none, or in several currencies. */
  kept: { text: string; amount: string } | null
  /** Oldest first. */
  refunds: OrderRefund[]
  /** Oldest first. */
  shipments: OrderShipment[]
  /** Oldest first. */
  returns: OrderReturn[]
  /** Whether it can be canceled: it isn't paid. */
  canCancel: boolean
  /** About refunds that failed and were not dealt with. */
  refundTrouble: string | null
  /** The voucher that the shopper still has to pay; null when there is none. */
  voucher: {
    url: string
    /** Until when it can be paid; null if Stripe names no date. */
    by: string | null
    isOver: boolean
  } | null
  currency: string
  email: string
  placedAt: ShownTime
  paidAt: ShownTime | null
  /** The terms that the shopper accepted. Null: none. Without `href`, they are not ours to show. */
  terms: { version: string; href: string | null } | null
  /** The order's history, oldest first. */
  timeline: { at: ShownTime; text: string }[]
  /** Where an unpaid order's items can be changed; null when it wasn't placed from the cart. */
  cartHref: string | null
  /** True when the order isn't paid and no payment is processing or under review. */
  canPay: boolean
  /** The day by which a processing payment should succeed or fail; null when none is processing. */
  expectedBy: string | null
  /** Null until something was paid. */
  receiptHref: string | null
  /** Address of the invoice's PDF at Stripe; null when there is none. */
  invoiceHref: string | null
}

/** How a page updates itself when its order changes. */
export interface Live {
  /** Path of the server-sent events. */
  events: string
  /** The order's state, as the events would send it. */
  known: OrderState
  /** Seconds after which the page checks for a change by itself; null when it needn't. */
  lookAfter: number | null
}

export interface OrderPage {
  order: OrderView
  /** Null when nothing can be returned. */
  returnForm: ReturnForm | null
  notice: Notice | null
  live: Live | null
}

/** GET /orders/:orderKey/receipt, once something was paid. */
export interface ReceiptPage {
  order: OrderView
  /** The shopper's name, if the visitor is signed in as them. */
  buyer: string | null
  /** When the page was made, for printed copies. */
  asOf: ShownTime
}

/** The filters and pages of a shopper's list. */
export interface ListLinks extends PageLinks {
  filters: LinkOption[]
}

export interface OrderRow {
  href: string
  number: string
  /** The first product's image. */
  image: string
  /** "Stoneware mug – Red / L and 2 more". */
  items: string
  /** "Qty 3", of all lines. */
  quantity: string
  /** What was paid, or the total of an unpaid order. */
  amount: string
  /** "$5.00 refunded". Null for nothing, and for everything. */
  refunded: string | null
  stateText: string
  mark: OrderState
  at: ShownTime
  /** What the shopper can do with it. Null: not now. */
  payHref: string | null
  /** The carrier's page, or the parcels on the order's page. */
  trackHref: string | null
  receiptHref: string | null
  returnHref: string | null
  /** Where a form puts its items into the cart. Null for an order that can still be paid. */
  buyAgain: string | null
}

export interface OrdersPage extends ListLinks {
  orders: OrderRow[]
}
