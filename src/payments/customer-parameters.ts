// What Stripe is told about a shopper: its page then offers their address, and its receipts have their name.
import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { DefaultAddress } from '../accounts/addresses.js'
import { isKnownToStripe } from './session-parameters.js'

export interface CustomerDetails {
  email: string
  name: string
  /** Null: no address is saved. */
  address: DefaultAddress | null
}

/** Of a name. */
const LONGEST = 150

/** In a customer's metadata: which address the shop gave it. */
const ADDRESS_MARK = 'saved_address'

/** Stripe replaces the whole address. Without one, it keeps what it has. */
export function customerParameters({ email, name, address }: CustomerDetails): Stripe.CustomerUpdateParams {
  const shipping = address && shippingOf(address)
  return {
    ...(isKnownToStripe(email) && { email }),
    ...(name !== '' && { name: name.slice(0, LONGEST).toWellFormed() }),
    ...(shipping && { shipping, metadata: { [ADDRESS_MARK]: markOf(shipping) } }),
  }
}

/** Makes Stripe forget the address that the shop gave it. */
export const WITHOUT_ADDRESS = {
  shipping: '',
  metadata: { [ADDRESS_MARK]: '' },
} as const satisfies Stripe.CustomerUpdateParams

/** Whether a customer's address is the one that the shop gave it, and not one that the shopper typed on Stripe's page since. */
export function hasGivenAddress({
  shipping,
  metadata,
}: Pick<Stripe.Customer, 'shipping' | 'metadata'>): boolean {
  const mark = metadata[ADDRESS_MARK]
  return Boolean(mark) && shipping !== null && markOf(shipping) === mark
}

function shippingOf(address: DefaultAddress) {
  return {
    name: address.name.slice(0, LONGEST).toWellFormed(),
    address: {
      line1: address.line1,
      ...(address.line2 !== null && { line2: address.line2 }),
      city: address.city,
      ...(address.state !== null && { state: address.state }),
      ...(address.postalCode !== null && { postal_code: address.postalCode }),
      country: address.country,
    },
  }
}

const FIELDS = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'] as const

interface GivenAddress {
  name?: string | null | undefined
  address?: { [Field in (typeof FIELDS)[number]]?: string | null | undefined } | null | undefined
}

function markOf({ name, address }: GivenAddress): string {
  const values = [name, ...FIELDS.map((field) => address?.[field])].map((value) => value ?? '')
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url')
}
