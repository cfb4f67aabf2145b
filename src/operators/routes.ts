// The page of an invitation to run the shop.
import { Router, type Request, type Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { fieldErrors, registerForm, typed } from '../accounts/forms.js'
import { loginHref } from '../accounts/next-path.js'
import { signIn, type SignIn } from '../accounts/sign-in.js'
import type { FieldErrors } from '../accounts/view-models.js'
import type { Database } from '../database/client.js'
import { render } from '../http/render.js'
import { SECRET_IN_PATH } from '../http/security.js'
import { acceptWithAccount, acceptWithNewAccount, invitationOf } from './invitations.js'
import type { InvitationPage } from './view-models.js'

const form = registerForm.pick({ name: true, password: true })

export function invitationPages({ database, auth }: { database: Database; auth: SignIn }): Router {
  const router = Router()

  router.get('/operators/invitation/:token', async (request, response) => {
    await show(request, response, {})
  })

  router.post('/operators/invitation/:token', async (request, response) => {
    const { token } = request.params
    const { user } = request
    const invitation = await invitationOf(database, token)
    const visitor = visitorOf(request, invitation)
    if (invitation === null || visitor === 'signed_out' || visitor === 'another') {
      await show(request, response, {})
      return
    }
    const visit = { address: request.ip ?? null, requestId: response.get('x-request-id') ?? null }
    if (visitor === 'invited' && user) {
      const { kind } = await acceptWithAccount(database, token, user.id, visit)
      if (kind === 'accepted') response.redirect(303, '/admin')
      else await show(request, response, {})
      return
    }
    const parsed = form.safeParse(request.body)
    if (!parsed.success) {
      await show(request, response, fieldErrors(parsed.error))
      return
    }
    const shopName = response.locals.shopName ?? ''
    const accepted = await acceptWithNewAccount(database, token, parsed.data, shopName, visit)
    if (accepted.kind !== 'accepted') {
      await show(request, response, accepted.kind === 'refused' ? { password: accepted.objection } : {})
      return
    }
    await signIn(request, accepted.user)
    auth.devices.remember(request, response, accepted.user.email)
    response.redirect(303, '/admin')
  })

  async function show(request: Request, response: Response, errors: FieldErrors): Promise<void> {
    response.set('Referrer-Policy', SECRET_IN_PATH)
    const token = String(request.params['token'])
    const invitation = await invitationOf(database, token)
    const visitor = visitorOf(request, invitation)
    response.status(
      invitation === null ? 410 : visitor === 'another' ? 403 : Object.keys(errors).length > 0 ? 422 : 200,
    )
    render(response, 'operators/invitation', {
      invitation: invitation && { email: shownEmail(invitation.email), role: invitation.role },
      token,
      visitor,
      loginHref: loginHref(request.originalUrl),
      values: { name: typed(request.body, 'name') },
      errors,
    })
  }
  return router
}

function visitorOf(
  { user }: Request,
  invitation: { accountId: number | null } | null,
): InvitationPage['visitor'] {
  const accountId = invitation?.accountId ?? null
  if (user !== undefined) return user.id === accountId ? 'invited' : 'another'
  return accountId === null ? 'new' : 'signed_out'
}
