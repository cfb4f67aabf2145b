// Computing a Checkout Session's lines, taxes, shipping and total.
import { checkTotal } from '../resources/session-total.js'
import type { Account } from '../state/account.js'
import type { AppliedDiscount, AppliedTax, SessionDetails } from '../state/records.js'
import type { LineItem, Session, ShippingRate } from '../wire.js'
import { automaticTaxes } from './automatic-tax.js'
import { eligibleLines } from './redemption.js'
import { reductions } from './reductions.js'
import { isReverseChargedSession } from './tax-id-collection.js'
import { addedTax, taxAmount, taxesByRate, taxesOn } from './taxes.js'

/**
 * Recomputes a session's amounts from its details and stores them. Every change that affects the price calls this, so
 * that the session, its lines and the payment intent of an earlier failed attempt agree.
 *
 * @throws StripeApiError when the total cannot be charged
 */
export function recalculate(account: Account, id: string, changes: Partial<SessionDetails> = {}): Session {
  const known = { ...account.get('session_details', id), ...changes }
  const session = account.get('checkout.session', id)
  const currency = session.currency ?? 'usd'
  const reductions = reductionsOf(known, currency)
  const taxed = known.lineItems.map((line, index) => {
    const reduction = reductions[index] ?? 0
    const due = line.amount_subtotal - reduction
    const taxes = taxesOfLine(account, session, known, line, due)
    const item: LineItem = {
      ...line,
      amount_discount: reduction,
      amount_tax: taxAmount(taxes),
      amount_total: due + addedTax(taxes),
    }
    return { item, taxes }
  })
  const lineItems = taxed.map(({ item }) => item)
  const shipping = account.find('shipping_rate', known.shippingRate)
  const shippingAmount = shipping?.fixed_amount?.amount ?? 0
  const shippingTaxes = shipping ? taxesOfShipping(account, session, known, shipping) : []
  account.save('session_details', { ...known, lineItems, shippingTaxes })
  for (const { item, taxes } of taxed) saveLineDetails(account, item, known.discount, taxes)

  const shippingTotal = shippingAmount + addedTax(shippingTaxes)
  const total = checkTotal(sum(lineItems, 'amount_total') + shippingTotal, currency)
  const { discount } = known
  const { enabled } = session.automatic_tax
  const priced = account.update('checkout.session', id, {
    amount_subtotal: sum(lineItems, 'amount_subtotal'),
    amount_total: total,
    ...(enabled
      ? {
          automatic_tax: {
            ...session.automatic_tax,
            status: known.taxCountry === undefined ? 'requires_location_inputs' : 'complete',
          },
        }
      : {}),
    discounts: discount ? [sessionDiscount(discount)] : [],
    shipping_cost: shipping
      ? {
          amount_subtotal: shippingAmount,
          amount_tax: taxAmount(shippingTaxes),
          amount_total: shippingTotal,
          shipping_rate: shipping.id,
        }
      : null,
    total_details: {
      amount_discount: sum(lineItems, 'amount_discount'),
      amount_shipping: shippingAmount,
      amount_tax: sum(lineItems, 'amount_tax') + taxAmount(shippingTaxes),
    },
  })
  const intent = account.find('payment_intent', priced.payment_intent ?? known.hiddenIntent)
  if (intent && total > 0 && intent.amount !== total)
    account.update('payment_intent', intent.id, { amount: total })
  return priced
}

/** `total_details.breakdown`, which is only returned when expanded. */
export function breakdownOf(account: Account, id: string): object {
  const { discount } = account.get('session_details', id)
  const amount = account.get('checkout.session', id).total_details?.amount_discount ?? 0
  return {
    discounts: discount ? [{ amount, discount: discount.discount }] : [],
    taxes: taxesOfSession(account, id),
  }
}

/** The tax of a whole session, summed by rate. */
export function taxesOfSession(account: Account, id: string): AppliedTax[] {
  const { lineItems, shippingTaxes = [] } = account.get('session_details', id)
  const lineTaxes = lineItems.flatMap((line) => account.find('line_details', line.id)?.taxes ?? [])
  return taxesByRate([...lineTaxes, ...shippingTaxes])
}

function taxesOfLine(
  account: Account,
  session: Session,
  details: SessionDetails,
  line: LineItem,
  due: number,
): AppliedTax[] {
  if (session.automatic_tax.enabled)
    return automaticTaxes(
      account,
      due,
      taxContext(account, session, details, {
        behavior: line.price.tax_behavior,
        taxCode: account.get('product', line.price.product).tax_code as string | null,
      }),
    )
  const rates = account.find('line_details', line.id)?.taxRates ?? []
  return taxesOn(due, rates, line.currency, null)
}

/** Shipping is only taxed by automatic tax: a shop's own tax rates apply to lines. */
function taxesOfShipping(
  account: Account,
  session: Session,
  details: SessionDetails,
  rate: ShippingRate,
): AppliedTax[] {
  if (!session.automatic_tax.enabled) return []
  const amount = rate.fixed_amount?.amount ?? 0
  return automaticTaxes(
    account,
    amount,
    taxContext(account, session, details, {
      behavior: rate.tax_behavior,
      // Shipping that names no code is taxed as shipping, whatever the account's default is.
      taxCode: rate.tax_code ?? 'txcd_92010001',
    }),
  )
}

function taxContext(
  account: Account,
  session: Session,
  details: SessionDetails,
  taxed: { behavior: string | null; taxCode: string | null },
): Parameters<typeof automaticTaxes>[2] {
  return {
    country: details.taxCountry,
    currency: session.currency ?? 'usd',
    ...taxed,
    exempt: isReverseChargedSession(account, session, details)
      ? 'reverse'
      : (account.find('customer', session.customer)?.tax_exempt ?? 'none'),
  }
}

/** What the session's discount takes off each line, in minor units and in the order of the lines. */
function reductionsOf({ lineItems, discount }: SessionDetails, currency: string): number[] {
  if (!discount) return lineItems.map(() => 0)
  const { coupon, products } = discount
  const eligible = new Set(eligibleLines(products, lineItems))
  const bases = lineItems.map((line) => (eligible.has(line) ? line.amount_subtotal : 0))
  return reductions(coupon, bases, currency)
}

function saveLineDetails(
  account: Account,
  line: LineItem,
  applied: AppliedDiscount | undefined,
  taxes: AppliedTax[],
): void {
  const known = account.find('line_details', line.id)
  if (!applied && !known && taxes.length === 0) return
  const discounts =
    applied && line.amount_discount > 0 ? [{ amount: line.amount_discount, discount: applied.discount }] : []
  account.save('line_details', { ...known, id: line.id, discounts, taxes })
}

/** A session shows the promotion code, or the coupon if it was applied without a code. */
function sessionDiscount({ discount }: AppliedDiscount): {
  coupon: string | null
  promotion_code: string | null
} {
  return discount.promotion_code === null
    ? { coupon: discount.source.coupon, promotion_code: null }
    : { coupon: null, promotion_code: discount.promotion_code }
}

function sum(
  lines: readonly LineItem[],
  name: 'amount_subtotal' | 'amount_discount' | 'amount_tax' | 'amount_total',
): number {
  return lines.reduce((total, line) => total + line[name], 0)
}
