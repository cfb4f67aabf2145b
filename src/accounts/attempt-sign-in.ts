// Signs in with an address and a password, however the shopper stays signed in afterwards.
import type { Request, Response } from 'express'
import type { Database } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { addressKey, type RateLimits } from '../http/rate-limits.js'
import { accountBlocked } from './blocked.js'
import { joinOrders } from './join-orders.js'
import { countSignIn } from './sign-in-limits.js'
import type { SignedInUser } from './signed-in-user.js'
import type { SignIn } from './sign-in.js'

/**
 * Verifies the `email` and `password` of the request's body. Orders of guests with the account's address join it.
 * @param email the same address, canonical
 * @param open opens a session, or issues a token; null when the password was changed meanwhile
 * @returns what `open` did, or null when address and password don't match. Nobody learns which of them is wrong
 * @throws Problem 429 with Retry-After after too many attempts, 503 when too many are being verified, 403 for a blocked
 * account, which only somebody with its password learns
 */
export async function attemptSignIn<Opened>(
  { database, limits, auth }: { database: Pick<Database, 'prisma'>; limits: RateLimits; auth: SignIn },
  request: Request,
  response: Response,
  email: string,
  open: (user: SignedInUser) => Promise<Opened | null>,
): Promise<Opened | null> {
  const attempt = await countSignIn(limits, request, email, auth.devices.idFor(request, email))
  // Not tried at all, or not the shopper's fault: the hashes' queue is full, or the database is away.
  const user = await authenticate(auth, request, response).catch(async (failure: unknown) => {
    await attempt.takeBack()
    throw failure
  })
  if (user && (await isBlocked(database.prisma, user.id))) {
    await attempt.takeBack()
    throw accountBlocked()
  }
  const opened = user ? await open(user) : null
  if (opened === null) {
    request.log.info({ account: addressKey(email) }, 'sign-in failed')
    return null
  }
  await attempt.succeed()
  if (user) await database.prisma.$transaction((tx) => joinOrders(tx, user.id))
  return opened
}

async function isBlocked(prisma: PrismaClient, id: number): Promise<boolean> {
  const user = await prisma.user.findUnique({ where: { id }, select: { blockedAt: true } })
  return user?.blockedAt != null
}

function authenticate(
  { authenticator }: SignIn,
  request: Request,
  response: Response,
): Promise<SignedInUser | false> {
  return new Promise((resolve, reject) => {
    const done = (failure: unknown, user?: SignedInUser | false) => {
      if (failure)
        reject(failure instanceof Error ? failure : new Error('authentication failed', { cause: failure }))
      else resolve(user ?? false)
    }
    const handler = authenticator.authenticate('local', { session: false }, done) as (
      a: Request,
      b: Response,
      c: (e?: unknown) => void,
    ) => void
    handler(request, response, reject)
  })
}
