// What a new order will be: its row and its lines, checked against what the shopper saw.
import type { Transaction } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import { Problem } from '../http/problem.js'
import { currentLanguage, t, type Language } from '../messages/index.js'
import { formatMoney, largestTotal } from '../money.js'
import { newOrderKey } from '../orders/order-key.js'
import type { Shopper } from '../orders/shopper.js'
import type { StoredOrders } from '../payments/order-store.js'
import type { PayableAttempt, PayableOrder } from '../payments/session-parameters.js'
import { taxBehaviorOfPrices } from '../payments/stripe-prices.js'
import { termsOf, type Settings } from '../settings/settings.js'
import { taxShown, type TaxShown } from '../settings/tax.js'
import type { Buyer } from './buyer.js'
import { asPayable } from './checkout-session.js'
import { checkoutHref } from './checkout-link.js'
import { orderTerms, type DeliveryChoice, type OrderTerms } from './order-terms.js'
import { priceLines, tooLarge, type PricedLines, type WantedItem } from './price-lines.js'

/** The total that the shopper or the client saw, in minor units. */
export interface Shown {
  total: number
  /** Lower case. Null: not said. */
  currency: string | null
  /** How it said that tax counts. Undefined: not said. */
  tax?: TaxShown
}

export interface PlaceOptions {
  /** If the order would have another total, it is not placed. Null: it is placed at today's prices. */
  shown?: Shown | null
  /** The cart that is ordered. Null when products are ordered directly. */
  cartId?: number | null
  /** The version of the terms that the shopper accepted. Null: none. */
  acceptedTerms?: string | null
  /** Ignored if no product needs delivery. Null: not chosen. */
  delivery?: DeliveryChoice | null
  /** Whether the shopper goes straight to Stripe. If so, the first attempt begins together with the order. */
  payNow?: boolean
  /** Where it is placed. */
  origin?: 'shop' | 'api'
  /** The shopper's, for names, Stripe's page and mails. By default, the request's. */
  language?: Language
}

/** What stands when an order is placed. */
export interface PlaceState {
  /** Whether Stripe refuses to make a customer of the shopper. */
  buysWithoutCustomer: boolean
  settings: Settings
}

export interface PlacedOrder extends Shopper {
  id: number
  key: string
  /** False when an open order with the same content was found instead, as after a double click. */
  created: boolean
  /** The open attempt, if there is one. */
  attemptId: string | null
  /** What Stripe needs for an attempt that began with the order. */
  payable?: PayableOrder
  /** The order as it was placed. Undefined: read it. */
  stored?: StoredOrders
}

/** An order that is not placed yet. */
export interface NewOrder {
  row: ReturnType<typeof rowOf>
  lines: PricedLines
  terms: OrderTerms
  accepted: Acceptance
}

/** @throws Problem as `placeOrder`, for all that needs no other order */
export async function newOrder(
  reader: RawReader & Pick<Transaction, 'shippingRate'>,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  options: PlaceOptions,
  settings: Settings,
): Promise<NewOrder> {
  const { cartId = null, shown = null, acceptedTerms = null, delivery = null } = options
  const { language = currentLanguage() } = options
  const lines = await priceLines(reader, wanted, cartId, taxBehaviorOfPrices(settings), language)
  const terms = await orderTerms(reader, lines, delivery, settings, language)
  if (terms.total > largestTotal(lines.currency)) throw tooLarge(lines.items, cartId)
  if (shown !== null) {
    assertShown(shown, { ...lines, ...terms }, reviewLink(lines, cartId))
    assertTaxShown(shown, taxShown(settings), reviewLink(lines, cartId))
  }
  const accepted = acceptance(settings, acceptedTerms)
  return { row: rowOf(buyer, lines, options), lines, terms, accepted }
}

/** What Stripe needs for the first attempt at an order that was just placed. */
export function newPayable(
  id: number,
  { row, lines, terms }: Omit<NewOrder, 'accepted'>,
  attempt: PayableAttempt,
): PayableOrder {
  const items = lines.items.map((item) => ({ ...item, taxCode: lines.taxCodes.get(item.productId) ?? null }))
  return asPayable({ id, ...row, ...terms }, items, { ...terms, locale: row.locale }, attempt)
}

/** The columns that the terms don't have. */
function rowOf(
  { userId, guestHash, email, network }: Buyer,
  { currency }: PricedLines,
  { cartId = null, origin = 'shop', language }: PlaceOptions,
) {
  // A program that names no language leaves it to Stripe's page, and mails are in the account's or the shop's.
  const locale = language ?? (origin === 'api' ? null : currentLanguage())
  return { key: newOrderKey(), userId, guestHash, email, network, cartId, origin, currency, locale }
}

interface Acceptance {
  termsVersion: string | null
  termsAcceptedAt: Date | null
}

/**
 * The columns that keep which terms the shopper accepted, and when.
 * @throws Problem 400 when they have not accepted the shop's
 */
function acceptance(settings: Settings, version: string | null): Acceptance {
  const terms = termsOf(settings)
  if (terms === null) return { termsVersion: null, termsAcceptedAt: null }
  if (version === terms.version) return { termsVersion: version, termsAcceptedAt: new Date() }
  const { termsRequiredTitle: title, termsRequired, termsChanged } = t().checkout
  throw new Problem(400, 'terms_required', title, version === null ? termsRequired : termsChanged, {
    errors: [{ field: 'accepted_terms', detail: `must be "${terms.version}", the version of ${terms.url}` }],
  })
}

/**
 * @param action where the new total is shown
 * @throws Problem 409 when the total or its currency is not the one that was shown
 */
export function assertShown(
  shown: Shown,
  { total, currency }: { total: number; currency: string },
  action?: { href: string; label: string },
): void {
  if (shown.total === total && (shown.currency ?? currency).toLowerCase() === currency) return
  throw new Problem(
    409,
    'price_changed',
    t().checkout.priceChangedTitle,
    t().checkout.totalChanged(formatMoney(total, currency)),
    action && { action },
  )
}

function assertTaxShown(
  shown: Shown,
  tax: TaxShown,
  action: { href: string; label: string } | undefined,
): void {
  if (shown.tax === undefined || shown.tax === tax) return
  const { priceChangedTitle: title, taxChanged } = t().checkout
  throw new Problem(409, 'price_changed', title, taxChanged, action && { action })
}

function reviewLink({ items: [first, second] }: PricedLines, cartId: number | null) {
  if (cartId !== null) return { href: '/cart', label: t().checkout.viewCart }
  if (first === undefined || second !== undefined) return undefined
  const { productId, variantId, quantity } = first
  const variant = variantId === productId ? null : variantId
  return { href: checkoutHref(`/checkout/${productId}`, { variant, quantity }), label: t().checkout.checkOut }
}
