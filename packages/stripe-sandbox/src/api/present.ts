// Turns stored objects into what the API sends.
import { isRedeemable, isCouponValid } from '../payments/redemption.js'
import type { Account } from '../state/account.js'
import { hasReceived } from '../state/delivery-targets.js'
import type {
  Coupon,
  Event,
  File,
  Invoice,
  PaymentLink,
  PortalSession,
  PromotionCode,
  Session,
} from '../wire.js'

/** A stored object as the API sends it. A few values depend on the sandbox's address and clock. */
export function present(account: Account, object: object): object {
  const { object: kind, deleted } = object as { object?: unknown; deleted?: boolean }
  if (deleted) return object
  if (kind === 'checkout.session') {
    const session = object as Session
    return { ...session, url: session.status === 'open' ? payPageUrl(account, session.id) : null }
  }
  if (kind === 'payment_link') {
    const link = object as PaymentLink
    return { ...link, url: `${account.context.baseUrl}/b/${link.id}` }
  }
  if (kind === 'billing_portal.session') {
    const session = object as PortalSession
    return { ...session, url: `${account.context.baseUrl}/p/session/${session.id}` }
  }
  if (kind === 'invoice') {
    const invoice = object as Invoice
    const page = invoicePageUrl(account, invoice)
    return { ...invoice, hosted_invoice_url: page, invoice_pdf: page === null ? null : `${page}/pdf` }
  }
  if (kind === 'file') {
    const file = object as File
    return { ...file, url: `${account.context.baseUrl}/v1/files/${file.id}/contents` }
  }
  if (kind === 'event') {
    const event = object as Event
    const targets = account.find('deliveries', event.id)?.targets ?? []
    return { ...event, pending_webhooks: targets.filter((target) => !hasReceived(target)).length }
  }
  if (kind === 'tax.settings') {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'id'))
  }
  if (kind === 'coupon') return { ...object, valid: isCouponValid(account, object as Coupon) }
  if (kind === 'promotion_code') return { ...object, active: isRedeemable(account, object as PromotionCode) }
  return object
}

/** A draft invoice has no page. */
function invoicePageUrl(account: Account, invoice: Invoice): string | null {
  return invoice.number === null ? null : `${account.context.baseUrl}/i/${invoice.id}`
}

function payPageUrl(account: Account, sessionId: string): string {
  return `${account.context.baseUrl}/c/pay/${sessionId}`
}
