// Encrypts the secrets of authenticator apps anew with the current session secret, so that an old one can be removed.
import type { PrismaClient } from '../generated/prisma/client.js'
import { openSecret, sealSecret } from './sealed-secret.js'

const BATCH = 200

/**
 * Goes through all of them, a batch at a time. Safe in many processes: an app that was used or replaced meanwhile keeps what
 * it has.
 * @param sessionSecrets the first encrypts. With one alone there is nothing to do
 * @returns how many were encrypted anew
 */
export async function resealSecrets(
  prisma: PrismaClient,
  sessionSecrets: readonly string[],
): Promise<number> {
  const current = sessionSecrets.slice(0, 1)
  if (sessionSecrets.length < 2) return 0
  let resealed = 0
  let after = 0
  for (;;) {
    const factors = await prisma.secondFactor.findMany({
      where: { userId: { gt: after } },
      orderBy: { userId: 'asc' },
      take: BATCH,
      select: { userId: true, secret: true },
    })
    for (const { userId, secret: sealed } of factors) {
      if (openSecret(current, userId, sealed) !== null) continue
      const secret = openSecret(sessionSecrets, userId, sealed)
      if (secret === null) continue
      const { count } = await prisma.secondFactor.updateMany({
        where: { userId, secret: sealed },
        data: { secret: sealSecret(current, userId, secret) },
      })
      resealed += count
    }
    const last = factors.at(-1)
    if (last === undefined || factors.length < BATCH) return resealed
    after = last.userId
  }
}
