// Creating an account, signing in and out, resetting a password, verifying an address.
import { Router, type Request, type Response } from 'express'
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { SECRET_IN_PATH } from '../http/security.js'
import type { FieldErrors, LoginPage, RegisterPage } from './view-models.js'
import type { Notice } from '../http/view-models.js'
import { t } from '../messages/index.js'
import { attemptSignIn } from './attempt-sign-in.js'
import { completeReset } from './complete-reset.js'
import { DEMO_ACCOUNT, DEMO_OPERATOR } from './demo-account.js'
import { shownEmail } from './email-address.js'
import { accountOfVerification, verifyEmail } from './email-verification.js'
import { fieldErrors, fieldOf, forgotForm, loginForm, registerForm, resetForm, typed } from './forms.js'
import { loginHref, ownPath } from './next-path.js'
import { accountOfResetToken, askForReset } from './password-reset.js'
import { register } from './register.js'
import { countReset } from './reset-limits.js'
import { signIn, type SignIn } from './sign-in.js'

export interface AccountDeps {
  database: Database
  limits: RateLimits
  auth: SignIn
  baseUrl: string
  /** Whether the sign-in page shows the demo account. */
  demo: boolean
}

const HOME = '/pricing'
const error = (text: string): Notice => ({ kind: 'error', text })

export function accountRoutes(deps: AccountDeps): Router {
  const { database, limits, auth, baseUrl } = deps
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
      const notice = error(t().accounts.emailUnavailable)
      render(response, 'accounts/register', registerPage(request, { notice }))
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
    const user = await attemptSignIn(deps, request, response, form.data.email, async (verified) =>
      (await signIn(request, verified)) ? verified : null,
    )
    if (user === null) {
      response.status(401)
      const notice = error(t().accounts.incorrect)
      render(response, 'accounts/login', loginPage(request, { notice }))
      return
    }
    auth.devices.remember(request, response, user.email)
    response.redirect(303, nextOf(request) || HOME)
  })

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
    const valid = (await accountOfResetToken(database, token)) !== null
    response.status(valid ? 200 : 410).set('Referrer-Policy', SECRET_IN_PATH)
    render(response, 'accounts/reset-password', { valid, token, errors: {}, notice: null })
  })

  router.post('/password/reset/:token', async (request, response) => {
    const { token } = request.params
    response.set('Referrer-Policy', SECRET_IN_PATH)
    const form = resetForm.safeParse(request.body)
    const refuse = (status: 410 | 422, errors: FieldErrors) => {
      response.status(status)
      render(response, 'accounts/reset-password', { valid: status === 422, token, errors, notice: null })
    }
    if (!form.success) {
      const valid = (await accountOfResetToken(database, token)) !== null
      refuse(valid ? 422 : 410, valid ? fieldErrors(form.error) : {})
      return
    }
    const result = await completeReset(deps, token, form.data.password, response.locals.shopName ?? '')
    if (result.kind !== 'done') {
      if (result.kind === 'refused') refuse(422, { password: result.objection })
      else refuse(410, {})
      return
    }
    auth.devices.remember(request, response, result.email)
    response.redirect(303, '/login?changed')
  })

  // Programs that check mail open links. Only a person presses a button.
  router.get('/email/verify/:token', async (request, response) => {
    await showVerification(request, response, false)
  })

  router.post('/email/verify/:token', async (request, response) => {
    const { user } = request
    const done = user !== undefined && (await verifyEmail(database, request.params.token, user.id))
    await showVerification(request, response, done)
  })

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
      next: nextOf(request),
      demo: deps.demo ? [DEMO_ACCOUNT, DEMO_OPERATOR].map(demoLogin) : [],
      ...model,
    }
  }
  return router
}

function registerPage(request: Request, model: Partial<RegisterPage>): RegisterPage {
  const values = { name: typed(request.body, 'name'), email: typed(request.body, 'email') }
  return { values, errors: {}, notice: null, next: nextOf(request), ...model }
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
