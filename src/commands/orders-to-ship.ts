// npm run orders -- list --to-ship: paid orders of which something is left to send.
import type { PrismaClient } from '../generated/prisma/client.js'
import { countryName } from '../shipping/countries.js'
import { linesToSend, nameOfLine, WITH_FULFILMENT } from '../fulfilment/locked-order.js'
import { shownFulfilment, unitsToSend } from '../orders/fulfilment.js'
import { orderNumber } from '../orders/order-key.js'
import { table, time } from './table.js'

/** The longest waiting first. */
export async function toShip(prisma: PrismaClient, limit: number): Promise<string> {
  // By its partial index "Order_toShip_idx": the conditions are those of the index.
  const ids = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM "Order"
    WHERE "deliveryCountry" IS NOT NULL AND status IN ('paid', 'partially_refunded')
      AND fulfilment IN ('none', 'partly_shipped')
    ORDER BY id LIMIT ${limit}`
  const orders = await prisma.order.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    include: WITH_FULFILMENT,
    orderBy: { id: 'asc' },
  })
  if (orders.length === 0) return 'No order waits to be shipped.'
  const rows = orders.map((order) => {
    const left = unitsToSend(linesToSend(order), order.shipments).map(
      ({ orderItemId, quantity }) => `${quantity} × ${nameOfLine(order, orderItemId)}`,
    )
    return [
      orderNumber(order.key),
      shownFulfilment(order),
      time(order.paidAt),
      order.deliveryCountry === null ? '' : countryName(order.deliveryCountry),
      order.shippingRateName ?? '',
      left.join(', '),
    ]
  })
  return table(['ORDER', 'FULFILMENT', 'PAID (UTC)', 'TO', 'DELIVERY', 'LEFT TO SEND'], rows)
}
