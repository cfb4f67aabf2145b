// Stripe's events: what was received, what became of it, and handling it again.
import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { isStorableTime } from '../database/storable-time.js'
import { EventOutcome } from '../generated/prisma/enums.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { findOrderIds } from '../orders/find-order.js'
import { orderNumber } from '../orders/order-key.js'
import { fetchMissed } from '../webhooks/catch-up.js'
import { SUBSCRIBED_TYPES } from '../webhooks/dispatch.js'
import { listEvents, type ListedEvent } from '../webhooks/event-list.js'
import { backlogOf } from '../webhooks/event-rows.js'
import { ignoreEvent } from '../webhooks/ignore-event.js'
import { replayEvent, replayFailed } from '../webhooks/replay-events.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { formatDuration } from './durations.js'
import type { EventRow } from './events-models.js'
import { keyList, readCursor, ROWS_TO_READ } from './key-list.js'
import { payloadText, replayForOperator } from './replay-event.js'
import { orderHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/events'
const OUTCOMES = Object.values(EventOutcome)

/** Events of one click on "Replay all failed": they take seconds. */
const REPLAYED_AT_ONCE = 100

const TONES: Record<string, string> = {
  done: 'good',
  unhandled: 'warn',
  failed: 'wrong',
  quarantined: 'wrong',
}

const text = z.string().trim().max(255).catch('')
const filters = z.object({
  outcome: z.enum(OUTCOMES).optional().catch(undefined),
  type: text,
  order: text,
  id: text,
})
const cursor = z
  .tuple([z.iso.datetime().refine(isStorableTime), z.string()])
  .nullable()
  .catch(null)
const eventId = z.object({
  id: z
    .string()
    .trim()
    .regex(/^evt_\w{1,250}$/),
})
const since = z.object({ hours: z.coerce.number().int().min(1).max(720) })
const ignored = z.object({
  reason: z.string().trim().min(1, 'Say why it is ignored.').max(500, 'Use at most 500 characters.'),
})

export function eventPages(deps: AdminDeps): Router {
  const { database, settings, inbox } = deps
  const { prisma } = database
  const router = Router()

  router.get(PATH, async (request, response) => {
    const filter = filters.parse(request.query)
    const { outcome, type, order, id } = filter
    const after = cursor.parse(readCursor(request.query))
    const orderIds = order === '' ? undefined : await findOrderIds(prisma, order)
    const [{ timeZone }, events, newest, backlog] = await Promise.all([
      settings(),
      listEvents(
        prisma,
        { outcome, type: type || undefined, id: id || undefined, orderIds },
        after && { created: new Date(after[0]), id: after[1] },
        ROWS_TO_READ,
      ),
      listEvents(prisma, {}, null, 1),
      backlogOf(database),
    ])
    const { rows, ...links } = keyList(events, PATH, request.query, (event) => [
      event.created.toISOString(),
      event.id,
    ])
    const [last] = newest
    render(response, 'admin/events', {
      notice: listNotice(request),
      list: { rows: rows.map((event) => eventRow(event, timeZone)), ...links },
      filter: { outcome: outcome ?? '', type, order, id },
      hasFilter: outcome !== undefined || [type, order, id].some(Boolean),
      outcomes: OUTCOMES,
      types: SUBSCRIBED_TYPES,
      last: last ? { receivedAt: formatDateTime(last.receivedAt, timeZone), lag: lagOf(last) } : null,
      backlog: {
        waiting: inbox.size,
        unhandled: backlog.unhandled,
        oldest: formatDuration(backlog.oldestSeconds * 1000),
      },
    })
  })

  router.post(`${PATH}/replay-failed`, async (_request, response) => {
    const { events, more } = await replayFailed(deps, REPLAYED_AT_ONCE)
    const left = events.filter(({ outcome }) => !isHandled(outcome)).length
    const counts = new URLSearchParams({ replayed: String(events.length), left: String(left) })
    response.redirect(303, `${PATH}?done=replayed&${counts.toString()}${more ? '&more=1' : ''}`)
  })

  router.post(`${PATH}/catch-up`, async (request, response) => {
    const form = since.safeParse(request.body)
    if (!form.success)
      throw wrongInput('Enter a number of hours from 1 to 720: Stripe keeps events for 30 days.')
    const from = new Date(Date.now() - form.data.hours * 3_600_000)
    const { listed, missed, failed } = await fetchMissed(deps, from)
    const counts = new URLSearchParams({
      listed: String(listed),
      missed: String(missed),
      failed: String(failed),
    })
    response.redirect(303, `${PATH}?done=fetched&${counts.toString()}`)
  })

  router.post(`${PATH}/fetch`, async (request, response) => {
    const form = eventId.safeParse(request.body)
    if (!form.success) throw wrongInput('Enter the id of an event, such as evt_1Q2w3E4r5T6y.')
    const { id } = form.data
    await replayEvent(deps, id)
    response.redirect(303, `${PATH}/${id}?done=replayed`)
  })

  router.get(`${PATH}/:id`, async (request, response) => {
    const notice = doneNotice(request.query, {
      replayed: 'The event was handled again. Its outcome is below.',
      ignored: 'The event is ignored, and its incident resolved.',
    })
    await showEvent(response, request.params.id, { notice, reason: '', error: null })
  })

  router.post(`${PATH}/:id/replay`, async (request, response) => {
    const { id } = request.params
    await replayForOperator(deps, id, request.log)
    response.redirect(303, `${PATH}/${encodeURIComponent(id)}?done=replayed`)
  })

  router.post(`${PATH}/:id/ignore`, async (request, response) => {
    const { id } = request.params
    const form = ignored.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      const reason = z.object({ reason: z.string() }).safeParse(request.body).data?.reason ?? ''
      await showEvent(response, id, { notice: null, reason, error: form.error.issues[0]?.message ?? null })
      return
    }
    await ignoreEvent(prisma, id, form.data.reason)
    response.redirect(303, `${PATH}/${encodeURIComponent(id)}?done=ignored`)
  })

  async function showEvent(
    response: Response,
    id: string,
    form: { notice: Notice | null; reason: string; error: string | null },
  ): Promise<void> {
    const [{ timeZone }, event] = await Promise.all([
      settings(),
      prisma.stripeEvent.findUnique({ where: { id }, include: { order: { select: { key: true } } } }),
    ])
    if (event === null) throw notFound()
    const { created, handledAt, retryAt, apiVersion, livemode, payload, order } = event
    render(response, 'admin/event', {
      ...form,
      event: {
        ...eventRow({ ...event, orderKey: order?.key ?? null }, timeZone),
        createdAt: formatDateTime(created, timeZone),
        handledAt: handledAt && formatDateTime(handledAt, timeZone),
        nextTry: retryAt && formatDateTime(retryAt, timeZone),
        apiVersion: apiVersion ?? '',
        isLive: livemode,
        payload: payloadText(payload),
      },
      canIgnore: !isHandled(event.outcome),
    })
  }
  return router
}

