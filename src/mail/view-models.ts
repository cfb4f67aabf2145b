// Models of the mail templates and of the /dev/mail pages.
import type { OrderReturn, OrderShipment, OrderView } from '../orders/view-models.js'
import type { ShownTime } from '../messages/format-date.js'
import type { Accents } from '../settings/colors.js'
import type { OrderLinks } from './order-links.js'

declare module '../http/view-models.js' {
  interface Views {
    'mail/dev-list': DevMailList
    'mail/dev-mail': DevMailPage
  }
}

export interface DevMailList {
  mails: { id: number; to: string; subject: string; at: ShownTime; href: string }[]
}

export interface DevMailPage {
  mail: { to: string; subject: string; text: string; at: ShownTime }
  /** Path of the HTML part, shown in a sandboxed frame. */
  htmlHref: string
}

/** Who sends a mail: the owner's settings. */
export interface Sender {
  shopName: string
  supportEmail: string | null
  companyLines: string[]
  /** The shop, in the language of the mail. */
  shopUrl: string
  /** The operator's pages. */
  adminUrl: string
  /** The address of the logo. Null: the shop's name stands alone. */
  logoUrl: string | null
  /** Of buttons and links. */
  accents: Accents
}

/** The model of every mail about an order. */
export interface OrderMail extends Sender, OrderLinks {
  /** How to address the shopper, or ''. */
  name: string
  order: OrderView
  /** For mail to the operator: why the order needs attention. */
  reason: string
  /** For mail about a refund. */
  refundAmount: string
  /** For mail about a refund: what was paid in the payment that it is of. */
  refundedPayment: string
  /** For mail about a refund that failed: false if Stripe refused to send it. */
  refundWasSent: boolean
  /** For mail about a dispute or inquiry. */
  dispute: {
    id: string
    amount: string
    reason: string
    isInquiry: boolean
    /** A sentence that says how it ended. Empty while it is open. */
    outcome: string
    /** Deadline for submitting evidence. */
    dueBy: ShownTime | null
  } | null
}

/** About a shipment. */
export interface ShipmentMail extends OrderMail {
  shipment: OrderShipment
}

/** About a return. */
export interface ReturnMail extends OrderMail {
  returned: OrderReturn
}

/** What the operator is told of new incidents. */
export interface IncidentReport extends Sender {
  count: number
  incidents: { id: number; message: string; since: string; about: string; whatToDo: string }[]
  /** How many of them are not described. */
  more: number
}

/** Template name → its model, for views/mail/<name>.html.ejs and views/mail/<name>.txt.ejs. */
export interface MailTemplates {
  'purchase-succeeded': OrderMail
  'purchase-failed': OrderMail
  'payment-on-its-way': OrderMail
  'refund-succeeded': OrderMail
  'refund-failed': OrderMail
  'dispute-opened': OrderMail
  'dispute-closed': OrderMail
  'operator-attention': OrderMail
  'order-canceled': OrderMail
  'shipment-sent': ShipmentMail
  'shipment-delivered': ShipmentMail
  'return-requested': ReturnMail
  'return-to-answer': ReturnMail
  'return-accepted': ReturnMail
  'return-received': ReturnMail
  'return-declined': ReturnMail
  'new-order': OrderMail
  'incident-report': IncidentReport
  'password-reset': Sender & { name: string; resetUrl: string; validMinutes: number }
  'back-in-stock': Sender & { product: string; productUrl: string; endUrl: string }
  'email-verification': Sender & { name: string; verifyUrl: string; validHours: number }
  'operator-invited': Sender & { name: string; role: string; invitationUrl: string; validDays: number }
  'email-change': Sender & { name: string; changeUrl: string; validHours: number }
  'email-changed': Sender & { name: string; changedAt: string }
  'password-changed': Sender & { name: string; changedAt: string; forgotUrl: string }
}
