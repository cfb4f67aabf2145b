import type { Account } from '../../state/account.js'
import type { Invoice } from '../../wire.js'
import type { Row, Table } from './kind.js'
import { deliveryState } from './delivery-state.js'
import { time } from './format.js'

/** How far back is looked, and how many are shown: a page must stay quick in a long test run. */
const MOST_SEEN = 20_000
const MOST_SHOWN = 60

/** An invoice names its subscription further down. */
function subscriptionOf({ parent }: Partial<Invoice>): string | undefined {
  return parent?.subscription_details?.subscription
}

/** What happened to an object: the events that are about it or name it. */
export function relatedEvents(account: Account, ...ids: (string | null)[]): Table {
  const wanted = new Set(ids.filter((id) => id !== null))
  const rows: Row[] = []
  let seen = 0
  for (const event of account.all('event').newestFirst()) {
    if (++seen > MOST_SEEN || rows.length === MOST_SHOWN) break
    const { object } = event.data
    const names = object as Record<string, unknown>
    const about = [
      names.id,
      names.payment_intent,
      names.charge,
      names.customer,
      names.invoice,
      names.subscription,
      subscriptionOf(object),
    ]
    if (!about.some((id) => typeof id === 'string' && wanted.has(id))) continue
    rows.push({
      href: `/events/${event.id}`,
      cells: [event.type, deliveryState(account, event.id), time(event.created)],
    })
  }
  return {
    title: 'Events',
    columns: [
      { label: 'Type' },
      { label: 'Delivery', as: 'state' },
      { label: 'When', as: 'time', extra: true },
    ],
    rows,
    empty: 'None yet.',
  }
}
