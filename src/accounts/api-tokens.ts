// Tokens with which front ends of other origins, and programs, use the JSON API as a shopper.
import type { Database, Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { hashToken, newToken } from '../http/random-token.js'
import { SESSION_TIMES } from './sessions.js'
import { VISITOR, type SignedInUser } from './signed-in-user.js'

const MINUTE_MS = 60 * 1000

export const TOKEN_TIMES = {
  /** A token that is not used ends after this. */
  idle: SESSION_TIMES.idle,
  /** Any token ends after this. */
  absolute: 30 * 24 * 60 * MINUTE_MS,
  /** A token in use is marked as used this often. Marking it on every request would write on every request. */
  renewal: 5 * MINUTE_MS,
}

/** When a user gets another one, the token that was unused the longest ends. */
export const MAX_TOKENS = 20

/** Lets people and scanners recognize a token that was published by mistake. */
const PREFIX = 'till_'
const TOKEN = /^till_[\w-]{43}$/

export interface IssuedToken {
  token: string
  /** When it ends, however much it is used. */
  endsAt: Date
}

/** The headers of the request that signed in. */
export interface IssuedTo {
  origin: string | undefined
  userAgent: string | undefined
}

/** @returns null when the password is no longer the one that was verified */
export function issueToken(
  { prisma }: Pick<Database, 'prisma'>,
  user: Pick<SignedInUser, 'id' | 'credentialVersion'>,
  { origin, userAgent }: IssuedTo,
): Promise<IssuedToken | null> {
  const token = PREFIX + newToken()
  const { id: userId, credentialVersion } = user
  return prisma.$transaction(async (tx) => {
    // Waits for a password change or a block that is being committed, and for other tokens of the user.
    const [current] = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM "User" WHERE id = ${userId} AND "credentialVersion" = ${credentialVersion} AND "blockedAt" IS NULL
      FOR NO KEY UPDATE`
    if (!current) return null
    await tx.$executeRaw`
      DELETE FROM "ApiToken" WHERE id IN (
        SELECT id FROM "ApiToken" WHERE "userId" = ${userId}
        ORDER BY "lastUsedAt" DESC, "createdAt" DESC OFFSET ${MAX_TOKENS - 1})`
    const createdAt = new Date()
    await tx.apiToken.create({
      data: {
        tokenHash: hashToken(token),
        userId,
        credentialVersion,
        origin: origin !== undefined && isWeb(origin) ? origin : null,
        userAgent: userAgent?.slice(0, 300) ?? null,
        createdAt,
        lastUsedAt: createdAt,
        expiresAt: new Date(createdAt.getTime() + TOKEN_TIMES.idle),
      },
    })
    return { token, endsAt: endOf({ createdAt }) }
  })
}

/** Programs can send anything, and browsers "null". */
function isWeb(origin: string): boolean {
  return origin.length <= 300 && /^https?:/.test(origin) && URL.canParse(origin)
}

/** When a token ends, however much it is used. */
export function endOf({ createdAt }: { createdAt: Date }): Date {
  return new Date(createdAt.getTime() + TOKEN_TIMES.absolute)
}

/** The conditions under which a row of "ApiToken" signs a row of "User" in. */
const IS_VALID = Prisma.sql`
  "User".id = token."userId" AND token."credentialVersion" = "User"."credentialVersion" AND token."expiresAt" > now()`

/**
 * The user of a token, and its id. Marks it as used.
 * @returns null when it is wrong, has ended or was revoked
 */
export async function userOfToken(
  prisma: PrismaClient,
  token: string,
): Promise<{ user: SignedInUser; tokenId: string } | null> {
  if (!TOKEN.test(token)) return null
  const [found] = await prisma.$queryRaw<(SignedInUser & { tokenId: string; isDue: boolean })[]>`
    SELECT ${VISITOR}, token.id AS "tokenId",
      token."lastUsedAt" < now() - ${TOKEN_TIMES.renewal} * interval '1 ms' AS "isDue"
    FROM "ApiToken" token JOIN "User" ON ${IS_VALID} WHERE token."tokenHash" = ${hashToken(token)}`
  if (!found) return null
  const { tokenId, isDue, ...user } = found
  if (isDue) await markUsed(prisma, tokenId)
  return { user, tokenId }
}

async function markUsed(prisma: PrismaClient, id: string): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "ApiToken" SET "lastUsedAt" = now(), "expiresAt" = LEAST(
      now() + ${TOKEN_TIMES.idle} * interval '1 ms', "createdAt" + ${TOKEN_TIMES.absolute} * interval '1 ms')
    WHERE id = ${id}`
}

export interface TokenOfUser {
  id: string
  origin: string | null
  userAgent: string | null
  createdAt: Date
  /** Accurate to TOKEN_TIMES.renewal. */
  lastUsedAt: Date
  /** When it ends if it is not used until then. */
  endsAt: Date
}

/** The valid tokens of a user, the most recently used first. */
export function tokensOf(tx: Transaction, userId: number): Promise<TokenOfUser[]> {
  return tx.$queryRaw<TokenOfUser[]>`
    SELECT token.id, token.origin, token."userAgent", token."createdAt", token."lastUsedAt", token."expiresAt" AS "endsAt"
    FROM "ApiToken" token JOIN "User" ON ${IS_VALID} WHERE token."userId" = ${userId}
    ORDER BY token."lastUsedAt" DESC, token."createdAt" DESC`
}

/** Ends a token of the user. @returns false when the user has no such token */
export async function revokeToken(tx: Transaction, userId: number, id: string): Promise<boolean> {
  return (await tx.apiToken.deleteMany({ where: { userId, id } })).count > 0
}

/** Ends all tokens of a user except the one with this id. */
export async function revokeTokens(tx: Transaction, userId: number, exceptId?: string): Promise<void> {
  await tx.apiToken.deleteMany({
    where: { userId, ...(exceptId !== undefined && { id: { not: exceptId } }) },
  })
}
