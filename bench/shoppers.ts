// Inserts shoppers with sessions: signing in would measure argon2, and it is rate-limited.
import { createHmac, randomBytes } from 'node:crypto'
import type pg from 'pg'

export interface Shopper {
  email: string
  /** Their Cookie header. */
  cookie: string
}

const FOURTEEN_DAYS_MS = 14 * 24 * 60 * 60 * 1000

export async function insertShoppers(database: pg.Client, secret: string, count: number): Promise<Shopper[]> {
  const emails = Array.from({ length: count }, () => `${randomBytes(9).toString('hex')}@shopper.example`)
  const { rows } = await database.query<{ id: number; email: string }>(
    `INSERT INTO "User" (email, name, "passwordHash") SELECT email, 'Ada Shopper', 'none'
     FROM unnest($1::text[]) AS email RETURNING id, email`,
    [emails],
  )
  const expire = new Date(Date.now() + FOURTEEN_DAYS_MS)
  const cookie = {
    originalMaxAge: FOURTEEN_DAYS_MS,
    expires: expire.toISOString(),
    secure: false,
    httpOnly: true,
    path: '/',
    sameSite: 'lax',
  }
  const signedIn = rows.map(({ id, email }) => ({
    id,
    email,
    session: randomBytes(24).toString('base64url'),
  }))
  await database.query(
    `INSERT INTO "Session" (sid, sess, expire) SELECT sid, sess::json, $3 FROM unnest($1::text[], $2::text[]) AS s (sid, sess)`,
    [
      signedIn.map(({ session }) => session),
      signedIn.map(({ id }) => JSON.stringify({ cookie, passport: { user: id } })),
      expire,
    ],
  )
  return signedIn.map(({ email, session }) => ({ email, cookie: sessionCookie(session, secret) }))
}

/** Signs a session cookie as express-session does: https://www.npmjs.com/package/cookie-signature */
export function sessionCookie(session: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(session).digest('base64').replace(/=+$/, '')
  return `till=${encodeURIComponent(`s:${session}.${signature}`)}`
}
