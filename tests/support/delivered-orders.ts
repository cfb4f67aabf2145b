// Orders with delivery and tax, and what Stripe's page collected for them.
import type { Address, Collected } from '../../src/orders/order-facts.js'
import type { TaxBehavior } from '../../src/settings/tax.js'
import type { SessionReport } from '../../src/payments/session-report.js'
import { openOrderOf, reportOfSession, type KnownOrder } from './settled-orders.js'
import type { TestShop } from './shop.js'

export const SHIPPING = 590

export const ADDRESS: Address = {
  line1: 'Unter den Linden 1',
  line2: 'Hinterhaus',
  city: 'Berlin',
  state: null,
  postal_code: '10117',
  country: 'DE',
}

export const COLLECTED: Collected = {
  shipping: { name: 'Ada Lovelace', address: ADDRESS },
  phone: '+49 30 1234567',
  billing: {
    name: 'Lovelace Engines GmbH',
    address: {
      line1: 'Rechnungsweg 2',
      line2: null,
      city: 'Potsdam',
      state: null,
      postal_code: '14467',
      country: 'DE',
    },
  },
  taxIds: [{ type: 'eu_vat', value: 'DE123456789' }],
  presentment: null,
}

/** An open order of this shopper, with a delivery to Germany for `SHIPPING` and Stripe Tax. */
export async function openDeliveryOf(
  shop: TestShop,
  email: string,
  taxBehavior: TaxBehavior,
): Promise<KnownOrder> {
  const order = await openOrderOf(shop, email, 2)
  await shop.database.prisma.order.update({
    where: { id: order.id },
    data: {
      ...{ taxBehavior, automaticTax: true, total: order.total + SHIPPING, shippingTotal: SHIPPING },
      ...{ deliveryCountry: 'DE', shippingRateName: 'Standard', deliveryMinDays: 3, deliveryMaxDays: 5 },
      attempts: { update: { where: { id: order.attemptId }, data: { promotionCodes: true } } },
    },
  })
  return order
}

/** The report of a session with all that can be in one. */
export function reportOfDelivery(
  order: KnownOrder,
  taxBehavior: TaxBehavior,
  {
    discount = 100,
    tax = 400,
    collected = COLLECTED,
  }: { discount?: number; tax?: number; collected?: Collected } = {},
  status: SessionReport['status'] = 'paid',
): SessionReport {
  const onTop = taxBehavior === 'exclusive' ? tax : 0
  return {
    ...reportOfSession(order, status, discount),
    amountShipping: SHIPPING,
    amountTax: tax,
    amountTotal: order.total - discount + SHIPPING + onTop,
    collected,
  }
}
