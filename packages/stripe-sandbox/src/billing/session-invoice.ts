// The invoice of a one-time Checkout Session (`invoice_creation`).
import { listOf } from '../api/lists.js'
import { taxesOfSession } from '../payments/session-amounts.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { Invoice, InvoiceLineItem, Session } from '../wire.js'
import { finalizeInvoice } from './finalize-invoice.js'
import { lineForSale } from './invoice-lines.js'
import { buildInvoice } from './invoices.js'

type TaxReason = NonNullable<Invoice['total_taxes']>[number]['taxability_reason']

/** The id of the invoice that a paid session gets. Null if it gets none: the shop wants none, or deleted the customer. */
export function invoiceIdFor(account: Account, session: Session, customer: string | null): string | null {
  const isWanted = session.invoice_creation?.enabled === true && session.invoice === null
  return isWanted && account.find('customer', customer) ? newId('invoice') : null
}

/** Creates the invoice of a paid session, final and paid. Its events follow that of the session. */
export function createSessionInvoice(account: Account, session: Session, invoiceId: string): void {
  const customer = account.get('customer', session.customer)
  const { lineItems, discount } = account.get('session_details', session.id)
  const { description, footer, metadata } = session.invoice_creation?.invoice_data ?? {}
  const now = account.now()
  const lines = lineItems.map((line) => ({ ...lineForSale(line, now), invoice: invoiceId }))
  const draft = buildInvoice(account, invoiceId, {
    customer,
    currency: session.currency ?? 'usd',
    reason: 'manual',
    period: { start: now, end: now },
    lines,
    autoAdvance: false,
    includePendingItems: false,
    description: description ?? null,
    footer: footer ?? null,
    metadata: metadata ?? {},
  })
  const invoice = account.save('invoice', {
    ...draft,
    ...amountsOf(account, session, lines),
    ...buyerOf(session),
  })
  account.save('invoice_lines', { id: invoiceId, lines, discount })
  account.emit('invoice.created', invoice)
  finalizeInvoice(account, invoiceId, account.find('payment_intent', session.payment_intent))
}

/** The session's amounts, which include its discount, shipping and tax. */
function amountsOf(account: Account, session: Session, lines: InvoiceLineItem[]): Partial<Invoice> {
  const total = session.amount_total ?? 0
  const subtotal = session.amount_subtotal ?? 0
  const taxes = taxesOfSession(account, session.id)
  const tax = taxes.reduce((sum, { amount }) => sum + amount, 0)
  const included = taxes.reduce((sum, { amount, rate }) => sum + (rate.inclusive ? amount : 0), 0)
  const { discount } = account.get('session_details', session.id)
  const { amount_discount: reduction = 0, amount_shipping: shipping = 0 } = session.total_details ?? {}
  return {
    amount_due: total,
    amount_remaining: total,
    amount_shipping: shipping ?? 0,
    discounts: discount ? [discount.discount.id] : [],
    lines: listOf(lines, `/v1/invoices/${session.invoice ?? ''}/lines`),
    shipping_cost: session.shipping_cost,
    shipping_details: shippingOf(session),
    subtotal,
    subtotal_excluding_tax: subtotal - included,
    total,
    total_discount_amounts: discount ? [{ amount: reduction, discount: discount.discount.id }] : [],
    total_excluding_tax: total - tax,
    total_taxes: taxes.map(({ amount, rate, taxability_reason: reason, taxable_amount: taxable }) => ({
      amount,
      tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
      taxability_reason: (reason ?? 'not_available') as TaxReason,
      taxable_amount: taxable,
      type: 'tax_rate_details',
    })),
  }
}

/** What the customer entered, which need not be saved with their record. */
function buyerOf({ customer_details: details }: Session): Partial<Invoice> {
  if (!details) return {}
  return {
    customer_address: details.address,
    customer_email: details.email,
    customer_name: details.business_name ?? details.name,
    customer_phone: details.phone,
  }
}

function shippingOf({ collected_information: collected, customer_details: details }: Session) {
  const shipping = collected?.shipping_details
  return shipping ? { address: shipping.address, name: shipping.name, phone: details?.phone ?? null } : null
}
