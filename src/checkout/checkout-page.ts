// Builds the model of the checkout page.
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { formatMoney } from '../money.js'
import type { Shopper } from '../orders/shopper.js'
import { shownVersion } from '../policies/accepted-terms.js'
import { termsOf, type Settings } from '../settings/settings.js'
import { taxShown, type TaxShown } from '../settings/tax.js'
import { countryName } from '../shipping/countries.js'
import { deliveryTime } from '../shipping/delivery-time.js'
import type { OfferedRate } from '../shipping/rates.js'
import { deliveryOptions, type DeliveryOptions } from './delivery-options.js'
import type { Chosen } from './forms.js'
import { sentDays } from './order-terms.js'
import { contentOf, type Selection } from './selection.js'
import type { CheckoutPage, DeliveryView, EmailView, RateView, SummaryView } from './view-models.js'

/** Who the page is for: an account's address is shown, and a guest is asked for theirs. */
interface PageVisitor extends Shopper {
  email: EmailView
}

/**
 * @param notice for this total, or null
 * @param wasSent whether the page is shown again instead of placing the order
 */
export async function checkoutPage(
  prisma: PrismaClient,
  settings: Settings,
  { email, ...shopper }: PageVisitor,
  selection: Selection,
  chosen: Chosen,
  notice: (total: string) => Notice | null,
  wasSent: boolean,
): Promise<CheckoutPage> {
  const delivery = await deliveryOptions(prisma, shopper, selection, chosen)
  const tax = taxShown(settings)
  const total = selection.itemsTotal + (delivery?.rate?.amount ?? 0)
  const summary = summaryOf(selection, delivery, tax, total)
  const isSoldOut = selection.maxQuantity === 0
  return {
    action: selection.path,
    backHref: selection.cartId === null ? `/pricing/${selection.items[0]?.productId ?? ''}` : '/cart',
    isCart: selection.cartId !== null,
    email,
    quantity:
      selection.maxQuantity === null || isSoldOut
        ? null
        : { value: selection.query.quantity ?? 1, max: selection.maxQuantity },
    isSoldOut,
    delivery: delivery && deliveryView(delivery, selection.currency),
    summary,
    pay: isSoldOut || (delivery !== null && delivery.rate === null) ? null : payLabel(summary.total, tax),
    terms: termsView(settings, chosen, wasSent),
    promotionCodes: settings.promotionCodes,
    sent: sentFields(selection, delivery, tax, total),
    news: `${summary.totalLabel}: ${summary.total}`,
    notice: notice(summary.total),
  }
}

function termsView(
  settings: Settings,
  { accepted_terms: accepted }: Chosen,
  wasSent: boolean,
): CheckoutPage['terms'] {
  const terms = termsOf(settings)
  if (terms === null) return null
  const isAccepted = accepted === terms.version
  const { termsRequired, termsChanged } = t().checkout
  const problem = accepted === undefined ? termsRequired : termsChanged
  return {
    ...terms,
    shownVersion: shownVersion(terms.version),
    isAccepted,
    problem: wasSent && !isAccepted ? problem : null,
  }
}

function payLabel(total: string, tax: TaxShown): string {
  return tax === 'added' ? t().checkout.payPlusTax(total) : t().checkout.pay(total)
}

function summaryOf(
  { items, currency, itemsTotal }: Selection,
  delivery: DeliveryOptions | null,
  tax: TaxShown,
  total: number,
): SummaryView {
  const texts = t().checkout
  const money = (amount: number) => formatMoney(amount, currency)
  return {
    lines: items.map(({ productId, name, variantName, image, quantity, unitAmount }) => ({
      name,
      variantName,
      image,
      href: `/pricing/${productId}`,
      quantity,
      unitAmount: money(unitAmount),
      amount: money(unitAmount * quantity),
    })),
    subtotal: money(itemsTotal),
    delivery: delivery && deliveryPrice(delivery, currency),
    tax: { none: null, included: texts.taxIncluded, added: texts.taxLater }[tax],
    isTaxIncluded: tax === 'included',
    total: money(total),
    totalLabel: totalLabel(tax === 'added', delivery !== null && delivery.rate === null),
  }
}

function deliveryPrice({ countries, rate }: DeliveryOptions, currency: string): string {
  if (rate !== null) return priceOf(rate, currency)
  return countries.length === 0 ? t().checkout.notAvailable : t().checkout.notChosen
}

function totalLabel(isTaxOpen: boolean, isDeliveryOpen: boolean): string {
  const { total, totalBeforeTax, totalBeforeDelivery, totalBeforeBoth } = t().checkout
  if (isDeliveryOpen) return isTaxOpen ? totalBeforeBoth : totalBeforeDelivery
  return isTaxOpen ? totalBeforeTax : total
}

function deliveryView(options: DeliveryOptions, currency: string): DeliveryView {
  const { countries, country, refused, rates, rate } = options
  return {
    countries: countries.map((code) => ({ code, name: countryName(code), isChosen: code === country })),
    hasCountry: country !== null,
    refused: refused === null ? null : t().checkout.notDelivered(countryName(refused)),
    rates: rates.map((offered) => rateView(offered, currency, offered === rate)),
  }
}

function rateView(rate: OfferedRate, currency: string, isChosen: boolean): RateView {
  const { id, name, amount, freeFrom, minDays, maxDays } = rate
  const isFreeLater = amount > 0 && freeFrom !== null
  return {
    id,
    name,
    price: priceOf(rate, currency),
    time: deliveryTime(minDays, maxDays),
    note: isFreeLater ? t().checkout.freeFrom(formatMoney(freeFrom, currency)) : null,
    isChosen,
  }
}

function priceOf({ amount }: OfferedRate, currency: string): string {
  return amount === 0 ? t().shipping.free : formatMoney(amount, currency)
}

/** What the form sends back, so that nothing is charged that the page did not show. */
function sentFields(
  selection: Selection,
  delivery: DeliveryOptions | null,
  tax: TaxShown,
  total: number,
): Record<string, string> {
  const { cartId, items, currency } = selection
  return {
    ...(cartId === null && { variant_id: String(items[0]?.variantId ?? '') }),
    items: contentOf(selection),
    total: String(total),
    currency,
    tax,
    ...(delivery && {
      shown_country: delivery.country ?? '',
      shown_rate: String(delivery.rate?.id ?? ''),
      ...(delivery.rate && { shown_days: sentDays(delivery.rate) }),
    }),
  }
}
