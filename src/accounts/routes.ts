// Creating an account, signing in and out, resetting a password, verifying an address.
import { Router, type Request, type Response } from 'express'
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { SECRET_IN_PATH } from '../http/security.js'
import type { ChangeEmailPage, FieldErrors, LoginPage, RegisterPage } from './view-models.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { attemptSignIn } from './attempt-sign-in.js'
import { completeReset } from './complete-reset.js'
import { DEMO_ACCOUNT, DEMO_OPERATOR } from './demo-account.js'
import { shownEmail } from './email-address.js'
import { changeEmail, changeOfLink } from './email-change.js'
import { accountOfVerification, verifyEmail } from './email-verification.js'
import { fieldErrors, fieldOf, forgotForm, loginForm, registerForm, resetForm, typed } from './forms.js'
import { loginHref, ownPath } from './next-path.js'
import { accountOfResetToken, askForReset } from './password-reset.js'
import { pendingSignIn, readPendingSignIn } from './pending-sign-in.js'
import { register } from './register.js'
import { countReset } from './reset-limits.js'
import { signIn, USER_FIELDS, type SignIn } from './sign-in.js'
import type { SignInFactor } from './sign-in-factor.js'
import type { SignedInUser } from './signed-in-user.js'

export interface AccountDeps {
  database: Database
  limits: RateLimits
  auth: SignIn
  factor: SignInFactor
  sessionSecrets: readonly string[]
  baseUrl: string
  /** Whether the sign-in page shows the demo account. */
  demo: boolean
}

const HOME = '/pricing'
/** Where a shopper is once their password is reset: it says so, and shows where else they are signed in. */
const AFTER_RESET = '/account?done=password'
const error = (text: string): Notice => ({ kind: 'error', text })
const wrongPassword = (): Notice => ({
  ...error(t().accounts.incorrect),
  link: { href: '/password/forgot', label: t().accounts.resetPassword },
})

