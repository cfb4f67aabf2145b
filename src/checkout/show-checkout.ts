// Renders the checkout page.
import type { Request, Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { typed } from '../accounts/forms.js'
import { loginHref } from '../accounts/next-path.js'
import { knowGuest } from '../cart/visitors-cart.js'
import { render } from '../http/render.js'
import { t } from '../messages/index.js'
import { isNobody, ofShopper } from '../orders/shopper.js'
import { shopperOf } from '../orders/visitor.js'
import { checkoutHref } from './checkout-link.js'
import { checkoutPage } from './checkout-page.js'
import type { Chosen } from './forms.js'
import type { CheckoutDeps, Said } from './pay.js'
import type { Selection } from './selection.js'
import type { EmailView } from './view-models.js'

export async function showCheckout(
  deps: CheckoutDeps,
  request: Request,
  response: Response,
  selection: Selection,
  chosen: Chosen,
  said: Said = {},
): Promise<void> {
  // Before the form is sent, so that a double click is one guest's.
  knowGuest(request, response, deps.cookie)
  const { notice = null, isUpdated = request.query['updated'] !== undefined } = said
  const page = await checkoutPage(
    deps.database.prisma,
    await deps.settings(),
    {
      ...shopperOf(request),
      email: await emailView(deps, request, selection, chosen, said.emailError ?? null),
    },
    selection,
    chosen,
    (total) =>
      notice ??
      (isUpdated && selection.maxQuantity !== 0
        ? { kind: 'info', text: t().checkout.totalUpdated(total) }
        : null),
    request.method === 'POST',
  )
  render(response, 'checkout/checkout', page)
}

async function emailView(
  { database }: CheckoutDeps,
  request: Request,
  selection: Selection,
  { country, rate }: Chosen,
  error: string | null,
): Promise<EmailView> {
  const { user } = request
  if (user) return { kind: 'account', address: shownEmail(user.email) }
  const shopper = shopperOf(request)
  const sent = typed(request.body, 'email')
  const last =
    sent !== '' || isNobody(shopper)
      ? null
      : await database.prisma.order.findFirst({
          where: ofShopper(shopper),
          orderBy: { id: 'desc' },
          select: { email: true },
        })
  return {
    kind: 'guest',
    value: last === null ? sent : shownEmail(last.email),
    error,
    signInHref: loginHref(checkoutHref(selection.path, { ...selection.query, country, rate })),
  }
}
