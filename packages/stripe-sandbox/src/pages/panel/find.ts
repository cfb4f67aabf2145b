import type { Account } from '../../state/account.js'
import type { RecordKinds } from '../../state/records.js'

/** Which page shows an object. What belongs to a payment is shown there. */
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

/** The page of the object with this very id, or null. */
export function objectPath(account: Account, id: string): string | null {
  for (const [kind, path] of Object.entries(PAGE_OF)) {
    if (account.find(kind as keyof RecordKinds, id)) return `/${path}/${id}`
  }
  const charge = account.find('charge', id)
  return charge?.payment_intent ? `/payments/${charge.payment_intent}` : null
}
