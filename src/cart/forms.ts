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

/** What is added is named by `variant_id`, or by `product_id` with or without option values: see `chosenVariant`. */
export const additionForm = z.object({
  product_id: digits.optional(),
  variant_id: digits.optional(),
  quantity: digits.pipe(z.int().min(1).max(MAX_QUANTITY)).default(1),
})

/** 0 removes the item. */
export const quantityForm = z.object({ quantity: digits.pipe(z.int().min(0).max(MAX_QUANTITY)) })

/**
 * The quantities in the cart's form, by variant: `quantity_12=3`. It has all of them, whichever button sends it.
 * @returns null for a quantity that is none
 */
export function typedQuantities(body: unknown): Map<number, number | null> {
  return byVariant(body, 'quantity', (value) => {
    const form = quantityForm.safeParse({ quantity: value })
    return form.success ? form.data.quantity : null
  })
}

/** The typed quantities that can be saved. */
export function validOf(typed: ReadonlyMap<number, number | null>): Map<number, number> {
  return new Map([...typed].flatMap(([id, quantity]) => (quantity === null ? [] : [[id, quantity] as const])))
}

/** The fields `NAME_12`, by their variant. */
function byVariant<Value>(body: unknown, name: string, read: (value: unknown) => Value): Map<number, Value> {
  const pattern = new RegExp(`^${name}_([1-9]\\d{0,8})$`)
  const values = new Map<number, Value>()
  for (const [field, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    const [, variantId] = pattern.exec(field) ?? []
    if (variantId !== undefined) values.set(Number(variantId), read(value))
  }
  return values
}

const seenForm = z.object({
  currency: z.string().optional().catch(undefined),
  total: digits.optional().catch(undefined),
})

/** What the shopper saw on the page when they clicked. */
export interface Seen {
  currency?: string | undefined
  /** Minor units. */
  total?: number | undefined
  /** The prices of the variants, in minor units. Unlike the total they stay true while quantities are typed. */
  prices?: ReadonlyMap<number, number | undefined> | undefined
}

/** Missing and invalid values count as not seen. */
export function readSeen(body: unknown): Seen {
  const prices = byVariant(body, 'price', (value) => digits.safeParse(value).data)
  return { ...seenForm.parse(body ?? {}), ...(prices.size > 0 && { prices }) }
}
