// Sessions in our database: which are still valid, how long they last, and ending them.
import { createHash } from 'node:crypto'
import type { Request } from 'express'
import type session from 'express-session'
import type pg from 'pg'
import type { Transaction } from '../database/client.js'
import { Prisma } from '../generated/prisma/client.js'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

export const SESSION_TIMES = {
  /** A session that is not used ends after this. */
  idle: 14 * DAY_MS,
  /** Any session ends after this. */
  absolute: 90 * DAY_MS,
  /** A session in use is renewed, with its cookie, this often. Renewing it on every request would write on every request. */
  renewal: HOUR_MS,
}

declare module 'express-session' {
  // Sessions of the previous release have only `passport`.
  interface SessionData {
    passport?: { user?: number }
    /** The user's when they signed in. */
    credentialVersion?: number
    signedInAt?: number
    /** When the session was last renewed. Missing until then. */
    seenAt?: number
    /** The browser, as its User-Agent header says. */
    userAgent?: string
    /** An operator's, in the admin: see src/operators/admin-session.ts. */
    admin?: {
      /** When the admin was last used. Accurate to ADMIN_TIMES.renewal. */
      seenAt: number
      /** When the session first got past everything that guards the admin. */
      enteredAt?: number
      /** When a code of the second factor was last entered. */
      factorAt?: number
    }
  }
}

/** Writes into a new session what later requests check. */
export function beginSession(request: Request, credentialVersion: number): void {
  const userAgent = request.get('user-agent')?.slice(0, 300)
  Object.assign(request.session, {
    credentialVersion,
    signedInAt: Date.now(),
    ...(userAgent && { userAgent }),
  })
}

/** Whether the request's session is valid for the user's present password and is not too old. */
export function isSessionValid({ session }: Request, user: { credentialVersion: number }): boolean {
  const { credentialVersion = 1, signedInAt = Date.now() } = session
  return credentialVersion === user.credentialVersion && Date.now() < signedInAt + SESSION_TIMES.absolute
}

/**
 * Renews a valid session, and its cookie, if it was last renewed a while ago.
 * @returns whether it was due
 */
export function renewSession({ session }: Request, user: { credentialVersion: number }): boolean {
  const now = Date.now()
  const { signedInAt = now, seenAt = session.signedInAt ?? 0 } = session
  if (now < seenAt + SESSION_TIMES.renewal) return false
  Object.assign(session, { credentialVersion: user.credentialVersion, signedInAt, seenAt: now })
  session.cookie.maxAge = Math.min(SESSION_TIMES.idle, signedInAt + SESSION_TIMES.absolute - now)
  return true
}

export interface SessionOfUser {
  /** Stands for the session on a page, without giving its id away. */
  handle: string
  userAgent: string | null
  signedInAt: Date | null
  /** Accurate to SESSION_TIMES.renewal. */
  seenAt: Date | null
  /** When it ends if it is not used until then. */
  endsAt: Date
}

interface SessionRow {
  sid: string
  sess: session.SessionData
  expiresAt: Date
}

/** The conditions under which a row of "Session" signs a row of "User" in. */
const IS_VALID = Prisma.raw(`
  "User".id = ("Session".sess->'passport'->>'user')::int
  AND "Session".expire > now()::timestamp
  AND coalesce(("Session".sess->>'credentialVersion')::int, 1) = "User"."credentialVersion"
  AND coalesce(("Session".sess->>'signedInAt')::float8, 'infinity')
    > extract(epoch FROM now()) * 1000 - ${SESSION_TIMES.absolute}`)

/** The valid sessions of a user, the most recently used first. */
export async function sessionsOf(tx: Transaction, userId: number): Promise<SessionOfUser[]> {
  const rows = await tx.$queryRaw<SessionRow[]>`
    SELECT sid, sess, expire AT TIME ZONE current_setting('TimeZone') AS "expiresAt" FROM "User" JOIN "Session" ON ${IS_VALID}
    WHERE "Session".sess->'passport'->>'user' = ${String(userId)}
    ORDER BY coalesce(sess->>'seenAt', sess->>'signedInAt')::float8 DESC NULLS LAST LIMIT 100`
  return rows.map(({ sid, sess, expiresAt }) => ({
    handle: sessionHandle(sid),
    userAgent: sess.userAgent ?? null,
    signedInAt: dateOf(sess.signedInAt),
    seenAt: dateOf(sess.seenAt ?? sess.signedInAt),
    endsAt: expiresAt,
  }))
}

const dateOf = (time: number | undefined) => (time === undefined ? null : new Date(time))

export function sessionHandle(sid: string): string {
  return createHash('sha256').update(sid).digest('base64url')
}

/** Which of these sessions are still valid, by their ids. */
export async function validSessions(pool: pg.Pool, sids: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ sid: string }>(
    `SELECT sid FROM "Session" JOIN "User" ON ${IS_VALID.sql} WHERE sid = ANY($1)`,
    [sids],
  )
  return new Set(rows.map(({ sid }) => sid))
}

/** Ends the user's session with this handle, if there is one. */
export async function endSession(tx: Transaction, userId: number, handle: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "Session" WHERE sess->'passport'->>'user' = ${String(userId)}
      AND translate(encode(sha256(convert_to(sid, 'UTF8')), 'base64'), '+/=', '-_') = ${handle}`
}

/** Ends all sessions of a user except the one with this id. */
export async function endSessions(tx: Transaction, userId: number, exceptSid = ''): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "Session" WHERE sess->'passport'->>'user' = ${String(userId)} AND sid <> ${exceptSid}`
}
