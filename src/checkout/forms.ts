// Schema of the forms that lead to Stripe's page.
import { z } from 'zod'
import { readSeen } from '../cart/forms.js'
import type { Shown } from './place-order.js'

const amount = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .optional()
  .catch(undefined)

/** What the shopper saw, in minor units. Missing and invalid values count as not seen: Stripe's page shows the price, too. */
const purchaseForm = z.object({
  unit_amount: amount,
  /** Of the quantity that the page was made for. */
  total: amount,
  currency: z.string().optional().catch(undefined),
  /** The button that only shows the page again, for another quantity. */
  update: z.string().optional().catch(undefined),
})

export interface PurchaseForm {
  /** Null: the page did not say what it showed. */
  shown: Shown | null
  /** Whether the page must show the total of this quantity before it can be paid. */
  mustShow: boolean
}

/** @param variantId the variant that was chosen. A page with several has the price of each as `price_12` */
export function readPurchase(body: unknown, quantity: number, variantId: number): PurchaseForm {
  const { unit_amount: shownAmount, total, currency, update } = purchaseForm.parse(body ?? {})
  const unitAmount = shownAmount ?? readSeen(body).prices?.get(variantId)
  const isOther = unitAmount !== undefined && total !== undefined && unitAmount * quantity !== total
  return {
    shown: unitAmount === undefined ? null : { total: unitAmount * quantity, currency: currency ?? null },
    mustShow: update !== undefined || isOther,
  }
}
