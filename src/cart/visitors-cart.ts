// Whose cart a request is about, and how much is in it for the frame of the page. Nobody without a cart costs a query.
import type { Request, RequestHandler } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { countPieces, joinCarts, type CartOwner } from './cart.js'
import { hashGuestToken, type GuestCookie } from './guest-cookie.js'

/**
 * Mount behind the session. A guest's cart goes to the account at the first request behind sign-in or registration, so
 * that no way of signing in has to think of it.
 */
export function visitorsCart(prisma: PrismaClient, cookie: GuestCookie): RequestHandler {
  return async (request, response, next) => {
    const { locals } = response
    const { user } = request
    const token = cookie.read(request)
    const guest = token === null ? null : hashGuestToken(token)
    if (!user) {
      locals.cartCount = guest === null ? 0 : await countPieces(prisma, { tokenHash: guest })
    } else if (guest === null) {
      locals.cartCount = user.itemsInCart ?? 0
    } else {
      locals.cartJoined = await joinCarts(prisma, guest, user.id)
      locals.cartCount = await countPieces(prisma, { userId: user.id })
      cookie.drop(response)
    }
    next()
  }
}

/** Null for a guest who never put anything into a cart. */
export function cartOwner(request: Request, cookie: GuestCookie): CartOwner | null {
  if (request.user) return { userId: request.user.id }
  const token = cookie.read(request)
  return token === null ? null : { tokenHash: hashGuestToken(token) }
}
