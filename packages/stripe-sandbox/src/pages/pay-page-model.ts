// Everything the pay page shows.
import { convert, exchangeRate } from '../money/exchange-rates.js'
import { formatAmount } from '../money/currencies.js'
import { TEST_ACCOUNTS } from '../payments/bank-accounts.js'
import { TEST_CARDS } from '../payments/test-cards.js'
import type { Account } from '../state/account.js'
import type { AppliedDiscount, SessionDetails } from '../state/records.js'
import type { Coupon, Customer, Session, ShippingRate, TaxRate } from '../wire.js'
import { taxesOfSession } from '../payments/session-amounts.js'
import { offersSaving, savedCards } from '../payments/saved-cards.js'
import { needsMethod } from '../payments/confirm-session.js'
import { presentmentCurrency } from '../payments/presentment.js'
import { asksForTaxId } from '../payments/tax-id-collection.js'
import { isVoucher, VOUCHERS } from '../payments/voucher-types.js'
import { TAX_ID_OPTIONS, type TypedBusiness } from './business.js'
import { addressFormat } from './address-formats.js'
import { COUNTRIES } from './countries.js'
import type { TypedAddress } from './delivery-address.js'
import { methodsOf, type PayForm } from './pay-form.js'
import type { Problems } from './problems.js'
import { everyText, subscriptionTerms } from './subscription-terms.js'

/** Formats an amount, in the session's currency unless another is given. */
type Money = (amount: number, currency?: string) => string

/** Amounts are formatted for `locale`; the text is English. */
export function payPageModel(
  account: Account,
  session: Session,
  form: Partial<PayForm>,
  problems: Problems,
  locale: string,
): object {
  const own = session.currency ?? 'usd'
  const local = presentmentCurrency(account, session)
  const money: Money = (amount, currency = own) =>
    local !== undefined && currency === own
      ? formatAmount(convert(amount, own, local), local, locale)
      : formatAmount(amount, currency, locale)
  const { lineItems, discount, taxCountry, business, visit } = account.get('session_details', session.id)
  const total = session.amount_total ?? 0
  const terms = subscriptionTerms(account, session, money)
  const debit =
    session.payment_method_types.find((type) => type === 'sepa_debit' || type === 'us_bank_account') ?? null
  const methods = methodsOf(session)
  const cards = methods.includes('card')
  const shippingTo = COUNTRIES.filter(({ code }) => allowedCountries(session).includes(code)).map(
    (country) => ({ ...country, format: addressFormat(country.code) }),
  )
  const customer = account.find('customer', session.customer)
  const saved = savedCards(account, session)
  const shippingAddress: Partial<TypedAddress> =
    form.shipping ??
    knownAddress(session, customer) ??
    (taxCountry === undefined ? {} : { country: taxCountry })
  return {
    title: 'Checkout',
    action: `/c/pay/${session.id}`,
    cancelUrl: session.cancel_url,
    shopName: account.context.businessName() ?? hostOf(session.success_url),
    total: money(total),
    expectedAmount: total,
    heading: terms?.heading ?? (session.mode === 'setup' ? 'Save a card' : null),
    terms: terms?.then ?? null,
    regular: terms?.regular ?? null,
    due: session.mode === 'setup' ? null : money(total),
    free: !needsMethod(session),
    lines: lineItems.map((line) => {
      const product = account.get('product', line.price.product)
      const unit = Number(line.price.unit_amount_decimal)
      return {
        name: line.description ?? product.name,
        description: product.description,
        image: product.images[0] ?? null,
        id: line.id,
        quantity: line.quantity ?? 1,
        adjustable: line.adjustable_quantity !== null,
        unit: money(unit),
        total: money(line.amount_subtotal),
        every: line.price.recurring ? everyText(line.price.recurring) : null,
      }
    }),
    sums: sumsOf(session, money),
    shipping: shippingOf(account, session, money),
    tax: taxOf(account, session, money),
    asks: {
      phone: session.phone_number_collection?.enabled === true,
      billing: session.billing_address_collection === 'required',
      shippingTo,
    },
    business: asksForTaxId(account, session)
      ? {
          required: session.tax_id_collection?.required === 'if_supported',
          types: TAX_ID_OPTIONS,
          business: form.business ?? typedBusiness(business),
        }
      : null,
    billing: form.billing ?? typedAddress(customer?.address) ?? {},
    billingFormat: addressFormat(undefined),
    shippingAddress,
    shippingFormat: addressFormat(shippingAddress.country ?? shippingTo[0]?.code),
    promotion:
      session.allow_promotion_codes === true
        ? {
            action: `/c/pay/${session.id}/promotion`,
            applied: discount ? nameOf(account, discount) : null,
            typed: form.promotion_code ?? '',
          }
        : null,
    discount: discount
      ? {
          name: nameOf(account, discount),
          what: reductionOf(discount.coupon, money),
          amount: money(-(session.total_details?.amount_discount ?? 0)),
        }
      : null,
    presentment:
      local === undefined
        ? null
        : `The shop’s price is ${formatAmount(total, own, locale)}. Exchange rate: 1 ${own.toUpperCase()} = ${rateText(own, local)} ${local.toUpperCase()}.`,
    note: session.custom_text.submit?.message ?? null,
    submitLabel: submitLabel(session, total, money),
    emailFixed: typeof session.customer_details?.email === 'string',
    cards,
    savedCards: saved.map(({ id, card }, index) => ({
      id,
      name: `${brandName(card?.display_brand ?? card?.brand ?? '')} •••• ${card?.last4 ?? ''}`,
      expires: `${String(card?.exp_month).padStart(2, '0')} / ${String(card?.exp_year).slice(-2)}`,
      chosen: form.saved === undefined ? index === 0 : form.saved === id,
    })),
    newCard: saved.length > 0 && form.saved === '',
    offersSaving: offersSaving(session),
    saves: form.saves ?? false,
    debit,
    voucher: voucherModel(session, methods),
    methodNames: METHOD_NAMES,
    methods,
    method: form.method ?? methods[0] ?? 'card',
    values: {
      email: session.customer_details?.email ?? form.email ?? visit?.email ?? '',
      name: form.name ?? session.customer_details?.name ?? '',
      country: form.country ?? taxCountry ?? customer?.address?.country ?? 'US',
      postal_code: form.postal_code ?? customer?.address?.postal_code ?? '',
      boleto_tax_id: form.boletoTaxId ?? '',
      phone: form.phone ?? session.customer_details?.phone ?? '',
    },
    problems,
    countries: COUNTRIES,
    testCards: TEST_CARDS.map((card) => ({ ...card, spaced: grouped(card.number) })),
    testAccounts: TEST_ACCOUNTS.filter((known) => known.type === debit),
  }
}

