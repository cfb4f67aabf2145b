// Reads Stripe's invoice of a payment into the shop's own terms, and merges several reports of it.
import { z } from 'zod'
import { isLoopback } from '../config.js'
import type { InvoiceFacts } from '../orders/order-facts.js'
import { metadata, read, stripeId } from './stripe-object.js'

/** An invoice as Stripe had it at one time. */
export interface InvoiceReport {
  kind: 'invoice'
  /** The key of our order, from the metadata that the session gave it. Null for a payment link's: it is found by its id. */
  orderKey: string | null
  invoice: InvoiceFacts
  /** The payment does not matter: the order is found without it. */
  paymentIntentId: null
}

/** Stripe's own pages, or those of a Stripe on this machine. Any other address is not shown to shoppers. */
const page = z
  .url()
  .refine((text) => isStripes(new URL(text)))
  .nullish()
  .transform((url) => url ?? null)
  .catch(null)

function isStripes({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:' && /(^|\.)stripe\.com$/.test(hostname)) return true
  return /^https?:$/.test(protocol) && isLoopback(hostname)
}

const invoiceShape = z.object({
  id: stripeId,
  object: z.literal('invoice'),
  metadata: metadata.catch(null),
  invoice_pdf: page,
  hosted_invoice_url: page,
})

/** @throws UnreadableObjectError naming the missing or unexpected field */
export function invoiceReport(object: unknown): InvoiceReport {
  const invoice = read('invoice', invoiceShape, object)
  return {
    kind: 'invoice',
    orderKey: invoice.metadata?.['order_key'] ?? null,
    invoice: { id: invoice.id, pdf: invoice.invoice_pdf, url: invoice.hosted_invoice_url },
    paymentIntentId: null,
  }
}

/**
 * An order that was paid twice has two invoices and shows one of them. The result is the same in whatever order reports
 * come.
 */
export function mergeInvoice(known: InvoiceFacts | null, reported: InvoiceFacts | null): InvoiceFacts | null {
  if (known === null || reported === null) return known ?? reported
  if (known.id !== reported.id) return known.id < reported.id ? known : reported
  return { id: known.id, pdf: known.pdf ?? reported.pdf, url: known.url ?? reported.url }
}
