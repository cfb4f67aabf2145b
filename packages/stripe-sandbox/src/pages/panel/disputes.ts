// The panel's pages of disputes and inquiries.
import { refused } from '../../api/errors.js'
import {
  acceptDispute,
  decideDispute,
  offerAppeal,
  updateEvidence,
} from '../../payments/dispute-decisions.js'
import type { Account } from '../../state/account.js'
import type { Dispute } from '../../wire.js'
import { panelKind, type ActionForm } from './kind.js'
import { relatedEvents } from './related-events.js'
import { amount, facts, metadataFacts, time, words } from './format.js'

export const disputes = panelKind<'dispute'>({
  path: 'disputes',
  kind: 'dispute',
  title: 'Disputes',
  empty: 'None. Raise one on a payment’s page, or pay with a test card that is disputed.',
  columns: [
    { label: 'Amount', as: 'amount' },
    { label: 'Status', as: 'state' },
    { label: 'Reason' },
    { label: 'Answer by', as: 'time', extra: true },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: [
    'needs response',
    'under review',
    'won',
    'lost',
    'warning needs response',
    'warning under review',
    'warning closed',
    'appeal needs response',
    'appeal under review',
  ],
  state: (_, dispute) => words(dispute.status),
  cells: (_, dispute) => [
    amount(dispute.amount, dispute.currency),
    words(dispute.status),
    words(dispute.reason),
    dispute.evidence_details.due_by === null ? '—' : time(dispute.evidence_details.due_by),
    time(dispute.created),
  ],
  words: (_, dispute) => [dispute.id, dispute.charge, dispute.payment_intent, dispute.reason],
  page(account, dispute) {
    const { evidence_details: details } = dispute
    const given = Object.entries(dispute.evidence).flatMap(([name, value]) =>
      typeof value === 'string' ? [{ href: '', cells: [words(name), fileName(account, value)] }] : [],
    )
    const appeal = dispute.evidence.appeal?.card
    if (appeal?.reason_for_filing)
      given.push({ href: '', cells: ['Reason for the appeal', appeal.reason_for_filing] })
    for (const id of appeal?.supporting_files ?? [])
      given.push({ href: '', cells: ['File for the appeal', fileName(account, id)] })
    return {
      title: amount(dispute.amount, dispute.currency),
      state: words(dispute.status),
      facts: facts(
        { label: 'Reason', value: words(dispute.reason) },
        { label: 'Answer by', value: details.due_by === null ? '' : time(details.due_by) },
        { label: 'Submitted', value: details.submission_count > 0 ? `${details.submission_count} ×` : '' },
        dispute.payment_intent === null
          ? null
          : {
              label: 'Payment',
              value: dispute.payment_intent,
              href: `/payments/${dispute.payment_intent}`,
              code: true,
            },
        { label: 'Charge', value: dispute.charge, code: true },
        { label: 'Created', value: time(dispute.created) },
        metadataFacts(dispute.metadata),
      ),
      actions: actionsFor(dispute),
      tables: [
        {
          title: 'Evidence',
          columns: [{ label: 'Field' }, { label: 'Value' }],
          rows: given,
          empty: 'None.',
        },
        {
          title: 'Money',
          columns: [
            { label: 'What' },
            { label: 'Amount', as: 'amount' },
            { label: 'Fee', as: 'amount' },
            { label: 'Net', as: 'amount' },
          ],
          rows: dispute.balance_transactions.map((entry) => ({
            href: '',
            cells: [
              words(entry.reporting_category),
              amount(entry.amount, entry.currency),
              amount(entry.fee, entry.currency),
              amount(entry.net, entry.currency),
            ],
          })),
          empty: 'No money has moved, because this is an inquiry.',
        },
        relatedEvents(account, dispute.id),
      ],
    }
  },
  actions: {
    evidence(account, dispute, { text, choice }) {
      const words = text('evidence')
      if (words === '' && choice !== 'submit')
        throw refused('Enter some evidence first, or submit what is saved.')
      updateEvidence(account, dispute, {
        evidence: words === '' ? {} : { uncategorized_text: words },
        submit: choice === 'submit',
      })
      return choice === 'submit' ? 'Evidence submitted to the bank.' : 'Evidence saved, not submitted.'
    },
    accept(account, dispute) {
      acceptDispute(account, dispute)
      return 'Dispute accepted.'
    },
    appeal(account, dispute) {
      offerAppeal(account, dispute)
      return 'The shop can appeal.'
    },
    decide(account, dispute, { choice }) {
      if (choice !== 'win' && choice !== 'lose' && choice !== 'escalate')
        throw refused('The outcome must be win, lose or escalate.')
      decideDispute(account, dispute, choice)
      return choice === 'escalate' ? 'The inquiry became a dispute.' : 'The bank has decided.'
    },
  },
})

/** A file's id with its name; any other text as it is. */
function fileName(account: Account, value: string): string {
  const file = account.find('file', value)
  return file ? `${file.id} (${file.filename ?? ''}, ${file.size} bytes)` : value
}

function actionsFor({ status, evidence }: Dispute): ActionForm[] {
  const answerable = status === 'needs_response' || status === 'warning_needs_response'
  const inquiry = status.startsWith('warning')
  if (status === 'lost' && !evidence.appeal)
    return [
      {
        name: 'appeal',
        title: 'Appeal',
        explain: 'Stripe offers appeals to accounts that asked for them.',
        buttons: [{ label: 'Let the shop appeal', quiet: true }],
      },
    ]
  if (status === 'won' || status === 'lost' || status === 'warning_closed') return []
  return [
    ...(answerable
      ? [
          {
            name: 'evidence',
            title: 'Answer with evidence',
            explain:
              'winning_evidence and losing_evidence decide at once, as at Stripe; escalate_inquiry_evidence turns an inquiry into a dispute.',
            fields: [{ name: 'evidence', label: 'Evidence', lines: 3 }],
            buttons: [
              { label: 'Submit', value: 'submit' },
              { label: 'Save for later', value: 'stage', quiet: true },
            ],
          },
        ]
      : []),
    {
      name: 'decide',
      title: 'The bank decides',
      buttons: inquiry
        ? [
            { label: 'Close the inquiry', value: 'win' },
            { label: 'Escalate', value: 'escalate', quiet: true },
          ]
        : [
            { label: 'The shop wins', value: 'win' },
            { label: 'The shop loses', value: 'lose', quiet: true },
          ],
    },
    ...(answerable
      ? [
          {
            name: 'accept',
            title: 'Accept',
            explain: inquiry ? 'The inquiry is closed.' : 'You give up the money.',
            buttons: [{ label: 'Accept', quiet: true }],
          },
        ]
      : []),
  ]
}
