// Settlement reads orders without a lock and writes only if their rows are the same: whatever a status follows from, whoever
// writes it must write the order's row as well.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerReturn } from '../../src/fulfilment/answer-return.js'
import { cancelOrder } from '../../src/fulfilment/cancel-order.js'
import { correctAddress } from '../../src/fulfilment/correct-address.js'
import { refundReturn } from '../../src/fulfilment/refund-return.js'
import { refundLines } from '../../src/fulfilment/refund-lines.js'
import { requestReturn } from '../../src/fulfilment/request-return.js'
import { markDelivered, shipOrder } from '../../src/fulfilment/ship-order.js'
import { refundOrder } from '../../src/payments/refunds.js'
import { place } from '../support/place.js'
import { depsOf } from '../reliability/crowd.js'
import { payByCard } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

async function versionOf(orderId: number): Promise<string | undefined> {
  const { rows } = await shop.database.pool.query<{ version: string }>(
    'SELECT xmin::text AS version FROM "Order" WHERE id = $1',
    [orderId],
  )
  return rows[0]?.version
}

async function writes<Result>(orderId: number, what: string, step: () => Promise<Result>): Promise<Result> {
  // An event of the step before may be on its way.
  await shop.sandbox?.idle()
  const before = await versionOf(orderId)
  const result = await step()
  expect(await versionOf(orderId), what).not.toBe(before)
  return result
}

it('each step after payment writes the order’s row', async () => {
  const deps = depsOf(shop)
  const { orderId, url } = await place(shop, { units: [3, 2] })
  await writes(orderId, 'paying', async () => {
    await payByCard(url)
    await shop.sandbox?.idle()
  })
  const items = await shop.database.prisma.orderItem.findMany({ where: { orderId }, orderBy: { id: 'asc' } })
  const one = [{ orderItemId: items[0]?.id ?? 0, quantity: 1 }]
  const tracking = { carrier: null, trackingNumber: null, trackingUrl: null, requestKey: null }

  await writes(orderId, 'correcting the address', () =>
    correctAddress(deps, orderId, { line1: 'Mug Street 2' }),
  )
  await writes(orderId, 'refunding what was not sent', () =>
    refundLines(deps, orderId, {
      ...{ lines: one, sent: false, shipping: false },
      ...{ amount: null, restock: true, requestKey: null },
    }),
  )
  await writes(orderId, 'shipping', () => shipOrder(deps, orderId, { lines: null, ...tracking }))
  await writes(orderId, 'marking as delivered', () => markDelivered(deps, orderId, null))
  const { id } = await writes(orderId, 'requesting a return', () =>
    requestReturn(deps, orderId, { lines: one, reason: 'Too large' }),
  )
  const returned = { id, orderId }
  await writes(orderId, 'accepting it', () =>
    answerReturn(deps, returned, { state: 'accepted', text: 'Yes' }),
  )
  await writes(orderId, 'receiving it', () => answerReturn(deps, returned, { state: 'received' }))
  await writes(orderId, 'refunding it', () => refundReturn(deps, returned, { amount: null, restock: true }))
  await writes(orderId, 'refunding the rest', () =>
    refundOrder(deps, orderId, { amount: null, restock: true, requestKey: null }),
  )
})

it('canceling an order writes its row', async () => {
  const { orderId } = await place(shop, { units: [1, 1] })
  await writes(orderId, 'canceling', () => cancelOrder(depsOf(shop), orderId, 'operator'))
})
