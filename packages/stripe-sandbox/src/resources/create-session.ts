// Creating a Checkout Session.
import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch, unsupported } from '../api/errors.js'
import { mergeMetadata } from '../api/metadata.js'
import { bankDebitFor } from '../payments/bank-accounts.js'
import { createSetupIntent } from '../payments/setup.js'
import { fullAddress } from '../payments/payment-methods.js'
import { readCustomerUpdate } from '../payments/customer-update.js'
import { taxIdsOf } from '../payments/customer-tax-ids.js'
import { checkTaxIdCollection } from '../payments/tax-id-collection.js'
import { vouchersFor } from '../payments/voucher-types.js'
import { checkAutomaticTax, countryOf, refuseTaxRatesWithAutomaticTax } from '../payments/tax-location.js'
import { applyGivenDiscount, checkDiscountParameters } from '../payments/session-discount.js'
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'
import type { PaymentLinkDetails, SessionDetails } from '../state/records.js'
import type { Checked, Session } from '../wire.js'
import { inKeyOrder } from '../state/key-order.js'
import { copyLineItems, createLineItems, freeDuringTrial } from './line-items.js'
import { sessionDefaults } from './session-defaults.js'
import { readMethodOptions } from './session-method-options.js'
import { checkMode } from './session-modes.js'
import { commonCurrency } from './session-total.js'
import { readSubscriptionData } from './subscription-data.js'
import { createShippingOptions } from './shipping-rates.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { checkUrl } from './urls.js'

type Given = Checked<Stripe.Checkout.SessionCreateParams & { payment_method_types?: string[] }>

/** Of sessions, and of payment links that pass them on. */
export const UNSUPPORTED_PARAMETERS = [
  'after_expiration.recovery',
  'consent_collection.promotions',
  'consent_collection.terms_of_service',
  'custom_fields',
  'customer_account',
  'invoice_creation.invoice_data.account_tax_ids',
  'invoice_creation.invoice_data.custom_fields',
  'invoice_creation.invoice_data.issuer',
  'invoice_creation.invoice_data.rendering_options',
  'managed_payments',
  'name_collection.business',
  'name_collection.individual',
  'optional_items',
  'payment_intent_data.application_fee_amount',
  'payment_intent_data.on_behalf_of',
  'payment_intent_data.transfer_data',
  'payment_method_options.card.capture_method',
  'payment_method_options.card.installments',
  'payment_method_options.boleto.setup_future_usage',
  'payment_method_options.card.restrictions',
  'permissions',
]

/** Stripe's limits for `expires_at`. */
const MIN_LIFETIME_SECONDS = 30 * 60
const MAX_LIFETIME_SECONDS = 24 * 60 * 60
/** Clients compute `expires_at` from their own clock, and the request takes time. */
const CLOCK_TOLERANCE_SECONDS = 10

/**
 * Creates a session.
 *
 * @param link the payment link it is created from, which has the line items and may have no success URL
 * @throws StripeApiError for invalid or unsupported parameters
 */
