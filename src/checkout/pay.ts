// What the checkout page's forms do: they show the page again for what was changed, or place the order and go to Stripe.
import type { Request, Response } from 'express'
import { userOf } from '../accounts/sign-in.js'
import { Problem } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import { t } from '../messages/index.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { withCallLimit } from '../payments/stripe-client.js'
import { checkoutHref } from './checkout-link.js'
import { countCheckout } from './count-checkout.js'
import { shownIn, type CheckoutForm } from './forms.js'
import { goToPayPage } from './go-to-pay-page.js'
import { openCheckout } from './open-checkout.js'
import { placeOrder } from './place-order.js'
import { contentOf, type Selection } from './selection.js'

export interface CheckoutDeps extends PaymentDeps {
  limits: RateLimits
}

/** What is shown on the checkout page, with today's prices, instead of an error page. */
const SHOWN_AGAIN = new Set([
  'price_changed',
  'delivery_required',
  'delivery_changed',
  'not_delivered',
  'sold_out',
  'not_enough_stock',
])

/**
 * Charges what the page showed, or shows the page again.
 * @param showAgain shows the page of what can be ordered now, with the problem as its notice
 * @throws Problem when the order can't be placed or paid, and a new look at the page would not help
 */
export async function pay(
  deps: CheckoutDeps,
  request: Request,
  response: Response,
  selection: Selection,
  form: CheckoutForm,
  showAgain: (problem: Problem) => Promise<void>,
): Promise<void> {
  const { country, rate } = form
  if (mustShow(selection, form)) {
    const href = checkoutHref(selection.path, { ...selection.query, country, rate })
    response.redirect(303, isChanged(selection, form) ? withUpdated(href) : href)
    return
  }
  const user = userOf(request)
  await countCheckout(deps.limits, user)
  const limited = { ...deps, stripe: withCallLimit(deps.stripe) }
  try {
    if (selection.cartId !== null) assertSameItems(selection, form)
    const order = await placeOrder(limited, user, selection.items, {
      cartId: selection.cartId,
      payNow: true,
      shown: shownIn(form, selection.query.quantity ?? 1),
      delivery:
        country === undefined || rate === undefined ? null : { country, rateId: rate, days: form.shown_days },
    })
    goToPayPage(deps, response, (await openCheckout(limited, order)).url)
  } catch (error) {
    const wantsPage = request.accepts(['html', 'json']) === 'html'
    if (!(error instanceof Problem) || !SHOWN_AGAIN.has(error.code) || !wantsPage) throw error
    request.log.info({ code: error.code, reason: error.detail }, 'shown on the checkout page')
    response.status(error.status)
    await showAgain(error)
  }
}

/** Whether the shopper must see the page before they can pay. */
function mustShow(selection: Selection, form: CheckoutForm): boolean {
  const isUndecided = form.country === undefined || form.rate === undefined || form.total === undefined
  return form.update !== undefined || isChanged(selection, form) || (selection.needsDelivery && isUndecided)
}

/** Whether something was chosen on the page that its total does not include yet. */
function isChanged(selection: Selection, form: CheckoutForm): boolean {
  const { items, shown_country: country, shown_rate: rate } = form
  const isTyped = selection.cartId === null && items !== undefined && items !== contentOf(selection)
  const isChosen =
    (country !== undefined && country !== (form.country ?? '')) ||
    (rate !== undefined && rate !== String(form.rate ?? ''))
  return isTyped || (selection.needsDelivery && isChosen)
}

function withUpdated(href: string): string {
  return `${href}${href.includes('?') ? '&' : '?'}updated`
}

function assertSameItems(selection: Selection, { items }: CheckoutForm): void {
  if (items === undefined || items === contentOf(selection)) return
  throw new Problem(409, 'price_changed', t().checkout.priceChangedTitle, t().checkout.cartChanged)
}
