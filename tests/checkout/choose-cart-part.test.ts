// Only items the shopper has seen are ordered.
import { describe, expect, it } from 'vitest'
import type { CartPart } from '../../src/cart/cart-view.js'
import { chooseCartPart } from '../../src/checkout/choose-cart-part.js'

/** A cart part with one product. `seenAt` is the price at which it was added. */
function part(currency: string, total: number, { obstacle = null as string | null, seenAt = total } = {}) {
  const item = { quantity: 1, unitAmount: seenAt, currency, variant: { unitAmount: total, currency } }
  return { currency, total, obstacle, items: [item], view: { currencyName: currency } } as unknown as CartPart
}

const usd = part('usd', 2000)
const eur = part('eur', 900)

describe('the ordered part is', () => {
  it.each([
    ['the only one', [usd], {}, usd],
    ['the only one, with its total shown', [usd], { currency: 'usd', total: 2000 }, usd],
    ['the one in the chosen currency', [usd, eur], { currency: 'eur', total: 900 }, eur],
    ['one whose new price was shown', [part('usd', 2000, { seenAt: 1500 })], { total: 2000 }, null],
  ])('%s', (_what, parts, seen, chosen) => {
    expect(chooseCartPart(parts, seen)).toEqual({ part: chosen ?? parts[0], refusal: null })
  })
})

describe('checkout is refused', () => {
  it.each([
    ['for an empty cart', [], {}, /cart is empty/],
    ['for two currencies if none was chosen', [usd, eur], {}, /prices in usd and eur/],
    ['for a currency that is no longer in the cart', [usd], { currency: 'eur' }, /cart has changed/],
    [
      'for items that cannot be ordered',
      [part('usd', 2000, { obstacle: 'Only 2 are left.' })],
      { total: 2000 },
      /Only 2 are left/,
    ],
    ['if the shown total differs', [usd], { total: 1999 }, /cart has changed/],
    [
      'if the total differs because of a new price',
      [part('usd', 2000, { seenAt: 1999 })],
      { total: 1999 },
      /price has changed/,
    ],
    [
      'if a price is new and no total was shown',
      [part('usd', 2000, { seenAt: 1999 })],
      {},
      /price has changed/,
    ],
  ])('%s', (_what, parts, seen, refusal) => {
    expect(chooseCartPart(parts, seen).refusal).toMatch(refusal)
  })
})