export function createSession(account: Account, given: Given, link?: PaymentLinkDetails): Session {
  if (given.mode === undefined) throw missingParameter('mode')
  refuseUnsupported(given, UNSUPPORTED_PARAMETERS)
  if (given.ui_mode !== undefined && given.ui_mode !== 'hosted_page')
    throw unsupported(`the ui_mode ${given.ui_mode}`, 'ui_mode')
  if (given.saved_payment_method_options?.payment_method_remove === 'enabled')
    throw unsupported('removing saved payment methods', 'saved_payment_method_options[payment_method_remove]')
  const { mode } = given
  checkMode(given, mode, link !== undefined)
  if (given.success_url !== undefined) checkUrl(given.success_url, 'success_url')
  else if (!link) throw missingParameter('success_url')
  if (given.cancel_url !== undefined) checkUrl(given.cancel_url, 'cancel_url')
  checkCustomer(account, given)
  checkAutomaticTax(account, given, mode)
  checkTaxIdCollection(account, given)
  const customerUpdate = readCustomerUpdate(given)
  checkDiscountParameters(given)
  if (given.client_reference_id !== undefined && given.client_reference_id.length > 200) {
    throw invalidRequest('client_reference_id must be at most 200 characters.', 'client_reference_id')
  }
  const expiresAt = readExpiry(account, given.expires_at)
  const metadata = mergeMetadata({}, given.metadata)
  const intent = readIntentData(given)
  const subscription = mode === 'subscription' ? readSubscriptionData(account, given) : undefined
  const lines = link
    ? copyLineItems(account, link.lineItems)
    : createLineItems(account, given.line_items ?? [], mode)
  refuseTaxRatesWithAutomaticTax(account, given, lines)
  const lineItems = subscription?.trial ? lines.map(freeDuringTrial) : lines
  const currency = mode === 'setup' ? noCurrency(given) : commonCurrency(lineItems, given.currency)
  const rates = createShippingOptions(account, readShippingOptions(given), currency ?? 'usd')
  const [firstRate] = rates
  const types = readMethodTypes(given, currency ?? 'usd')

  const session = account.save(
    'checkout.session',
    inKeyOrder({
      ...sessionDefaults(given),
      id: newId('checkout.session'),
      // Computed below from the lines. A session in setup mode has no amounts.
      amount_subtotal: currency === null ? null : 0,
      amount_total: currency === null ? null : 0,
      cancel_url: given.cancel_url ?? null,
      client_reference_id: given.client_reference_id ?? null,
      created: account.now(),
      currency,
      customer: given.customer ?? null,
      customer_details: initialCustomerDetails(account, given),
      customer_email: given.customer_email ?? null,
      expires_at: expiresAt,
      metadata,
      payment_method_options: readMethodOptions(given, types),
      payment_method_types: types,
      shipping_options: rates.map((rate) => ({
        shipping_amount: rate.fixed_amount?.amount ?? 0,
        shipping_rate: rate.id,
      })),
      success_url: given.success_url ?? null,
      ...(link ? { payment_link: link.id } : {}),
      total_details: mode === 'setup' ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    }),
  )
  const country = given.automatic_tax?.enabled
    ? countryOf(account.find('customer', given.customer))
    : undefined
  account.save('session_details', {
    id: session.id,
    lineItems,
    intent,
    ...customerUpdate,
    ...(country === undefined ? {} : { taxCountry: country }),
    ...(subscription ? { subscription } : {}),
    ...(firstRate ? { shippingRate: firstRate.id } : {}),
  })
  account.schedule('expire_session', session.id, expiresAt - account.now())
  return mode === 'setup'
    ? withSetupIntent(account, session, given)
    : applyGivenDiscount(account, session, given)
}

/** The shipping options, which the sandbox supports in payment mode only. */
function readShippingOptions(given: Given): NonNullable<Given['shipping_options']> {
  const { mode, shipping_options: options = [], shipping_address_collection: addresses } = given
  if (mode !== 'payment' && options.length > 0)
    throw unsupported(`shipping_options in ${mode ?? ''} mode`, 'shipping_options')
  if (mode === 'setup' && addresses !== undefined) {
    throw invalidRequest(
      'You can not pass `shipping_address_collection` in `setup` mode.',
      'shipping_address_collection',
    )
  }
  return options
}

/** Creates the setup intent, which a session in setup mode has from the start. */
function withSetupIntent(account: Account, session: Session, given: Given): Session {
  const { description, metadata } = given.setup_intent_data ?? {}
  const intent = createSetupIntent(
    account,
    {
      customer: session.customer,
      description: description ?? null,
      metadata: mergeMetadata({}, metadata, 'setup_intent_data[metadata]'),
      payment_method_types: session.payment_method_types,
    },
    { session: session.id },
  )
  return account.update('checkout.session', session.id, { setup_intent: intent.id })
}

