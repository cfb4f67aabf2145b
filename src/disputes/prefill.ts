// What the shop knows about an order, as texts of an answer.
import { CARRIERS } from '../fulfilment/carriers.js'
import { formatDate, formatDateTime } from '../messages/format-date.js'
import { nameWithVariant } from '../catalog/variants.js'
import { addressLines } from '../orders/address-lines.js'
import { addresseeOf, billingOf } from '../orders/delivery-view.js'
import { withAmounts } from '../orders/stored-amounts.js'
import { timelineOf } from '../orders/timeline.js'
import type { Settings } from '../settings/settings.js'
import { prefilledCompelling } from './compelling-evidence.js'
import { readTexts, type Texts } from './check-evidence.js'
import type { DisputeCase } from './dispute-case.js'
import type { TextName } from './evidence-fields.js'

type Order = NonNullable<DisputeCase['order']>

/** Descriptions longer than this say nothing more about what was bought. */
const LONGEST_DESCRIPTION = 1500

/** What an answer begins with. */
export function prefilled(found: DisputeCase, settings: Settings): Texts {
  const { order, shown, earlier } = found
  if (order === null || shown === 'appeal' || shown === null) return {}
  // What was written about the inquiry is better than what the shop knows by itself.
  return readTexts(shown, {
    ...textsOf(order, settings),
    ...prefilledCompelling(found),
    ...(earlier?.texts as Texts | undefined),
  })
}

function textsOf(stored: Order, { name }: Settings): Partial<Record<TextName, string>> {
  const order = withAmounts(stored)
  const addressee = addresseeOf(order)
  const billing = billingOf(order)
  const { shipments } = order
  const digital = stored.items.every(({ product }) => !product.requiresShipping)
  return {
    customer_name: addressee?.name ?? billing.name ?? stored.user?.name ?? '',
    customer_email_address: order.email,
    billing_address: billing.lines.join(', '),
    product_description: stored.items.map(describe).join('\n\n'),
    service_date: digital && order.paidAt !== null ? formatDate(order.paidAt) : '',
    shipping_address: addressee?.address == null ? '' : addressLines(addressee.address).join(', '),
    shipping_carrier: unique(shipments.map(({ carrier }) => carrierName(carrier))),
    shipping_tracking_number: unique(shipments.map(({ trackingNumber }) => trackingNumber)),
    shipping_date: unique(shipments.map(({ shippedAt }) => formatDate(shippedAt))),
    refund_policy_disclosure: acceptedTerms(order, name),
    uncategorized_text: storyOf(order),
  }
}

function describe({ name, variantName, variant, quantity, product }: Order['items'][number]): string {
  const title = `${quantity} × ${nameWithVariant(name, variantName)}${variant === null ? '' : ` (${variant.sku})`}`
  const { description } = product
  return description.length > LONGEST_DESCRIPTION ? title : `${title}: ${description}`
}

function carrierName(carrier: string | null): string | null {
  return carrier === null ? null : (CARRIERS[carrier]?.name ?? carrier)
}

function unique(values: readonly (string | null)[]): string {
  return [...new Set(values.filter((value) => value !== null && value !== ''))].join(', ')
}

function acceptedTerms(
  { termsVersion, termsAcceptedAt }: Pick<Order, 'termsVersion' | 'termsAcceptedAt'>,
  shopName: string,
): string {
  return termsVersion === null || termsAcceptedAt === null
    ? ''
    : `At checkout the customer accepted the terms of ${shopName}, version ${termsVersion}, on ${formatDateTime(termsAcceptedAt).text}. They could not pay without accepting them.`
}

/** The order's history, one line for each event. What the bank did is known to it. */
function storyOf(order: ReturnType<typeof withAmounts<Order>>): string {
  const history = timelineOf({ ...order, disputes: [] })
  return ['What happened:', ...history.map(({ at, text }) => `${at.text}: ${text}.`)].join('\n')
}
