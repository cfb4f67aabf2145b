// Whose cart a request of the API means.
import type { Request } from 'express'
import { signInRequired } from '../accounts/sign-in.js'
import type { CartOwner } from '../cart/cart.js'
import type { GuestCookie } from '../cart/guest-cookie.js'
import { cartOwner } from '../cart/visitors-cart.js'
import { isOfOtherOrigin } from '../http/security.js'

/**
 * The cart's owner. Null for a guest who has none yet.
 * @throws Problem 401 for a guest on another origin: a guest's cart is named by a cookie, which doesn't work from there
 */
export function apiCartOwner(request: Request, cookie: GuestCookie, baseUrl: string): CartOwner | null {
  if (!request.user && (request.withoutCookies || isOfOtherOrigin(request, baseUrl))) throw signInRequired()
  return cartOwner(request, cookie)
}
