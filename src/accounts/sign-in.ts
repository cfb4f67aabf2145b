// Who is asking: sessions in our database, sign-in by passport-local, and the check that a route makes.
import connectPgSimple from 'connect-pg-simple'
import type { Request, RequestHandler } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import type { Database } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Role } from '../generated/prisma/enums.js'
import { Problem } from '../http/problem.js'
import { loginHref } from './next-path.js'
import { isPassword } from './passwords.js'

export interface SignedInUser {
  id: number
  email: string
  name: string
  role: Role
  /** As it was when the request came. */
  piecesInCart?: number
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- passport's user type is extended this way
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface User extends SignedInUser {}
  }
}

const FOURTEEN_DAYS_MS = 14 * 24 * 60 * 60 * 1000
const WHO = { id: true, email: true, name: true, role: true } as const

export function sessionCookieName(secureCookies: boolean): string {
  return secureCookies ? '__Host-till' : 'till'
}

/** Session and user of a request. Only a browser that was signed in has a cookie, so all others cost nothing. */
export function signInMiddleware(
  database: Database,
  config: { sessionSecrets: string[]; secureCookies: boolean },
): { handlers: RequestHandler[]; authenticator: passport.Authenticator } {
  const { prisma, pool } = database
  const authenticator = new passport.Passport()
  const Store = connectPgSimple(session)

  authenticator.use(
    new Strategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(database, email, password).then((user) => done(null, user ?? false), done)
    }),
  )
  authenticator.serializeUser((user, done) => done(null, user.id))
  authenticator.deserializeUser((id: number, done) => {
    findVisitor(prisma, id).then((user) => done(null, user ?? false), done)
  })

  return {
    authenticator,
    handlers: [
      session({
        name: sessionCookieName(config.secureCookies),
        secret: config.sessionSecrets,
        resave: false,
        saveUninitialized: false,
        cookie: {
          httpOnly: true,
          sameSite: 'lax',
          secure: config.secureCookies,
          maxAge: FOURTEEN_DAYS_MS,
          path: '/',
        },
        store: new Store({ pool, tableName: 'Session', pruneSessionInterval: 60 * 60 }),
      }),
      authenticator.session() as RequestHandler,
    ],
  }
}

/** Who this is and what every page shows of them, in one query: it is asked at each request of a signed-in visitor. */
async function findVisitor(prisma: PrismaClient, id: number): Promise<SignedInUser | undefined> {
  const [user] = await prisma.$queryRaw<SignedInUser[]>`
    SELECT id, email, name, role::text, coalesce((
      SELECT sum(item.quantity) FROM "Cart" cart JOIN "CartItem" item ON item."cartId" = cart.id
      WHERE cart."userId" = "User".id), 0)::int AS "piecesInCart"
    FROM "User" WHERE id = ${id}`
  return user
}

async function findByPassword(
  database: Database,
  email: string,
  password: string,
): Promise<SignedInUser | null> {
  const user = await database.prisma.user.findUnique({
    where: { email: email.trim().toLowerCase() },
    select: { ...WHO, passwordHash: true },
  })
  if (!(await isPassword(password, user?.passwordHash ?? null)) || !user) return null
  const { id, name, role } = user
  return { id, email: user.email, name, role }
}

/** Signs in with a new session id: one that was planted before is worthless. */
export function signIn(request: Request, user: SignedInUser): Promise<void> {
  return new Promise((resolve, reject) => {
    request.logIn(user, (error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('sign-in failed', { cause: error }))
      else resolve()
    })
  })
}

export function signOut(request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    request.session.destroy((error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('sign-out failed', { cause: error }))
      else resolve()
    })
  })
}

/** Ends every session of a user: whoever else is signed in as them is out. */
export async function endSessions(database: Database, userId: number): Promise<void> {
  await database.pool.query(`DELETE FROM "Session" WHERE sess->'passport'->>'user' = $1`, [String(userId)])
}

/** Pages: leads through sign-in and back to where a GET makes sense. */
export function requireUser(
  backTo: (request: Request) => string = (request) => request.originalUrl,
): RequestHandler {
  return (request, response, next) => {
    if (request.user) next()
    else response.redirect(303, loginHref(backTo(request)))
  }
}

/** JSON: says that one must sign in. */
export const requireApiUser: RequestHandler = (request, _response, next) => {
  if (!request.user)
    throw new Problem(401, 'sign_in_required', 'Please sign in', 'Sign in and send your session cookie.')
  next()
}

/** The user of a request behind `requireUser` or `requireApiUser`. */
export function userOf(request: Request): SignedInUser {
  if (!request.user) throw new Error(`${request.path} must be mounted behind requireUser.`)
  return request.user
}
