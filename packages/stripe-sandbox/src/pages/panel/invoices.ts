// The panel's pages of invoices.
import { markUncollectible, voidInvoice } from '../../billing/close-invoice.js'
import { inCustomersTime } from '../../billing/customer-time.js'
import { finalizeInvoice } from '../../billing/finalize-invoice.js'
import { paymentMethodFor } from '../../billing/collect.js'
import { paymentOf, subscriptionOf } from '../../billing/invoice-outcome.js'
import { requireStatus } from '../../resources/invoices.js'
import { payInvoice } from '../../resources/pay-invoice.js'
import type { Account } from '../../state/account.js'
import type { Invoice } from '../../wire.js'
import { panelKind, type ActionForm, type Table } from './kind.js'
import { attemptsOf } from './payments.js'
import { relatedEvents } from './related-events.js'
import { amount, facts, metadataFacts, moment, paymentMethod, time, words } from './format.js'

/** An invoice's page shows its lines and the attempts to collect it. */
export const invoices = panelKind<'invoice'>({
  path: 'invoices',
  kind: 'invoice',
  title: 'Invoices',
  empty: 'None yet. A subscription creates one per period; the API creates others.',
  columns: [
    { label: 'Total', as: 'amount' },
    { label: 'Status', as: 'state' },
    { label: 'Number' },
    { label: 'Customer', extra: true },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: ['draft', 'open', 'paid', 'uncollectible', 'void'],
  state: (_, invoice) => invoice.status ?? '',
  cells: (_, invoice) => [
    amount(invoice.total, invoice.currency),
    invoice.status ?? '',
    invoice.number ?? '—',
    invoice.customer_email ?? invoice.customer_name ?? invoice.customer ?? '—',
    time(invoice.created),
  ],
  words: (_, invoice) => [
    invoice.id,
    invoice.number,
    invoice.customer,
    invoice.customer_email,
    invoice.customer_name,
    subscriptionOf(invoice),
    invoice.description,
    ...Object.values(invoice.metadata ?? {}),
  ],
  page(account, invoice) {
    const intent = account.find('payment_intent', paymentOf(account, invoice.id)?.payment.payment_intent)
    const subscription = subscriptionOf(invoice)
    const open = invoice.status === 'open' || invoice.status === 'draft'
    return {
      title: amount(invoice.total, invoice.currency),
      state: invoice.status ?? '',
      links: invoice.number === null ? [] : [{ href: `/i/${invoice.id}`, label: 'Customer’s view' }],
      facts: facts(
        { label: 'Number', value: invoice.number ?? '' },
        invoice.customer === null
          ? null
          : {
              label: 'Customer',
              value: invoice.customer,
              href: `/customers/${invoice.customer}`,
              code: true,
            },
        subscription === null
          ? null
          : {
              label: 'Subscription',
              value: subscription,
              href: `/subscriptions/${subscription}`,
              code: true,
            },
        { label: 'Reason', value: words(invoice.billing_reason ?? '') },
        { label: 'Still due', value: open ? amount(invoice.amount_remaining, invoice.currency) : '' },
        { label: 'Attempts', value: invoice.attempt_count > 0 ? String(invoice.attempt_count) : '' },
        { label: 'Next attempt', value: moment(invoice.next_payment_attempt) },
        { label: 'Finalized automatically', value: moment(invoice.automatically_finalizes_at) },
        { label: 'Due', value: moment(invoice.due_date) },
        intent ? { label: 'Payment', value: intent.id, href: `/payments/${intent.id}`, code: true } : null,
        { label: 'Description', value: invoice.description ?? '' },
        { label: 'Created', value: time(invoice.created) },
        { label: 'Finalized', value: moment(invoice.status_transitions.finalized_at) },
        { label: 'Paid', value: moment(invoice.status_transitions.paid_at) },
        { label: 'Given up', value: moment(invoice.status_transitions.marked_uncollectible_at) },
        { label: 'Voided', value: moment(invoice.status_transitions.voided_at) },
        metadataFacts(invoice.metadata),
      ),
      actions: actionsFor(account, invoice),
      tables: [
        linesOf(account, invoice),
        ...(intent ? [attemptsOf(account, intent)] : []),
        relatedEvents(account, invoice.id, intent?.id ?? null),
      ],
    }
  },
  actions: {
    pay(account, invoice, { choice }) {
      payInvoice(account, invoice, choice === 'outside' ? { paid_out_of_band: true } : {})
      return 'Invoice paid.'
    },
    finalize(account, invoice) {
      requireStatus(invoice, ['draft'], 'finalized')
      finalizeInvoice(inCustomersTime(account, invoice.customer), invoice.id)
      return 'Invoice finalized.'
    },
    void(account, invoice) {
      requireStatus(invoice, ['open', 'uncollectible'], 'voided')
      voidInvoice(inCustomersTime(account, invoice.customer), invoice)
      return 'Invoice voided.'
    },
    uncollectible(account, invoice) {
      requireStatus(invoice, ['open'], 'marked as uncollectible')
      markUncollectible(inCustomersTime(account, invoice.customer), invoice)
      return 'Invoice marked as uncollectible.'
    },
  },
})

/** A table of the matching records, or no table. */
export function invoicesTable(account: Account, fits: (invoice: Invoice) => boolean): Table[] {
  const found = [...account.all('invoice').newestFirst()].filter(fits)
  if (found.length === 0) return []
  return [
    {
      title: invoices.title,
      columns: [
        { label: 'Total', as: 'amount' },
        { label: 'Status', as: 'state' },
        { label: 'Number' },
        { label: 'Created', as: 'time', extra: true },
      ],
      rows: found.map((invoice) => ({
        href: `/invoices/${invoice.id}`,
        cells: [
          amount(invoice.total, invoice.currency),
          invoice.status ?? '',
          invoice.number ?? '—',
          time(invoice.created),
        ],
      })),
      empty: '',
    },
  ]
}

function actionsFor(account: Account, invoice: Invoice): ActionForm[] {
  const { status } = invoice
  if (status !== 'draft' && status !== 'open' && status !== 'uncollectible') return []
  const method = paymentMethod(account, paymentMethodFor(account, invoice))
  const pay: ActionForm = {
    name: 'pay',
    title: 'Pay',
    explain: method === '' ? 'The customer has no card to charge.' : `Charges ${method}.`,
    buttons: [{ label: 'Charge the customer' }, { label: 'Paid elsewhere', value: 'outside', quiet: true }],
  }
  if (status === 'draft')
    return [
      {
        name: 'finalize',
        title: 'Finalize',
        explain: 'It gets its number and can no longer be changed.',
        buttons: [{ label: 'Finalize the invoice' }],
      },
      pay,
    ]
  const giveUp: ActionForm[] =
    status === 'open'
      ? [
          {
            name: 'uncollectible',
            title: 'Give up',
            explain: 'It will probably not be paid. It still can be.',
            buttons: [{ label: 'Mark as uncollectible', quiet: true }],
          },
        ]
      : []
  const cancel: ActionForm = {
    name: 'void',
    title: 'Void',
    explain: 'Cancels the invoice for good.',
    buttons: [{ label: 'Void the invoice', quiet: true }],
  }
  return [pay, ...giveUp, cancel]
}

function linesOf(account: Account, invoice: Invoice): Table {
  return {
    title: 'Lines',
    columns: [
      { label: 'What' },
      { label: 'Period', as: 'time', extra: true },
      { label: 'Quantity', as: 'amount' },
      { label: 'Amount', as: 'amount' },
    ],
    rows: account.get('invoice_lines', invoice.id).lines.map((line) => ({
      href: '',
      cells: [
        line.description ?? '',
        `${time(line.period.start).slice(0, 10)} to ${time(line.period.end).slice(0, 10)}`,
        String(line.quantity ?? 1),
        amount(line.amount, line.currency),
      ],
    })),
    empty: 'No lines.',
  }
}
