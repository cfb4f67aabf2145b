// Who makes a request, and which orders they may see.
import type { Request } from 'express'
import type { Prisma } from '../generated/prisma/client.js'
import { ofShopper, type Shopper } from './shopper.js'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- express's request is extended this way
  namespace Express {
    interface Request {
      /** SHA-256 of the token in the cookie of a visitor who is not signed in. */
      guestHash?: string
      /** SHA-256 of the tokens in the links to orders that this browser has opened. */
      orderLinks?: string[]
    }
  }
}

/** A shopper, with the links to orders that their browser has opened. */
export interface Visitor extends Shopper {
  orderLinks: readonly string[]
}

export function shopperOf({ user, guestHash }: Request): Shopper {
  return user ? { userId: user.id, guestHash: null } : { userId: null, guestHash: guestHash ?? null }
}

export function visitorOf(request: Request): Visitor {
  return { ...shopperOf(request), orderLinks: request.orderLinks ?? [] }
}

/** The orders of the visitor's account or browser, and those whose links it has opened. */
export function visibleTo({ orderLinks, ...shopper }: Visitor): Prisma.OrderWhereInput {
  const own = ofShopper(shopper)
  if (orderLinks.length === 0) return own
  return { OR: [own, { access: { some: { tokenHash: { in: [...orderLinks] } } } }] }
}

/** Whoever acts for the shopper of this order: its account if that is signed in, otherwise someone without one. */
export function actingFor(order: Shopper, { userId }: Visitor): Shopper {
  return { userId: order.userId === userId ? userId : null, guestHash: order.guestHash }
}
