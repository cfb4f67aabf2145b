// The page on which shoppers set up an authenticator app for signing in, and turn it off. Operators have theirs in the admin.
import { Router, type Request, type Response } from 'express'
import { renderSVG } from 'uqr'
import { shownEmail } from '../accounts/email-address.js'
import { fieldErrors, ownPasswordForm, typed } from '../accounts/forms.js'
import { isOwnPassword } from '../accounts/own-password.js'
import { requireUser, userOf } from '../accounts/sign-in.js'
import type { FieldErrors } from '../accounts/view-models.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'
import { t, type Messages } from '../messages/index.js'
import { isOperator } from '../operators/roles.js'
import {
  appSettings,
  factorOf,
  newSealedSecret,
  removeFactor,
  renewCodes,
  setUpFactor,
  type FactorDeps,
} from '../operators/second-factor.js'

const PATH = '/account/second-factor'

const DONE = {
  off: (texts) => texts.factorRemoved,
} as const satisfies Record<string, (texts: Messages['accounts']) => string>

export function secondFactorPages(deps: FactorDeps): Router {
  const { database } = deps
  const { prisma } = database
  const router = Router()
  router.use(
    PATH,
    requireUser(() => PATH),
    (request, _response, next) => {
      if (isOperator(request.user)) throw notFound()
      next()
    },
  )

  router.get(PATH, async (request, response) => {
    await show(request, response, {})
  })

  router.post(PATH, async (request, response) => {
    const { id } = userOf(request)
    const sealed = typed(request.body, 'sealed')
    const objection = await passwordProblem(request)
    if (objection !== null) return refuse(request, response, objection, sealed)
    const code = typed(request.body, 'code')
    const codes = await setUpFactor(deps, id, sealed, code, { replaces: false })
    if (codes === null) return refuse(request, response, { code: t().accounts.wrongCode }, sealed)
    render(response, 'accounts/recovery-codes', { codes })
  })

  router.post(`${PATH}/recovery-codes`, async (request, response) => {
    const { id } = userOf(request)
    const objection = await passwordProblem(request)
    if (objection !== null) return refuse(request, response, objection)
    if ((await factorOf(database, id)) === null) throw notFound()
    render(response, 'accounts/recovery-codes', { codes: await renewCodes(database, id) })
  })

  router.post(`${PATH}/remove`, async (request, response) => {
    const objection = await passwordProblem(request)
    if (objection !== null) return refuse(request, response, objection)
    await prisma.$transaction((tx) => removeFactor(tx, userOf(request).id))
    response.redirect(303, `${PATH}?done=off`)
  })

  /** Whoever found a browser that is signed in must neither take the factor away nor put their own in its place. */
  async function passwordProblem(request: Request): Promise<FieldErrors | null> {
    const form = ownPasswordForm.safeParse(request.body)
    if (!form.success) return fieldErrors(form.error)
    const isRight = await isOwnPassword(deps, userOf(request).id, form.data.currentPassword)
    return isRight ? null : { currentPassword: t().accounts.currentIncorrect }
  }

  async function refuse(
    request: Request,
    response: Response,
    errors: FieldErrors,
    sealed?: string,
  ): Promise<void> {
    response.status(422)
    await show(request, response, errors, sealed)
  }

  /** @param sealed the secret that an app may have by now */
  async function show(
    request: Request,
    response: Response,
    errors: FieldErrors,
    sealed?: string,
  ): Promise<void> {
    const { id, email } = userOf(request)
    const factor = await factorOf(database, id)
    const user = { id, email: shownEmail(email) }
    const what = Object.entries(DONE).find(([name]) => name === request.query['done'])?.[1]
    render(response, 'accounts/second-factor', {
      notice: what ? { kind: 'success', text: what(t().accounts) } : null,
      factor: factor && { since: formatDateTime(factor.since), codesLeft: factor.codesLeft },
      setUp: factor === null ? setUpOf(user, response.locals.shopName ?? '', sealed) : null,
      errors,
    })
  }

  function setUpOf(user: { id: number; email: string }, issuer: string, sent = '') {
    const known = appSettings(deps, user, sent, issuer)
    const sealed = known === null ? newSealedSecret(deps, user.id) : sent
    const settings = known ?? appSettings(deps, user, sealed, issuer)
    if (settings === null) throw new Error('A secret that was just made can’t be read.')
    return {
      qrCode: renderSVG(settings.uri, { border: 2, pixelSize: 4 }),
      secret: settings.secret.replaceAll(/(.{4})(?=.)/g, '$1 '),
      uri: settings.uri,
      sealed,
    }
  }
  return router
}