export function accountRoutes(deps: AccountDeps): Router {
  const { database, limits, auth, factor, sessionSecrets, baseUrl } = deps
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
    const result = await register(deps, form.data, request.ip, response.locals.shopName ?? '')
    if (result.kind === 'refused') {
      response.status(422)
      render(response, 'accounts/register', registerPage(request, { errors: { password: result.objection } }))
      return
    }
    if (result.kind === 'taken') {
      response.status(409)
      const page = registerPage(request, {
        errors: { email: t().accounts.emailUnavailable },
        remedy: { href: loginHref(nextOf(request) || HOME), label: t().accounts.signInInstead },
      })
      render(response, 'accounts/register', page)
      return
    }
    await signIn(request, result.user)
    auth.devices.remember(request, response, result.user.email)
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
    const opened = await attemptSignIn(deps, request, response, form.data.email, async (user) => {
      if (await factor.isNeeded(user)) return { user, needsCode: true }
      return (await signIn(request, user)) ? { user, needsCode: false } : null
    })
    if (opened === null) {
      response.status(401)
      render(response, 'accounts/login', loginPage(request, { notice: wrongPassword(), isWrong: true }))
      return
    }
    if (opened.needsCode) {
      askForCode(response, opened.user, nextOf(request))
      return
    }
    auth.devices.remember(request, response, opened.user.email)
    response.redirect(303, nextOf(request) || HOME)
  })

  router.post('/login/code', async (request, response) => {
    const pending = typed(request.body, 'pending')
    const signingIn = readPendingSignIn(sessionSecrets, pending)
    if (signingIn === null) {
      startAgain(request, response)
      return
    }
    if (!(await factor.check(signingIn.id, typed(request.body, 'code')))) {
      response.status(422)
      const model = { pending, next: nextOf(request), error: t().accounts.wrongCode }
      render(response, 'accounts/sign-in-code', model)
      return
    }
    const { id, credentialVersion } = signingIn
    const user = await database.prisma.user.findFirst({
      where: { id, credentialVersion, blockedAt: null },
      select: USER_FIELDS,
    })
    if (user === null || !(await signIn(request, user))) {
      startAgain(request, response)
      return
    }
    auth.devices.remember(request, response, user.email)
    response.redirect(303, nextOf(request) || HOME)
  })

  function askForCode(response: Response, user: SignedInUser, next: string): void {
    const pending = pendingSignIn(sessionSecrets, user)
    render(response, 'accounts/sign-in-code', { pending, next, error: null })
  }

  /** The sign-in took too long, or the password was changed meanwhile. */
  function startAgain(request: Request, response: Response): void {
    response.status(401)
    render(response, 'accounts/login', loginPage(request, { notice: error(t().accounts.signInExpired) }))
  }

  router.post('/logout', async (request, response) => {
    await auth.signOut(request, response)
    // The browser's Back button must not show what the shopper saw.
    response.set('Clear-Site-Data', '"cache"')
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
    const address = form.data.email
    const device = auth.devices.idFor(request, address)
    if (await countReset(limits, request, address, device)) await askForReset(database, baseUrl, address)
    render(response, 'accounts/forgot-password', { values: { email }, errors: {}, sent: true, notice: null })
  })

  router.get('/password/reset/:token', async (request, response) => {
    const { token } = request.params
    response.set('Referrer-Policy', SECRET_IN_PATH)
    await showReset(response, token, 200, {})
  })

  router.post('/password/reset/:token', async (request, response) => {
    const { token } = request.params
    response.set('Referrer-Policy', SECRET_IN_PATH)
    const form = resetForm.safeParse(request.body)
    if (!form.success) {
      await showReset(response, token, 422, fieldErrors(form.error))
      return
    }
    const result = await completeReset(deps, token, form.data.password, response.locals.shopName ?? '')
    if (result.kind !== 'done') {
      await showReset(response, token, 422, result.kind === 'refused' ? { password: result.objection } : {})
      return
    }
    const { user } = result
    if (await factor.isNeeded(user)) {
      askForCode(response, user, AFTER_RESET)
      return
    }
    // False when yet another password was set meanwhile.
    const isIn = await signIn(request, user)
    auth.devices.remember(request, response, user.email)
    response.redirect(303, isIn ? AFTER_RESET : '/login?changed')
  })

  /** The form of a reset link, or that the link no longer works. */
  async function showReset(
    response: Response,
    token: string,
    status: 200 | 422,
    errors: FieldErrors,
  ): Promise<void> {
    const account = await accountOfResetToken(database, token)
    const valid = account !== null
    response.status(valid ? status : 410)
    const email = account === null ? '' : shownEmail(account.email)
    render(response, 'accounts/reset-password', { valid, email, token, errors, notice: null })
  }

  // Programs that check mail open links. Only a person presses a button.
  router.get('/email/verify/:token', async (request, response) => {
    await showVerification(request, response, false)
  })

  router.post('/email/verify/:token', async (request, response) => {
    const { user } = request
    const done = user !== undefined && (await verifyEmail(database, request.params.token, user.id))
    await showVerification(request, response, done)
  })

  router.get('/email/change/:token', async (request, response) => {
    await showChange(request, response, 'ask')
  })

  router.post('/email/change/:token', async (request, response) => {
    const { token } = request.params
    const { user } = request
    const change = await changeOfLink(database, token)
    if (change === null || user?.id !== change.userId) {
      await showChange(request, response, 'ask')
      return
    }
    const result = await changeEmail(database, token, user.id)
    if (result !== 'changed') {
      await showChange(request, response, result === 'taken' ? 'taken' : 'ask')
      return
    }
    auth.devices.remember(request, response, change.email)
    response.set('Referrer-Policy', SECRET_IN_PATH)
    render(response, 'accounts/change-email', { email: shownEmail(change.email), token, state: 'changed' })
  })

  async function showChange(request: Request, response: Response, state: 'ask' | 'taken'): Promise<void> {
    response.set('Referrer-Policy', SECRET_IN_PATH)
    const token = String(request.params['token'])
    const change = await changeOfLink(database, token)
    if (change !== null && request.user === undefined) {
      response.redirect(303, loginHref(request.originalUrl))
      return
    }
    const ofAnother = change !== null && change.userId !== request.user?.id
    const model: ChangeEmailPage = {
      // Only its owner learns the address.
      email: change === null || ofAnother ? null : shownEmail(change.email),
      token,
      state: ofAnother ? 'of_another' : state,
    }
    response.status(change === null ? 410 : ofAnother ? 403 : state === 'taken' ? 409 : 200)
    render(response, 'accounts/change-email', model)
  }

  async function showVerification(request: Request, response: Response, done: boolean): Promise<void> {
    response.set('Referrer-Policy', SECRET_IN_PATH)
    const token = String(request.params['token'])
    const { user } = request
    const account = done ? (user ?? null) : await accountOfVerification(database, token)
    if (account !== null && user === undefined) {
      response.redirect(303, loginHref(request.originalUrl))
      return
    }
    const email = account && shownEmail(account.email)
    const ofAnother = account !== null && account.id !== user?.id
    response.status(email === null ? 410 : ofAnother ? 403 : 200)
    render(response, 'accounts/verify-email', { email, token, done, ofAnother })
  }

  function loginPage(request: Request, model: Partial<LoginPage>): LoginPage {
    return {
      values: { email: typed(request.body, 'email') },
      errors: {},
      notice: null,
      isWrong: false,
      next: nextOf(request),
      demo: deps.demo ? [DEMO_ACCOUNT, DEMO_OPERATOR].map(demoLogin) : [],
      ...model,
    }
  }
  return router
}

function registerPage(request: Request, model: Partial<RegisterPage>): RegisterPage {
  const values = { name: typed(request.body, 'name'), email: typed(request.body, 'email') }
  return { values, errors: {}, remedy: null, next: nextOf(request), ...model }
}

const demoLogin = ({ email, password, role }: typeof DEMO_ACCOUNT | typeof DEMO_OPERATOR) => ({
  email,
  password,
  what: role === 'shopper' ? t().accounts.demoText : t().accounts.demoOperatorText,
})

function nextOf(request: Request): string {
  return ownPath(request.method === 'POST' ? fieldOf(request.body, 'next') : request.query['next'])
}

function goHomeIfSignedIn(request: Request, response: Response): boolean {
  if (!request.user) return false
  response.redirect(303, ownPath(request.query['next']) || HOME)
  return true
}
