// Creating an account, signing in and out, resetting a password.
import { Router, type Request, type Response } from 'express'
import type passport from 'passport'
import type { Database } from '../database/client.js'
import { addressKey, type RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import type { LoginPage, RegisterPage } from './view-models.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { DEMO_ACCOUNT } from './demo-account.js'
import { fieldErrors, fieldOf, forgotForm, loginForm, registerForm, resetForm, typed } from './forms.js'
import { ownPath } from './next-path.js'
import { askForReset, isResetToken, resetPassword } from './password-reset.js'
import { hashPassword } from './passwords.js'
import { signIn, signOut, type SignedInUser } from './sign-in.js'

export interface AccountDeps {
  database: Database
  limits: RateLimits
  authenticator: passport.Authenticator
  baseUrl: string
  /** Whether the sign-in page shows the demo account. */
  demo: boolean
}

const HOME = '/pricing'
const error = (text: string): Notice => ({ kind: 'error', text })

export function accountRoutes(deps: AccountDeps): Router {
  const { database, limits, authenticator, baseUrl } = deps
  const router = Router()

  router.get('/register', (request, response) => {
    if (goHomeIfSignedIn(request, response)) return
    render(response, 'accounts/register', registerPage(request, {}))
  })

  router.post('/register', async (request, response) => {
    const form = registerForm.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      render(response, 'accounts/register', registerPage(request, { errors: fieldErrors(form.error) }))
      return
    }
    await limits.count('register', callerOf(request), t().accounts.tooManyAccounts)
    const { name, email, password } = form.data
    const passwordHash = await hashPassword(password)
    const created = await database.prisma.user.createMany({
      data: { name, email, passwordHash },
      skipDuplicates: true,
    })
    if (created.count === 0) {
      response.status(409)
      const notice = error(t().accounts.emailUnavailable)
      render(response, 'accounts/register', registerPage(request, { notice }))
      return
    }
    await signIn(request, await database.prisma.user.findUniqueOrThrow({ where: { email } }))
    response.redirect(303, nextOf(request) || HOME)
  })

  router.get('/login', (request, response) => {
    if (goHomeIfSignedIn(request, response)) return
    const next = ownPath(request.query['next'])
    const notice: Notice | null = /^\/(checkout|cart)\b/.test(next)
      ? { kind: 'info', text: t().accounts.signInToPurchase }
      : request.query['changed'] === undefined
        ? null
        : { kind: 'success', text: t().accounts.passwordChanged }
    render(response, 'accounts/login', loginPage(request, { notice }))
  })

  router.post('/login', async (request, response) => {
    const form = loginForm.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      render(response, 'accounts/login', loginPage(request, { errors: fieldErrors(form.error) }))
      return
    }
    const account = addressKey(form.data.email)
    const caller = `${account} ${callerOf(request)}`
    const detail = t().accounts.tooManySignIns
    await limits.count('signIn', caller, detail)
    await limits.count('signInAccount', account, detail)
    const user = await authenticate(authenticator, request, response)
    if (!user) {
      response.status(401)
      const notice = error(t().accounts.incorrect)
      render(response, 'accounts/login', loginPage(request, { notice }))
      return
    }
    await limits.forget('signIn', caller)
    await limits.takeBack('signInAccount', account)
    await signIn(request, user)
    response.redirect(303, nextOf(request) || HOME)
  })

  router.post('/logout', async (request, response) => {
    await signOut(request)
    response.redirect(303, HOME)
  })

  router.get('/password/forgot', (_request, response) => {
    render(response, 'accounts/forgot-password', {
      values: { email: '' },
      errors: {},
      sent: false,
      notice: null,
    })
  })

  router.post('/password/forgot', async (request, response) => {
    const form = forgotForm.safeParse(request.body)
    const email = typed(request.body, 'email')
    if (!form.success) {
      response.status(422)
      const errors = fieldErrors(form.error)
      render(response, 'accounts/forgot-password', { values: { email }, errors, sent: false, notice: null })
      return
    }
    await limits.count('passwordReset', addressKey(form.data.email), t().accounts.tooManyResets)
    await askForReset(database, baseUrl, form.data.email)
    render(response, 'accounts/forgot-password', { values: { email }, errors: {}, sent: true, notice: null })
  })

  router.get('/password/reset/:token', async (request, response) => {
    const { token } = request.params
    const valid = await isResetToken(database, token)
    response.status(valid ? 200 : 410).set('Referrer-Policy', 'no-referrer')
    render(response, 'accounts/reset-password', { valid, token, errors: {}, notice: null })
  })

  router.post('/password/reset/:token', async (request, response) => {
    const { token } = request.params
    response.set('Referrer-Policy', 'no-referrer')
    const form = resetForm.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      render(response, 'accounts/reset-password', {
        valid: true,
        token,
        errors: fieldErrors(form.error),
        notice: null,
      })
      return
    }
    const email = await resetPassword(database, token, form.data.password)
    if (email === null) {
      response.status(410)
      render(response, 'accounts/reset-password', { valid: false, token, errors: {}, notice: null })
      return
    }
    // The owner has proved that the account is theirs, and earlier failed attempts were for the old password.
    const account = addressKey(email)
    await limits.forgetAll('signIn', `${account} `)
    await limits.forget('signInAccount', account)
    response.redirect(303, '/login?changed')
  })

  function loginPage(request: Request, model: Partial<LoginPage>): LoginPage {
    const { email, password } = DEMO_ACCOUNT
    return {
      values: { email: typed(request.body, 'email') },
      errors: {},
      notice: null,
      next: nextOf(request),
      demo: deps.demo ? { email, password } : null,
      ...model,
    }
  }
  return router
}

function registerPage(request: Request, model: Partial<RegisterPage>): RegisterPage {
  const values = { name: typed(request.body, 'name'), email: typed(request.body, 'email') }
  return { values, errors: {}, notice: null, next: nextOf(request), ...model }
}

function nextOf(request: Request): string {
  return ownPath(request.method === 'POST' ? fieldOf(request.body, 'next') : request.query['next'])
}

function goHomeIfSignedIn(request: Request, response: Response): boolean {
  if (!request.user) return false
  response.redirect(303, ownPath(request.query['next']) || HOME)
  return true
}

function callerOf(request: Request): string {
  return request.ip ?? 'unknown'
}

function authenticate(
  authenticator: passport.Authenticator,
  request: Request,
  response: Response,
): Promise<SignedInUser | false> {
  return new Promise((resolve, reject) => {
    const done = (failure: unknown, user?: SignedInUser | false) => {
      if (failure)
        reject(failure instanceof Error ? failure : new Error('authentication failed', { cause: failure }))
      else resolve(user ?? false)
    }
    const handler = authenticator.authenticate('local', { session: false }, done) as (
      a: Request,
      b: Response,
      c: (e?: unknown) => void,
    ) => void
    handler(request, response, reject)
  })
}
