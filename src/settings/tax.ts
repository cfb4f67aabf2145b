// How the owner's settings of tax count for prices, and how pages say it.
import type { Settings } from './settings.js'

type TaxSettings = Pick<Settings, 'tax' | 'pricesIncludeTax'>

/** Whether prices contain tax, or it comes on top: Stripe's `tax_behavior`. */
export type TaxBehavior = 'inclusive' | 'exclusive'

/** How the prices of new orders count tax. Fixed for an order when it is placed. */
export function taxBehaviorOf({ pricesIncludeTax }: Pick<Settings, 'pricesIncludeTax'>): TaxBehavior {
  return pricesIncludeTax ? 'inclusive' : 'exclusive'
}

/** Not at all, included in the prices, or added to them on Stripe's page. */
export type TaxShown = 'none' | 'included' | 'added'

export function taxShown({ tax, pricesIncludeTax }: TaxSettings): TaxShown {
  if (tax === 'none') return 'none'
  return pricesIncludeTax ? 'included' : 'added'
}
