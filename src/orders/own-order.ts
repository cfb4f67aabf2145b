// Loads an order by the key in the path, for those who may see it.
import type { Request, RequestHandler } from 'express'
import { loginHref } from '../accounts/next-path.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound, Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { isOrderKey } from './order-key.js'
import { WITH_LINES, type OrderWithLines } from './order-with-lines.js'
import { visibleTo, type Visitor } from './visitor.js'

/** @throws Problem 404 when the order doesn't exist or this visitor may not see it */
export async function ownOrder(
  prisma: PrismaClient,
  key: unknown,
  visitor: Visitor,
): Promise<OrderWithLines> {
  const order = isOrderKey(key)
    ? await prisma.order.findFirst({ where: { key, ...visibleTo(visitor) }, include: WITH_LINES })
    : null
  if (!order) throw noOrder(visitor, isOrderKey(key) ? `/orders/${key}` : '/account/orders')
  return order
}

/**
 * The same for orders that don't exist and those of others.
 * @param backTo where visitors who are not signed in return after that
 */
export function noOrder({ userId }: Visitor, backTo: string): Problem {
  const { status, code, title, detail } = notFound('order')
  if (userId !== null) return new Problem(status, code, title, detail)
  const { notFoundHere, signIn } = t().orders.guest
  return new Problem(status, code, title, notFoundHere, {
    action: { href: loginHref(backTo), label: signIn },
  })
}

/**
 * For routes about an order. In a shop without guests, whoever is not signed in is asked to, unless they may see the order
 * without an account.
 * @param otherwise asks them
 */
export function unlessGuest(
  settings: ReadSettings,
  otherwise: RequestHandler,
  maySee: (request: Request) => Promise<boolean>,
): RequestHandler {
  return async (request, response, next) => {
    if (request.user || (await settings()).guestCheckout || (await maySee(request))) next()
    else await otherwise(request, response, next)
  }
}

/** Whether a visitor may see the order with this key. */
export async function maySeeOrder(prisma: PrismaClient, key: unknown, visitor: Visitor): Promise<boolean> {
  return isOrderKey(key) && (await prisma.order.count({ where: { key, ...visibleTo(visitor) } })) > 0
}
