// Schemas of the cart's forms.
import { z } from 'zod'
import { MAX_QUANTITY } from '../catalog/products.js'

const digits = z.union([
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  z.int().min(0).max(999_999_999),
])

export const additionForm = z.object({
  product_id: digits,
  quantity: digits.pipe(z.int().min(1).max(MAX_QUANTITY)).default(1),
})

/** 0 removes the product. */
export const quantityForm = z.object({ quantity: digits.pipe(z.int().min(0).max(MAX_QUANTITY)) })

/** What the shopper saw of the cart. Missing and invalid values count as not seen. */
export const checkoutForm = z.object({
  currency: z.string().optional().catch(undefined),
  total: digits.optional().catch(undefined),
})
