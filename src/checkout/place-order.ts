// Places an order, with names and prices from our own database.
import type { Transaction } from '../database/client.js'
import type { Product, Variant } from '../generated/prisma/client.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { formatMoney, largestTotal } from '../money.js'
import { MAX_PRODUCTS, MAX_QUANTITY } from '../catalog/products.js'
import { variantIdOf, variantName } from '../catalog/variants.js'
import type { PayableOrder } from '../payments/session-parameters.js'
import { taxBehaviorOfPrices, usablePrice } from '../payments/stripe-prices.js'
import { createAttempt, holdStock } from './begin-attempt.js'
import type { Buyer } from './buyer.js'
import { asPayable } from './checkout-session.js'
import { CHECKOUT_TIMEOUT_MS } from './close-checkout.js'
import { closeCompetingOrders, orderBusy } from './close-competing-orders.js'
import { ensureCustomer } from './customer.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { withCallLimit } from '../payments/stripe-client.js'
import { openOrders, type OpenOrder } from '../orders/open-orders.js'
import { lockShopper, type Shopper } from '../orders/shopper.js'
import { newOrderKey } from '../orders/order-key.js'
import { termsOf, type Settings } from '../settings/settings.js'
import { taxShown, type TaxBehavior, type TaxShown } from '../settings/tax.js'
import { changeSelectionLink, type VariantOf } from './change-selection-link.js'
import { checkoutHref } from './checkout-link.js'
import { hasTerms, orderTerms, type DeliveryChoice, type TaxSettings } from './order-terms.js'

export interface WantedItem {
  variantId: number
  quantity: number
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
}

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
}

/**
 * Creates the order, or finds the shopper's open one with exactly the same content. First closes competing open orders,
 * also at Stripe, so that the shopper can't pay twice: those for the same products, and those from the same cart in the
 * same currency.
 * @throws Problem for unknown or inactive products, invalid quantities or mixed currencies; when delivery is needed and not
 * chosen or not offered; when the total or the delivery time is not the one that was shown; when a competing order was paid in
 * the meantime, belongs to a later request or can't be closed at Stripe; when the shop has terms that were not accepted; with
 * `payNow`, when too few units are left
 */
export async function placeOrder(
  deps: PaymentDeps,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  options: PlaceOptions = {},
): Promise<PlacedOrder> {
  checkCount(wanted)
  const deadline = Date.now() + CHECKOUT_TIMEOUT_MS
  const closed = new Set<number>()
  const limited = { ...deps, stripe: withCallLimit(deps.stripe) }
  const settings = await deps.settings()
  // Before the order, so that most first checkouts take one transaction instead of two.
  let buysWithoutCustomer =
    options.payNow === true &&
    buyer.userId !== null &&
    buyer.isCustomer === false &&
    !(await ensureCustomer(limited, buyer.userId))
  while (Date.now() < deadline) {
    const result = await deps.database.prisma.$transaction((tx) =>
      place(deps, tx, buyer, wanted, { ...options, buysWithoutCustomer, settings }),
    )
    if (result.placed) return result.placed
    if (result.needsCustomer) buysWithoutCustomer = !(await ensureCustomer(limited, buyer.userId ?? 0))
    else await closeCompetingOrders(limited, result.competing, closed, deadline)
  }
  throw orderBusy()
}

type PlaceResult =
  | { placed: PlacedOrder }
  /** These orders must be closed first. */
  | { placed: null; needsCustomer: false; competing: OpenOrder[] }
  /** The shopper must be made a customer at Stripe first. */
  | { placed: null; needsCustomer: true }

interface PlaceState {
  /** Whether Stripe refuses to make a customer of the shopper. */
  buysWithoutCustomer: boolean
  settings: Settings
}

