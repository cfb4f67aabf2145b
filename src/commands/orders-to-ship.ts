// npm run orders -- list --to-ship: paid orders of which something is left to send.
import type { PrismaClient } from '../generated/prisma/client.js'
import { countryName } from '../shipping/countries.js'
import { linesLeft, ordersToShip } from '../fulfilment/orders-to-ship.js'
import { shownFulfilment } from '../orders/fulfilment.js'
import { orderNumber } from '../orders/order-key.js'
import { table, time } from './table.js'

/** The longest waiting first. */
export async function toShip(prisma: PrismaClient, limit: number): Promise<string> {
  const orders = await ordersToShip(prisma, limit)
  if (orders.length === 0) return 'No order waits to be shipped.'
  const rows = orders.map((order) => [
    orderNumber(order.key),
    shownFulfilment(order),
    time(order.paidAt),
    order.deliveryCountry === null ? '' : countryName(order.deliveryCountry),
    order.shippingRateName ?? '',
    linesLeft(order)
      .map(({ quantity, name }) => `${quantity} × ${name}`)
      .join(', '),
  ])
  return table(['ORDER', 'FULFILMENT', 'PAID (UTC)', 'TO', 'DELIVERY', 'LEFT TO SEND'], rows)
}
