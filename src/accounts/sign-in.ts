// Signing in with passport-local, keeping visitors signed in, and guards for routes.
import type { Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import type { Database } from '../database/client.js'
import { networkKey } from '../http/network.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { canonicalEmail } from './email-address.js'
import { knownDevices, type KnownDevices } from './known-device.js'
import { loginHref } from './next-path.js'
import { isPassword } from './passwords.js'
import { PasswordChangedMeanwhile, sessionStore } from './session-store.js'
import { beginSession, isSessionValid, renewSession, SESSION_TIMES } from './sessions.js'
import type { SignedInUser } from './signed-in-user.js'

/** The columns of a user who signs in. */
export const USER_FIELDS = { id: true, email: true, name: true, role: true, credentialVersion: true } as const

export function sessionCookieName(secureCookies: boolean): string {
  return secureCookies ? '__Host-till' : 'till'
}

type Done<Result> = (error: unknown, result?: Result) => void

export interface SignIn {
  handlers: RequestHandler[]
  authenticator: passport.Authenticator
  devices: KnownDevices
  /** Ends the session of this browser and deletes its cookie. */
  signOut: (request: Request, response: Response) => Promise<void>
}

/** Loads a request's session and user. Only signed-in browsers have a cookie; other requests cost no query. */
export function signInMiddleware(
  database: Database,
  config: { sessionSecrets: string[]; secureCookies: boolean },
): SignIn {
  const { store, userOfSession } = sessionStore(database)
  const authenticator = new passport.Passport()
  const devices = knownDevices(config.sessionSecrets, config.secureCookies)
  const name = sessionCookieName(config.secureCookies)
  const cookie = { httpOnly: true, sameSite: 'lax', secure: config.secureCookies, path: '/' } as const

  authenticator.use(
    new Strategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(database, email, password).then((user) => done(null, user ?? false), done)
    }),
  )
  authenticator.serializeUser((request: Request, user: Express.User, done: Done<number>) => {
    beginSession(request, user.credentialVersion)
    done(null, user.id)
  })
  authenticator.deserializeUser((request: Request, _id: number, done: Done<Express.User | false>) => {
    const user = userOfSession(request)
    const isValid = user !== null && isSessionValid(request, user)
    done(null, isValid ? { ...user, network: networkKey(request.ip) } : false)
  })

  return {
    authenticator,
    devices,
    handlers: [
      devices.handler,
      ...onlyWithCookies(
        ...(config.secureCookies ? [markSecure()] : []),
        session({
          name,
          // The first signs, all verify.
          secret: config.sessionSecrets,
          resave: false,
          saveUninitialized: false,
          cookie: { ...cookie, maxAge: SESSION_TIMES.idle },
          store,
        }),
        authenticator.session() as RequestHandler,
        (request, response, next) => {
          const { user } = request
          if (user && renewSession(request, user) && devices.idFor(request, user.email) === null)
            devices.remember(request, response, user.email)
          next()
        },
      ),
    ],
    async signOut(request, response) {
      await endSessionOf(request)
      response.clearCookie(name, cookie)
    },
  }
}

/** Requests that no cookie may authorize have no session, and never reach its store. */
function onlyWithCookies(...handlers: RequestHandler[]): RequestHandler[] {
  return handlers.map((handler) => (request, response, next) => {
    if (request.withoutCookies) next()
    else void handler(request, response, next)
  })
}

/**
 * With an https BASE_URL, shoppers come over https, whether or not the proxy says so in X-Forwarded-Proto. Without that
 * header express-session would silently send no cookie, and nobody could sign in.
 */
function markSecure(): RequestHandler {
  let warned = false
  return (request, _response, next) => {
    if (!request.secure && request.method === 'POST' && !warned) {
      warned = true
      request.log.warn(
        'The proxy in front does not send X-Forwarded-Proto, or TRUST_PROXY does not name it. Without its headers, all shoppers share the limits of one.',
      )
    }
    Object.defineProperty(request, 'secure', { value: true })
    next()
  }
}

async function findByPassword(
  database: Database,
  email: string,
  password: string,
): Promise<SignedInUser | null> {
  const user = await database.prisma.user.findUnique({
    where: { email: canonicalEmail(email) ?? email.trim().toLowerCase() },
    select: { ...USER_FIELDS, passwordHash: true },
  })
  if (!(await isPassword(password, user?.passwordHash ?? null)) || !user) return null
  const { id, name, role, credentialVersion } = user
  return { id, email: user.email, name, role, credentialVersion }
}

/**
 * Signs in with a new session id, which prevents session fixation.
 * @returns false when the password is no longer the one that was verified
 */
export async function signIn(request: Request, user: SignedInUser): Promise<boolean> {
  try {
    await logIn(request, user)
    return true
  } catch (error) {
    // Otherwise the session would be saved again with the response.
    await endSessionOf(request)
    if (error instanceof PasswordChangedMeanwhile) return false
    throw error
  }
}

function logIn(request: Request, user: SignedInUser): Promise<void> {
  return new Promise((resolve, reject) => {
    request.logIn(user, (error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('sign-in failed', { cause: error }))
      else resolve()
    })
  })
}

/** Signs out without deleting the cookie, which then means nothing. */
export function endSessionOf(request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    request.session.destroy((error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error('sign-out failed', { cause: error }))
      else resolve()
    })
  })
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
  if (!request.user) throw signInRequired()
  next()
}

export function signInRequired(): Problem {
  const { signInRequiredTitle: title, signInRequired: text } = t().accounts
  return new Problem(401, 'sign_in_required', title, text, { challenge: 'Bearer' })
}

/** The user of a request behind `requireUser` or `requireApiUser`. */
export function userOf(request: Request): SignedInUser {
  if (!request.user) throw new Error(`${request.path} must be mounted behind requireUser.`)
  return request.user
}
