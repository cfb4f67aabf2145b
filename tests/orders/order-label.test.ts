// An order's one label: every combination of payment, fulfilment, cancellation and returns.
import { expect, it } from 'vitest'
import { OrderStatus } from '../../src/generated/prisma/enums.js'
import { t } from '../../src/messages/index.js'
import { stateOf, type Labeled, type OrderState } from '../../src/orders/order-label.js'

const SENT = ['none', 'partly_shipped', 'shipped', 'delivered'] as const
const RETURNS = [null, 'requested', 'accepted', 'received', 'refunded', 'declined'] as const

const order = (change: Partial<Labeled>): Labeled => ({
  ...{ status: 'paid', deliveryCountry: 'DE', fulfilment: 'none', needsAttention: null },
  ...{ holdsUnmatched: false, canceledAt: null, returns: [] },
  ...change,
})

/** What the label must be, said in another way than the table says it. */
function expected(
  status: OrderStatus,
  sent: string,
  wanted: string | null,
  delivers: boolean,
  canceled: boolean,
): OrderState {
  if (['pending', 'failed', 'expired'].includes(status)) return canceled ? 'canceled' : status
  if (status !== 'paid' && status !== 'partially_refunded') return status
  if (wanted !== null && wanted !== 'refunded' && wanted !== 'declined')
    return `return_${wanted}` as OrderState
  if (sent === 'none' && delivers) return 'preparing'
  if (sent === 'partly_shipped' || sent === 'shipped') return sent
  return status === 'paid' && sent === 'delivered' ? 'delivered' : status
}

it('every combination has the expected label, with texts', () => {
  let combinations = 0
  for (const status of Object.values(OrderStatus))
    for (const fulfilment of SENT)
      for (const wanted of RETURNS)
        for (const deliveryCountry of ['DE', null])
          for (const canceledAt of [null, new Date()]) {
            const returns = wanted === null ? [] : [{ status: wanted }]
            const state = stateOf(order({ status, fulfilment, returns, deliveryCountry, canceledAt }))
            const what = JSON.stringify({ status, fulfilment, wanted, deliveryCountry, canceledAt })
            const delivers = deliveryCountry !== null
            expect(state, what).toBe(expected(status, fulfilment, wanted, delivers, canceledAt !== null))
            expect(t().orders.states[state].label).not.toBe('')
            expect(t().checkout.outcome[state].heading).not.toBe('')
            combinations++
          }
  expect(combinations).toBe(9 * 4 * 6 * 2 * 2)
})

it('an unpaid order under review is being confirmed, also when it was canceled', () => {
  for (const canceledAt of [null, new Date()])
    for (const review of [{ needsAttention: 'x' }, { holdsUnmatched: true }])
      expect(stateOf(order({ status: 'expired', canceledAt, ...review }))).toBe('confirming')
  expect(stateOf(order({ needsAttention: 'x' }))).toBe('preparing')
})
