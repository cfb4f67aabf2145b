// The page of a signed-in shopper's account: their address, their password, and where they are signed in.
import Bowser from 'bowser'
import { Router, type Request, type Response } from 'express'
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'
import { t, type Messages } from '../messages/index.js'
import { shownEmail } from './email-address.js'
import { revokeToken, revokeTokens, tokensOf, type TokenOfUser } from './api-tokens.js'
import { changeOwnPassword } from './change-own-password.js'
import { sendVerification } from './email-verification.js'
import { changePasswordForm, fieldErrors, fieldOf } from './forms.js'
import { endSession, endSessions, sessionHandle, sessionsOf } from './sessions.js'
import { requireUser, signIn, userOf } from './sign-in.js'
import type { AccountPage, FieldErrors } from './view-models.js'

const PATH = '/account'

/** What has just been done, by the word in the address. */
const DONE = {
  password: (texts) => texts.passwordChangedHere,
  session: (texts) => texts.deviceSignedOut,
  sessions: (texts) => texts.othersSignedOut,
  app: (texts) => texts.appSignedOut,
  link: (texts, email) => texts.linkSent(email),
  confirmed: (texts) => texts.alreadyConfirmed,
} as const satisfies Record<string, (texts: Messages['accounts'], email: string) => string>

export function accountPages(deps: { database: Database; limits: RateLimits; baseUrl: string }): Router {
  const { prisma } = deps.database
  const router = Router()
  const signedIn = requireUser(() => PATH)
  const done = (response: Response, what: keyof typeof DONE) => response.redirect(303, `${PATH}?done=${what}`)

  router.get(PATH, signedIn, async (request, response) => {
    await showAccount(request, response, {})
  })

  router.post(`${PATH}/password`, signedIn, async (request, response) => {
    const { id } = userOf(request)
    const form = changePasswordForm.safeParse(request.body)
    const refuse = (errors: FieldErrors) => {
      response.status(422)
      return showAccount(request, response, errors)
    }
    if (!form.success) return refuse(fieldErrors(form.error))
    const result = await changeOwnPassword(deps, id, form.data, response.locals.shopName ?? '')
    if ('errors' in result) return refuse(result.errors)
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

  async function showAccount(request: Request, response: Response, errors: FieldErrors): Promise<void> {
    const { id } = userOf(request)
    const [user, sessions, tokens] = await Promise.all([
      prisma.user.findUniqueOrThrow({ where: { id } }),
      sessionsOf(prisma, id),
      tokensOf(prisma, id),
    ])
    const what = Object.entries(DONE).find(([name]) => name === request.query['done'])?.[1]
    const current = sessionHandle(request.sessionID)
    render(response, 'accounts/account', {
      notice: what ? { kind: 'success', text: what(t().accounts, shownEmail(user.email)) } : null,
      name: user.name,
      email: shownEmail(user.email),
      isVerified: user.verifiedAt !== null,
      errors,
      sessions: sessions.map(({ handle, userAgent, signedInAt, seenAt }) => ({
        handle,
        device: deviceName(userAgent),
        signedIn: signedInAt && formatDateTime(signedInAt),
        seen: seenAt && formatDateTime(seenAt),
        isCurrent: handle === current,
      })),
      apps: tokens.map(appView),
    })
  }
  return router
}

function appView({ id, origin, userAgent, createdAt, lastUsedAt }: TokenOfUser): AccountPage['apps'][number] {
  return {
    id,
    name: origin === null ? t().accounts.unknownApp : new URL(origin).host,
    device: userAgent === null ? null : deviceName(userAgent),
    signedIn: formatDateTime(createdAt),
    seen: formatDateTime(lastUsedAt),
  }
}

/** "Firefox on Windows", as far as the browser says. */
function deviceName(userAgent: string | null): string {
  const texts = t().accounts
  if (userAgent === null) return texts.unknownDevice
  const { browser, os } = Bowser.parse(userAgent)
  if (!browser.name) return texts.unknownDevice
  return os.name ? texts.deviceName(browser.name, os.name) : browser.name
}
