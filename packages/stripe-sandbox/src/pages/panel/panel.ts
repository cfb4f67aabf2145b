// The control panel: a list and a page for every kind of object, with buttons.
import { Router, type Request, type Response } from 'express'
import { StripeApiError } from '../../api/errors.js'
import { Account } from '../../state/account.js'
import { newId } from '../../state/identifiers.js'
import type { RecordKinds } from '../../state/records.js'
import { message } from '../message.js'
import type { PageDeps } from '../page-deps.js'
import { customers } from './customers.js'
import { deliveryPages } from './deliveries.js'
import { disputes } from './disputes.js'
import { endpoints } from './endpoints.js'
import { events } from './events.js'
import { faultPages } from './faults.js'
import { objectPath } from './find.js'
import type { PanelKind, Row } from './kind.js'
import { invoices } from './invoices.js'
import { overviewPages } from './overview.js'
import { payments } from './payments.js'
import { PAGE_SIZE, query, type Query } from './query.js'
import { refunds } from './refunds.js'
import { sessions } from './sessions.js'
import { accountAsked, shell } from './shell.js'
import { subscriptions } from './subscriptions.js'

const KINDS: readonly PanelKind[] = [
  sessions,
  payments,
  customers,
  subscriptions,
  invoices,
  refunds,
  disputes,
  events,
  endpoints,
]

/** The page with the note may never be opened. */
const MOST_NOTES = 100

/** The buttons do what Stripe, banks and time would do. */
export function panelPages(parts: PageDeps): Router {
  const router = Router()
  // The result of a button is shown once, on the next page.
  const notes = new Map<string, string>()
  router.use(overviewPages(parts))
  router.use(deliveryPages(parts))
  router.use(faultPages(parts))
  for (const kind of KINDS) {
    router.get(`/${kind.path}`, (request, response) => list(parts, kind, request, response))
    router.get(`/${kind.path}/:id`, (request, response) => {
      const found = find(parts, kind, request)
      if (!found) {
        notFound(response)
        return
      }
      const done = notes.get(found.record.id)
      notes.delete(found.record.id)
      show(parts, kind, found, request, response, done === undefined ? {} : { done })
    })
    router.post(`/${kind.path}/:id/:action`, (request, response) =>
      act(parts, kind, notes, request, response),
    )
  }
  return router
}

type Found = { account: Account; record: RecordKinds[keyof RecordKinds] }
type Asked = Request<{ id: string; action?: string }>

function find(parts: PageDeps, kind: PanelKind, request: Asked): Found | undefined {
  const { context } = parts
  const accountId = context.store.accountOf(kind.kind, request.params.id)
  if (accountId === undefined) return undefined
  const account = new Account(accountId, context, { id: newId('request'), idempotency_key: null })
  return { account, record: account.get(kind.kind, request.params.id) }
}

function list(parts: PageDeps, kind: PanelKind, request: Request, response: Response): void {
  const account = accountAsked(parts, request)
  const asked = query(request)
  const exact = objectPath(account, asked.text)
  if (exact !== null) {
    response.redirect(303, exact)
    return
  }
  const { rows, older } = listPage(account, kind, asked)
  response.render('panel/list', {
    ...shell(parts, request, account, kind.path),
    title: kind.title,
    path: `/${kind.path}`,
    empty: kind.empty,
    columns: kind.columns,
    states: kind.states,
    asked,
    rows,
    older,
  })
}

function listPage(account: Account, kind: PanelKind, asked: Query): { rows: Row[]; older: string | null } {
  const wanted = asked.text.toLowerCase()
  const rows: Row[] = []
  let last: string | undefined
  for (const record of account.all(kind.kind).newestFirst(asked.after)) {
    if (asked.state !== '' && kind.state(account, record) !== asked.state) continue
    if (wanted !== '' && !kind.words(account, record).some((word) => word?.toLowerCase().includes(wanted)))
      continue
    if (rows.length === PAGE_SIZE) return { rows, older: last ?? null }
    rows.push({ href: `/${kind.path}/${record.id}`, cells: kind.cells(account, record) })
    last = record.id
  }
  return { rows, older: null }
}

function show(
  parts: PageDeps,
  kind: PanelKind,
  { account, record }: Found,
  request: Asked,
  response: Response,
  shown: { done?: string; problem?: string } = {},
): void {
  const { present } = parts.context
  response.render('panel/object', {
    ...shell(parts, request, account, kind.path),
    back: `/${kind.path}/${record.id}`,
    id: record.id,
    path: `/${kind.path}`,
    kindTitle: kind.title,
    deliveries: null,
    links: [],
    tables: [],
    actions: [],
    ...kind.page(account, record),
    payload: JSON.stringify(present(account, record), null, 2),
    ...shown,
  })
}

function act(
  parts: PageDeps,
  kind: PanelKind,
  notes: Map<string, string>,
  request: Asked,
  response: Response,
): void {
  const found = find(parts, kind, request)
  const { action: name = '' } = request.params
  const action = Object.hasOwn(kind.actions, name) ? kind.actions[name] : undefined
  if (!found || !action) {
    notFound(response)
    return
  }
  const body = (request.body ?? {}) as Record<string, unknown>
  const text = (name: string): string => {
    const value = body[name]
    return typeof value === 'string' ? value.trim().slice(0, 5000) : ''
  }
  try {
    const done = parts.context.store.transaction(
      () => action(found.account, found.record, { text, choice: text('choice') }),
      // A declined card is shown as a problem, and its charge is kept.
      (error) => error instanceof StripeApiError && error.executed,
    )
    if (notes.size > MOST_NOTES) notes.clear()
    notes.set(found.record.id, done)
    response.redirect(303, `/${kind.path}/${found.record.id}`)
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error
    response.status(error.status)
    show(parts, kind, find(parts, kind, request) ?? found, request, response, { problem: error.message })
  }
}

function notFound(response: Response): void {
  message(response, 404, 'Object not found', 'It may belong to another sandbox, or be deleted.', {
    href: '/',
    label: 'Back to the overview',
  })
}
