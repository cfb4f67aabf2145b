// The redirect to Stripe's page.
import type { Response } from 'express'
import { render } from '../http/render.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { isPayPage } from '../payments/stripe-client.js'

/**
 * Redirects to Stripe's page. Browsers silently block that on a host that our form-action does not name, but they follow
 * links anywhere.
 */
export function goToPayPage({ stripe, log }: PaymentDeps, response: Response, url: string): void {
  const { host } = new URL(url)
  if (isPayPage(stripe, url)) {
    response.redirect(303, url)
    return
  }
  log.error(
    { host },
    `Stripe’s payment page is on ${host}, where our forms may not lead: set STRIPE_CHECKOUT_DOMAIN=${host}. Until then shoppers get a page with a link.`,
  )
  render(response, 'checkout/continue', { href: url })
}
