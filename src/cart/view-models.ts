// What the cart's page is given.
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'cart/cart': CartPage
  }
}

export interface CartLine {
  productId: number
  name: string
  image: string
  /** Null for a product that is no longer sold. */
  href: string | null
  quantity: number
  /** What can be had of it now: 0 when none. */
  maxQuantity: number
  unitAmount: string
  /** Null when it can't be had. */
  amount: string | null
  /** Why it can't be ordered like this ("Only 3 left"), and the quantity that could; 0 for none. */
  problem: { text: string; fits: number } | null
  /** "The price has changed: …" */
  note: string | null
}

/** What is paid together: the products of one currency. */
export interface CartGroup {
  /** Lower case. */
  currency: string
  /** "US dollars" */
  currencyName: string
  lines: CartLine[]
  /** Of what can be had. */
  total: string
  /** The same in minor units: sent back at checkout, to tell whether the shopper saw what they order. */
  totalAmount: number
  /** False when the total leaves out what can't be had. */
  isWhole: boolean
  /** Why it can't be ordered as it is; null when it can. */
  obstacle: string | null
}

export interface CartPage {
  groups: CartGroup[]
  /** Pieces in all groups. */
  pieces: number
  notice: Notice | null
}
