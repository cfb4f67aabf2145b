// Keeps sessions in our database. The statement that finds a session also reads its user.
import connectPgSimple from 'connect-pg-simple'
import type { Request } from 'express'
import session from 'express-session'
import type pg from 'pg'
import type { Database } from '../database/client.js'
import type { RawReader } from '../database/direct.js'
import { SESSION_TIMES } from './sessions.js'
import { VISITOR, type SignedInUser } from './signed-in-user.js'

/** Thrown when a session is saved whose password was changed while it was being verified. */
export class PasswordChangedMeanwhile extends Error {
  override name = 'PasswordChangedMeanwhile'
}

export interface Sessions {
  store: session.Store
  /** The user that the request's session names. Null for a session without one, and for a user who is gone. */
  userOfSession: (request: Request) => SignedInUser | null
}

export function sessionStore({ direct, pool }: Pick<Database, 'direct' | 'pool'>): Sessions {
  const PgStore = connectPgSimple(session)
  const users = new WeakMap<session.SessionData, SignedInUser>()
  const usersOfRequests = new WeakMap<Request, SignedInUser>()

  class SessionStore extends PgStore {
    override get(sid: string, done: (error: unknown, data?: session.SessionData | null) => void) {
      find(direct, sid).then((found) => {
        if (found?.user) users.set(found.data, found.user)
        done(null, found?.data)
      }, done)
    }

    /** express-session makes the session of a request from what `get` has found. */
    override createSession(request: Request, data: session.SessionData) {
      const user = users.get(data)
      if (user) usersOfRequests.set(request, user)
      return super.createSession(request, data)
    }

    /** The library's own would bring back a session that was ended while a request was using it. */
    override set(sid: string, data: session.SessionData, done: (error?: unknown) => void = () => undefined) {
      save(pool, sid, data).then(() => done(), done)
    }
  }

  return {
    store: new SessionStore({ pool, tableName: 'Session', pruneSessionInterval: false, disableTouch: true }),
    userOfSession: (request) => usersOfRequests.get(request) ?? null,
  }
}

type Row = { sess: session.SessionData } & (SignedInUser | { id: null })

async function find(
  direct: RawReader,
  sid: string,
): Promise<{ data: session.SessionData; user: SignedInUser | null } | null> {
  const [row] = await direct.$queryRaw<Row[]>`/* prepared */
    SELECT sess, visitor.* FROM "Session" LEFT JOIN LATERAL (
      SELECT ${VISITOR} FROM "User" WHERE id = ("Session".sess->'passport'->>'user')::int) AS visitor ON true
    WHERE sid = ${sid} AND expire > now()::timestamp`
  if (!row) return null
  const { sess: data, ...user } = row
  return { data, user: user.id === null ? null : user }
}

async function save(pool: pg.Pool, sid: string, data: session.SessionData): Promise<void> {
  const userId = data.passport?.user
  // Without its user, as when a session is no longer valid.
  if (userId === undefined) {
    await pool.query('DELETE FROM "Session" WHERE sid = $1', [sid])
    return
  }
  const expire = Math.ceil((Date.now() + (data.cookie.maxAge ?? SESSION_TIMES.idle)) / 1000)
  const values = [sid, JSON.stringify(data), expire]
  // Only a session that is just beginning has neither.
  if (data.seenAt !== undefined || data.admin !== undefined) {
    await pool.query('UPDATE "Session" SET sess = $2, expire = to_timestamp($3) WHERE sid = $1', values)
    return
  }
  // The lock waits for a password change that is being committed, and then sees its version.
  const { rowCount } = await pool.query(
    `INSERT INTO "Session" (sid, sess, expire)
     SELECT $1, $2, to_timestamp($3) FROM "User"
     WHERE id = $4 AND "credentialVersion" = $5 AND "blockedAt" IS NULL FOR SHARE
     ON CONFLICT (sid) DO UPDATE SET sess = excluded.sess, expire = excluded.expire`,
    [...values, userId, data.credentialVersion],
  )
  if (rowCount === 0) throw new PasswordChangedMeanwhile()
}
