// The panel's list of deliveries.
import { Router } from 'express'
import type { Account } from '../../state/account.js'
import type { Delivery } from '../../state/records.js'
import type { PageDeps } from '../page-deps.js'
import type { Column, Row } from './kind.js'
import { nameOfTarget } from './delivery-state.js'
import { objectPath } from './find.js'
import { PAGE_SIZE, query, type Query } from './query.js'
import { accountAsked, shell } from './shell.js'
import { time } from './format.js'

const COLUMNS: Column[] = [
  { label: 'Event' },
  { label: 'Delivery', as: 'state' },
  { label: 'Answer' },
  { label: 'Attempts', as: 'amount', extra: true },
  { label: 'Endpoint', as: 'code', extra: true },
  { label: 'Last attempt', as: 'time', extra: true },
]

/** Every delivery of every event, newest first. */
export function deliveryPages(parts: PageDeps): Router {
  const router = Router()
  router.get('/deliveries', (request, response) => {
    const account = accountAsked(parts, request)
    const asked = query(request)
    const exact = objectPath(account, asked.text)
    if (exact?.startsWith('/events/')) {
      response.redirect(303, exact)
      return
    }
    const { rows, older } = page(account, asked)
    response.render('panel/list', {
      ...shell(parts, request, account, 'deliveries'),
      title: 'Deliveries',
      path: '/deliveries',
      empty: 'None yet. An event is delivered to every endpoint that wants it.',
      columns: COLUMNS,
      states: ['delivered', 'taken', 'pending', 'failed', 'dropped'],
      asked,
      rows,
      older,
    })
  })
  return router
}

function page(account: Account, asked: Query): { rows: Row[]; older: string | null } {
  const rows: Row[] = []
  for (const record of account.all('deliveries').newestFirst(asked.after)) {
    const event = account.find('event', record.id)
    if (!event) continue
    for (const target of record.targets) {
      const url = nameOfTarget(account, target)
      const words = [event.type, event.id, url, target.endpoint].join(' ').toLowerCase()
      if (!words.includes(asked.text.toLowerCase())) continue
      if (asked.state !== '' && target.state !== asked.state) continue
      rows.push({ href: `/events/${event.id}`, cells: cells(event.type, target, url) })
    }
    if (rows.length >= PAGE_SIZE) return { rows, older: record.id }
  }
  return { rows, older: null }
}

function cells(type: string, target: Delivery, url: string): string[] {
  const last = target.attempts.at(-1)
  return [
    type,
    target.state,
    last ? String(last.status ?? 'no answer') : '—',
    String(target.attempts.length),
    url,
    last ? time(last.at / 1000) : '—',
  ]
}
