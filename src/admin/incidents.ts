// Incidents: what the shop could not settle by itself.
import { Router, type Response } from 'express'
import { z } from 'zod'
import { notFound, Problem } from '../http/problem.js'
import type { Notice } from '../http/view-models.js'
import { render } from '../http/render.js'
import {
  findIncident,
  INCIDENT_STATES,
  pageOfIncidents,
  type IncidentOfOrder,
} from '../incidents/incidents.js'
import { INCIDENT_KINDS, subjectType } from '../incidents/kinds.js'
import { orderNumber } from '../orders/order-key.js'
import { dealWithIncident } from '../payments/acknowledge-order.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { adviceOn } from './incident-advice.js'
import type { IncidentRow } from './incidents-models.js'
import { keyList, readIdCursor, ROWS_TO_READ } from './key-list.js'
import { rowId } from './row-id.js'
import { orderHref, subjectHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/incidents'
const KINDS = Object.keys(INCIDENT_KINDS).sort()

const filters = z.object({
  state: z.enum(INCIDENT_STATES).catch('open'),
  kind: z.enum(KINDS).optional().catch(undefined),
})

const resolution = z.object({
  note: z.string().trim().max(2000, 'Use at most 2,000 characters.').default(''),
})

export function incidentPages({ database: { prisma }, settings }: AdminDeps): Router {
  const router = Router()

  router.get(PATH, async (request, response) => {
    const filter = filters.parse(request.query)
    const after = readIdCursor(request.query)
    const [{ timeZone }, incidents] = await Promise.all([
      settings(),
      pageOfIncidents(prisma, filter, after, ROWS_TO_READ),
    ])
    const { rows, ...links } = keyList(incidents, PATH, request.query, ({ id }) => [id])
    render(response, 'admin/incidents', {
      list: { rows: rows.map((incident) => incidentRow(incident, timeZone)), ...links },
      filter: { state: filter.state, kind: filter.kind ?? '' },
      kinds: KINDS,
    })
  })

  router.get(`${PATH}/:id`, async (request, response) => {
    const notice = doneNotice(request.query, { resolved: 'The incident is resolved.' })
    await showIncident(response, await incidentOf(request.params.id), { notice, note: '', error: null })
  })

  router.post(`${PATH}/:id`, async (request, response) => {
    const incident = await incidentOf(request.params.id)
    const form = resolution.safeParse(request.body ?? {})
    if (!form.success) {
      response.status(422)
      const note = z.object({ note: z.string() }).safeParse(request.body).data?.note ?? ''
      await showIncident(response, incident, {
        notice: null,
        note,
        error: form.error.issues[0]?.message ?? null,
      })
      return
    }
    if (!(await dealWithIncident(prisma, incident, form.data.note || null)))
      throw new Problem(
        409,
        'incident_resolved',
        'Already resolved',
        `Incident ${incident.id} was resolved before. Your note was not kept.`,
      )
    response.redirect(303, `${PATH}/${incident.id}?done=resolved`)
  })

  async function incidentOf(id: string): Promise<IncidentOfOrder> {
    const incident = await findIncident(prisma, rowId(id))
    if (incident === null) throw notFound()
    return incident
  }

  async function showIncident(
    response: Response,
    incident: IncidentOfOrder,
    form: { notice: Notice | null; note: string; error: string | null },
  ): Promise<void> {
    const { timeZone } = await settings()
    const { resolvedAt, resolvedBy, resolvedById, note } = incident
    const operator =
      resolvedById === null
        ? null
        : await prisma.user.findUnique({ where: { id: resolvedById }, select: { name: true } })
    render(response, 'admin/incident', {
      ...incidentRow(incident, timeZone),
      ...form,
      subjectHref: subjectHref(incident),
      advice: adviceOn(incident),
      resolved:
        resolvedAt === null
          ? null
          : {
              at: formatDateTime(resolvedAt, timeZone),
              by: operator?.name ?? (resolvedBy === 'automatic' ? 'the shop itself' : 'a command'),
              note,
            },
    })
  }
  return router
}

function incidentRow(incident: IncidentOfOrder, timeZone: string): IncidentRow {
  const { id, kind, subject, message, order, createdAt, resolvedAt } = incident
  return {
    id,
    kind,
    message,
    subject: `${subjectType(kind)} ${subject}`.trim(),
    order: order === null ? null : { number: orderNumber(order.key), href: orderHref(order.key) },
    at: formatDateTime(createdAt, timeZone),
    isOpen: resolvedAt === null,
  }
}