/** The customer's shipping address, if this session delivers there. */
function knownAddress(session: Session, customer: Customer | undefined): Partial<TypedAddress> | undefined {
  const { address, name } = customer?.shipping ?? {}
  if (!address?.country || !allowedCountries(session).includes(address.country)) return undefined
  return { ...typedAddress(address), name: name ?? '' }
}

function typedAddress(address: Customer['address']): Partial<TypedAddress> | undefined {
  if (!address) return undefined
  return Object.fromEntries(Object.entries(address).map(([field, value]) => [field, value ?? '']))
}

/** `visa` → `Visa`. */
function brandName(brand: string): string {
  return brand.charAt(0).toUpperCase() + brand.slice(1)
}

function typedBusiness(known: SessionDetails['business']): TypedBusiness {
  return { name: known?.name ?? '', type: known?.taxId.type ?? '', taxId: known?.taxId.value ?? '' }
}

const METHOD_NAMES: Record<PayForm['method'], string> = {
  card: 'Card',
  bank_debit: 'Bank debit',
  oxxo: VOUCHERS.oxxo.name,
  boleto: VOUCHERS.boleto.name,
  konbini: VOUCHERS.konbini.name,
}

/** A currency has at most one kind of voucher. */
function voucherModel(session: Session, methods: readonly string[]): object | null {
  const type = methods.find(isVoucher)
  if (type === undefined) return null
  const { place, days } = VOUCHERS[type]
  const count = session.payment_method_options?.[type]?.expires_after_days ?? days.standard
  return { type, place, days: count === 1 ? '1 day' : `${count} days` }
}

