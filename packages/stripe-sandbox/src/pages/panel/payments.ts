// The panel's pages of payments.
import { refused } from '../../api/errors.js'
import { captureIntent } from '../../payments/capture.js'
import { isDisputeReason, openDispute, DISPUTE_REASONS } from '../../payments/disputes.js'
import { refundCharge } from '../../payments/refunds.js'
import type { Account } from '../../state/account.js'
import type { Charge, PaymentIntent } from '../../wire.js'
import { panelKind, type ActionForm, type Table } from './kind.js'
import { relatedEvents } from './related-events.js'
import { DEBIT_ACTION, settleDebit } from './settle-debit.js'
import { amount, facts, metadataFacts, paymentMethod, time, words } from './format.js'
import { typedAmount } from './typed-amount.js'

const STATE_OF: Record<string, string> = {
  requires_confirmation: 'incomplete',
  requires_action: 'authenticating',
  processing: 'processing',
  requires_capture: 'held',
  canceled: 'canceled',
}

/** A payment is a payment intent with its charges. */
export const payments = panelKind<'payment_intent'>({
  path: 'payments',
  kind: 'payment_intent',
  title: 'Payments',
  empty: 'None yet. A payment begins when a customer presses Pay.',
  columns: [
    { label: 'Amount', as: 'amount' },
    { label: 'Status', as: 'state' },
    { label: 'Paid with' },
    { label: 'Customer', extra: true },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: [
    'succeeded',
    'failed',
    'processing',
    'held',
    'refunded',
    'partly refunded',
    'disputed',
    'authenticating',
    'incomplete',
    'canceled',
  ],
  state: paymentState,
  cells: (account, intent) => [
    amount(intent.amount, intent.currency),
    paymentState(account, intent),
    paidWith(account, intent),
    emailOf(account, intent) || '—',
    time(intent.created),
  ],
  words: (account, intent) => [
    intent.id,
    intent.latest_charge,
    intent.customer,
    intent.description,
    emailOf(account, intent),
    paymentMethod(account, intent.payment_method),
    ...Object.values(intent.metadata),
  ],
  page(account, intent) {
    const charge = chargeOf(account, intent)
    const { session, invoice } = account.get('intent_details', intent.id)
    const booked = account.find('balance_transaction', charge?.balance_transaction)
    return {
      title: amount(intent.amount, intent.currency),
      state: paymentState(account, intent),
      links: charge?.receipt_url ? [{ href: `/receipts/${charge.id}`, label: 'Receipt' }] : [],
      facts: facts(
        { label: 'Paid with', value: paymentMethod(account, charge?.payment_method ?? null) },
        { label: 'Refused because', value: intent.last_payment_error?.message ?? '' },
        {
          label: 'Refunded',
          value: charge && charge.amount_refunded > 0 ? amount(charge.amount_refunded, charge.currency) : '',
        },
        booked ? { label: 'Fee', value: amount(booked.fee, booked.currency) } : null,
        booked ? { label: 'Net', value: amount(booked.net, booked.currency) } : null,
        session === null
          ? null
          : { label: 'Session', value: session, href: `/sessions/${session}`, code: true },
        invoice === undefined
          ? null
          : { label: 'Invoice', value: invoice, href: `/invoices/${invoice}`, code: true },
        intent.customer === null
          ? null
          : { label: 'Customer', value: intent.customer, href: `/customers/${intent.customer}`, code: true },
        { label: 'Email', value: emailOf(account, intent) },
        { label: 'Description', value: intent.description ?? '' },
        { label: 'Created', value: time(intent.created) },
        metadataFacts(intent.metadata),
      ),
      actions: actionsFor(intent, charge),
      tables: [
        attemptsOf(account, intent),
        ...movementsOf(account, charge),
        relatedEvents(account, intent.id, ...(charge ? [charge.id] : [])),
      ],
    }
  },
  actions: {
    refund(account, intent, { text }) {
      const charge = mustHaveCharge(account, intent)
      const refund = refundCharge(account, charge, {
        amount: typedAmount(text('amount'), intent.currency),
        reason: reasonOf(text('reason')),
        metadata: {},
      })
      return `${amount(refund.amount, refund.currency)} refunded.`
    },
    dispute(account, intent, { text }) {
      const charge = mustHaveCharge(account, intent)
      const reason = text('reason')
      if (!isDisputeReason(reason)) throw refused(`Unknown dispute reason "${reason}".`)
      openDispute(account, charge.id, { reason, inquiry: text('kind') === 'inquiry' })
      return 'Dispute raised.'
    },
    settle: (account, intent, { choice }) => settleDebit(account, intent.id, choice),
    capture(account, intent, { text }) {
      captureIntent(account, intent, typedAmount(text('amount'), intent.currency))
      return 'Payment captured.'
    },
  },
})

export function paymentState(account: Account, intent: PaymentIntent): string {
  const charge = chargeOf(account, intent)
  if (intent.status === 'requires_payment_method') return intent.last_payment_error ? 'failed' : 'incomplete'
  if (intent.status !== 'succeeded' || !charge) return STATE_OF[intent.status] ?? intent.status
  if (charge.disputed) return 'disputed'
  if (charge.refunded) return 'refunded'
  return charge.amount_refunded > 0 ? 'partly refunded' : 'succeeded'
}

/** The method of the last attempt: a refusal leaves the intent without one. */
export function paidWith(account: Account, intent: PaymentIntent): string {
  return paymentMethod(account, chargeOf(account, intent)?.payment_method ?? intent.payment_method) || '—'
}

function chargeOf(account: Account, intent: PaymentIntent): Charge | undefined {
  return account.find('charge', intent.latest_charge)
}

function mustHaveCharge(account: Account, intent: PaymentIntent): Charge {
  const charge = chargeOf(account, intent)
  if (charge?.status === 'succeeded') return charge
  throw refused('This payment has not succeeded, so it cannot be refunded or disputed.')
}

function emailOf(account: Account, intent: PaymentIntent): string {
  const charge = chargeOf(account, intent)
  const { session } = account.get('intent_details', intent.id)
  return (
    charge?.billing_details.email ??
    account.find('checkout.session', session)?.customer_details?.email ??
    account.find('customer', intent.customer)?.email ??
    intent.receipt_email ??
    ''
  )
}

function reasonOf(text: string): 'duplicate' | 'fraudulent' | 'requested_by_customer' | null {
  return text === 'duplicate' || text === 'fraudulent' || text === 'requested_by_customer' ? text : null
}

function actionsFor(intent: PaymentIntent, charge: Charge | undefined): ActionForm[] {
  if (intent.status === 'processing') return [DEBIT_ACTION]
  if (intent.status === 'requires_capture') {
    const all = amount(intent.amount_capturable, intent.currency)
    return [
      {
        name: 'capture',
        title: 'Capture',
        fields: [{ name: 'amount', label: 'Amount', hint: `Empty: all of ${all}.` }],
        buttons: [{ label: 'Capture' }],
      },
    ]
  }
  if (charge?.status !== 'succeeded' || intent.status !== 'succeeded') return []
  const open = charge.amount_captured - charge.amount_refunded
  const refund: ActionForm = {
    name: 'refund',
    title: 'Refund',
    fields: [
      { name: 'amount', label: 'Amount', hint: `Empty: all of ${amount(open, charge.currency)}.` },
      {
        name: 'reason',
        label: 'Reason',
        options: [
          { value: '', label: 'None' },
          ...['requested_by_customer', 'duplicate', 'fraudulent'].map((value) => ({
            value,
            label: words(value),
          })),
        ],
      },
    ],
    buttons: [{ label: 'Refund' }],
  }
  const dispute: ActionForm = {
    name: 'dispute',
    title: 'Dispute',
    explain:
      'The customer complains to their bank. A dispute takes the money and a fee; an inquiry takes nothing.',
    fields: [
      {
        name: 'reason',
        label: 'Reason',
        options: DISPUTE_REASONS.map((value) => ({ value, label: words(value) })),
      },
      {
        name: 'kind',
        label: 'Kind',
        options: [
          { value: 'dispute', label: 'dispute' },
          { value: 'inquiry', label: 'inquiry' },
        ],
      },
    ],
    buttons: [{ label: 'Raise it', quiet: true }],
  }
  return open > 0 ? [refund, dispute] : [dispute]
}

export function attemptsOf(account: Account, intent: PaymentIntent): Table {
  const rows = [...account.all('charge').newestFirst()]
    .filter((charge) => charge.payment_intent === intent.id)
    .map((charge) => ({
      href: '',
      cells: [
        paymentMethod(account, charge.payment_method),
        charge.status,
        charge.failure_message ?? charge.outcome?.seller_message ?? '',
        charge.id,
        time(charge.created),
      ],
    }))
  return {
    title: 'Attempts',
    columns: [
      { label: 'Method' },
      { label: 'Result', as: 'state' },
      { label: 'Bank’s answer' },
      { label: 'Charge', as: 'code', extra: true },
      { label: 'When', as: 'time', extra: true },
    ],
    rows,
    empty: 'The customer has not tried to pay yet.',
  }
}

/** Warnings, refunds and disputes, if there are any. */
function movementsOf(account: Account, charge: Charge | undefined): Table[] {
  if (!charge) return []
  const refunds = [...account.all('refund').newestFirst()].filter((refund) => refund.charge === charge.id)
  const disputes = [...account.all('dispute').newestFirst()].filter((found) => found.charge === charge.id)
  const warnings = [...account.all('radar.early_fraud_warning').newestFirst()].filter(
    (found) => found.charge === charge.id,
  )
  const rows = [
    ...warnings.map((warning) => ({
      href: '',
      cells: [
        'Early fraud warning',
        amount(charge.amount, charge.currency),
        warning.actionable ? 'actionable' : 'closed',
        time(warning.created),
      ],
    })),
    ...refunds.map((refund) => ({
      href: `/refunds/${refund.id}`,
      cells: ['Refund', amount(refund.amount, refund.currency), refund.status ?? '', time(refund.created)],
    })),
    ...disputes.map((dispute) => ({
      href: `/disputes/${dispute.id}`,
      cells: [
        'Dispute',
        amount(dispute.amount, dispute.currency),
        words(dispute.status),
        time(dispute.created),
      ],
    })),
  ]
  if (rows.length === 0) return []
  return [
    {
      title: warnings.length > 0 ? 'Warnings, refunds and disputes' : 'Refunds and disputes',
      columns: [
        { label: 'What' },
        { label: 'Amount', as: 'amount' },
        { label: 'Status', as: 'state' },
        { label: 'When', as: 'time', extra: true },
      ],
      rows,
      empty: '',
    },
  ]
}