async function place(
  { stripe }: PaymentDeps,
  tx: Transaction,
  buyer: Buyer,
  wanted: readonly WantedItem[],
  {
    cartId = null,
    payNow = false,
    shown = null,
    acceptedTerms = null,
    delivery = null,
    origin = 'shop',
    buysWithoutCustomer,
    settings,
  }: PlaceOptions & PlaceState,
): Promise<PlaceResult> {
  const { email, network, userId, guestHash } = buyer
  const shopper = { userId, guestHash }
  const { customerId } = await lockShopper(tx, shopper)
  const lines = await priceLines(tx, wanted, cartId, taxBehaviorOfPrices(settings))
  const terms = await orderTerms(tx, lines, delivery, settings)
  if (terms.total > largestTotal(lines.currency)) throw tooLarge(lines.items, cartId)
  if (shown !== null) {
    assertShown(shown, { ...lines, ...terms }, reviewLink(lines, cartId))
    assertTaxShown(shown, taxShown(settings), reviewLink(lines, cartId))
  }
  const accepted = acceptance(settings, acceptedTerms)
  const productIds = [...new Set(lines.items.map((item) => item.productId))]
  const open = await openOrders(tx, { ...shopper, productIds, cartId, currency: lines.currency })
  // A guest who has corrected their address gets a new order.
  const isTheirs = (order: OpenOrder) => shopper.userId !== null || order.email === email
  const isSame = (order: OpenOrder) =>
    order.cartId === cartId && isTheirs(order) && sameContent(order, lines) && hasTerms(order, terms)
  const competing = open.filter((order) => !isSame(order))
  if (competing.length > 0) return { placed: null, needsCustomer: false, competing }
  const [same] = open
  if (same) {
    // They accept today's terms, whichever they accepted before.
    if (same.termsVersion !== accepted.termsVersion && accepted.termsVersion !== null)
      await tx.order.update({ where: { id: same.id }, data: accepted })
    const attemptId = same.attempts[0]?.id ?? null
    return { placed: { id: same.id, ...shopper, key: same.key, created: false, attemptId } }
  }
  if (payNow && shopper.userId !== null && customerId === null && !buysWithoutCustomer)
    return { placed: null, needsCustomer: true }

  const order = {
    key: newOrderKey(),
    ...shopper,
    cartId,
    origin,
    email,
    currency: lines.currency,
    ...terms,
  }
  const { id } = await tx.order.create({
    data: { ...order, ...accepted, network, stockHeld: payNow },
    select: { id: true },
  })
  await tx.orderItem.createMany({ data: lines.items.map((item) => ({ orderId: id, ...item })) })
  const placed = { id, ...shopper, key: order.key, created: true }
  if (!payNow) return { placed: { ...placed, attemptId: null } }

  // In the same transaction, so that no other request sees this order without the attempt that it would have to close.
  await holdStock(tx, { id, ...order, items: lines.items })
  const attempt = await createAttempt(
    tx,
    { id, ...order, attempts: [] },
    settings,
    customerId,
    stripe.clock.later(),
  )
  const items = lines.items.map((item) => ({ ...item, taxCode: lines.taxCodes.get(item.productId) ?? null }))
  const payable = asPayable({ id, ...order }, items, terms, attempt)
  return { placed: { ...placed, attemptId: attempt.id, payable } }
}

/**
 * The columns that keep which terms the shopper accepted, and when.
 * @throws Problem 400 when they have not accepted the shop's
 */
function acceptance(
  settings: Settings,
  version: string | null,
): { termsVersion: string | null; termsAcceptedAt: Date | null } {
  const terms = termsOf(settings)
  if (terms === null) return { termsVersion: null, termsAcceptedAt: null }
  if (version === terms.version) return { termsVersion: version, termsAcceptedAt: new Date() }
  const { termsRequiredTitle: title, termsRequired, termsChanged } = t().checkout
  throw new Problem(400, 'terms_required', title, version === null ? termsRequired : termsChanged, {
    errors: [{ field: 'accepted_terms', detail: `must be "${terms.version}", the version of ${terms.url}` }],
  })
}

/** What is ordered, at today's prices. */
export interface PricedLines {
  items: {
    productId: number
    variantId: number
    name: string
    /** "Red / L". Empty for a product without options. */
    variantName: string
    sku: string
    image: string
    unitAmount: number
    quantity: number
    stripePriceId: string | null
  }[]
  /** By the product's id. */
  taxCodes: ReadonlyMap<number, string | null>
  requiresShipping: boolean
  currency: string
  total: number
}

/**
 * Finds the names and prices of what is wanted.
 * @throws Problem as `placeOrder`
 */
