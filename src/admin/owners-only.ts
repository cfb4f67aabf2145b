// For routes that only owners may use.
import type { RequestHandler } from 'express'
import { Problem } from '../http/problem.js'
import { isOwner } from '../operators/roles.js'

/** Answers 403 to operators who are no owners. */
export const ownersOnly: RequestHandler = (request, _response, next) => {
  if (!isOwner(request.user))
    throw new Problem(403, 'owners_only', 'Only owners can do this', 'Ask an owner of the shop to do it.')
  next()
}
