// The shop's numbers, added up from the rows one by one, in a way that has nothing in common with how the shop does it.
import type { PrismaClient } from '../../src/generated/prisma/client.js'
import type { Figures } from '../../src/numbers/read-numbers.js'

export interface AddedUp {
  figures: Figures
  byDay: Map<string, { orders: number; net: number }>
  byCountry: Map<string, number>
  byOrigin: Map<string, number>
  units: Map<number, number>
}

/** @param inRange which days count */
export async function addUp(
  prisma: PrismaClient,
  currency: string,
  timeZone: string,
  inRange: (day: string) => boolean,
): Promise<AddedUp> {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const dayOf = (at: Date | null) => (at === null ? '' : format.format(at))
  const orders = await prisma.order.findMany({
    where: { currency },
    include: { refunds: true, disputes: true, purchases: true },
  })
  const figures: Figures = {
    ...{ placed: 0, placedPaid: 0, placedExpired: 0, placedFailed: 0, orders: 0, revenue: 0 },
    ...{ refunds: 0, refunded: 0, disputesLost: 0, lost: 0 },
  }
  const byDay: AddedUp['byDay'] = new Map()
  const sums = { byCountry: new Map<string, number>(), byOrigin: new Map<string, number>() }
  const units = new Map<number, number>()
  const add = (day: string, change: { orders: number; net: number }) => {
    const known = byDay.get(day) ?? { orders: 0, net: 0 }
    byDay.set(day, { orders: known.orders + change.orders, net: known.net + change.net })
  }
  for (const order of orders) {
    const billing = order.billingDetails as { address?: { country?: string } } | null
    const country = order.deliveryCountry ?? billing?.address?.country ?? ''
    const addNet = (day: string, change: { orders: number; net: number }) => {
      add(day, change)
      sums.byCountry.set(country, (sums.byCountry.get(country) ?? 0) + change.net)
      sums.byOrigin.set(order.origin, (sums.byOrigin.get(order.origin) ?? 0) + change.net)
    }
    if (inRange(dayOf(order.createdAt))) {
      figures.placed += 1
      if (order.paidAt !== null) figures.placedPaid += 1
      else if (order.status === 'expired') figures.placedExpired += 1
      else if (order.status === 'failed') figures.placedFailed += 1
    }
    if (order.paidAt !== null && inRange(dayOf(order.paidAt))) {
      figures.orders += 1
      figures.revenue += order.amountPaid ?? 0
      addNet(dayOf(order.paidAt), { orders: 1, net: order.amountPaid ?? 0 })
      for (const { productId, quantity } of order.purchases.filter((one) => one.purchaseSuccess))
        units.set(productId, (units.get(productId) ?? 0) + quantity)
    }
    for (const refund of order.refunds) {
      if (refund.status !== 'succeeded' || !inRange(dayOf(refund.succeededAt))) continue
      figures.refunds += 1
      figures.refunded += refund.amount
      addNet(dayOf(refund.succeededAt), { orders: 0, net: -refund.amount })
    }
    for (const dispute of order.disputes) {
      if (dispute.status !== 'lost' || !inRange(dayOf(dispute.closedAt))) continue
      figures.disputesLost += 1
      figures.lost += dispute.amount
    }
  }
  return { figures, byDay, ...sums, units }
}
