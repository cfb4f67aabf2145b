// An operator's own second factor: entering a code, setting up an authenticator app, recovery codes.
import { Router, type Request, type Response } from 'express'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { shownEmail } from '../accounts/email-address.js'
import { userOf } from '../accounts/sign-in.js'
import { render } from '../http/render.js'
import { isFactorProved, noteCode } from '../operators/admin-session.js'
import {
  appSettings,
  checkCode,
  factorOf,
  hasFactor,
  newSealedSecret,
  renewCodes,
  setUpFactor,
} from '../operators/second-factor.js'
import type { AdminDeps } from './admin-deps.js'
import { adminPath } from './admin-path.js'
import { factorHref, requireRecentFactor, WRONG_CODE } from './require-recent-factor.js'
import type { SecurityPage } from './security-models.js'
import { formatDateTime } from './times.js'

const codeForm = z.object({ code: z.string().max(100).catch(''), next: z.unknown().optional() })
const setUpForm = codeForm.extend({ sealed: z.string().max(500).catch('') })

/** Before the second factor is proved. */
export function factorPages(deps: AdminDeps): Router {
  const { database, config } = deps
  const router = Router()
  const recentFactor = requireRecentFactor(deps)

  router.get('/admin/security/code', (request, response) => {
    askForCode(request, response, adminPath(request.query['next']), null)
  })

  router.post('/admin/security/code', async (request, response) => {
    const form = codeForm.parse(request.body ?? {})
    const next = adminPath(form.next)
    if (await checkCode(deps, userOf(request).id, form.code)) {
      noteCode(request)
      response.redirect(303, next)
      return
    }
    response.status(422)
    askForCode(request, response, next, WRONG_CODE)
  })

  router.use('/admin/security/set-up', async (request, response, next) => {
    // Whoever has only the password must not put their own app in the place of the operator's.
    if (isFactorProved(request) || !(await hasFactor(database, userOf(request).id))) next()
    else response.redirect(303, factorHref('code', '/admin/security/set-up'))
  })

  router.get('/admin/security/set-up', recentFactor, async (request, response) => {
    const sealed = newSealedSecret(deps, userOf(request).id)
    await showSetUp(request, response, sealed, adminPath(request.query['next']), null)
  })

  router.post('/admin/security/set-up', recentFactor, async (request, response) => {
    const { code, sealed, next } = setUpForm.parse(request.body ?? {})
    const codes = await setUpFactor(deps, userOf(request).id, sealed, code, {
      replaces: isFactorProved(request),
    })
    if (codes === null) {
      response.status(422)
      await showSetUp(request, response, sealed, adminPath(next), WRONG_CODE)
      return
    }
    noteCode(request)
    render(response, 'admin/recovery-codes', { codes, next: adminPath(next) })
  })

  /** The form again, with the same secret unless that is not this operator's. */
  async function showSetUp(
    request: Request,
    response: Response,
    sealed: string,
    next: string,
    error: string | null,
  ): Promise<void> {
    const { id, email } = userOf(request)
    const user = { id, email: shownEmail(email) }
    const issuer = response.locals.shopName ?? ''
    const settings = appSettings(deps, user, sealed, issuer)
    if (settings === null) {
      response.redirect(303, factorHref('set-up', next))
      return
    }
    const { secret, uri } = settings
    render(response, 'admin/set-up-factor', {
      qrCode: renderSVG(uri, { border: 2, pixelSize: 4 }),
      secret: secret.replaceAll(/(.{4})(?=.)/g, '$1 '),
      uri,
      sealed,
      next,
      error,
      isReplacement: await hasFactor(database, id),
      isRequired: config.production,
    })
  }

  return router
}

function askForCode(request: Request, response: Response, next: string, error: string | null): void {
  render(response, 'admin/code', {
    action: '/admin/security/code',
    fields: [['next', next]],
    name: 'code',
    error,
    cancelHref: null,
    isAgain: isFactorProved(request),
  })
}

/** In the admin. */
export function securityPages(deps: AdminDeps): Router {
  const { database, settings } = deps
  const router = Router()

  router.get('/admin/security', async (request, response) => {
    const { id, email, role } = userOf(request)
    const [{ timeZone }, factor] = await Promise.all([settings(), factorOf(database, id)])
    const page: SecurityPage = {
      email: shownEmail(email),
      role,
      factor: factor && { ...factor, since: formatDateTime(factor.since, timeZone) },
    }
    render(response, 'admin/security', page)
  })

  router.post('/admin/security/recovery-codes', requireRecentFactor(deps), async (request, response) => {
    const { id } = userOf(request)
    if (!(await hasFactor(database, id))) {
      response.redirect(303, factorHref('set-up', '/admin/security'))
      return
    }
    render(response, 'admin/recovery-codes', {
      codes: await renewCodes(database, id),
      next: '/admin/security',
    })
  })

  return router
}
