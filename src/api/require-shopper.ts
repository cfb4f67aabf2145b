// Lets guests place orders, where the shop has them.
import type { RequestHandler } from 'express'
import { requireApiUser } from '../accounts/sign-in.js'
import type { ReadSettings } from '../settings/settings.js'

/** Answers 401 without an account, unless the shop has guests. */
export function requireApiShopper(settings: ReadSettings): RequestHandler {
  return async (request, response, next) => {
    if ((await settings()).guestCheckout) next()
    else await requireApiUser(request, response, next)
  }
}
