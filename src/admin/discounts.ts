// Discount codes: made at Stripe, listed with their use, and ended.
import { Router, type Request, type Response } from 'express'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { createDiscount, DiscountError, endDiscount, listDiscounts } from '../payments/discounts.js'
import type { ListedDiscount } from '../payments/discounts.js'
import { hasAnswered } from '../payments/stripe-client.js'
import { readSettings } from '../settings/read-settings.js'
import type { AdminDeps } from './admin-deps.js'
import type { DiscountsPage } from './discounts-models.js'
import { doneNotice } from './done.js'
import { fieldsOf, newRequestKey, requestKeyOf } from './forms.js'
import { keyListLinks, readCursor } from './key-list.js'
import type { FormState } from './order-models.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/discounts'
const DONE = {
  made: 'The code is made. Shoppers can enter it on Stripe’s page.',
  ended: 'The code has ended. Nobody can enter it any more.',
}

export function discountPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  const recentFactor = requireRecentFactor(deps)

  router.get(PATH, async (request, response) => {
    const { currency } = await deps.settings()
    await show(request, response, { values: { currency }, errors: {} }, null)
  })

  router.post(PATH, recentFactor, async (request, response) => {
    const fields = fieldsOf(request.body)
    const key = requestKeyOf(fields)
    try {
      await createDiscount(deps, fields, key ?? newRequestKey())
      response.redirect(303, `${PATH}?done=made`)
    } catch (error) {
      const isAway = error instanceof Problem
      if (!(error instanceof DiscountError || isAway)) throw error
      const field = isAway ? 'code' : error.field
      const message = isAway
        ? `${error.options.forOperator ?? error.detail} Send the form again: it makes one code.`
        : error.message
      response.status(isAway ? error.status : 422)
      // Stripe repeats its first answer to a key, refusals and faults alike. Without an answer the key stays, so that
      // what Stripe may have made is not made twice.
      const isUnanswered = isAway && !hasAnswered(error)
      await show(
        request,
        response,
        { values: fields, errors: { [field]: message } },
        isUnanswered ? key : null,
      )
    }
  })

  router.post(`${PATH}/:id/end`, async (request, response) => {
    const { id } = request.params
    if (!/^promo_\w{1,200}$/.test(id)) throw notFound()
    await endDiscount(deps, id)
    response.redirect(303, `${PATH}?done=ended`)
  })

  async function show(
    request: Request,
    response: Response,
    form: FormState,
    key: string | null,
  ): Promise<void> {
    const [last] = readCursor(request.query) ?? []
    const after = typeof last === 'string' && /^promo_\w{1,200}$/.test(last) ? last : null
    const { promotionCodes, timeZone } = await readSettings(prisma)
    const found = await listDiscounts(deps.stripe, after).catch((error: unknown) => {
      if (error instanceof Problem) return error
      throw error
    })
    const isAway = found instanceof Problem
    const discounts = isAway ? [] : found.discounts
    const next = !isAway && found.hasMore ? discounts.at(-1)?.id : undefined
    const page: DiscountsPage = {
      notice: doneNotice(request.query, DONE),
      away: isAway ? (found.options.forOperator ?? found.detail) : null,
      list: {
        rows: discounts.map((discount) => ({
          ...{ id: discount.id, code: discount.code, active: discount.active },
          off: offOf(discount),
          conditions: conditionsOf(discount, timeZone),
          used: discount.uses === null ? String(discount.used) : `${discount.used} of ${discount.uses}`,
        })),
        ...keyListLinks(PATH, {}, next === undefined ? null : [next]),
        firstHref: after === null ? null : PATH,
      },
      canEnter: promotionCodes,
      timeZone,
      form,
      key: key ?? newRequestKey(),
    }
    render(response, 'admin/discounts', page)
  }
  return router
}

function offOf({ percentOff, amountOff }: ListedDiscount): string {
  if (percentOff !== null) return `${percentOff} %`
  return amountOff === null ? 'See Stripe' : formatMoney(amountOff.amount, amountOff.currency)
}

function conditionsOf({ minimum, firstOrderOnly, until }: ListedDiscount, timeZone: string): string {
  return [
    minimum && `from ${formatMoney(minimum.amount, minimum.currency)}`,
    firstOrderOnly && 'first order only',
    until && `until ${formatDateTime(until, timeZone).text}`,
  ]
    .filter(Boolean)
    .join(', ')
}
