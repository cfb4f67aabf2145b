// The audit log: who did what, when and from where.
import { once } from 'node:events'
import { Router } from 'express'
import { z } from 'zod'
import { exportAudit } from '../audit/export-audit.js'
import { auditChoices, readAudit, type AuditFilter, type AuditRow } from '../audit/read-audit.js'
import { isStorableTime } from '../database/storable-time.js'
import { render } from '../http/render.js'
import { listOperators } from '../operators/operators.js'
import type { AdminDeps } from './admin-deps.js'
import type { ShownEntry } from './audit-models.js'
import { keyList, listHref, readCursor, ROWS_TO_READ } from './key-list.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/audit'
const CSV_PATH = '/admin/audit.csv'

/** Where the things are that entries name. */
const PAGES: Readonly<Record<string, (id: string) => string>> = {
  order: (id) => `/admin/orders/${encodeURIComponent(id)}`,
  incident: (id) => `/admin/incidents/${encodeURIComponent(id)}`,
  event: (id) => `/admin/events/${encodeURIComponent(id)}`,
  mail: (id) => `/admin/mails/${encodeURIComponent(id)}`,
  dispute: (id) => `/admin/disputes/${encodeURIComponent(id)}`,
  payment: (id) => `/admin/payments/${encodeURIComponent(id)}`,
  customer: (id) => `/admin/customers/${encodeURIComponent(id)}`,
}

/** Filters that make no sense are left out. */
const word = z.string().trim().min(1).max(100).optional().catch(undefined)
const day = z.iso.date().refine(isStorableTime).optional().catch(undefined)
const filters = z.object({
  who: z
    .union([z.enum(['command', 'api']), z.coerce.number().int().positive().max(2_147_483_647)])
    .optional()
    .catch(undefined),
  action: word,
  subject: word,
  id: word,
  from: day,
  to: day,
})
type Filters = z.infer<typeof filters>

export function auditPages({ database, settings }: AdminDeps): Router {
  const { prisma } = database
  const router = Router()

  router.get(PATH, async (request, response) => {
    const query = filters.parse(request.query)
    const before = beforeOf(request.query)
    const { timeZone } = await settings()
    const [rows, choices, operators] = await Promise.all([
      readAudit(prisma, filterOf(query, timeZone), before, ROWS_TO_READ),
      auditChoices(prisma),
      listOperators(database),
    ])
    const list = keyList(rows, PATH, request.query, ({ id }) => [Number(id)])
    const text = (name: keyof Filters) => String(query[name] ?? '')
    render(response, 'admin/audit', {
      list: { ...list, rows: list.rows.map((row) => shown(row, timeZone)) },
      csvHref: listHref(CSV_PATH, request.query),
      values: {
        who: text('who'),
        action: text('action'),
        subject: text('subject'),
        id: text('id'),
        from: text('from'),
        to: text('to'),
      },
      isFiltered: Object.values(query).some((value) => value !== undefined),
      people: peopleOf(operators, query.who),
      ...choices,
    })
  })

  router.get(CSV_PATH, async (request, response) => {
    const { timeZone } = await settings()
    const filter = filterOf(filters.parse(request.query), timeZone)
    response.attachment('audit-log.csv').type('text/csv; charset=utf-8')
    for await (const line of exportAudit(prisma, filter)) {
      if (response.destroyed) return
      if (!response.write(line)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    response.end()
  })

  return router
}

function filterOf({ id: subjectId, ...query }: Filters, timeZone: string): AuditFilter {
  return { ...query, subjectId, timeZone }
}

function beforeOf(query: Record<string, unknown>): number | null {
  const [id] = readCursor(query) ?? []
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null
}

function peopleOf(
  operators: readonly { id: number; name: string }[],
  who: Filters['who'],
): { value: string; label: string }[] {
  const known = operators.map(({ id, name }) => ({ value: String(id), label: name }))
  const isFormer = typeof who === 'number' && !operators.some(({ id }) => id === who)
  return [
    ...known,
    ...(isFormer ? [{ value: String(who), label: `Account ${who}` }] : []),
    { value: 'command', label: 'Command line' },
    { value: 'api', label: 'API' },
  ]
}

function shown(row: AuditRow, timeZone: string): ShownEntry {
  const { id, at, actor, actorId, actorName, address, requestId, action, subject, subjectId, fields } = row
  return {
    id: String(id),
    at: formatDateTime(at, timeZone),
    who:
      actorName ?? (actorId === null ? (actor === 'command' ? 'Command line' : actor) : `Account ${actorId}`),
    whoHref: actorId === null ? null : `${PATH}?who=${actorId}`,
    ...{ address, requestId, action, subject, subjectId },
    subjectHref: PAGES[subject]?.(subjectId) ?? null,
    fields: fields.join(', '),
  }
}
