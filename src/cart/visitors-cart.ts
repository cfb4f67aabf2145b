// Finds the visitor's cart and counts its items for the page header. Visitors without a cart cost no query. The cookie with
// which a guest's cart is found also identifies the orders of that browser.
import type { Request, RequestHandler, Response } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { countPieces, mergeGuestCart, type CartOwner } from './cart.js'
import { hashToken, newToken } from '../http/random-token.js'
import { takeOverOrders } from '../orders/take-over-orders.js'
import type { GuestCookie } from './guest-cookie.js'

/**
 * Mount after the session. Merges a guest's cart into the account's, and takes over their orders, at the first request after
 * sign-in or registration, so the ways to sign in need not know about either.
 */
export function visitorsCart(prisma: PrismaClient, cookie: GuestCookie): RequestHandler {
  return async (request, response, next) => {
    const { locals } = response
    const { user } = request
    const token = cookie.read(request)
    const guest = token === null ? null : hashToken(token)
    if (!user) {
      if (guest !== null) request.guestHash = guest
      locals.cartCount = guest === null ? 0 : await countPieces(prisma, { tokenHash: guest })
    } else if (guest === null) {
      locals.cartCount = user.itemsInCart ?? 0
    } else {
      await prisma.$transaction((tx) => takeOverOrders(tx, guest, user.id))
      locals.cartMerged = await mergeGuestCart(prisma, guest, user.id)
      locals.cartCount = await countPieces(prisma, { userId: user.id })
      cookie.drop(response)
    }
    next()
  }
}

/** Gives a browser that has no cookie one, before it orders without an account. */
export function knowGuest(request: Request, response: Response, cookie: GuestCookie): void {
  if (request.user || request.guestHash !== undefined) return
  const token = newToken()
  cookie.keep(response, token)
  request.guestHash = hashToken(token)
}

/** Null for a guest who never put anything into a cart. */
export function cartOwner(request: Request, cookie: GuestCookie): CartOwner | null {
  if (request.user) return { userId: request.user.id }
  const token = cookie.read(request)
  return token === null ? null : { tokenHash: hashToken(token) }
}