/** With as many digits as a person wants to read. */
function rateText(from: string, to: string): string {
  return String(Number((exchangeRate(from, to) ?? 0).toPrecision(6)))
}

/** The rows between the lines and the total, if these differ. */
function sumsOf(session: Session, money: Money): { subtotal: string } | null {
  const { amount_subtotal: subtotal, amount_total: total, total_details: details } = session
  return subtotal === total && !details?.amount_tax ? null : { subtotal: money(subtotal ?? 0) }
}

/** The tax rows, or the question for the customer's country. Null if the session has no tax. */
function taxOf(account: Account, session: Session, money: Money): object | null {
  const taxes = taxesOfSession(account, session.id).map(({ rate, amount, taxability_reason: reason }) => ({
    what: reason === 'reverse_charge' ? 'reverse charge' : taxText(rate),
    amount: money(amount),
  }))
  if (!session.automatic_tax.enabled) return taxes.length === 0 ? null : { lines: taxes, asks: null }
  return {
    lines: taxes,
    asks: {
      action: `/c/pay/${session.id}/tax`,
      countries: session.shipping_address_collection
        ? COUNTRIES.filter((country) => allowedCountries(session).includes(country.code))
        : COUNTRIES,
      of: session.shipping_address_collection ? 'shipping_country' : 'country',
    },
  }
}

/** `VAT 19%, included`. */
function taxText({ display_name: name, percentage, inclusive, country }: TaxRate): string {
  if (percentage === 0) return `none for ${COUNTRIES.find(({ code }) => code === country)?.name ?? 'this'}`
  return `${name} ${percentage}%${inclusive ? ', included' : ''}`
}

function allowedCountries(session: Session): readonly string[] {
  return session.shipping_address_collection?.allowed_countries ?? []
}

/** The shipping options and the chosen one. Null if there are none. */
function shippingOf(account: Account, session: Session, money: Money): object | null {
  if (session.shipping_options.length === 0) return null
  return {
    action: `/c/pay/${session.id}/shipping`,
    amount: money(session.shipping_cost?.amount_subtotal ?? 0),
    options: session.shipping_options.map((option) => {
      const rate = account.get('shipping_rate', option.shipping_rate)
      return {
        id: rate.id,
        name: rate.display_name ?? 'Shipping',
        estimate: estimateOf(rate),
        amount: option.shipping_amount === 0 ? 'Free' : money(option.shipping_amount),
        chosen: rate.id === session.shipping_cost?.shipping_rate,
      }
    }),
  }
}

/** `2–5 business days`. */
function estimateOf({ delivery_estimate: estimate }: ShippingRate): string | null {
  const { minimum, maximum } = estimate ?? {}
  const last = maximum ?? minimum
  if (!last) return null
  const unit = `${last.unit.replace('_', ' ')}${last.value === 1 ? '' : 's'}`
  if (minimum && maximum && minimum.value !== maximum.value)
    return `${minimum.value}–${maximum.value} ${unit}`
  return maximum ? `at most ${maximum.value} ${unit}` : `at least ${last.value} ${unit}`
}

function nameOf(account: Account, { discount, coupon }: AppliedDiscount): string {
  return account.find('promotion_code', discount.promotion_code)?.code ?? coupon.name ?? coupon.id
}

function reductionOf({ percent_off, amount_off, currency }: Coupon, money: Money): string {
  return percent_off === null ? `${money(amount_off ?? 0, currency ?? 'usd')} off` : `${percent_off}% off`
}

function submitLabel(session: Session, total: number, money: Money): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'subscription') return total === 0 ? 'Start trial' : 'Subscribe'
  const verb = session.submit_type === 'donate' ? 'Donate' : session.submit_type === 'book' ? 'Book' : 'Pay'
  return `${verb} ${money(total)}`
}

/** Stands for the name of a business that did not tell the sandbox its name. */
function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : 'the shop'
}

function grouped(number: string): string {
  return number.length === 15
    ? number.replace(/^(.{4})(.{6})/, '$1 $2 ')
    : number.replace(/(.{4})(?=.)/g, '$1 ')
}
