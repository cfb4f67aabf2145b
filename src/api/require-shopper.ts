// Lets guests place orders, where the shop has them.
import type { RequestHandler } from 'express'
import { requireApiUser } from '../accounts/sign-in.js'
import type { ReadSettings } from '../settings/read-settings.js'

/**
 * Answers 401 without an account, unless the shop has guests. A guest is known by a cookie, which doesn't work from other
 * origins.
 */
export function requireApiShopper(settings: ReadSettings): RequestHandler {
  return async (request, response, next) => {
    if (!request.withoutCookies && (await settings()).guestCheckout) next()
    else await requireApiUser(request, response, next)
  }
}
