// What each page is given: the contract between the routes and views/. Every value is ready to print.
import type { OrderStatus } from '../generated/prisma/enums.js'

/** Given to every page beside its own model. */
export interface Shell {
  shopName: string
  /** The signed-in shopper, or null. */
  user: { name: string; email: string } | null
  /** Path and query of this request, for links that come back here. */
  currentPath: string
  /** True while no money can move: the local sandbox or a test key is in use. */
  testMode: boolean
  /** True in development without SMTP, on this machine itself: mail is readable at /dev/mail. */
  devMail: boolean
  /** Pieces in the visitor's cart; 0 without one. */
  cartCount: number
}

/** A sentence for the shopper on top of a page. */
export interface Notice {
  kind: 'info' | 'success' | 'error'
  text: string
  /** Where to go on, behind the sentence. */
  link?: { href: string; label: string }
}

export interface ProductCard {
  id: number
  name: string
  /** One sentence. */
  summary: string
  /** URL path of an image that we serve. */
  image: string
  category: string
  /** Formatted for its currency: "$48.00", "¥6,800", "€129.00". */
  price: string
  currency: string
  availability: 'in_stock' | 'few_left' | 'sold_out'
  /** "In stock", "Only 3 left", "Sold out". */
  availabilityText: string
}

export interface LinkOption {
  label: string
  href: string
  active: boolean
}

export interface CatalogList {
  products: ProductCard[]
  total: number
  search: string
  /** Hidden fields that the search form keeps. */
  keep: { category: string; sort: string }
  categories: LinkOption[]
  sorts: LinkOption[]
  page: number
  pages: number
  previousHref: string | null
  nextHref: string | null
  /** Where an empty result can go back to. */
  resetHref: string
}

export interface ProductPage {
  product: ProductCard & { description: string; maxQuantity: number }
  /** For example after cancelling at Stripe: "No charge was made. …" */
  notice: Notice | null
}

/** GET /checkout/:productId: what, how many, total, Pay. */
export interface ReviewPage {
  product: ProductCard
  quantity: number
  maxQuantity: number
  total: string
  email: string
  notice: Notice | null
}

export interface OrderLine {
  name: string
  image: string
  /** Null for a product that is no longer sold. */
  href: string | null
  quantity: number
  unitAmount: string
  amount: string
}

/** An order's status, or that we are finding out. */
export type OrderState = OrderStatus | 'confirming'

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
  newsBy: string | null
  /** Null until something was paid. */
  receiptHref: string | null
}

