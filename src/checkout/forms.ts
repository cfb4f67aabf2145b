// Schemas of the checkout page's address and of the forms that lead to Stripe's page.
import { z } from 'zod'
import { readSeen } from '../cart/forms.js'
import type { TaxShown } from '../settings/tax.js'
import type { Shown } from './new-order.js'

/** Missing and invalid values count as not sent. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined)

const amount = optional(
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
)
const id = optional(
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
)
const country = optional(
  z
    .string()
    .trim()
    .regex(/^[a-z]{2}$/i)
    .transform((code) => code.toUpperCase()),
)
const currency = optional(z.string().transform((code) => code.toLowerCase()))
const TAXES = ['none', 'included', 'added'] as const satisfies readonly TaxShown[]

/** What the shopper has chosen of the delivery. */
export interface Chosen {
  country?: string | undefined
  rate?: number | undefined
  /** The version of the terms whose box is ticked. */
  accepted_terms?: string | undefined
}

const pageQuery = z.object({ country, rate: id, currency })

export function readCheckoutQuery(query: unknown): z.infer<typeof pageQuery> {
  return pageQuery.parse(query ?? {})
}

const checkoutForm = z.object({
  country,
  rate: id,
  currency,
  /** A guest's address as typed. Undefined: the form has no field for it. */
  email: optional(z.string()),
  /** The button that only shows the page again. */
  update: optional(z.string()),
  /** What the page showed, in minor units: the unit price of the product page, the total of the checkout page. */
  unit_amount: amount,
  total: amount,
  /** What else the checkout page showed. It is told apart from what was changed on it since. */
  items: optional(z.string()),
  shown_country: optional(z.string()),
  shown_rate: optional(z.string()),
  shown_days: optional(z.string()),
  tax: optional(z.enum(TAXES)),
  accepted_terms: optional(z.string()),
})

export type CheckoutForm = z.infer<typeof checkoutForm>

/** @param variantId the variant that was chosen on a product's page. With several there, it has the price of each, as `price_12` */
export function readCheckoutForm(body: unknown, variantId?: number): CheckoutForm {
  const form = checkoutForm.parse(body ?? {})
  const price = variantId === undefined ? undefined : readSeen(body).prices?.get(variantId)
  return { ...form, unit_amount: form.unit_amount ?? price }
}

/**
 * What the form says that the shopper saw. Null: nothing, as Stripe's page shows the price too.
 * @param quantity of a product that is ordered from its page
 */
export function shownIn(form: CheckoutForm, quantity: number): Shown | null {
  const { unit_amount: unitAmount, total = unitAmount === undefined ? undefined : unitAmount * quantity } =
    form
  return total === undefined
    ? null
    : { total, currency: form.currency ?? null, ...(form.tax !== undefined && { tax: form.tax }) }
}

/** The quantity in a form or an address: 1 when there is none, null when it is not a number. */
export function readQuantity(source: unknown): number | null {
  const text = ((source ?? {}) as Record<string, unknown>)['quantity'] ?? '1'
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null
}
