// Signs requests of the JSON API in by their bearer token (RFC 6750).
import type { RequestHandler } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { networkKey } from '../http/network.js'
import { Problem } from '../http/problem.js'
import { bearerOf } from '../http/without-cookies.js'
import { t } from '../messages/index.js'
import { userOfToken } from './api-tokens.js'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    interface Request {
      /** The id of the token that signs the request in. Undefined without one. */
      tokenId?: string
    }
  }
}

/** @throws Problem 401 for a token that is wrong, has ended or was revoked */
export function bearerTokens(prisma: PrismaClient): RequestHandler {
  return async (request, _response, next) => {
    const token = bearerOf(request)
    if (token === null) {
      next()
      return
    }
    const found = await userOfToken(prisma, token)
    if (found === null) {
      const { invalidTokenTitle: title, invalidToken: text } = t().accounts
      throw new Problem(401, 'invalid_token', title, text, { challenge: 'Bearer error="invalid_token"' })
    }
    request.user = { ...found.user, network: networkKey(request.ip) }
    request.tokenId = found.tokenId
    next()
  }
}
