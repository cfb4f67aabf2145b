// What the pages before and after Stripe's page are given.
import type { ProductCard } from '../catalog/view-models.js'
import type { Notice } from '../http/view-models.js'
import type { Live, OrderView } from '../orders/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'checkout/review': ReviewPage
    'checkout/success': SuccessPage
  }
}

/** GET /checkout/:productId: what, how many, total, Pay. */
export interface ReviewPage {
  product: ProductCard
  quantity: number
  maxQuantity: number
  total: string
  email: string
  notice: Notice | null
}

/** /payment-success/:productId. While it waits it looks again by itself, without script too. */
export interface SuccessPage {
  order: OrderView
  heading: string
  /** What is known, and what the shopper should do (or need not do) next. */
  text: string
  live: Live | null
}
