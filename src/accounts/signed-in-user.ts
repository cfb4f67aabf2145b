// Who is signed in, and the SQL that reads it.
import { Prisma } from '../generated/prisma/client.js'
import type { Role } from '../generated/prisma/enums.js'

export interface SignedInUser {
  id: number
  email: string
  name: string
  role: Role
  credentialVersion: number
  /** Units in the cart when the request arrived. */
  itemsInCart?: number
  /** Whether the user was a customer at Stripe when the request arrived. */
  isCustomer?: boolean
  /** Whether the user had unpaid orders when the request arrived. */
  hasOpenOrders?: boolean
  /** A stand-in for the network of the request. Null for this machine. */
  network?: string | null
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- passport's user type is extended this way
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface User extends SignedInUser {}
  }
}

/** What requests of a signed-in visitor need, in one query: the columns of SignedInUser, apart from `network`. */
export const VISITOR = Prisma.sql`"User".id, email, name, role::text, "User"."credentialVersion",
  "stripeCustomerId" IS NOT NULL AS "isCustomer", coalesce((
    SELECT sum(item.quantity) FROM "Cart" cart JOIN "CartItem" item ON item."cartId" = cart.id
    WHERE cart."userId" = "User".id), 0)::int AS "itemsInCart",
  EXISTS (SELECT FROM "Order" o WHERE o."userId" = "User".id AND o.status = 'pending') AS "hasOpenOrders"`
