// Links variants to prices in Stripe's catalog, or creates them there.
import { Router } from 'express'
import { z } from 'zod'
import { badRequest } from '../http/problem.js'
import { linkPrice, pushVariant, unlinkPrice } from '../payments/stripe-prices.js'
import type { AdminDeps } from './admin-deps.js'
import { productOf } from './product-edit.js'
import { rowId } from './row-id.js'

const PATH = '/admin/products/:productId'

const linkForm = z.object({
  variant: z.string(),
  price: z
    .string()
    .trim()
    .regex(/^price_\w{1,250}$/),
})
const variantForm = z.object({ variant: z.string() })

export function productStripePages(deps: AdminDeps): Router {
  const router = Router()

  router.post(`${PATH}/link`, async (request, response) => {
    const { id, variants } = await productOf(deps, request)
    const form = linkForm.safeParse(request.body)
    if (!form.success)
      throw badRequest('invalid_price', 'Enter the id of a price in Stripe’s catalog: price_….')
    await linkPrice(deps, variantIn(variants, form.data.variant), form.data.price)
    response.redirect(303, `/admin/products/${id}?done=linked#stripe`)
  })

  router.post(`${PATH}/unlink`, async (request, response) => {
    const { id, variants } = await productOf(deps, request)
    const form = variantForm.safeParse(request.body)
    await unlinkPrice(deps.database.prisma, variantIn(variants, form.data?.variant ?? ''))
    response.redirect(303, `/admin/products/${id}?done=unlinked#stripe`)
  })

  router.post(`${PATH}/push`, async (request, response) => {
    const { id, variants } = await productOf(deps, request)
    const form = variantForm.safeParse(request.body)
    const one = form.success ? variantIn(variants, form.data.variant) : null
    // One after the other: Stripe limits how many requests come at once.
    for (const variant of variants)
      if (one === null || variant.id === one) await pushVariant(deps, variant.id)
    response.redirect(303, `/admin/products/${id}?done=pushed#stripe`)
  })
  return router
}

/** The id of one of the product's variants. @throws Problem 404, 400 */
function variantIn(variants: readonly { id: number }[], text: string): number {
  const id = rowId(text)
  if (!variants.some((variant) => variant.id === id))
    throw badRequest('invalid_variant', 'The product has no such variant.')
  return id
}
