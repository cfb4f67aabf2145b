// Finds the page of an object by its id.
import type { Account } from '../../state/account.js'
import type { RecordKinds } from '../../state/records.js'

/** The page that shows each kind of object. Charges are shown on their payment's page. */
const PAGE_OF: Partial<Record<keyof RecordKinds, string>> = {
  'checkout.session': 'sessions',
  payment_intent: 'payments',
  customer: 'customers',
  subscription: 'subscriptions',
  invoice: 'invoices',
  refund: 'refunds',
  dispute: 'disputes',
  event: 'events',
  webhook_endpoint: 'endpoints',
}

/** The path of the page for this exact id, or null. */
export function objectPath(account: Account, id: string): string | null {
  for (const [kind, path] of Object.entries(PAGE_OF)) {
    if (account.find(kind as keyof RecordKinds, id)) return `/${path}/${id}`
  }
  const charge = account.find('charge', id)
  return charge?.payment_intent ? `/payments/${charge.payment_intent}` : null
}
