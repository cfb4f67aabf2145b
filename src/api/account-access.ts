// JSON API: where a shopper is signed in, and signing out there.
import { Router } from 'express'
import { endOf, revokeToken, revokeTokens, tokensOf } from '../accounts/api-tokens.js'
import { endSession, endSessions, sessionHandle, sessionsOf } from '../accounts/sessions.js'
import { requireApiUser, userOf } from '../accounts/sign-in.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { SessionListJson, TokenListJson } from './account-schemas.js'

export function accountAccessApi(prisma: PrismaClient): Router {
  const router = Router()

  router.get('/api/me/tokens', requireApiUser, async (request, response) => {
    const tokens = await tokensOf(prisma, userOf(request).id)
    const list: TokenListJson = {
      tokens: tokens.map(({ id, origin, userAgent, createdAt, lastUsedAt }) => ({
        id,
        origin,
        user_agent: userAgent,
        created_at: createdAt.toISOString(),
        last_used_at: lastUsedAt.toISOString(),
        expires_at: endOf({ createdAt }).toISOString(),
        current: id === request.tokenId,
      })),
    }
    response.json(list)
  })

  // Ending it twice is a double click, not an error.
  router.delete('/api/me/tokens/:tokenId', requireApiUser, async (request, response) => {
    await revokeToken(prisma, userOf(request).id, String(request.params['tokenId']))
    response.status(204).end()
  })

  router.get('/api/me/sessions', requireApiUser, async (request, response) => {
    const sessions = await sessionsOf(prisma, userOf(request).id)
    const current = request.withoutCookies ? null : sessionHandle(request.sessionID)
    const list: SessionListJson = {
      sessions: sessions.map(({ handle, userAgent, signedInAt, seenAt }) => ({
        id: handle,
        user_agent: userAgent,
        created_at: signedInAt?.toISOString() ?? null,
        last_used_at: seenAt?.toISOString() ?? null,
        current: handle === current,
      })),
    }
    response.json(list)
  })

  router.delete('/api/me/sessions', requireApiUser, async (request, response) => {
    const { id } = userOf(request)
    await endSessions(prisma, id, request.withoutCookies ? undefined : request.sessionID)
    await revokeTokens(prisma, id, request.tokenId)
    response.status(204).end()
  })

  router.delete('/api/me/sessions/:sessionId', requireApiUser, async (request, response) => {
    await endSession(prisma, userOf(request).id, String(request.params['sessionId']))
    response.status(204).end()
  })
  return router
}
