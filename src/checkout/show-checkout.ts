// Renders the checkout page.
import type { Request, Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { userOf } from '../accounts/sign-in.js'
import { render } from '../http/render.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { checkoutPage } from './checkout-page.js'
import type { Chosen } from './forms.js'
import type { Selection } from './selection.js'

/** @param notice instead of the one that the address asks for */
export async function showCheckout(
  { database, settings }: PaymentDeps,
  request: Request,
  response: Response,
  selection: Selection,
  chosen: Chosen,
  notice: Notice | null = null,
): Promise<void> {
  const { id, email } = userOf(request)
  const isUpdated = request.query['updated'] !== undefined && selection.maxQuantity !== 0
  const page = await checkoutPage(
    database.prisma,
    await settings(),
    { id, email: shownEmail(email) },
    selection,
    chosen,
    (total) => notice ?? (isUpdated ? { kind: 'info', text: t().checkout.totalUpdated(total) } : null),
  )
  render(response, 'checkout/checkout', page)
}
