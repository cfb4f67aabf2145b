// How long a session opens the admin: shorter than it keeps a shopper signed in.
import type { Request } from 'express'

const MINUTE_MS = 60_000

const ADMIN_TIMES = {
  /** An operator who does nothing in the admin for this long must sign in again. */
  idle: 30 * MINUTE_MS,
  /** Every operator must, this long after signing in. */
  absolute: 12 * 60 * MINUTE_MS,
  /** What moves money asks for a code when the last is older than this. */
  recentFactor: 10 * MINUTE_MS,
  /** How often use is written down. */
  renewal: MINUTE_MS,
}

/** Whether the operator must sign in again. */
export function isAdminSessionOver({ session }: Request): boolean {
  const { signedInAt = 0, admin } = session
  const now = Date.now()
  return now >= signedInAt + ADMIN_TIMES.absolute || now >= (admin?.seenAt ?? signedInAt) + ADMIN_TIMES.idle
}

/** Notes that the admin is being used. express-session saves it with the response. */
export function noteUse({ session }: Request): void {
  const now = Date.now()
  if (session.admin === undefined || now >= session.admin.seenAt + ADMIN_TIMES.renewal)
    session.admin = { ...session.admin, seenAt: now }
}

/** Notes that the session got into the admin. @returns whether it was the first time */
export function noteEntry({ session }: Request): boolean {
  if (session.admin?.enteredAt !== undefined) return false
  session.admin = { seenAt: Date.now(), ...session.admin, enteredAt: Date.now() }
  return true
}

/** Notes that a code was entered. */
export function noteCode({ session }: Request): void {
  session.admin = { seenAt: Date.now(), ...session.admin, factorAt: Date.now() }
}

/** Whether a code was entered in this session. */
export function isFactorProved({ session }: Request): boolean {
  return session.admin?.factorAt !== undefined
}

/** Whether one was entered in the last minutes. */
export function isFactorRecent({ session }: Request): boolean {
  return Date.now() < (session.admin?.factorAt ?? 0) + ADMIN_TIMES.recentFactor
}
