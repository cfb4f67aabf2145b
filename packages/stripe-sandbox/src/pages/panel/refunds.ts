// The panel's pages of refunds.
import { cancelRefund, finishRefund } from '../../payments/refunds.js'
import { panelKind, type ActionForm } from './kind.js'
import { relatedEvents } from './related-events.js'
import { amount, facts, metadataFacts, time, words } from './format.js'

export const refunds = panelKind<'refund'>({
  path: 'refunds',
  kind: 'refund',
  title: 'Refunds',
  empty: 'None yet. Refund a payment on its page.',
  columns: [
    { label: 'Amount', as: 'amount' },
    { label: 'Status', as: 'state' },
    { label: 'Reason' },
    { label: 'Payment', as: 'code', extra: true },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: ['succeeded', 'pending', 'failed', 'canceled'],
  state: (_, refund) => refund.status ?? '',
  cells: (_, refund) => [
    amount(refund.amount, refund.currency),
    refund.status ?? '',
    words(refund.reason ?? '—'),
    refund.payment_intent ?? '',
    time(refund.created),
  ],
  words: (_, refund) => [
    refund.id,
    refund.payment_intent,
    refund.charge,
    ...Object.values(refund.metadata ?? {}),
  ],
  page(account, refund) {
    const actions: ActionForm[] = []
    const waits = refund.status === 'pending' || refund.status === 'requires_action'
    if (waits || refund.status === 'succeeded') {
      actions.push({
        name: 'finish',
        title: 'Finish',
        explain: 'What the customer’s bank does with the money.',
        buttons: [
          ...(waits ? [{ label: 'It arrives', value: 'succeed' }] : []),
          { label: 'It fails', value: 'fail', quiet: true },
        ],
      })
    }
    if (waits) {
      actions.push({
        name: 'cancel',
        title: 'Cancel',
        explain: 'Possible while it is pending.',
        buttons: [{ label: 'Cancel the refund', quiet: true }],
      })
    }
    return {
      title: amount(refund.amount, refund.currency),
      state: refund.status ?? '',
      facts: facts(
        refund.payment_intent === null
          ? null
          : {
              label: 'Payment',
              value: refund.payment_intent,
              href: `/payments/${refund.payment_intent}`,
              code: true,
            },
        { label: 'Reason', value: words(refund.reason ?? '') },
        { label: 'Failed because', value: words(refund.failure_reason ?? '') },
        { label: 'Created', value: time(refund.created) },
        metadataFacts(refund.metadata),
      ),
      actions,
      tables: [relatedEvents(account, refund.id)],
    }
  },
  actions: {
    finish(account, refund, { choice }) {
      finishRefund(account, refund.id, choice === 'fail' ? 'failed' : 'succeeded')
      return choice === 'fail' ? 'Refund failed. The money came back.' : 'Refund arrived.'
    },
    cancel(account, refund) {
      cancelRefund(account, refund)
      return 'Refund canceled.'
    },
  },
})
