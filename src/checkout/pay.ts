// What the checkout page's forms do: they show the page again for what was changed, or place the order and go to Stripe.
import type { Request, Response } from 'express'
import { fieldErrors, guestForm } from '../accounts/forms.js'
import type { GuestCookie } from '../cart/guest-cookie.js'
import { knowGuest } from '../cart/visitors-cart.js'
import { Problem } from '../http/problem.js'
import type { RateLimits } from '../http/rate-limits.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { termsOf } from '../settings/settings.js'
import { withCallLimit } from '../payments/stripe-client.js'
import { buyerOf } from './buyer.js'
import { checkoutHref } from './checkout-link.js'
import { countCheckout } from './count-checkout.js'
import { shownIn, type CheckoutForm } from './forms.js'
import { goToPayPage } from './go-to-pay-page.js'
import { openCheckout } from './open-checkout.js'
import { placeOrder } from './place-order.js'
import { contentOf, type Selection } from './selection.js'

export interface CheckoutDeps extends PaymentDeps {
  limits: RateLimits
  /** Identifies guests. */
  cookie: GuestCookie
}

/** What the page shown again says instead of what its address asks for. */
export interface Said {
  notice?: Notice | null
  /** Whether it says that the total has changed. */
  isUpdated?: boolean
  /** What is wrong with a guest's address. */
  emailError?: string
}

/** What is shown on the checkout page, with today's prices, instead of an error page. */
const SHOWN_AGAIN = new Set([
  'price_changed',
  'delivery_required',
  'delivery_changed',
  'not_delivered',
  'sold_out',
  'not_enough_stock',
  'terms_required',
])

/**
 * Charges what the page showed, or shows the page again.
 * @param showAgain shows the page of what can be ordered now
 * @throws Problem when the order can't be placed or paid, and a new look at the page would not help
 */
export async function pay(
  deps: CheckoutDeps,
  request: Request,
  response: Response,
  selection: Selection,
  form: CheckoutForm,
  showAgain: (said: Said) => Promise<void>,
): Promise<void> {
  const { country, rate } = form
  const href = checkoutHref(selection.path, { ...selection.query, country, rate })
  const isGuest = request.user === undefined
  if (
    mustShow(selection, form, termsOf(await deps.settings()) !== null) ||
    (isGuest && form.email === undefined)
  ) {
    const isUpdated = isChanged(selection, form)
    // What a guest has typed must not get lost, and must not be in an address.
    if (isGuest && form.email) await showAgain({ isUpdated })
    else response.redirect(303, isUpdated ? withUpdated(href) : href)
    return
  }
  const address = isGuest ? readEmail(form.email) : null
  if (address?.error !== undefined) {
    response.status(422)
    await showAgain({ emailError: address.error, isUpdated: false })
    return
  }
  knowGuest(request, response, deps.cookie)
  const buyer = buyerOf(request, address?.email ?? '')
  await countCheckout(deps.limits, buyer, href)
  const limited = { ...deps, stripe: withCallLimit(deps.stripe) }
  try {
    if (selection.cartId !== null) assertSameItems(selection, form)
    const order = await placeOrder(limited, buyer, selection.items, {
      cartId: selection.cartId,
      payNow: true,
      shown: shownIn(form, selection.query.quantity ?? 1),
      acceptedTerms: form.accepted_terms ?? null,
      delivery:
        country === undefined || rate === undefined ? null : { country, rateId: rate, days: form.shown_days },
    })
    goToPayPage(deps, response, (await openCheckout(limited, order)).url)
  } catch (error) {
    const wantsPage = request.accepts(['html', 'json']) === 'html'
    if (!(error instanceof Problem) || !SHOWN_AGAIN.has(error.code) || !wantsPage) throw error
    request.log.info({ code: error.code, reason: error.detail }, 'shown on the checkout page')
    response.status(error.status)
    await showAgain({ notice: { kind: 'error', text: error.detail } })
  }
}

/** A guest's address, as the shop stores it. */
function readEmail(typed: unknown): { email: string; error?: undefined } | { error: string } {
  const form = guestForm.safeParse({ email: typed })
  if (form.success) return form.data
  return { error: typed === '' ? t().accounts.emailMissing : (fieldErrors(form.error).email ?? '') }
}

/** Whether the shopper must see the page before they can pay. */
function mustShow(selection: Selection, form: CheckoutForm, hasTerms: boolean): boolean {
  const isUndecided = form.country === undefined || form.rate === undefined || form.total === undefined
  return (
    form.update !== undefined ||
    isChanged(selection, form) ||
    (selection.needsDelivery && isUndecided) ||
    (hasTerms && form.total === undefined)
  )
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
