// What an order is placed with besides its lines: delivery, totals and how tax counts. Fixed from then on.
import type { Order } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { currentLanguage, t, type Language } from '../messages/index.js'
import { totalOfItems, type OrderFacts } from '../orders/order-facts.js'
import type { Settings } from '../settings/settings.js'
import { taxBehaviorOf, type TaxBehavior } from '../settings/tax.js'
import { countryName } from '../shipping/countries.js'
import { ratesFor, type OfferedRate } from '../shipping/rates.js'
import { checkoutHref } from './checkout-link.js'

/** What the shopper chose. */
export interface DeliveryChoice {
  /** ISO 3166 code in upper case. */
  country: string
  rateId: number
  /** The business days that the page showed: "2-4". Undefined: not said. */
  days?: string | undefined
}

/** Columns of the order. */
export type OrderTerms = Pick<
  Order,
  | 'deliveryCountry'
  | 'shippingRateId'
  | 'shippingRateName'
  | 'deliveryMinDays'
  | 'deliveryMaxDays'
  | 'shippingTotal'
  | 'total'
  | 'automaticTax'
> & { itemsTotal: number; taxBehavior: TaxBehavior | null }

interface Lines {
  /** Whether one of them does. */
  requiresShipping: boolean
  currency: string
  /** Of the items, in minor units. */
  total: number
}

/**
 * @param choice ignored if nothing needs delivery
 * @param language of the rate's name
 * @throws Problem 409 when the lines need delivery and it was not chosen, or is not offered
 */
export async function orderTerms(
  tx: Pick<Transaction, 'shippingRate'>,
  lines: Lines,
  choice: DeliveryChoice | null,
  settings: TaxSettings,
  language: Language = currentLanguage(),
): Promise<OrderTerms> {
  const rate = lines.requiresShipping ? await chosenRate(tx, lines, choice, language) : null
  const shippingTotal = rate?.amount ?? 0
  return {
    deliveryCountry: rate === null ? null : (choice?.country ?? null),
    shippingRateId: rate?.id ?? null,
    shippingRateName: rate?.name ?? null,
    deliveryMinDays: rate?.minDays ?? null,
    deliveryMaxDays: rate?.maxDays ?? null,
    itemsTotal: lines.total,
    shippingTotal,
    total: lines.total + shippingTotal,
    taxBehavior: taxBehaviorOf(settings),
    automaticTax: settings.tax === 'stripe',
  }
}

export type TaxSettings = Pick<Settings, 'tax' | 'pricesIncludeTax'>

/** Whether an order was placed with these terms. */
export function hasTerms(order: Order, terms: OrderTerms): boolean {
  return Object.entries(terms).every(([column, value]) => order[column as keyof OrderTerms] === value)
}

async function chosenRate(
  tx: Pick<Transaction, 'shippingRate'>,
  { currency, total }: Lines,
  choice: DeliveryChoice | null,
  language: Language,
): Promise<OfferedRate> {
  if (choice === null) throw deliveryRequired()
  const rates = await ratesFor(tx, { country: choice.country, currency, itemsTotal: total }, language)
  if (rates.length === 0) throw notDelivered(choice.country)
  const rate = rates.find(({ id }) => id === choice.rateId)
  if (!rate) throw deliveryChanged(t().checkout.deliveryGone)
  if (choice.days !== undefined && choice.days !== sentDays(rate))
    throw deliveryChanged(t().checkout.deliveryTimeChanged)
  return rate
}

/** A rate's delivery time, for the form of the checkout page. */
export function sentDays({ minDays, maxDays }: Pick<OfferedRate, 'minDays' | 'maxDays'>): string {
  return `${minDays ?? ''}-${maxDays ?? ''}`
}

export type Delivered = Pick<
  OrderFacts,
  'id' | 'cartId' | 'currency' | 'items' | 'deliveryCountry' | 'shippingTotal'
>

/**
 * Checks before a new attempt that the delivery of an order that needs one is still offered at the ordered price.
 * @throws Problem 409 when it is not
 */
export async function assertStillDelivered(tx: Transaction, order: Delivered): Promise<void> {
  const action = { href: againHref(order), label: t().checkout.checkOutAgain }
  const { id, deliveryCountry: country, currency, shippingTotal } = order
  if (country === null) throw deliveryRequired(action)
  const { shippingRateId } = await tx.order.findUniqueOrThrow({
    where: { id },
    select: { shippingRateId: true },
  })
  const rates = await ratesFor(tx, { country, currency, itemsTotal: totalOfItems(order) })
  const rate = rates.find((offered) => offered.id === shippingRateId)
  if (!rate) throw deliveryChanged(t().checkout.orderedDeliveryGone, action)
  if (rate.amount !== shippingTotal) throw deliveryChanged(t().checkout.deliveryPriceChanged, action)
}

/** Where the content of an order can be checked out again. */
function againHref({ cartId, items: [first] }: Pick<OrderFacts, 'cartId' | 'items'>): string {
  if (cartId !== null || first === undefined) return '/cart'
  const { variantId, quantity } = first
  return checkoutHref('/checkout', { variant: variantId, quantity })
}

interface Action {
  href: string
  label: string
}

function deliveryRequired(action?: Action): Problem {
  const { deliveryRequiredTitle: title, deliveryRequired: text } = t().checkout
  return new Problem(409, 'delivery_required', title, text, action && { action })
}

function notDelivered(country: string): Problem {
  const { notDeliveredTitle: title, notDelivered: text } = t().checkout
  return new Problem(409, 'not_delivered', title, text(countryName(country)))
}

function deliveryChanged(text: string, action?: Action): Problem {
  return new Problem(409, 'delivery_changed', t().checkout.deliveryChangedTitle, text, action && { action })
}
