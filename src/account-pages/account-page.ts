// The page of a signed-in shopper's account: name, email and password, where they are signed in, and what else they manage.
import { Router, type Request, type Response } from 'express'
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'
import { t, type Messages } from '../messages/index.js'
import { addressesOf } from '../accounts/addresses.js'
import { revokeToken, revokeTokens, tokensOf } from '../accounts/api-tokens.js'
import { changeOwnPassword } from '../accounts/change-own-password.js'
import { updateCustomerSoon } from '../accounts/customer-update.js'
import { shownEmail } from '../accounts/email-address.js'
import { askForEmailChange, cancelEmailChange, pendingEmail } from '../accounts/email-change.js'
import { sendVerification } from '../accounts/email-verification.js'
import { changePasswordForm, emailForm, fieldErrors, fieldOf, nameForm, typed } from '../accounts/forms.js'
import { isOwnPassword } from '../accounts/own-password.js'
import { endSession, endSessions, sessionHandle, sessionsOf } from '../accounts/sessions.js'
import { requireUser, signIn, userOf } from '../accounts/sign-in.js'
import type { FieldErrors } from '../accounts/view-models.js'
import { factorOf } from '../operators/second-factor.js'
import { addressTextOf } from './address-text.js'
import { appView, sessionView } from './device-view.js'
import type { AccountForm } from './view-models.js'

const PATH = '/account'

/** What has just been done, by the word in the address. */
const DONE = {
  name: (texts) => texts.nameChanged,
  email: (texts) => texts.emailChangeSent,
  'email-kept': (texts) => texts.emailChangeCanceled,
  password: (texts) => texts.passwordChangedHere,
  session: (texts) => texts.deviceSignedOut,
  sessions: (texts) => texts.othersSignedOut,
  app: (texts) => texts.appSignedOut,
  link: (texts, email) => texts.linkSent(email),
  confirmed: (texts) => texts.alreadyConfirmed,
} as const satisfies Record<string, (texts: Messages['accounts'], email: string) => string>

export function accountPages(deps: { database: Database; limits: RateLimits; baseUrl: string }): Router {
  const { database, limits, baseUrl } = deps
  const { prisma } = database
  const router = Router()
  const signedIn = requireUser(() => PATH)
  const done = (response: Response, what: keyof typeof DONE) => response.redirect(303, `${PATH}?done=${what}`)

  router.get(PATH, signedIn, async (request, response) => {
    await showAccount(request, response)
  })

  router.post(`${PATH}/name`, signedIn, async (request, response) => {
    const { id } = userOf(request)
    const form = nameForm.safeParse(request.body)
    if (!form.success) return refuse(request, response, 'name', fieldErrors(form.error))
    await prisma.$transaction(async (tx) => {
      await tx.user.update({ where: { id }, data: form.data })
      await updateCustomerSoon(tx, id)
    })
    done(response, 'name')
  })

  router.post(`${PATH}/email`, signedIn, async (request, response) => {
    const { id, email } = userOf(request)
    const form = emailForm.safeParse(request.body)
    if (!form.success) return refuse(request, response, 'email', fieldErrors(form.error))
    const { emailIsSame, currentIncorrect, emailInUse, tooManyLinks } = t().accounts
    if (form.data.email === email) return refuse(request, response, 'email', { email: emailIsSame })
    if (!(await isOwnPassword(deps, id, form.data.currentPassword)))
      return refuse(request, response, 'email', { currentPassword: currentIncorrect })
    // Each of them is a mail to an address that somebody typed.
    await limits.count('verification', String(id), tooManyLinks)
    if (!(await askForEmailChange(database, baseUrl, id, form.data.email)))
      return refuse(request, response, 'email', { email: emailInUse })
    done(response, 'email')
  })

  router.post(`${PATH}/email/cancel`, signedIn, async (request, response) => {
    await cancelEmailChange(prisma, userOf(request).id)
    done(response, 'email-kept')
  })

  router.post(`${PATH}/password`, signedIn, async (request, response) => {
    const { id } = userOf(request)
    const form = changePasswordForm.safeParse(request.body)
    if (!form.success) return refuse(request, response, 'password', fieldErrors(form.error))
    const result = await changeOwnPassword(deps, id, form.data, response.locals.shopName ?? '')
    if ('errors' in result) return refuse(request, response, 'password', result.errors)
    // False when yet another password was set meanwhile, by a reset link for example.
    if (await signIn(request, result.user)) done(response, 'password')
    else response.redirect(303, '/login')
  })

  router.post(`${PATH}/sessions/end`, signedIn, async (request, response) => {
    const handle = fieldOf(request.body, 'session')
    if (typeof handle === 'string') await endSession(prisma, userOf(request).id, handle)
    done(response, 'session')
  })

  router.post(`${PATH}/sessions/end-others`, signedIn, async (request, response) => {
    const { id } = userOf(request)
    await endSessions(prisma, id, request.sessionID)
    await revokeTokens(prisma, id)
    done(response, 'sessions')
  })

  router.post(`${PATH}/tokens/end`, signedIn, async (request, response) => {
    const token = fieldOf(request.body, 'token')
    if (typeof token === 'string') await revokeToken(prisma, userOf(request).id, token)
    done(response, 'app')
  })

  router.post(`${PATH}/verification`, signedIn, async (request, response) => {
    const isSent = await sendVerification(deps, userOf(request).id)
    done(response, isSent ? 'link' : 'confirmed')
  })

  async function refuse(
    request: Request,
    response: Response,
    form: AccountForm,
    errors: FieldErrors,
  ): Promise<void> {
    response.status(422)
    await showAccount(request, response, { form, errors })
  }

  /** @param refused the form that was refused, and why */
  async function showAccount(
    request: Request,
    response: Response,
    refused?: { form: AccountForm; errors: FieldErrors },
  ): Promise<void> {
    const { id } = userOf(request)
    const [user, pending, [address], factor, sessions, tokens] = await Promise.all([
      prisma.user.findUniqueOrThrow({ where: { id } }),
      pendingEmail(database, id),
      addressesOf(prisma, id),
      factorOf(database, id),
      sessionsOf(prisma, id),
      tokensOf(prisma, id),
    ])
    const what = Object.entries(DONE).find(([name]) => name === request.query['done'])?.[1]
    const current = sessionHandle(request.sessionID)
    const errorsOf = (form: AccountForm) => (refused?.form === form ? refused.errors : {})
    render(response, 'accounts/account', {
      notice: what ? { kind: 'success', text: what(t().accounts, shownEmail(user.email)) } : null,
      name: user.name,
      email: shownEmail(user.email),
      isVerified: user.verifiedAt !== null,
      pendingEmail: pending === null ? null : shownEmail(pending),
      values: {
        name: refused?.form === 'name' ? typed(request.body, 'name') : user.name,
        email: refused?.form === 'email' ? typed(request.body, 'email') : '',
      },
      errors: { name: errorsOf('name'), email: errorsOf('email'), password: errorsOf('password') },
      address: address ? addressTextOf(address) : null,
      factorSince: factor && formatDateTime(factor.since),
      isOperator: user.role !== 'shopper',
      sessions: sessions.map((session) => sessionView(session, session.handle === current)),
      apps: tokens.map(appView),
    })
  }
  return router
}
