// Sessions in our database, signing in with passport-local, and guards for routes.
import connectPgSimple from 'connect-pg-simple'
import type { Request, RequestHandler } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import type { Database } from '../database/client.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Role } from '../generated/prisma/enums.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { loginHref } from './next-path.js'
import { isPassword } from './passwords.js'

export interface SignedInUser {
  id: number
  email: string
  name: string
  role: Role
  /** Units in the cart when the request arrived. */
  itemsInCart?: number
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- passport's user type is extended this way
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface User extends SignedInUser {}
  }
}

const FOURTEEN_DAYS_MS = 14 * 24 * 60 * 60 * 1000
const USER_FIELDS = { id: true, email: true, name: true, role: true } as const

export function sessionCookieName(secureCookies: boolean): string {
  return secureCookies ? '__Host-till' : 'till'
}

/** Loads a request's session and user. Only signed-in browsers have a cookie; other requests cost no query. */
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

/** The user and what every page shows of them, in one query, because each request of a signed-in visitor makes it. */
async function findVisitor(prisma: PrismaClient, id: number): Promise<SignedInUser | undefined> {
  const [user] = await prisma.$queryRaw<SignedInUser[]>`
    SELECT id, email, name, role::text, coalesce((
      SELECT sum(item.quantity) FROM "Cart" cart JOIN "CartItem" item ON item."cartId" = cart.id
      WHERE cart."userId" = "User".id), 0)::int AS "itemsInCart"
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
    select: { ...USER_FIELDS, passwordHash: true },
  })
  if (!(await isPassword(password, user?.passwordHash ?? null)) || !user) return null
  const { id, name, role } = user
  return { id, email: user.email, name, role }
}

/** Signs in with a new session id, which prevents session fixation. */
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

/** Ends all sessions of a user. */
export async function endSessions(database: Database, userId: number): Promise<void> {
  await database.pool.query(`DELETE FROM "Session" WHERE sess->'passport'->>'user' = $1`, [String(userId)])
}

/**
 * For pages: redirects visitors to sign in.
 * @param backTo where to return afterwards, with a GET
 */
export function requireUser(
  backTo: (request: Request) => string = (request) => request.originalUrl,
): RequestHandler {
  return (request, response, next) => {
    if (request.user) next()
    else response.redirect(303, loginHref(backTo(request)))
  }
}

/** For JSON: answers 401. */
export const requireApiUser: RequestHandler = (request, _response, next) => {
  if (!request.user)
    throw new Problem(401, 'sign_in_required', t().accounts.signInRequiredTitle, t().accounts.signInRequired)
  next()
}

/** The user of a request behind `requireUser` or `requireApiUser`. */
export function userOf(request: Request): SignedInUser {
  if (!request.user) throw new Error(`${request.path} must be mounted behind requireUser.`)
  return request.user
}