/** A session in setup mode has no lines, and so no currency. */
function noCurrency(given: Given): null {
  if (given.line_items !== undefined) {
    throw invalidRequest('You can not pass `line_items` in `setup` mode.', 'line_items')
  }
  return null
}

function checkCustomer(account: Account, given: Given): void {
  const { customer, customer_email: email } = given
  if (customer !== undefined && email !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: customer, customer_email.',
      'customer',
    )
  }
  if (customer !== undefined && given.customer_creation !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: customer, customer_creation.',
      'customer',
    )
  }
  if (customer !== undefined && !account.find('customer', customer))
    throw noSuch('customer', customer, 'customer')
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw invalidRequest(`Invalid email address: ${email}`, 'customer_email', 'email_invalid')
  }
}

/** The details that are known in advance. The pay page shows a known email and does not let the customer change it. */
function initialCustomerDetails(account: Account, given: Given): Session['customer_details'] {
  const customer = account.find('customer', given.customer)
  const email = customer?.email ?? given.customer_email
  if (email === undefined) return null
  return {
    address: customer?.address ?? null,
    business_name: null,
    email,
    individual_name: null,
    name: customer?.name ?? null,
    phone: customer?.phone ?? null,
    tax_exempt: customer?.tax_exempt ?? 'none',
    tax_ids: taxIdsOf(account, customer?.id ?? null),
  }
}

/**
 * The expiry time in Unix seconds. A client may not know that the sandbox's clock was moved, so a time that fits the
 * real clock is shifted to the sandbox's.
 */
function readExpiry(account: Account, given: number | undefined): number {
  const now = account.now()
  if (given === undefined) return now + MAX_LIFETIME_SECONDS
  const ahead = now - Math.floor(Date.now() / 1000)
  const expiry = [given, given + ahead].find(
    (time) =>
      time >= now + MIN_LIFETIME_SECONDS - CLOCK_TOLERANCE_SECONDS &&
      time <= now + MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS,
  )
  if (expiry === undefined) {
    throw invalidRequest(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
      'expires_at',
    )
  }
  return expiry
}

function readIntentData(given: Given): SessionDetails['intent'] {
  const data = given.payment_intent_data ?? {}
  return {
    capture_method: data.capture_method ?? 'automatic_async',
    description: data.description ?? null,
    metadata: mergeMetadata({}, data.metadata, 'payment_intent_data[metadata]'),
    receipt_email: data.receipt_email ?? null,
    setup_future_usage: data.setup_future_usage ?? null,
    shipping: data.shipping
      ? {
          carrier: null,
          phone: null,
          tracking_number: null,
          ...data.shipping,
          address: fullAddress(data.shipping.address),
        }
      : null,
    statement_descriptor: data.statement_descriptor ?? null,
    statement_descriptor_suffix: data.statement_descriptor_suffix ?? null,
    transfer_group: data.transfer_group ?? null,
  }
}

/**
 * The SDK's types have no `payment_method_types` since version 23.0, but the official CLI and older code send it, and
 * the response still includes it.
 */
function readMethodTypes(given: Given, currency: string): string[] {
  const debit = bankDebitFor(currency)
  const vouchers = vouchersFor(currency)
  // The sandbox does not start subscriptions with a payment that may still fail days later.
  const offerable =
    given.mode === 'payment' ? ['card', 'sepa_debit', 'us_bank_account', ...vouchers] : ['card']
  const asked = given.payment_method_types ?? given.allowed_payment_method_types
  const excluded: readonly string[] = given.excluded_payment_method_types ?? []
  const offered = asked
    ? asked.filter((type) => offerable.includes(type))
    : ['card', debit, ...vouchers].filter((type) => offerable.includes(type))
  const types = offered.filter((type) => !excluded.includes(type))
  if (types.length === 0) {
    throw invalidRequest(
      `No payment method type is left for this Checkout Session. The sandbox supports ${offerable.join(', ')}.`,
      given.payment_method_types ? 'payment_method_types' : 'allowed_payment_method_types',
    )
  }
  return types
}
