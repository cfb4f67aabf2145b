// What mail templates and the development mailbox are given.
import type { OrderView } from '../orders/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'mail/dev-list': DevMailList
    'mail/dev-mail': DevMailPage
  }
}

export interface DevMailList {
  mails: { id: number; to: string; subject: string; at: { iso: string; text: string }; href: string }[]
}

export interface DevMailPage {
  mail: { to: string; subject: string; text: string; at: { iso: string; text: string } }
  /** Path that answers the HTML part alone, shown in a sandboxed frame. */
  htmlHref: string
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
