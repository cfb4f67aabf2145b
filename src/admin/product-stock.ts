// Adjusts the stock of a product's variants, with a reason.
import { Router, type Request, type Response } from 'express'
import { adjustStock, MOST_STOCK, type StockAdjustment } from '../catalog/adjust-stock.js'
import type { EditedProduct } from '../catalog/save-product.js'
import { isStockReason, LONGEST_STOCK_NOTE, STOCK_REASONS } from '../catalog/stock-reasons.js'
import { variantName } from '../catalog/variants.js'
import { Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { emptyForm, fieldsOf, givenText, newRequestKey, requestKeyOf, type Fields } from './forms.js'
import type { FormState } from './order-models.js'
import { productOf } from './product-edit.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/products/:productId/stock'
const SHOWN = 50

export function productStockPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.get(PATH, async (request, response) => {
    await show(request, response, await productOf(deps, request), emptyForm, newRequestKey())
  })

  router.post(PATH, async (request, response) => {
    const product = await productOf(deps, request)
    const fields = fieldsOf(request.body)
    const requestKey = requestKeyOf(fields) ?? newRequestKey()
    const errors: Record<string, string> = {}
    const adjustments = readAdjustments(product, fields, errors)
    const reason = fields['reason'] ?? ''
    const note = givenText(fields, 'note') ?? null
    if (note !== null && note.length > LONGEST_STOCK_NOTE)
      errors['note'] = `At most ${LONGEST_STOCK_NOTE} characters.`
    if (!isStockReason(reason)) errors['reason'] = 'Choose a reason.'
    else if (Object.keys(errors).length === 0) {
      try {
        await adjustStock(prisma, product.id, adjustments, { reason, note, requestKey })
        response.redirect(303, `/admin/products/${product.id}/stock?done=adjusted`)
        return
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 409) throw error
        errors['all'] = error.detail
      }
    }
    response.status(422)
    await show(request, response, product, { values: { ...fields }, errors }, requestKey)
  })

  async function show(
    request: Request,
    response: Response,
    product: EditedProduct,
    form: FormState,
    requestKey: string,
  ): Promise<void> {
    const { timeZone } = await deps.settings()
    const ids = product.variants.map(({ id }) => id)
    const rows = await prisma.stockAdjustment.findMany({
      where: { variantId: { in: ids } },
      orderBy: { id: 'desc' },
      take: SHOWN,
    })
    const people = await prisma.user.findMany({
      where: { id: { in: rows.flatMap(({ actorId }) => actorId ?? []) } },
      select: { id: true, name: true },
    })
    const nameOf = (id: number) => {
      const variant = product.variants.find((one) => one.id === id)
      return (variant && variantName(variant)) || product.name
    }
    render(response, 'admin/product-stock', {
      notice: doneNotice(request.query, { adjusted: 'Stock adjusted.' }),
      id: product.id,
      name: product.name,
      form,
      requestKey,
      reasons: Object.entries(STOCK_REASONS).map(([value, label]) => ({ value, label })),
      variants: product.variants.map(({ id, sku, stock }) => ({ id, sku, stock, name: nameOf(id) })),
      adjustments: rows.map(({ at, variantId, delta, stock, reason, note, actorId }) => ({
        at: formatDateTime(at, timeZone),
        variant: nameOf(variantId),
        delta: delta > 0 ? `+${delta}` : String(delta).replace('-', '−'),
        stock: stock === null ? 'Not counted' : String(stock),
        reason: isStockReason(reason) ? STOCK_REASONS[reason] : reason,
        note: note ?? '',
        who: people.find(({ id }) => id === actorId)?.name ?? 'A command',
      })),
    })
  }
  return router
}

function readAdjustments(
  product: EditedProduct,
  fields: Fields,
  errors: Record<string, string>,
): StockAdjustment[] {
  const adjustments: StockAdjustment[] = []
  for (const { id, stock } of product.variants) {
    const text = fields[`change_${id}`]?.trim().replace('−', '-') ?? ''
    if (fields[`stop_${id}`] === 'on') {
      if (stock !== null) adjustments.push({ variantId: id, change: 'stop' })
      continue
    }
    if (text === '') continue
    const amount = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : NaN
    if (Number.isNaN(amount) || Math.abs(amount) > MOST_STOCK)
      errors[`change_${id}`] = 'A whole number, such as 12 or -3.'
    else if (stock === null && amount < 0) errors[`change_${id}`] = 'How many units are there?'
    else if (stock === null) adjustments.push({ variantId: id, change: { start: amount } })
    else if (amount !== 0) adjustments.push({ variantId: id, change: { by: amount } })
  }
  if (adjustments.length === 0 && Object.keys(errors).length === 0)
    errors['all'] = 'Nothing to adjust: say by how many units stock changes.'
  return adjustments
}