export interface OrderRefund {
  amount: string
  state: 'pending' | 'succeeded' | 'failed'
  /** "Refunded", "Refund on its way", "Refund did not arrive". */
  stateText: string
  at: { iso: string; text: string }
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

export interface CartLine {
  productId: number
  name: string
  image: string
  /** Null for a product that is no longer sold. */
  href: string | null
  quantity: number
  /** What can be had of it now: 0 when none. */
  maxQuantity: number
  unitAmount: string
  /** Null when it can't be had. */
  amount: string | null
  /** Why it can't be ordered like this ("Only 3 left"), and the quantity that could; 0 for none. */
  problem: { text: string; fits: number } | null
  /** "The price has changed: …" */
  note: string | null
}

/** What is paid together: the products of one currency. */
export interface CartGroup {
  /** Lower case. */
  currency: string
  /** "US dollars" */
  currencyName: string
  lines: CartLine[]
  /** Of what can be had. */
  total: string
  /** The same in minor units: sent back at checkout, to tell whether the shopper saw what they order. */
  totalAmount: number
  /** False when the total leaves out what can't be had. */
  isWhole: boolean
  /** Why it can't be ordered as it is; null when it can. */
  obstacle: string | null
}

export interface CartPage {
  groups: CartGroup[]
  /** Pieces in all groups. */
  pieces: number
  notice: Notice | null
}

/** /payment-success/:productId. While it waits it looks again by itself, without script too. */
export interface SuccessPage {
  order: OrderView
  heading: string
  /** What is known, and what the shopper should do (or need not do) next. */
  text: string
  live: Live | null
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

/** Of a list in the account: its filters, and its pages. */
export interface ListLinks {
  filters: LinkOption[]
  page: number
  pages: number
  previousHref: string | null
  nextHref: string | null
}

export interface PurchasesPage extends ListLinks {
  purchases: Purchase[]
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

export type FieldErrors = Partial<Record<'name' | 'email' | 'password', string>>

export interface RegisterPage {
  values: { name: string; email: string }
  errors: FieldErrors
  notice: Notice | null
  /** Where to go afterwards: one of our own paths, or ''. */
  next: string
}

export interface LoginPage {
  values: { email: string }
  errors: FieldErrors
  notice: Notice | null
  next: string
  /** The demo account, shown in test mode only. */
  demo: { email: string; password: string } | null
}

export interface ForgotPasswordPage {
  values: { email: string }
  errors: FieldErrors
  /** True once the form was sent: the same words whether the address is known or not. */
  sent: boolean
  notice: Notice | null
}

export interface ResetPasswordPage {
  /** False when the link is old, used or wrong. */
  valid: boolean
  token: string
  errors: FieldErrors
  notice: Notice | null
}

export interface ErrorPage {
  status: number
  title: string
  text: string
  action: { href: string; label: string }
  requestId: string
}

export interface DevMailList {
  mails: { id: number; to: string; subject: string; at: { iso: string; text: string }; href: string }[]
}

export interface DevMailPage {
  mail: { to: string; subject: string; text: string; at: { iso: string; text: string } }
  /** Path that answers the HTML part alone, shown in a sandboxed frame. */
  htmlHref: string
}

export interface ApiField {
  /** "items[].quantity" */
  name: string
  type: string
  description: string
}

export interface ApiOperation {
  /** For links on the page. */
  id: string
  /** "GET" */
  method: string
  path: string
  summary: string
  description: string | null
  signedIn: boolean
  parameters: ApiField[]
  body: ApiField[]
  /** `schema` names one of the page's answers. */
  answers: { status: string; description: string; schema: string | null }[]
  problems: { status: string; code: string; when: string }[]
}

export interface ApiDocsPage {
  heading: string
  introduction: string
  operations: ApiOperation[]
  /** Everything that is answered, field by field. */
  answers: { name: string; fields: ApiField[] }[]
}

/** View name (its file below views/) → what it is given. */
export interface Views {
  'catalog/list': CatalogList
  'catalog/product': ProductPage
  'cart/cart': CartPage
  'orders/review': ReviewPage
  'orders/order': OrderPage
  'orders/receipt': ReceiptPage
  'payments/success': SuccessPage
  'accounts/purchases': PurchasesPage
  'accounts/orders': OrdersPage
  'accounts/register': RegisterPage
  'accounts/login': LoginPage
  'accounts/forgot-password': ForgotPasswordPage
  'accounts/reset-password': ResetPasswordPage
  'api/docs': ApiDocsPage
  'mail/dev-list': DevMailList
  'mail/dev-mail': DevMailPage
  error: ErrorPage
}

/** What every mail about an order is given. */
export interface OrderMail {
  shopName: string
  name: string
  order: OrderView
  orderUrl: string
  purchasesUrl: string
  /** Of a mail to the operator: why. */
  reason: string
  /** Of a mail about a refund. */
  refundAmount: string
  /** Of a mail about a dispute or inquiry. */
  dispute: {
    id: string
    amount: string
    reason: string
    isInquiry: boolean
    /** How it ended, in a sentence; empty while it has not. */
    outcome: string
    /** Until when the bank takes evidence. */
    dueBy: { iso: string; text: string } | null
  } | null
}

/** Mail templates: views/mail/<name>.html.ejs and views/mail/<name>.txt.ejs, each given this. */
export interface MailTemplates {
  'purchase-succeeded': OrderMail
  'purchase-failed': OrderMail
  'payment-on-its-way': OrderMail
  'refund-succeeded': OrderMail
  'refund-failed': OrderMail
  'dispute-opened': OrderMail
  'dispute-closed': OrderMail
  'operator-attention': OrderMail
  'password-reset': { shopName: string; name: string; resetUrl: string; validMinutes: number }
}
