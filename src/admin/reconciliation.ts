// Compares a month's payments, refunds and disputes with what Stripe booked.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { z } from 'zod'
import { badRequest } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'
import { isFromStripe, stripeProblem } from '../payments/stripe-client.js'
import { reconciledCsv } from '../reconciliation/csv.js'
import { DIFFERENCES } from '../reconciliation/differences.js'
import { lastMonth, monthOf } from '../reconciliation/month.js'
import { reconcileMonth } from '../reconciliation/reconcile-month.js'
import { reconcile } from '../reconciliation/reconcile.js'
import type { Summary } from '../reconciliation/summary.js'
import type { AdminDeps } from './admin-deps.js'
import { words } from './words.js'
import type { ReconciliationPage } from './reconciliation-models.js'

const PATH = '/admin/numbers/reconciliation'
/** Whoever waits longer gets the file, which begins at once. */
const MOST_MS = 20_000

const parameters = z.object({ month: z.string().trim().max(20).optional().catch('') })
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })

export function reconciliationPages(deps: AdminDeps): Router {
  const { database, settings } = deps
  const router = Router()

  router.get(PATH, async (request, response) => {
    const { timeZone } = await settings()
    const { month: wanted } = parameters.parse(request.query)
    const page = {
      month: wanted ?? lastMonth(timeZone),
      error: null,
      problem: null,
      csvHref: null,
      shown: null,
    }
    const month = wanted === undefined ? null : await monthOf(database.direct, wanted, timeZone)
    if (month === null) {
      const error = wanted === undefined ? null : 'Enter a month, such as 2026-11.'
      if (error !== null) response.status(422)
      render(response, 'admin/reconciliation', { ...page, error })
      return
    }
    const csvHref = `${PATH}.csv?month=${month.month}`
    try {
      const summary = await reconcileMonth(deps, month, MOST_MS)
      render(response, 'admin/reconciliation', {
        ...{ ...page, csvHref },
        ...(summary === null
          ? {
              problem: `This month has more than can be compared while you wait. Download the file, or run npm run reconcile -- ${month.month}.`,
            }
          : {
              shown: { ...summaryView(summary), month: monthName.format(Date.parse(month.month)), timeZone },
            }),
      })
    } catch (error) {
      if (!isFromStripe(error)) throw error
      response.status(503)
      render(response, 'admin/reconciliation', {
        ...page,
        problem: `Stripe could not be asked, so nothing was compared: ${error.message} Try again in a minute.`,
      })
    }
  })

  router.get(`${PATH}.csv`, async (request, response) => {
    const { timeZone } = await settings()
    const month = await monthOf(database.direct, parameters.parse(request.query).month ?? '', timeZone)
    if (month === null) throw badRequest('invalid_month', 'Enter a month, such as 2026-11.')
    const lines = reconcile(deps, month)
    // The first lines tell whether Stripe answers, while the answer can still say so.
    const first = await lines.next().catch((error: unknown) => {
      throw stripeProblem(error)
    })
    response.type('text/csv; charset=utf-8').attachment(`reconciliation-${month.month}.csv`)
    const parts = Readable.from(reconciledCsv(first.done ? [] : first.value, lines, timeZone))
    await pipeline(parts, response).catch((error: unknown) => {
      // Whoever downloads it has left.
      if (!response.destroyed || !response.closed) throw error
    })
  })
  return router
}

type Shown = NonNullable<ReconciliationPage['shown']>

function summaryView({ booked, recorded, foreign, differences }: Summary): Omit<Shown, 'month' | 'timeZone'> {
  return {
    booked: [...booked].map(([currency, categories]) => {
      const money = (sums: { count: number; amount: number; fee: number; net: number }) => ({
        count: sums.count,
        amount: formatMoney(sums.amount, currency),
        fee: formatMoney(sums.fee, currency),
        net: formatMoney(sums.net, currency),
      })
      const all = [...categories.values()]
      const sumOf = (name: 'count' | 'amount' | 'fee' | 'net') => all.reduce((sum, one) => sum + one[name], 0)
      return {
        currency: currency.toUpperCase(),
        rows: [...categories].map(([category, sums]) => ({ category: words(category), ...money(sums) })),
        total: money({
          count: sumOf('count'),
          amount: sumOf('amount'),
          fee: sumOf('fee'),
          net: sumOf('net'),
        }),
      }
    }),
    recorded: [...recorded].map(([currency, categories]) => ({
      currency: currency.toUpperCase(),
      rows: [...categories].map(([category, { count, amount }]) => ({
        ...{ category: words(category), count, amount: formatMoney(amount, currency) },
      })),
    })),
    foreign,
    differences: differences.map(({ kind, text, orderKey }) => ({
      ...{ kind: DIFFERENCES[kind], text },
      order: orderKey === null ? null : { key: orderKey, number: orderNumber(orderKey) },
    })),
  }
}
