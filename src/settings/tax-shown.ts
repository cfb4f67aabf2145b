// How pages say that tax counts.
import type { Settings } from './settings.js'

/** Not at all, included in the prices, or added to them on Stripe's page. */
export type TaxShown = 'none' | 'included' | 'added'

export function taxShown({ tax, pricesIncludeTax }: Pick<Settings, 'tax' | 'pricesIncludeTax'>): TaxShown {
  if (tax === 'none') return 'none'
  return pricesIncludeTax ? 'included' : 'added'
}
