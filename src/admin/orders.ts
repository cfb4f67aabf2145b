// The list of orders: search, filters, saved views and CSV.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router, type Request } from 'express'
import { z } from 'zod'
import { userOf } from '../accounts/sign-in.js'
import { render } from '../http/render.js'
import { badRequest, Problem } from '../http/problem.js'
import { exportOrders } from '../orders/export-orders.js'
import { findWithoutOrder } from '../orders/find-order.js'
import { readListed } from '../orders/listed-orders.js'
import { ORDER_FILTERS, readOrderFilters } from '../orders/order-filters.js'
import { deleteView, listViews, LONGEST_VIEW_NAME, saveView } from '../orders/saved-views.js'
import { searchOrders, type OrderPlace } from '../orders/search-orders.js'
import { withKnownId } from '../payments/search-at-stripe.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { keyListLinks, listHref, PAGE_SIZE, readCursor } from './key-list.js'
import { filterChoices, orderLine } from './orders-view.js'
import { withoutOrderHref } from './subject-links.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/orders'

const DONE = { 'view-saved': 'View saved.', 'view-deleted': 'View deleted.' }

const viewForm = z.object({
  name: z.string().trim().min(1).max(LONGEST_VIEW_NAME),
  query: z.string().max(2000),
})

export function orderListPages({ database, settings, stripe }: AdminDeps): Router {
  const { prisma, direct } = database
  const router = Router()

  /** The filters, or what is wrong with each. A search by an id that only Stripe knows asks it. */
  async function readFilters(values: Record<string, string>, currency: string) {
    const read = readOrderFilters(values, { currency })
    if ('errors' in read) return read
    try {
      return { filters: await withKnownId(read.filters, stripe) }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { errors: { q: error.options.forOperator ?? error.detail } }
    }
  }

  router.get(PATH, async (request, response) => {
    const { timeZone, currency } = await settings()
    const values = filterValues(request)
    const read = await readFilters(values, currency)
    const views = await listViews(prisma, userOf(request).id, 'orders')
    const query = listHref('', values).slice(1)
    const page = {
      notice: doneNotice(request.query, DONE),
      values: 'filters' in read ? { ...values, currency: read.filters.currency ?? '' } : values,
      choices: filterChoices(),
      isFiltered: query !== '',
      csvHref: listHref('/admin/orders.csv', values),
      views: views.map(({ id, name, query: saved }) => ({
        ...{ id, name, href: saved === '' ? PATH : `${PATH}?${saved}`, isCurrent: saved === query },
      })),
      query,
    }
    if ('errors' in read) {
      const list = { rows: [], firstHref: null, nextHref: null }
      response.status(422)
      render(response, 'admin/orders', {
        ...page,
        ...{ errors: read.errors, list, hasStopped: false, searchedTo: null },
      })
      return
    }
    const { filters } = read
    const search = { filters, timeZone, after: placeIn(request.query), limit: PAGE_SIZE }
    const { ids, next, searchedTo } = await searchOrders(direct, search)
    const elsewhere = ids.length === 0 ? await findWithoutOrder(prisma, filters.q) : null
    if (elsewhere !== null) {
      response.redirect(303, withoutOrderHref(elsewhere))
      return
    }
    const orders = await readListed(prisma, ids)
    const last = searchedTo && filters.sort !== 'total' ? (searchedTo[0] ?? 0) : null
    const reached =
      last === null
        ? null
        : await prisma.order.findUnique({ where: { id: last }, select: { createdAt: true } })
    render(response, 'admin/orders', {
      ...page,
      errors: {},
      list: {
        rows: orders.map((order) => orderLine(order, timeZone)),
        ...keyListLinks(PATH, { ...values, after: request.query['after'] }, next),
      },
      hasStopped: searchedTo !== null,
      searchedTo: reached && formatDateTime(reached.createdAt, timeZone),
    })
  })

  router.get('/admin/orders.csv', async (request, response) => {
    const { timeZone, currency } = await settings()
    const read = await readFilters(filterValues(request), currency)
    if ('errors' in read) throw badRequest('invalid_filters', Object.values(read.errors).join(' '))
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date())
    response.type('text/csv; charset=utf-8').attachment(`orders-${day}.csv`)
    const parts = Readable.from(exportOrders(database, { filters: read.filters, timeZone }))
    await pipeline(parts, response).catch((error: unknown) => {
      // Whoever downloads it has left.
      if (!response.destroyed || !response.closed) throw error
    })
  })

  router.post('/admin/orders/views', async (request, response) => {
    const form = viewForm.safeParse(request.body)
    if (!form.success) throw badRequest('invalid_view', 'Give the view a name of at most 60 characters.')
    const { name, query } = form.data
    const kept = listHref('', filtersOf(Object.fromEntries(new URLSearchParams(query)))).slice(1)
    await saveView(prisma, userOf(request).id, { list: 'orders', name, query: kept })
    response.redirect(303, `${PATH}?${kept === '' ? '' : `${kept}&`}done=view-saved`)
  })

  router.post('/admin/orders/views/:viewId/delete', async (request, response) => {
    await deleteView(prisma, userOf(request).id, Number(request.params.viewId))
    response.redirect(303, `${PATH}?done=view-deleted`)
  })
  return router
}

function filterValues(request: Request): Record<string, string> {
  return filtersOf(request.query)
}

/** The filters among the parameters of an address, as texts. */
function filtersOf(parameters: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    ORDER_FILTERS.flatMap((name) => {
      const value = parameters[name]
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : []
    }),
  )
}

const MAX_ID = 2_147_483_647

/** Where the page begins. Invalid places mean the first page. */
function placeIn(query: Record<string, unknown>): OrderPlace | null {
  const numbers = (readCursor(query) ?? []).flatMap((value) =>
    Number.isInteger(value) && Math.abs(Number(value)) <= MAX_ID ? [Number(value)] : [],
  )
  return numbers.length === 0 ? null : numbers
}
