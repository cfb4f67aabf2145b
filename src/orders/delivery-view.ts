// To whom an order goes and who is billed, for pages and emails.
import { countryName } from '../shipping/countries.js'
import { deliveryTime } from '../shipping/delivery-time.js'
import { addressLines } from './address-lines.js'
import { t } from '../messages/index.js'
import { completedAttempt, type Addressee, type Collected, type OrderFacts } from './order-facts.js'
import type { Shown } from './order-with-lines.js'
import type { OrderView } from './view-models.js'

export function deliveryOf(order: Shown): OrderView['delivery'] {
  const { deliveryCountry, shippingRateName, deliveryMinDays, deliveryMaxDays } = order
  const { phone = null } = collectedBy(order) ?? {}
  const shipping = addresseeOf(order)
  const rate = deliveryCountry === null ? null : (shippingRateName ?? '')
  if (rate === null && shipping === null) return null
  const to = [...(shipping ? linesOf(shipping) : []), ...(phone === null ? [] : [phone])]
  const time = deliveryTime(deliveryMinDays, deliveryMaxDays)
  return {
    rateAndTime: time === null ? null : [rate, time].filter(Boolean).join(', '),
    // Until Stripe's page has asked for the address, only its country is known.
    to: shipping !== null || deliveryCountry === null ? to : [countryName(deliveryCountry)],
    note: order.correctedAddress === null ? null : t().orders.delivery.corrected,
  }
}

/** To whom it goes: as Stripe's page collected it, or as the operator has corrected it. Null until it is known. */
export function addresseeOf({
  attempts,
  correctedAddress,
}: Pick<Shown, 'correctedAddress'> & Pick<OrderFacts, 'attempts'>): Addressee | null {
  // The shop alone writes it.
  const corrected = correctedAddress as unknown as Addressee | null
  return corrected ?? completedAttempt(attempts)?.collected?.shipping ?? null
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
