// The list of returns, and what operators do with one.
import { Router, type Request, type Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { answerReturn } from '../fulfilment/answer-return.js'
import {
  listReturns,
  RETURN_FILTERS,
  type ListedReturn,
  type ReturnFilter,
} from '../fulfilment/list-returns.js'
import { quoteReturn, refundReturn } from '../fulfilment/refund-return.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatMoney, toDecimal } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { quoteRefund } from '../payments/refunds.js'
import type { AdminDeps } from './admin-deps.js'
import { fieldsOf, givenText, type Fields } from './forms.js'
import { keyList, readCursor, rowIdIn, ROWS_TO_READ } from './key-list.js'
import type { FormState } from './order-models.js'
import { invalidField, showOrder } from './order-page.js'
import { unitsText } from './units-text.js'
import { words } from './words.js'
import { amountErrors, confirmedAmount, doneWith, readAmount, readReasons } from './refund.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { returnBadge } from './state-badges.js'
import { formatDateTime } from './times.js'

const FILTERS: Record<ReturnFilter, string> = {
  waiting: 'Waiting',
  requested: 'To answer',
  accepted: 'Accepted',
  received: 'To refund',
  refunded: 'Refunded',
  declined: 'Declined',
}

export function returnPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  const recentFactor = requireRecentFactor(deps)

  router.get('/admin/returns', async (request, response) => {
    const filter = RETURN_FILTERS.find((one) => one === request.query['state']) ?? 'waiting'
    const [{ timeZone }, found] = await Promise.all([
      deps.settings(),
      listReturns(prisma, filter, lastOf(request.query), ROWS_TO_READ),
    ])
    const list = keyList(found, '/admin/returns', request.query, ({ status, id }) => [status, id])
    render(response, 'admin/returns', {
      filter,
      filters: RETURN_FILTERS.map((value) => ({ value, label: FILTERS[value] })),
      list: { ...list, rows: list.rows.map((one) => rowOf(one, timeZone)) },
    })
  })

  router.post('/admin/returns/:returnKey/answer', async (request, response) => {
    const found = await findReturn(request.params.returnKey)
    const fields = fieldsOf(request.body)
    const state = fields['state'] === 'accepted' ? 'accepted' : 'declined'
    const text = fields['answer'] ?? ''
    try {
      await answerReturn(deps, found, { state, text })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid_answer') throw error
      response.status(422)
      const form = { values: fields, errors: { answer: error.detail } }
      await showOrder(deps, found.order.key, request, response, { [found.key]: form })
      return
    }
    backToOrder(response, found, state)
  })

  router.post('/admin/returns/:returnKey/received', async (request, response) => {
    const found = await findReturn(request.params.returnKey)
    await answerReturn(deps, found, { state: 'received' })
    backToOrder(response, found, 'received')
  })

  router.get('/admin/returns/:returnKey/refund', recentFactor, async (request, response) => {
    const found = await findReturn(String(request.params['returnKey']))
    const share = toDecimal(await quoteReturn(deps, found), found.order.currency)
    await showForm(response, found, { values: { amount: share }, errors: {} })
  })

  router.post('/admin/returns/:returnKey/refund', recentFactor, async (request, response) => {
    const found = await findReturn(String(request.params['returnKey']))
    const fields = fieldsOf(request.body)
    try {
      const wanted = readReturnRefund(fields, found)
      const confirmed = confirmedAmount(fields)
      if (confirmed === null) await showConfirm(response, found, wanted, fields)
      else
        backToOrder(
          response,
          found,
          doneWith(await refundReturn(deps, found, { ...wanted, amount: confirmed })),
        )
    } catch (error) {
      const errors = amountErrors(error)
      if (errors === null) throw error
      response.status(422)
      await showForm(response, found, { values: fields, errors })
    }
  })

  async function findReturn(key: string) {
    const found = await prisma.return.findUnique({
      where: { key },
      include: { items: true, order: { select: { key: true, currency: true, items: true } } },
    })
    if (!found) throw notFound()
    return found
  }
  type Found = Awaited<ReturnType<typeof findReturn>>

  async function showForm(response: Response, found: Found, form: FormState): Promise<void> {
    const { key, order } = found
    render(response, 'admin/return-refund', {
      ...{ key, form, orderKey: order.key, orderNumber: orderNumber(order.key) },
      items: unitsText(order, found.items),
      share: formatMoney(await quoteReturn(deps, found), order.currency),
      currency: order.currency.toUpperCase(),
    })
  }

  async function showConfirm(
    response: Response,
    found: Found,
    wanted: ReturnType<typeof readReturnRefund>,
    fields: Fields,
  ): Promise<void> {
    const { key, order } = found
    const share = await quoteReturn(deps, found)
    const amount = wanted.amount ?? share
    if (amount === 0) throw invalidField('amount', 'Nothing was paid for what is returned.')
    await quoteRefund(deps, found.orderId, { amount, currency: order.currency, restock: false })
    render(response, 'admin/refund-confirm', {
      title: `Refund the return of order ${orderNumber(order.key)}`,
      action: `/admin/returns/${key}/refund`,
      backHref: `/admin/returns/${key}/refund`,
      rows: [{ text: unitsText(order, found.items), amount: formatMoney(share, order.currency) }],
      total: formatMoney(amount, order.currency),
      consequences: [
        'The money goes back the way the shopper paid. A refund can’t be taken back.',
        ...(wanted.restock ? ['The units go on sale again.'] : []),
        ...(found.status === 'accepted' ? ['You don’t get the items back: the return is closed.'] : []),
      ],
      reason: wanted.reason && words(wanted.reason),
      note: wanted.note,
      hidden: [
        ...Object.entries(fields).filter(([name]) => name !== 'confirmed'),
        ['confirmed', String(amount)],
      ],
    })
  }
  return router
}

/** An empty amount is what was paid for the items. */
function readReturnRefund(fields: Fields, { order }: { order: { currency: string } }) {
  return {
    amount: givenText(fields, 'amount') === undefined ? null : readAmount(fields, order.currency),
    restock: fields['restock'] === 'on',
    ...readReasons(fields),
  }
}

function backToOrder(
  response: Response,
  { key, order }: { key: string; order: { key: string } },
  done: string,
) {
  response.redirect(303, `/admin/orders/${order.key}?done=${done}#${key}`)
}

/** The last row of the page before. */
function lastOf(query: Request['query']): { status: string; id: number } | null {
  const [status, last] = readCursor(query) ?? []
  const id = rowIdIn(last)
  return typeof status === 'string' && id !== null ? { status, id } : null
}

function rowOf(one: ListedReturn, timeZone: string) {
  const { key, status, order, items, createdAt } = one
  return {
    key,
    state: returnBadge(status),
    ...{ orderKey: order.key, orderNumber: orderNumber(order.key), email: shownEmail(order.email) },
    items: unitsText(order, items),
    at: formatDateTime(createdAt, timeZone),
  }
}
