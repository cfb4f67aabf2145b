// Who orders: an account, or a guest with an address.
import type { Request, RequestHandler } from 'express'
import { requireUser } from '../accounts/sign-in.js'
import type { SignedInUser } from '../accounts/signed-in-user.js'
import { networkKey } from '../http/network.js'
import type { Shopper } from '../orders/shopper.js'
import { shopperOf } from '../orders/visitor.js'
import type { ReadSettings } from '../settings/read-settings.js'

export interface Buyer extends Shopper {
  email: string
  /** A stand-in for the network of the request. Null for this machine. */
  network: string | null
  /** False for an account that was no customer at Stripe when the request arrived. */
  isCustomer?: boolean | undefined
  /** Whether the account had unpaid orders when the request arrived. Undefined: not known. */
  hasOpenOrders?: boolean | undefined
}

function accountBuyer({ id, email, network, isCustomer, hasOpenOrders }: SignedInUser): Buyer {
  return { userId: id, guestHash: null, email, network: network ?? null, isCustomer, hasOpenOrders }
}

/** @param email of a guest. An account has its own */
export function buyerOf(request: Request, email: string): Buyer {
  if (request.user) return accountBuyer(request.user)
  return { ...shopperOf(request), email, network: networkKey(request.ip) }
}

/** For pages: asks visitors to sign in, unless the shop has guests. */
export function requireShopper(
  settings: ReadSettings,
  ...backTo: Parameters<typeof requireUser>
): RequestHandler {
  const signedIn = requireUser(...backTo)
  return async (request, response, next) => {
    if ((await settings()).guestCheckout) next()
    else await signedIn(request, response, next)
  }
}
