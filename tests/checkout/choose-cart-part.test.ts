// Which part of a cart is ordered. Nobody orders what they did not see.
import { describe, expect, it } from 'vitest'
import type { CartPart } from '../../src/cart/cart-view.js'
import { chooseCartPart } from '../../src/checkout/choose-cart-part.js'

/** A part with one product. `seenAt` is its price when it was put into the cart. */
function part(currency: string, total: number, { obstacle = null as string | null, seenAt = total } = {}) {
  const item = { quantity: 1, unitAmount: seenAt, currency, product: { unitAmount: total, currency } }
  return { currency, total, obstacle, items: [item], view: { currencyName: currency } } as unknown as CartPart
}

const usd = part('usd', 2000)
const eur = part('eur', 900)

describe('the part that is ordered', () => {
  it.each([
    ['the only one', [usd], {}, usd],
    ['the only one, whose total was seen', [usd], { currency: 'usd', total: 2000 }, usd],
    ['the one in the currency that was seen', [usd, eur], { currency: 'eur', total: 900 }, eur],
    ['one whose new price was seen', [part('usd', 2000, { seenAt: 1500 })], { total: 2000 }, null],
  ])('%s', (_what, parts, seen, chosen) => {
    expect(chooseCartPart(parts, seen)).toEqual({ part: chosen ?? parts[0], refusal: null })
  })
})

describe('nothing is ordered', () => {
  it.each([
    ['of an empty cart', [], {}, /cart is empty/],
    ['of two currencies when none was chosen', [usd, eur], {}, /prices in usd and eur/],
    ['in a currency that the cart has no more', [usd], { currency: 'eur' }, /cart has changed/],
    [
      'with an obstacle',
      [part('usd', 2000, { obstacle: 'Only 2 are left.' })],
      { total: 2000 },
      /Only 2 are left/,
    ],
    ['when the total was another', [usd], { total: 1999 }, /cart has changed/],
    [
      'when the total was another by a new price',
      [part('usd', 2000, { seenAt: 1999 })],
      { total: 1999 },
      /price has changed/,
    ],
    [
      'when a price is new and no total was seen',
      [part('usd', 2000, { seenAt: 1999 })],
      {},
      /price has changed/,
    ],
  ])('%s', (_what, parts, seen, refusal) => {
    expect(chooseCartPart(parts, seen).refusal).toMatch(refusal)
  })
})
