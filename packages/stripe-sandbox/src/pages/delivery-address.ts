// Billing and shipping addresses: read from forms, checked, and stored.
import type { Account } from '../state/account.js'
import type { Address, Session } from '../wire.js'
import { postalCodeProblem } from './address-formats.js'
import type { Problems } from './problems.js'

/** An address as it was typed. Only a shipping address has a `name`. */
export interface TypedAddress {
  name: string
  line1: string
  line2: string
  city: string
  state: string
  postal_code: string
  country: string
}

/** Reads the fields that start with `prefix`, for example `shipping_line1`. */
export function readAddress(text: (name: string) => string, prefix: string): TypedAddress {
  const field = (name: string): string => text(`${prefix}_${name}`)
  return {
    name: field('name'),
    line1: field('line1'),
    line2: field('line2'),
    city: field('city'),
    state: field('state'),
    postal_code: field('postal_code'),
    country: field('country'),
  }
}

/** A shipping address must be complete, in a country that the shop ships to. */
export function shippingProblems(address: TypedAddress, session: Session): Problems {
  const problems: Problems = {}
  if (address.name === '') problems.shipping_name = 'Enter the recipient’s name.'
  if (address.line1 === '') problems.shipping_line1 = 'Enter the street and number.'
  if (address.city === '') problems.shipping_city = 'Enter the town or city.'
  const postal = postalCodeProblem(address.country, address.postal_code)
  if (postal !== undefined) problems.shipping_postal_code = postal
  const allowed: readonly string[] = session.shipping_address_collection?.allowed_countries ?? []
  if (!allowed.includes(address.country))
    problems.shipping_country = 'The shop does not ship to this country.'
  return problems
}

export function billingProblems(address: TypedAddress): Problems {
  return {
    ...(address.line1 === '' ? { billing_line1: 'Enter the street and number.' } : {}),
    ...(address.city === '' ? { billing_city: 'Enter the town or city.' } : {}),
  }
}

/** Fields that are empty become null, as in Stripe's addresses. */
export function addressOf(typed: TypedAddress): Address {
  const { line1, line2, city, state, postal_code, country } = typed
  const parts = Object.entries({ city, country, line1, line2, postal_code, state })
  return Object.fromEntries(
    parts.map(([field, value]) => [field, value === '' ? null : value]),
  ) as unknown as Address
}

/** Stores the shipping address on the session and on its payment. */
export function keepShipping(account: Account, session: Session, typed: TypedAddress, phone: string): void {
  const details = { address: addressOf(typed), name: typed.name }
  account.update('checkout.session', session.id, {
    collected_information: {
      business_name: null,
      individual_name: null,
      ...session.collected_information,
      shipping_details: details,
    },
  })
  const shipping = { ...details, carrier: null, phone: phone === '' ? null : phone, tracking_number: null }
  const { intent } = account.get('session_details', session.id)
  account.update('session_details', session.id, { intent: { ...intent, shipping } })
  const known = account.find('payment_intent', session.payment_intent)
  if (known) account.update('payment_intent', known.id, { shipping })
}