export function priceItems(
  tx: Transaction,
  wanted: readonly WantedItem[],
  cartId: number | null,
  settings: TaxSettings,
): Promise<PricedLines> {
  checkCount(wanted)
  return priceLines(tx, wanted, cartId, taxBehaviorOfPrices(settings))
}

function checkCount(wanted: readonly WantedItem[]): void {
  if (wanted.length === 0) throw badRequest('empty_order', t().checkout.chooseProduct)
  if (wanted.length > MAX_PRODUCTS) {
    throw badRequest('too_many_products', t().checkout.tooManyProducts(MAX_PRODUCTS))
  }
  if (new Set(wanted.map((item) => item.variantId)).size !== wanted.length) {
    throw badRequest('duplicate_product', t().checkout.duplicateProduct)
  }
}

type PricedVariant = Pick<
  Variant,
  | 'id'
  | 'productId'
  | 'sku'
  | 'optionValues'
  | 'unitAmount'
  | 'currency'
  | 'image'
  | 'stripePriceId'
  | 'stripePriceAmount'
  | 'stripePriceCurrency'
  | 'stripePriceTaxBehavior'
> & { product: Pick<Product, 'name' | 'image' | 'requiresShipping' | 'taxCode'> }

async function priceLines(
  tx: Transaction,
  wanted: readonly WantedItem[],
  cartId: number | null,
  taxBehavior: TaxBehavior | null,
): Promise<PricedLines> {
  const variants = await tx.$queryRaw<PricedVariant[]>`/* prepared */
    SELECT v.id, v."productId", v.sku, v."optionValues", v."unitAmount", v.currency, v.image, v."stripePriceId",
      v."stripePriceAmount", v."stripePriceCurrency", v."stripePriceTaxBehavior", json_build_object('name', p.name,
      'image', p.image, 'requiresShipping', p."requiresShipping", 'taxCode', p."taxCode") AS product
    FROM "Variant" v JOIN "Product" p ON p.id = v."productId"
    WHERE v.id = ANY(${wanted.map((item) => item.variantId)}::int[]) AND v.active AND p.active`
  const items = wanted.map(({ variantId, quantity }) => {
    const variant = variants.find((candidate) => candidate.id === variantId)
    if (!variant) throw notFound('product')
    const { productId, product, sku, image, unitAmount } = variant
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY)
      throw invalidQuantity({ productId, variantId }, cartId)
    return {
      ...{ productId, variantId, name: product.name, variantName: variantName(variant), sku },
      ...{
        image: image ?? product.image,
        unitAmount,
        quantity,
        stripePriceId: usablePrice(variant, taxBehavior),
      },
    }
  })
  const currencies = new Set(variants.map((variant) => variant.currency))
  const [currency] = currencies
  if (!currency || currencies.size > 1) {
    throw badRequest('mixed_currencies', t().checkout.mixedCurrencies)
  }
  const total = items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0)
  if (total > largestTotal(currency)) throw tooLarge(items, cartId)
  const requiresShipping = variants.some(({ product }) => product.requiresShipping)
  const taxCodes = new Map(variants.map(({ productId, product }) => [productId, product.taxCode]))
  return { items, taxCodes, requiresShipping, currency, total }
}

/** @param cartId null when the product was ordered directly */
export function invalidQuantity(selection: VariantOf, cartId: number | null = null): Problem {
  return new Problem(
    400,
    'invalid_quantity',
    t().checkout.invalidQuantityTitle,
    t().checkout.invalidQuantity(MAX_QUANTITY),
    { action: changeSelectionLink(selection, cartId) },
  )
}

function tooLarge([first]: readonly VariantOf[], cartId: number | null): Problem {
  return new Problem(
    400,
    'order_too_large',
    t().checkout.orderTooLargeTitle,
    t().checkout.orderTooLarge,
    first && { action: changeSelectionLink(first, cartId) },
  )
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

function sameContent(order: { currency: string; items: OpenOrder['items'] }, lines: PricedLines): boolean {
  return (
    order.currency === lines.currency &&
    order.items.length === lines.items.length &&
    lines.items.every((line) =>
      order.items.some(
        (item) =>
          variantIdOf(item) === line.variantId &&
          item.quantity === line.quantity &&
          item.unitAmount === line.unitAmount &&
          item.stripePriceId === line.stripePriceId,
      ),
    )
  )
}
