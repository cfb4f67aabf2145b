// The models of an order's page, of refunds, and of the lists of returns and disputes. Values are formatted: views only print them.
import type { Notice } from '../http/view-models.js'
import type { KeyList } from './key-list.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/order': OrderPageModel
    'admin/refund': RefundPage
    'admin/refund-confirm': RefundConfirmPage
    'admin/return-refund': ReturnRefundPage
    'admin/payment': PaymentPage
    'admin/returns': ReturnsPage
    'admin/disputes': DisputesPage
  }
}

export interface Badge {
  text: string
  kind: '' | 'good' | 'warn' | 'wrong'
}

/** What was typed into a form that is shown again, and what is wrong with it, by field. */
export interface FormState {
  values: Record<string, string>
  errors: Record<string, string>
}

export interface OrderPageModel {
  notice: Notice | null
  key: string
  number: string
  state: Badge
  placedAt: ShownTime
  total: string
  /** What waits for the operator. */
  tasks: { text: string; href: string | null; kind: '' | 'warn' | 'wrong' }[]
  needsAttention: boolean
  money: { text: string; amount: string; isStrong: boolean }[]
  /** Null when nothing can be refunded: `noRefund` says why. */
  refundHref: string | null
  noRefund: string | null
  lines: OrderLineModel[]
  parts: { text: string; amount: string }[]
  ship: ShipForm | null
  /** Why nothing can be shipped now; null when that goes without saying. */
  noShip: string | null
  shipments: ShipmentModel[]
  returns: ReturnModel[]
  refunds: RefundModel[]
  disputes: DisputeModel[]
  comparisons: Comparison[]
  attempts: AttemptModel[]
  /** The last card that was declined, in Stripe's words. Null when none is known of. */
  decline: { code: string; message: string; at: ShownTime } | null
  unmatched: UnmatchedModel[]
  risks: { kind: string; reason: string; at: ShownTime | null; isOpen: boolean }[]
  incidents: { id: number; message: string; at: ShownTime; isOpen: boolean }[]
  timeline: { at: ShownTime; kind: string; text: string; by: string | null; href: string | null }[]
  noteForm: FormState
  events: { id: string; type: string; outcome: Badge; detail: string; at: ShownTime }[]
  mails: OrderMailModel[]
  /** The event or mail whose content is shown. */
  open: OpenRecord | null
  changes: { at: ShownTime; action: string; by: string; fields: string; address: string }[]
  customer: {
    name: string | null
    email: string
    href: string | null
    /** The page about someone without an account. Null: they have one, or were erased. */
    guestHref: string | null
    isBlocked: boolean
  }
  delivery: DeliveryModel | null
  billing: { name: string | null; lines: string[]; taxIds: string[] }
  facts: { text: string; value: string; href?: string }[]
  links: number
  isGuest: boolean
  canCancel: boolean
  dashboardName: string
}

export interface OrderMailModel {
  id: number
  kind: string
  to: string
  state: Badge
  at: ShownTime | null
  error: string
  /** Whether an operator sent it again. */
  isAgain: boolean
  /** Tells this state from a later one: one click sends one mail. */
  version: string
}

/** An event as Stripe sent it, or a mail as it was sent. */
export interface OpenRecord {
  kind: 'event' | 'mail'
  id: string
  /** Null: nothing was sent, or it is not kept. */
  text: string | null
  htmlHref: string | null
}

export interface OrderLineModel {
  id: number
  name: string
  sku: string
  unitAmount: string
  quantity: number
  amount: string
  sent: number
  left: number
  returned: number
  refunded: number
}

export interface ShipForm {
  key: string
  lines: { field: string; name: string; max: number; value: string }[]
  carriers: { value: string; label: string }[]
  state: FormState
}

export interface ShipmentModel {
  id: number
  items: string
  carrier: string | null
  trackingNumber: string | null
  trackingUrl: string | null
  sentAt: ShownTime
  deliveredAt: ShownTime | null
}

export interface ReturnModel {
  key: string
  state: Badge
  items: string
  reason: string
  answer: string | null
  at: ShownTime
  restocked: boolean
  refund: string | null
  canAnswer: boolean
  canReceive: boolean
  canDecline: boolean
  canRefund: boolean
  form: FormState
}

export interface RefundModel {
  id: string
  amount: string
  state: Badge
  at: ShownTime
  what: string
  reason: string | null
  note: string | null
  failure: string | null
}

export interface DisputeModel {
  id: string
  href: string
  amount: string
  state: Badge
  reason: string
  dueBy: ShownTime | null
  mustAnswer: boolean
}

/** What Stripe says about one session beside what the order comes to. */
export interface Comparison {
  title: string
  rows: { text: string; expected: string; actual: string; differs: boolean }[]
}

export interface AttemptModel {
  number: number
  state: Badge
  sessionId: string | null
  sessionHref: string | null
  paymentIntentId: string | null
  paymentHref: string | null
  at: ShownTime
  voucherUrl: string | null
  /** Stripe's. Null: not known. */
  fee: string | null
}

export interface UnmatchedModel {
  id: string
  amount: string
  message: string
  state: string
  href: string | null
  refundHref: string | null
}

export interface DeliveryModel {
  rate: string
  to: string[]
  phone: string | null
  /** As Stripe's page collected it; null when it was not corrected. */
  given: string[] | null
  /** To choose from in the form, if the address is in another country than the one whose delivery was charged. */
  countries: { value: string; label: string }[]
  /** Null when it can't be corrected. */
  form: FormState | null
}

export interface RefundPage {
  key: string
  number: string
  /** What can be refunded, by currency: "$48.00". */
  left: string
  /** Why nothing can be refunded now. */
  refusal: string | null
  /** The session of the one payment that is refunded; null for the order's. */
  payment: string | null
  /** Several payments, each of which is refunded by itself. */
  payments: { href: string; text: string }[]
  lines: { id: number; name: string; unsent: number; sent: number; each: string }[]
  /** What is left of the delivery; null when nothing is. */
  shipping: string | null
  currency: string
  form: FormState
}

/** What will be refunded, before it is. */
export interface RefundConfirmPage {
  title: string
  action: string
  backHref: string
  rows: { text: string; amount: string }[]
  total: string
  consequences: string[]
  reason: string | null
  note: string | null
  hidden: [name: string, value: string][]
}

export interface ReturnRefundPage {
  key: string
  orderKey: string
  orderNumber: string
  items: string
  share: string
  currency: string
  form: FormState
}

export interface PaymentPage {
  notice: Notice | null
  id: string
  amount: string
  message: string
  state: string
  at: ShownTime
  href: string
  dashboardName: string
  requestKey: string
  /** Null when nothing can be refunded: `refusal` says why. */
  left: string | null
  refusal: string | null
  refunds: { id: string; amount: string; state: Badge }[]
  form: FormState
}

export interface ReturnsPage {
  filter: string
  filters: { value: string; label: string }[]
  list: KeyList<{
    key: string
    state: Badge
    orderKey: string
    orderNumber: string
    email: string
    items: string
    at: ShownTime
  }>
}

export interface DisputesPage {
  filter: string
  filters: { value: string; label: string }[]
  list: KeyList<{
    id: string
    href: string
    state: Badge
    amount: string
    reason: string
    dueBy: ShownTime | null
    daysLeft: string | null
    order: { key: string; number: string } | null
    at: ShownTime
  }>
}
