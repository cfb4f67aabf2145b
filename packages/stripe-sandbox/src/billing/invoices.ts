// Creating draft invoices and computing their totals.
import { listOf } from '../api/lists.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import { inKeyOrder } from '../state/key-order.js'
import type { AppliedDiscount } from '../state/records.js'
import type { Customer, Invoice, InvoiceLineItem, Metadata, Subscription } from '../wire.js'
import { applyCustomerBalance } from './balance.js'
import { discountOf, discountLines, discountTotals, consumeDiscount } from './discounts.js'
import { lineForItem, type Period } from './invoice-lines.js'
import { BILLING_RULES } from './rules.js'

/** What a new draft invoice is made from. */
export interface InvoiceDraft {
  id?: string
  customer: Customer
  currency: string
  reason: NonNullable<Invoice['billing_reason']>
  period: Period
  lines: InvoiceLineItem[]
  /** Further lines, for invoice items that are created with this invoice. */
  extraLines?: (invoiceId: string) => InvoiceLineItem[]
  subscription?: Subscription
  /** Set from the subscription, if it has a discount. */
  discount?: AppliedDiscount | undefined
  /** Finalized automatically after `BILLING_RULES.draftSeconds`. */
  autoAdvance: boolean
  includePendingItems: boolean
  collectionMethod?: Invoice['collection_method']
  dueDate?: number | null
  defaultPaymentMethod?: string | null
  description?: string | null
  footer?: string | null
  metadata?: Metadata
}

/** Stores a draft and sends `invoice.created`. */
export function draftInvoice(account: Account, given: InvoiceDraft): Invoice {
  const discount = given.subscription ? discountOf(account, given.subscription.id) : undefined
  const draft: InvoiceDraft = { ...given, discount }
  const invoice = buildInvoice(account, draft.id ?? newId('invoice'), draft)
  account.save('invoice', invoice)
  account.save('invoice_lines', { id: invoice.id, lines: [], discount })
  setLines(account, invoice, [...draft.lines, ...(draft.extraLines?.(invoice.id) ?? [])])
  if (draft.includePendingItems) takePendingItems(account, invoice, draft.subscription?.id)
  const created = account.get('invoice', invoice.id)
  if (draft.subscription) {
    account.update('subscription', draft.subscription.id, { latest_invoice: invoice.id })
    if (created.total < created.subtotal) consumeDiscount(account, draft.subscription.id)
  }
  account.emit('invoice.created', created)
  if (created.automatically_finalizes_at !== null) {
    account.scheduleBilling('finalize_invoice', invoice.id, created.automatically_finalizes_at)
  }
  return created
}

/** Builds an invoice without storing it. */
export function buildInvoice(account: Account, id: string, draft: InvoiceDraft): Invoice {
  const now = account.now()
  const { customer, subscription } = draft
  return withLines(
    inKeyOrder({
      id,
      object: 'invoice',
      account_country: 'US',
      account_name: 'Sandbox',
      account_tax_ids: null,
      amount_due: 0,
      amount_overpaid: 0,
      amount_paid: 0,
      amount_remaining: 0,
      amount_shipping: 0,
      application: null,
      attempt_count: 0,
      attempted: false,
      auto_advance: draft.autoAdvance,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
      automatically_finalizes_at: draft.autoAdvance ? now + BILLING_RULES.draftSeconds : null,
      billing_reason: draft.reason,
      collection_method: draft.collectionMethod ?? 'charge_automatically',
      created: now,
      currency: draft.currency,
      custom_fields: null,
      customer: customer.id,
      customer_account: null,
      customer_address: customer.address ?? null,
      customer_email: customer.email,
      customer_name: customer.name ?? null,
      customer_phone: customer.phone ?? null,
      customer_shipping: customer.shipping,
      customer_tax_exempt: customer.tax_exempt ?? 'none',
      customer_tax_ids: [],
      default_payment_method: draft.defaultPaymentMethod ?? null,
      default_source: null,
      default_tax_rates: [],
      description: draft.description ?? null,
      discounts: draft.discount ? [draft.discount.discount.id] : [],
      due_date: draft.dueDate ?? null,
      effective_at: null,
      ending_balance: null,
      footer: draft.footer ?? null,
      from_invoice: null,
      hosted_invoice_url: null,
      invoice_pdf: null,
      issuer: { type: 'self' },
      last_finalization_error: null,
      latest_revision: null,
      lines: listOf<InvoiceLineItem>([], ''),
      livemode: false,
      metadata: draft.metadata ?? {},
      next_payment_attempt: draft.autoAdvance ? now + BILLING_RULES.draftSeconds : null,
      number: null,
      on_behalf_of: null,
      parent: subscription
        ? {
            quote_details: null,
            subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
            type: 'subscription_details',
          }
        : null,
      payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
      period_end: draft.period.end,
      period_start: draft.period.start,
      post_payment_credit_notes_amount: 0,
      pre_payment_credit_notes_amount: 0,
      receipt_number: null,
      rendering: null,
      shipping_cost: null,
      shipping_details: null,
      starting_balance: customer.balance,
      statement_descriptor: null,
      status: 'draft',
      status_transitions: {
        finalized_at: null,
        marked_uncollectible_at: null,
        paid_at: null,
        voided_at: null,
      },
      subtotal: 0,
      subtotal_excluding_tax: 0,
      test_clock: account.testClock(),
      total: 0,
      total_discount_amounts: [],
      total_excluding_tax: 0,
      total_pretax_credit_amounts: [],
      total_taxes: [],
      webhooks_delivered_at: null,
    }),
    discountLines(draft.lines, draft.currency, draft.discount),
  )
}

/** Replaces a draft's lines and recomputes its totals. */
export function setLines(account: Account, invoice: Invoice, lines: InvoiceLineItem[]): Invoice {
  const { discount } = account.get('invoice_lines', invoice.id)
  const ownLines = discountLines(lines, invoice.currency, discount).map((line) => ({
    ...line,
    invoice: invoice.id,
  }))
  account.save('invoice_lines', { id: invoice.id, lines: ownLines, discount })
  return account.save('invoice', withLines(invoice, ownLines))
}

function withLines(invoice: Invoice, lines: InvoiceLineItem[]): Invoice {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0)
  const reductions = discountTotals(lines)
  const total = subtotal - reductions.reduce((sum, { amount }) => sum + amount, 0)
  const { due } = applyCustomerBalance(total, invoice.starting_balance, invoice.currency)
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due,
    lines: listOf(lines, `/v1/invoices/${invoice.id}/lines`),
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_discount_amounts: reductions,
    total_excluding_tax: total,
  }
}

/** Adds the customer's pending invoice items; those of a subscription only to an invoice of that subscription. */
function takePendingItems(account: Account, invoice: Invoice, subscriptionId: string | undefined): void {
  const { lines } = account.get('invoice_lines', invoice.id)
  const pending: InvoiceLineItem[] = []
  for (const item of [...account.all('invoiceitem').oldestFirst()]) {
    const itemSubscriptionId = item.parent?.subscription_details?.subscription
    if (item.customer !== invoice.customer || item.invoice !== null || item.currency !== invoice.currency)
      continue
    if (itemSubscriptionId !== undefined && itemSubscriptionId !== subscriptionId) continue
    account.update('invoiceitem', item.id, { invoice: invoice.id })
    pending.push(lineForItem(item))
  }
  if (pending.length > 0) setLines(account, account.get('invoice', invoice.id), [...pending, ...lines])
}
