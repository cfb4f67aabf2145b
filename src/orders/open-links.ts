// Opens the links in the mails about orders without an account.
import { Router, type RequestHandler } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { hashToken } from '../http/random-token.js'
import { SECRET_IN_PATH } from '../http/security.js'
import { linkCookie } from './link-cookie.js'
import { opensOrder } from './order-access.js'

/** Mount before the routes about orders: it tells them which links the browser has opened. */
export function orderLinks(prisma: PrismaClient, secureCookies: boolean): Router {
  const cookie = linkCookie(secureCookies)
  const router = Router()

  router.use((request, _response, next) => {
    request.orderLinks = cookie.read(request).map(hashToken)
    next()
  })

  /** The token moves into the cookie: no history, log or other page learns it. A wrong one changes nothing. */
  const open: RequestHandler = async (request, response, next) => {
    const { token } = request.query
    if (token === undefined) {
      next()
      return
    }
    const key = String(request.params['orderKey'])
    if (typeof token === 'string' && (await opensOrder(prisma, token, key)))
      cookie.add(request, response, token)
    response.set('Referrer-Policy', SECRET_IN_PATH).redirect(303, request.path)
  }
  router.get('/orders/:orderKey', open)
  router.get('/orders/:orderKey/receipt', open)
  return router
}