function isHandled(outcome: string): boolean {
  return outcome === 'done' || outcome === 'ignored' || outcome === 'not_ours'
}

function eventRow(event: ListedEvent, timeZone: string): EventRow {
  const { id, type, outcome, detail, lastError, attempts, orderKey, receivedAt } = event
  return {
    id,
    href: `${PATH}/${encodeURIComponent(id)}`,
    type,
    outcome: outcome.replace('_', ' '),
    tone: TONES[outcome] ?? '',
    detail: (isHandled(outcome) ? detail : (lastError ?? detail)) ?? '',
    attempts,
    order: orderKey === null ? null : { number: orderNumber(orderKey), href: orderHref(orderKey) },
    receivedAt: formatDateTime(receivedAt, timeZone),
    lag: lagOf(event),
  }
}

function lagOf({ receivedAt, created }: Pick<ListedEvent, 'receivedAt' | 'created'>): string {
  return formatDuration(receivedAt.getTime() - created.getTime())
}

function wrongInput(detail: string): Problem {
  return new Problem(422, 'invalid_form', 'Please check what you entered', detail)
}

const counted = z.coerce.number().int().min(0).max(1_000_000).catch(0)

function listNotice({ query }: Request): Notice | null {
  const count = (name: string) => counted.parse(query[name])
  const more = query['more'] === '1' ? ' There are more: replay again.' : ''
  return doneNotice(query, {
    replayed:
      count('replayed') === 0
        ? 'Every event is handled.'
        : `${count('replayed')} replayed, ${count('left')} of them still not handled.${more}`,
    fetched: `Stripe lists ${count('listed')} events: ${count('missed')} had been missed, ${count('failed')} of those could not be handled.`,
  })
}
