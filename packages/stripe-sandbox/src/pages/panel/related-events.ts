// Finds the events about an object.
import type { Account } from '../../state/account.js'
import type { Invoice } from '../../wire.js'
import type { Row, Table } from './kind.js'
import { deliveryState } from './delivery-state.js'
import { time } from './format.js'

/** How many events are searched and shown, so that pages stay fast after a long test run. */
const MOST_SEEN = 20_000
const MOST_SHOWN = 60

/** An invoice names its subscription in a nested field. */
function subscriptionOf({ parent }: Partial<Invoice>): string | undefined {
  return parent?.subscription_details?.subscription
}

/** The events whose object is this one or names it. */
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
