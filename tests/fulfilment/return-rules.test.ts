// The moves of a return, its share of what was paid, and carriers' links.
import { describe, expect, it } from 'vitest'
import { CARRIERS, trackingOf } from '../../src/fulfilment/carriers.js'
import { canMove, checkReturnMoves, RETURN_STATES } from '../../src/fulfilment/return-moves.js'
import { shareOf } from '../../src/fulfilment/return-share.js'
import { orderFacts, paidAttempt } from '../payments/order-facts.js'

describe('moves', () => {
  it('lead forward only', () => {
    checkReturnMoves()
    expect(RETURN_STATES.filter((to) => canMove('received', to))).toEqual(['refunded', 'declined'])
    expect(RETURN_STATES.filter((to) => canMove('refunded', to))).toEqual([])
    const moves = {
      requested: ['accepted'],
      accepted: ['requested'],
      received: [],
      refunded: [],
      declined: [],
    } as const
    expect(() => checkReturnMoves(moves)).toThrow('A return can go back from accepted to requested.')
    expect(() => checkReturnMoves({ ...moves, accepted: [] })).toThrow('No return can become received.')
  })
})

describe('the share of a return', () => {
  // Two mugs for $15.00 and a bowl for $20.00: $50.00.
  const share = (units: [number, number][], facts = {}, before: [number, number][] = []) => {
    const items = (pairs: [number, number][]) =>
      pairs.map(([orderItemId, quantity]) => ({ orderItemId, quantity }))
    const own = { id: 2, status: 'received', items: items(units) }
    const order = {
      items: [
        { id: 1, variantId: 11, productId: 11 },
        { id: 2, variantId: 13, productId: 12 },
      ],
      returns: [{ id: 1, status: 'refunded', items: items(before) }, own],
    }
    return shareOf(orderFacts({ attempts: [paidAttempt(facts)] }), order, own)
  }

  it('is what was paid for its units', () => {
    expect(share([[1, 1]])).toBe(1500)
    expect(
      share([
        [1, 2],
        [2, 1],
      ]),
    ).toBe(5000)
  })

  it('has its part of a discount and of tax on top, and adds up to the whole', () => {
    const discounted = { amountDiscount: 1001, amountTotal: 3999 }
    const first = share([[1, 1]], discounted)
    const second = share([[1, 1]], discounted, [[1, 1]])
    const bowl = share([[2, 1]], discounted)
    expect(first + second + bowl).toBe(3999)
    expect(
      share(
        [
          [1, 2],
          [2, 1],
        ],
        { amountTax: 950, amountTotal: 5950 },
      ),
    ).toBe(5950)
  })
})

describe('carriers', () => {
  it('have https links with the number in it', () => {
    for (const word of Object.keys(CARRIERS)) {
      const { carrier, trackingUrl } = trackingOf({ carrier: word.toUpperCase(), number: 'A/1' })
      expect(carrier).toBe(CARRIERS[word]?.name)
      expect(new URL(trackingUrl ?? '').protocol).toBe('https:')
      expect(trackingUrl).toContain('A%2F1')
    }
    expect(trackingOf({ carrier: 'Royal Mail', number: '1' }).trackingUrl).toContain('royalmail')
  })

  it.each([
    [{ number: '1' }, 'Whose tracking number'],
    [{ carrier: '' }, 'The carrier needs a text'],
    [{ link: 'javascript:alert(1)' }, 'https://'],
    [{ link: 'https://user@host.example' }, 'https://'],
  ])('%j is refused', (given, said) => {
    expect(() => trackingOf(given)).toThrow(said)
  })
})
