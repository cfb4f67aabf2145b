// The cart page's model.
import type { Notice } from '../http/view-models.js'

declare module '../http/view-models.js' {
  interface Views {
    'cart/cart': CartPage
  }
}

export interface CartLine {
  variantId: number
  name: string
  /** "Red / L". Empty for a product without options. */
  variantName: string
  /** Both: "Stoneware mug – Red / L". */
  fullName: string
  image: string
  /** Null if it is no longer sold. */
  href: string | null
  quantity: number
  /** The largest quantity that can be ordered now. 0 when none can. */
  maxQuantity: number
  unitAmount: string
  /** The same in minor units. Checkout sends it back, to check that the shopper saw what they order. */
  unitPrice: number
  /** Null when it is unavailable. */
  amount: string | null
  /**
   * Why it can't be ordered like this ("Only 3 left"), and the largest quantity that can, 0 for none. With the shopper's own
   * open order that holds its units.
   */
  problem: { text: string; fits: number; order: { href: string; label: string } | null } | null
  /** "The price has changed: …" */
  note: string | null
}

/** The items of one currency. They are paid together. */
export interface CartGroup {
  /** Lower case. */
  currency: string
  /** "US dollars" */
  currencyName: string
  lines: CartLine[]
  /** Sum of the available items. */
  total: string
  /** The same in minor units. */
  totalAmount: number
  /** False when the total leaves out unavailable items. */
  isWhole: boolean
  /** Why the group can't be ordered as it is. Null when it can. */
  obstacle: string | null
}

export interface CartPage {
  groups: CartGroup[]
  /** Number of units in all groups. */
  pieces: number
  notice: Notice | null
}
