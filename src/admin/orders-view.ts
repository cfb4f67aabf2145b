// Shows orders in lists.
import { shownEmail } from '../accounts/email-address.js'
import { nameWithVariant } from '../catalog/variants.js'
import { OrderStatus } from '../generated/prisma/enums.js'
import { linesLeft, type OrderToShip } from '../fulfilment/orders-to-ship.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import { shownFulfilment, type Fulfilment } from '../orders/fulfilment.js'
import { attentionOf, type ListedOrder } from '../orders/listed-orders.js'
import { FULFILMENTS, ORDER_SORTS, ORIGINS } from '../orders/order-filters.js'
import { orderNumber } from '../orders/order-key.js'
import { ORDER_STATES } from '../orders/order-label-sql.js'
import { labelOf, stateOf } from '../orders/order-label.js'
import { byName, COUNTRIES, countryName } from '../shipping/countries.js'
import type { Choice, OrderLine, OrdersPage, OrderToSend } from './orders-models.js'
import { orderBadge } from './state-badges.js'
import { formatDateTime } from './times.js'

const FULFILMENT_TEXTS: Record<Fulfilment | 'to_ship', string> = {
  to_ship: 'To ship',
  unshipped: 'Not shipped',
  partly_shipped: 'Partly shipped',
  shipped: 'Shipped',
  delivered: 'Delivered',
  none: '',
}

const ORIGIN_TEXTS = { shop: 'Shop', api: 'API', payment_link: 'Payment link' }
const SORT_TEXTS = { newest: 'Newest first', oldest: 'Oldest first', total: 'Largest total first' }

/** The choices of the list's filters. */
export function filterChoices(): OrdersPage['choices'] {
  return {
    status: Object.values(OrderStatus).map((value) => ({ value, label: sentence(value) })),
    label: ORDER_STATES.map((value) => ({ value, label: t().orders.states[value].label })),
    fulfilment: FULFILMENTS.map((value) => ({ value, label: FULFILMENT_TEXTS[value] })),
    origin: ORIGINS.map((value) => ({ value, label: ORIGIN_TEXTS[value] })),
    country: byName(COUNTRIES).map((value): Choice => ({ value, label: countryName(value) })),
    sort: ORDER_SORTS.map((value) => ({ value, label: SORT_TEXTS[value] })),
  }
}

/** "partially_refunded" → "Partially refunded". */
function sentence(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
}

export function orderLine(order: ListedOrder, timeZone: string): OrderLine {
  const [first, ...others] = order.items
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return {
    key: order.key,
    number: orderNumber(order.key),
    href: `/admin/orders/${order.key}`,
    at: formatDateTime(order.createdAt, timeZone),
    state: orderBadge(stateOf(order), labelOf(order)),
    fulfilment: FULFILMENT_TEXTS[shownFulfilment(order)],
    items: first ? `${first.quantity} × ${nameWithVariant(first.name, first.variantName)}${more}` : '',
    total: formatMoney(order.amountPaid ?? order.total, order.currency),
    refunded: order.amountRefunded === 0 ? null : formatMoney(order.amountRefunded, order.currency),
    email: shownEmail(order.email),
    country: order.deliveryCountry ?? '',
    needsAttention: attentionOf(order).length > 0,
  }
}

export function orderToSend(order: OrderToShip, timeZone: string): OrderToSend {
  return {
    key: order.key,
    number: orderNumber(order.key),
    href: `/admin/orders/${order.key}`,
    at: order.paidAt && formatDateTime(order.paidAt, timeZone),
    to: order.deliveryCountry === null ? '' : countryName(order.deliveryCountry),
    delivery: order.shippingRateName ?? '',
    lines: linesLeft(order),
    isPartlyShipped: order.fulfilment === 'partly_shipped',
  }
}
