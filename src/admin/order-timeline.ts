// The history of an order: its facts, notes, mails, events, and what operators did.
import type { OrderAction, OrderRecord } from '../orders/order-record.js'
import { timelineOf } from '../orders/timeline.js'
import type { ShownTime } from './times.js'
import { words } from './words.js'

export function timelineWithNotes(
  order: OrderRecord,
  actions: readonly OrderAction[],
  at: (time: Date) => ShownTime,
) {
  const entries: { time: Date; kind: string; text: string; by: string | null; href: string | null }[] = [
    ...timelineOf(order).map((entry) => ({
      ...{ time: new Date(entry.at.iso), kind: 'order', text: entry.text, by: null, href: null },
    })),
    ...order.notes.map(({ createdAt, text, author }) => ({
      ...{ time: createdAt, kind: 'note', text, by: author?.name ?? 'Command line', href: null },
    })),
    ...actions
      .filter(({ action }) => action !== 'order.noted')
      .map((action) => ({
        ...{ time: action.at, kind: 'action', text: words(action.action.replace('.', ': ')) },
        ...{ by: actorOf(action), href: null },
      })),
    ...order.mails.flatMap(({ id, kind, sentAt }) =>
      sentAt === null
        ? []
        : [{ time: sentAt, kind: 'mail', text: words(kind), by: null, href: `/admin/mails/${id}` }],
    ),
    ...order.events.map(({ id, type, receivedAt }) => ({
      ...{ time: receivedAt, kind: 'event', text: type, by: null, href: `/admin/events/${id}` },
    })),
  ]
  return entries
    .toSorted((one, other) => other.time.getTime() - one.time.getTime())
    .map(({ time, ...entry }) => ({ at: at(time), ...entry }))
}

export function actorOf({ actor, name }: OrderAction): string {
  if (actor === 'command') return 'Command line'
  return name ?? (actor === 'api' ? 'API' : 'An operator')
}
