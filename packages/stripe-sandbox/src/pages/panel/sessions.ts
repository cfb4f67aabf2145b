// The panel's pages of Checkout sessions.
import { refused } from '../../api/errors.js'
import { expireSession } from '../../resources/checkout-sessions.js'
import { panelKind, type ActionForm } from './kind.js'
import { relatedEvents } from './related-events.js'
import { DEBIT_ACTION, settleDebit } from './settle-debit.js'
import { amount, facts, metadataFacts, time, words } from './format.js'

export const sessions = panelKind<'checkout.session'>({
  path: 'sessions',
  kind: 'checkout.session',
  title: 'Sessions',
  empty: 'None yet. Buy something in your shop, or create a session with the API.',
  columns: [
    { label: 'Amount', as: 'amount' },
    { label: 'Status', as: 'state' },
    { label: 'Payment', as: 'state', extra: true },
    { label: 'Customer' },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: ['open', 'complete', 'expired'],
  state: (_, session) => session.status ?? '',
  cells: (_, session) => [
    amount(session.amount_total, session.currency),
    session.status ?? '',
    session.payment_status.replaceAll('_', ' '),
    session.customer_details?.email ?? '—',
    time(session.created),
  ],
  words: (_, session) => [
    session.id,
    session.customer_details?.email,
    session.client_reference_id,
    session.payment_intent,
    session.customer,
    ...Object.values(session.metadata ?? {}),
  ],
  page(account, session) {
    const { currency, total_details: totals } = session
    const { lineItems } = account.get('session_details', session.id)
    const intent = account.find('payment_intent', session.payment_intent)
    const actions: ActionForm[] = [
      ...(session.status === 'open'
        ? [
            {
              name: 'expire',
              title: 'Expire',
              explain: 'The customer can no longer pay. The shop receives checkout.session.expired.',
              buttons: [{ label: 'Expire this session' }],
            },
          ]
        : []),
      ...(intent?.status === 'processing' ? [DEBIT_ACTION] : []),
    ]
    return {
      title: amount(session.amount_total, currency),
      state: session.status ?? '',
      links: session.status === 'open' ? [{ href: `/c/pay/${session.id}`, label: 'Open the pay page' }] : [],
      facts: facts(
        { label: 'Payment status', value: session.payment_status.replaceAll('_', ' ') },
        intent ? { label: 'Payment', value: intent.id, href: `/payments/${intent.id}`, code: true } : null,
        session.subscription === null
          ? null
          : {
              label: 'Subscription',
              value: session.subscription,
              href: `/subscriptions/${session.subscription}`,
              code: true,
            },
        session.invoice === null
          ? null
          : { label: 'Invoice', value: session.invoice, href: `/invoices/${session.invoice}`, code: true },
        session.customer === null
          ? null
          : {
              label: 'Customer',
              value: session.customer,
              href: `/customers/${session.customer}`,
              code: true,
            },
        { label: 'Email', value: session.customer_details?.email ?? '' },
        { label: 'Reference', value: session.client_reference_id ?? '', code: true },
        { label: 'Discount', value: totals?.amount_discount ? amount(totals.amount_discount, currency) : '' },
        { label: 'Shipping', value: totals?.amount_shipping ? amount(totals.amount_shipping, currency) : '' },
        { label: 'Tax', value: totals?.amount_tax ? amount(totals.amount_tax, currency) : '' },
        { label: 'Automatic tax', value: words(session.automatic_tax.status ?? '') },
        { label: 'Created', value: time(session.created) },
        { label: session.status === 'open' ? 'Expires' : 'Expiry', value: time(session.expires_at) },
        { label: 'Success URL', value: session.success_url ?? '', code: true },
        { label: 'Cancel URL', value: session.cancel_url ?? '', code: true },
        metadataFacts(session.metadata),
      ),
      actions,
      tables: [
        {
          title: 'Lines',
          columns: [
            { label: 'Product' },
            { label: 'Quantity', as: 'amount' },
            { label: 'Total', as: 'amount' },
          ],
          rows: lineItems.map((line) => ({
            href: '',
            cells: [
              line.description ?? '',
              String(line.quantity ?? 1),
              amount(line.amount_total, line.currency),
            ],
          })),
          empty: 'No lines.',
        },
        relatedEvents(account, session.id, session.payment_intent),
      ],
    }
  },
  actions: {
    expire(account, session) {
      if (session.status !== 'open') throw refused(`This session is already ${session.status ?? 'closed'}.`)
      expireSession(account, session)
      return 'Session expired.'
    },
    settle: (account, session, { choice }) => settleDebit(account, session.payment_intent, choice),
  },
})
