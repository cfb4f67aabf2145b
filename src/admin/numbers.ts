// The shop's numbers: revenue, orders, checkouts and best sellers of a range of days, beside the range before.
import { Router, type Request } from 'express'
import { z } from 'zod'
import { render } from '../http/render.js'
import { isCurrency } from '../money.js'
import { readBestSellers } from '../numbers/best-sellers.js'
import { todayIn } from '../numbers/days.js'
import { NAMED_RANGES, readRange, type Range, type RangeName } from '../numbers/range.js'
import { readCurrencies, readNumbers, readState } from '../numbers/read-numbers.js'
import type { AdminDeps } from './admin-deps.js'
import { listHref } from './key-list.js'
import { dayText, numbersView } from './numbers-view.js'
import type { NumbersPage } from './numbers-models.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/numbers'

const LABELS: Record<Exclude<RangeName, 'custom'>, string> = {
  today: 'Today',
  '7': '7 days',
  '30': '30 days',
  '90': '90 days',
  year: 'A year',
}

const text = z.string().trim().max(20).optional().catch(undefined)
const parameters = z.object({
  range: text,
  from: text,
  to: text,
  currency: text.transform((code) => code?.toLowerCase()),
})

export function numbersPages({ database: { direct }, settings }: AdminDeps): Router {
  const router = Router()
  router.get(PATH, async (request, response) => {
    const { timeZone, currency: shopCurrency } = await settings()
    const input = parameters.parse(request.query)
    const range = readRange(input, todayIn(timeZone))
    if ('errors' in range) {
      response.status(422)
      const currency = input.currency ?? shopCurrency
      render(response, 'admin/numbers', {
        ...frame(request, { ...input, currency }, null, []),
        ...{ errors: range.errors, shown: null },
      })
      return
    }
    const currencies = await readCurrencies(direct, range)
    const wanted = input.currency ?? shopCurrency
    const currency =
      isCurrency(wanted) && (input.currency !== undefined || currencies.includes(wanted))
        ? wanted
        : (currencies[0] ?? shopCurrency)
    const [state, numbers, bestSellers] = await Promise.all([
      readState(direct, timeZone),
      readNumbers(direct, range, currency),
      readBestSellers(direct, range, currency, timeZone),
    ])
    const { countedTo, countedFrom } = state
    const isPartial = countedFrom !== null && range.before.from < countedFrom
    render(response, 'admin/numbers', {
      ...frame(request, { ...input, currency }, range, currencies),
      errors: {},
      shown: {
        ...numbersView(numbers, bestSellers, range, currency),
        countedTo: countedTo && formatDateTime(countedTo, timeZone),
        countedFrom: isPartial ? dayText(countedFrom) : null,
        timeZone,
      },
    })
  })
  return router
}

/** What is chosen, and the links to other choices. */
function frame(
  request: Request,
  { from = '', to = '', currency }: { from?: string | undefined; to?: string | undefined; currency: string },
  range: Range | null,
  currencies: readonly string[],
): Pick<NumbersPage, 'ranges' | 'isCustom' | 'from' | 'to' | 'currency' | 'currencies'> {
  const chosen = request.query['currency'] === undefined ? {} : { currency }
  const isCustom = range === null || range.name === 'custom'
  return {
    ranges: NAMED_RANGES.map((name) => ({
      label: LABELS[name],
      href: listHref(PATH, { range: name, ...chosen }),
      isCurrent: range?.name === name,
    })),
    isCustom,
    from: isCustom ? from : range.from,
    to: isCustom ? to : range.to,
    currency,
    currencies: [...new Set([...currencies, currency])].map((one) => ({
      label: one.toUpperCase(),
      href: listHref(PATH, { ...request.query, currency: one }),
      isCurrent: one === currency,
    })),
  }
}
