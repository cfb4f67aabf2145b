// The panel's pages of customers.
import { invoicesTable } from './invoices.js'
import { panelKind } from './kind.js'
import { paidWith, paymentState } from './payments.js'
import { relatedEvents } from './related-events.js'
import { amount, facts, metadataFacts, paymentMethod, time } from './format.js'
import { subscriptionsTable } from './subscriptions.js'

/** Guests have no customer object. */
export const customers = panelKind<'customer'>({
  path: 'customers',
  kind: 'customer',
  title: 'Customers',
  empty: 'None yet. Create one with the API, or with customer_creation: always on a session.',
  columns: [
    { label: 'Email' },
    { label: 'Name' },
    { label: 'Payments', as: 'amount' },
    { label: 'Created', as: 'time', extra: true },
  ],
  states: [],
  state: () => '',
  cells: (account, customer) => {
    const intents = [...account.all('payment_intent').newestFirst()]
    const count = intents.filter((intent) => intent.customer === customer.id).length
    return [customer.email ?? '—', customer.name ?? '—', String(count), time(customer.created)]
  },
  words: (_, customer) => [
    customer.id,
    customer.email,
    customer.name,
    customer.phone,
    customer.description,
    ...Object.values(customer.metadata),
  ],
  page(account, customer) {
    const intents = [...account.all('payment_intent').newestFirst()].filter(
      (intent) => intent.customer === customer.id,
    )
    return {
      title: customer.name ?? customer.email ?? customer.id,
      state: '',
      facts: facts(
        { label: 'Email', value: customer.email ?? '' },
        { label: 'Phone', value: customer.phone ?? '' },
        { label: 'Description', value: customer.description ?? '' },
        {
          label: 'Address',
          value: Object.values(customer.address ?? {})
            .filter((part) => part !== null)
            .join(', '),
        },
        {
          label: 'Pays with',
          value: paymentMethod(account, customer.invoice_settings.default_payment_method),
        },
        { label: 'Created', value: time(customer.created) },
        metadataFacts(customer.metadata),
      ),
      tables: [
        {
          title: 'Payments',
          columns: [
            { label: 'Amount', as: 'amount' },
            { label: 'Status', as: 'state' },
            { label: 'Paid with' },
            { label: 'Created', as: 'time', extra: true },
          ],
          rows: intents.map((intent) => ({
            href: `/payments/${intent.id}`,
            cells: [
              amount(intent.amount, intent.currency),
              paymentState(account, intent),
              paidWith(account, intent),
              time(intent.created),
            ],
          })),
          empty: 'None yet.',
        },
        ...subscriptionsTable(account, (subscription) => subscription.customer === customer.id),
        ...invoicesTable(account, (invoice) => invoice.customer === customer.id),
        relatedEvents(account, customer.id),
      ],
    }
  },
  actions: {},
})
