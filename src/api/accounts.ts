// JSON API: registering, signing in and out, and the account.
import { Router, type Request } from 'express'
import { issueToken, revokeToken, type IssuedToken } from '../accounts/api-tokens.js'
import { attemptSignIn } from '../accounts/attempt-sign-in.js'
import { changeOwnPassword } from '../accounts/change-own-password.js'
import { completeReset } from '../accounts/complete-reset.js'
import { shownEmail } from '../accounts/email-address.js'
import { sendVerification, verifyEmail } from '../accounts/email-verification.js'
import { askForReset } from '../accounts/password-reset.js'
import { register } from '../accounts/register.js'
import { countReset } from '../accounts/reset-limits.js'
import type { AccountDeps } from '../accounts/routes.js'
import { requireApiUser, signIn, userOf } from '../accounts/sign-in.js'
import type { SignedInUser } from '../accounts/signed-in-user.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import {
  credentials,
  emailVerification,
  newPassword,
  passwordReset,
  registration,
  resetCompletion,
  type ChangedPasswordJson,
  type GrantJson,
  type UserJson,
} from './account-schemas.js'
import { invalidBody, readBody } from './body.js'
import { noteToken } from './operators.js'

export function accountApi(deps: Omit<AccountDeps, 'demo' | 'sessionSecrets'>): Router {
  const { database, limits, auth, factor, baseUrl } = deps
  const { prisma } = database
  const router = Router()

  router.post('/api/register', async (request, response) => {
    const body = readBody(registration, request.body, 'invalid_registration')
    const result = await register(deps, body, request.ip, response.locals.shopName ?? '')
    if (result.kind === 'refused')
      throw invalidBody('invalid_registration', [{ field: 'password', detail: result.objection }])
    if (result.kind === 'taken')
      throw new Problem(409, 'email_unavailable', t().errors.badRequestTitle, t().accounts.emailUnavailable)
    const issued = await tokenFor(request, result.user)
    if (issued === null) throw wrongCredentials()
    response.status(201).json(await grantJson(issued, result.user))
  })

  router.post('/api/sign-in', async (request, response) => {
    const { email, code } = readBody(credentials, request.body, 'invalid_credentials')
    const opened = await attemptSignIn(deps, request, response, email, async (user) => {
      if (await factor.isNeeded(user)) await requireCode(user, code)
      const issued = await tokenFor(request, user)
      return issued && { issued, user }
    })
    if (opened === null) throw wrongCredentials()
    response.json(await grantJson(opened.issued, opened.user))
  })

  /** @throws Problem 401 */
  async function requireCode({ id }: SignedInUser, code: string | undefined): Promise<void> {
    const { signInRequiredTitle: title, codeRequired, wrongCode } = t().accounts
    const challenge = { challenge: 'Bearer' }
    if (code === undefined) throw new Problem(401, 'code_required', title, codeRequired, challenge)
    if (!(await factor.check(id, code))) throw new Problem(401, 'wrong_code', title, wrongCode, challenge)
  }

  router.post('/api/sign-out', requireApiUser, async (request, response) => {
    if (request.tokenId === undefined) await auth.signOut(request, response)
    else await revokeToken(prisma, userOf(request).id, request.tokenId)
    response.status(204).end()
  })

  router.post('/api/password-resets', async (request, response) => {
    const { email } = readBody(passwordReset, request.body, 'invalid_email')
    const device = auth.devices.idFor(request, email)
    if (await countReset(limits, request, email, device)) await askForReset(database, baseUrl, email)
    response.status(204).end()
  })

  router.post('/api/password-resets/complete', async (request, response) => {
    const { token, password } = readBody(resetCompletion, request.body, 'invalid_password')
    const result = await completeReset(deps, token, password, response.locals.shopName ?? '')
    if (result.kind === 'refused')
      throw invalidBody('invalid_password', [{ field: 'password', detail: result.objection }])
    if (result.kind === 'ended') throw linkEnded(t().accounts.linkInvalid)
    response.status(204).end()
  })

  router.post('/api/email-verifications', requireApiUser, async (request, response) => {
    const { token } = readBody(emailVerification, request.body, 'invalid_verification')
    if (!(await verifyEmail(database, token, userOf(request).id)))
      throw linkEnded(t().accounts.verifyLinkInvalid)
    response.status(204).end()
  })

  router.get('/api/me', requireApiUser, async (request, response) => {
    response.json(await userJson(userOf(request)))
  })

  router.post('/api/me/password', requireApiUser, async (request, response) => {
    const body = readBody(newPassword, request.body, 'invalid_password')
    const form = { currentPassword: body.current_password, password: body.password }
    const result = await changeOwnPassword(deps, userOf(request).id, form, response.locals.shopName ?? '')
    if ('errors' in result) {
      const { currentPassword, password } = result.errors
      throw invalidBody('invalid_password', [
        ...(currentPassword === undefined ? [] : [{ field: 'current_password', detail: currentPassword }]),
        ...(password === undefined ? [] : [{ field: 'password', detail: password }]),
      ])
    }
    response.json(await signInAgain(request, result.user))
  })

  router.post('/api/me/verification', requireApiUser, async (request, response) => {
    await sendVerification(deps, userOf(request).id)
    response.status(204).end()
  })

  /** With what the request was signed in by. */
  async function signInAgain(request: Request, user: SignedInUser): Promise<ChangedPasswordJson> {
    const issued = request.tokenId === undefined ? null : await tokenFor(request, user)
    // Yet another password was set meanwhile, by a reset link for example.
    if (request.tokenId === undefined ? !(await signIn(request, user)) : issued === null)
      throw wrongCredentials()
    return {
      token: issued?.token ?? null,
      expires_at: issued?.endsAt.toISOString() ?? null,
      user: await userJson(user),
    }
  }

  async function tokenFor(request: Request, user: SignedInUser): Promise<IssuedToken | null> {
    const issued = await issueToken(database, user, {
      origin: request.get('origin'),
      userAgent: request.get('user-agent'),
    })
    if (issued !== null) await noteToken(prisma, request, user)
    return issued
  }

  async function grantJson({ token, endsAt }: IssuedToken, user: SignedInUser): Promise<GrantJson> {
    return { token, expires_at: endsAt.toISOString(), user: await userJson(user) }
  }

  async function userJson({ id }: SignedInUser): Promise<UserJson> {
    const { name, email, verifiedAt, createdAt } = await prisma.user.findUniqueOrThrow({ where: { id } })
    return {
      name,
      email: shownEmail(email),
      email_verified: verifiedAt !== null,
      created_at: createdAt.toISOString(),
    }
  }
  return router
}

function linkEnded(detail: string): Problem {
  return new Problem(410, 'link_ended', t().accounts.linkInvalidTitle, detail)
}

function wrongCredentials(): Problem {
  const { signInRequiredTitle: title, incorrect } = t().accounts
  return new Problem(401, 'wrong_credentials', title, incorrect, { challenge: 'Bearer' })
}
