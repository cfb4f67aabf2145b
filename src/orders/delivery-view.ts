// To whom an order goes and who is billed, for pages and emails.
import { addressLines, countryName } from './address-lines.js'
import { completedAttempt, type Addressee, type Collected } from './order-facts.js'
import type { Shown } from './order-view.js'
import type { OrderView } from './view-models.js'
import { t } from '../messages/index.js'

export function deliveryOf(order: Shown): OrderView['delivery'] {
  const { deliveryCountry, shippingRateName, deliveryMinDays, deliveryMaxDays } = order
  const { shipping = null, phone = null } = collectedBy(order) ?? {}
  const rate = deliveryCountry === null ? null : (shippingRateName ?? '')
  if (rate === null && shipping === null) return null
  const to = [...(shipping ? linesOf(shipping) : []), ...(phone === null ? [] : [phone])]
  return {
    rate: rate || null,
    time: t().orders.delivery.time(deliveryMinDays, deliveryMaxDays),
    // Until Stripe's page has asked for the address, only its country is known.
    to: shipping !== null || deliveryCountry === null ? to : [countryName(deliveryCountry)],
  }
}

/** An address without a street is what a card form asks for, and says nothing on a receipt. */
export function billingOf(order: Shown): OrderView['billing'] {
  const { billing = null, taxIds = [] } = collectedBy(order) ?? {}
  const address = billing?.address ?? null
  return {
    name: billing?.name ?? null,
    lines: address === null || address.line1 === null ? [] : addressLines(address),
    taxIds: taxIds.map(({ value }) => value),
  }
}

function collectedBy(order: Shown): Collected | null {
  return completedAttempt(order.attempts)?.collected ?? null
}

function linesOf({ name, address }: Addressee): string[] {
  return [...(name === null ? [] : [name]), ...(address === null ? [] : addressLines(address))]
}
