// Models of the pages before and after Stripe's page.
import type { Notice } from '../http/view-models.js'
import type { Live, OrderView } from '../orders/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'checkout/review': ReviewPage
    'checkout/continue': ContinuePage
    'checkout/success': SuccessPage
  }
}

/** GET /checkout/:productId. */
export interface ReviewPage {
  item: {
    productId: number
    variantId: number
    name: string
    /** "Red / L". Empty for a product without options. */
    variantName: string
    image: string
    href: string
    price: string
  }
  quantity: number
  maxQuantity: number
  total: string
  /** The same in minor units. The form sends it back, so that nothing is charged that the page did not show. */
  shown: { unitAmount: number; total: number; currency: string }
  email: string
  notice: Notice | null
}

/** The link to Stripe's page, when a redirect could be blocked. */
export interface ContinuePage {
  href: string
}

/** GET /payment-success/:productId. Reloads itself while it waits, even without JavaScript. */
export interface SuccessPage {
  order: OrderView
  heading: string
  /** What is known, and what the shopper should do next, if anything. */
  text: string
  live: Live | null
}
