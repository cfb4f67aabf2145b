// What Stripe is told about a shopper: its page then offers their address, and its receipts have their name.
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

/** Stripe replaces the whole address. */
export function customerParameters({ email, name, address }: CustomerDetails): Stripe.CustomerUpdateParams {
  return {
    ...(isKnownToStripe(email) && { email }),
    ...(name !== '' && { name: name.slice(0, LONGEST).toWellFormed() }),
    ...(address && {
      shipping: {
        name: address.name.slice(0, LONGEST).toWellFormed(),
        address: {
          line1: address.line1,
          ...(address.line2 !== null && { line2: address.line2 }),
          city: address.city,
          ...(address.state !== null && { state: address.state }),
          ...(address.postalCode !== null && { postal_code: address.postalCode }),
          country: address.country,
        },
      },
    }),
  }
}
