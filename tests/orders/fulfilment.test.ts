// What is left to send of an order, and what can be sent back.
import { expect, it } from 'vitest'
import { fulfilmentOf, unitsToSend, unitsWithdrawn } from '../../src/orders/fulfilment.js'
import { returnableOf, type ReturnableOrder } from '../../src/orders/returnable.js'

const DAY = 24 * 60 * 60 * 1000
const line = (id: number, quantity: number, needsDelivery = true) => ({ id, quantity, needsDelivery })
const parcel = (items: [number, number][], deliveredAt: Date | null = null) => ({
  deliveredAt,
  items: items.map(([orderItemId, quantity]) => ({ orderItemId, quantity })),
})

it.each([
  ['nothing sent', [], 'none'],
  ['one of two units', [parcel([[1, 1]])], 'partly_shipped'],
  ['all in two parcels', [parcel([[1, 1]]), parcel([[1, 1]], new Date())], 'shipped'],
  ['all arrived', [parcel([[1, 2]], new Date())], 'delivered'],
  ['a part arrived', [parcel([[1, 1]], new Date())], 'partly_shipped'],
])('%s', (_what, shipments, state) => {
  // The download needs no parcel.
  expect(fulfilmentOf([line(1, 2), line(2, 1, false)], shipments)).toBe(state)
})

it('what no longer needs delivery is still to be sent if nothing else is', () => {
  expect(unitsToSend([line(1, 2, false)], [])).toEqual([{ orderItemId: 1, quantity: 2 }])
})

it('units that were refunded before they were sent are not left to send', () => {
  const items = [{ orderItemId: 1, quantity: 1 }]
  const returns = [
    { unsent: true, items },
    { unsent: false, items },
  ]
  expect(unitsWithdrawn(returns, 1)).toBe(1)
  expect(unitsWithdrawn(returns, 2)).toBe(0)
  expect(fulfilmentOf([line(1, 1)], [parcel([[1, 1]])])).toBe('shipped')
  expect(fulfilmentOf([line(1, 0), line(2, 1, false)], [])).toBe('withdrawn')
})

const FRIDAY = new Date('2026-11-27T12:00:00Z')
const order = (change: Partial<ReturnableOrder> = {}): ReturnableOrder => ({
  ...{ status: 'paid', deliveryMaxDays: 2, items: [{ id: 1 }, { id: 2 }], returns: [] },
  shipments: [{ ...parcel([[1, 3]]), shippedAt: FRIDAY }],
  ...change,
})
const units = (change: Partial<ReturnableOrder>, now: Date, days = 14) =>
  returnableOf(order(change), days, now)?.lines[0]?.quantity ?? 0

it('units can be returned until the days after the latest delivery are over', () => {
  // Two business days after a Friday are a Tuesday.
  const until = new Date(FRIDAY.getTime() + (4 + 14) * DAY)
  expect(returnableOf(order(), 14, FRIDAY)).toEqual({ lines: [{ orderItemId: 1, quantity: 3 }], until })
  expect(units({}, new Date(until.getTime() - 1))).toBe(3)
  expect(units({}, until)).toBe(0)
  const delivered = [{ ...parcel([[1, 3]], new Date(FRIDAY.getTime() + DAY)), shippedAt: FRIDAY }]
  expect(units({ shipments: delivered }, new Date(FRIDAY.getTime() + 15 * DAY))).toBe(0)
  expect(units({}, FRIDAY, 0)).toBe(0)
  expect(units({ status: 'refunded' }, FRIDAY)).toBe(0)
})

it('units in a return can’t be returned again, unless it was declined', () => {
  const returned = (status: string) => ({ returns: [{ status, items: [{ orderItemId: 1, quantity: 2 }] }] })
  for (const status of ['requested', 'accepted', 'received', 'refunded'])
    expect(units(returned(status), FRIDAY)).toBe(1)
  expect(units(returned('declined'), FRIDAY)).toBe(3)
})
