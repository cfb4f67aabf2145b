// Who runs the shop: for owners.
import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { canonicalEmail, shownEmail } from '../accounts/email-address.js'
import { typed } from '../accounts/forms.js'
import { userOf } from '../accounts/sign-in.js'
import { badRequest, notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { inviteOperator, openInvitations, withdrawInvitation } from '../operators/invitations.js'
import {
  changeRole,
  listOperators,
  OPERATOR_ROLES,
  removeOperator,
  resetFactor,
} from '../operators/operators.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import type { OperatorsPage } from './operators-models.js'
import { ownersOnly } from './owners-only.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/operators'

const DONE = {
  invited: 'The invitation is on its way by email.',
  withdrawn: 'The invitation no longer works.',
  role: 'The role is changed.',
  removed: 'They’re no longer an operator, and are signed out.',
  reset: 'The second factor is reset. Their next sign-in sets up a new one.',
}

const WRONG_ROLE = 'The role is operator or owner.'
const role = z.enum(OPERATOR_ROLES, { error: WRONG_ROLE })
const email = z.string().transform((text, context) => {
  const address = canonicalEmail(text)
  if (address !== null) return address
  context.addIssue({ code: 'custom', message: 'Enter an email address, such as name@shop.example.' })
  return z.NEVER
})
const roleForm = z.object({ role })
const inviteForm = roleForm.extend({ email })
const userId = z.coerce.number().int().positive().max(2_147_483_647)

/** @throws Problem 404 */
function idOf(request: Request): number {
  const { data } = userId.safeParse(request.params['userId'])
  if (data === undefined) throw notFound()
  return data
}

export function operatorsPages(deps: AdminDeps): Router {
  const { database } = deps
  const router = Router()
  const recentFactor = requireRecentFactor(deps)
  router.use(PATH, ownersOnly)
  const done = (response: Response, what: keyof typeof DONE) => response.redirect(303, `${PATH}?done=${what}`)

  router.get(PATH, async (request, response) => {
    await show(request, response, null)
  })

  router.post(`${PATH}/invitations`, recentFactor, async (request, response) => {
    const form = inviteForm.safeParse(request.body)
    if (!form.success) {
      response.status(422)
      await show(request, response, form.error.issues[0]?.message ?? null)
      return
    }
    await inviteOperator(deps, form.data.email, form.data.role)
    done(response, 'invited')
  })

  router.post(`${PATH}/invitations/withdraw`, recentFactor, async (request, response) => {
    await withdrawInvitation(database, canonicalEmail(typed(request.body, 'email')) ?? '')
    done(response, 'withdrawn')
  })

  router.post(`${PATH}/:userId/role`, recentFactor, async (request, response) => {
    const form = roleForm.safeParse(request.body)
    if (!form.success) throw badRequest('invalid_role', WRONG_ROLE)
    await changeRole(database, idOf(request), form.data.role)
    done(response, 'role')
  })

  router.post(`${PATH}/:userId/remove`, recentFactor, async (request, response) => {
    await removeOperator(database, idOf(request))
    done(response, 'removed')
  })

  router.post(`${PATH}/:userId/reset-factor`, recentFactor, async (request, response) => {
    await resetFactor(database, idOf(request))
    done(response, 'reset')
  })

  async function show(request: Request, response: Response, error: string | null): Promise<void> {
    const [{ timeZone }, operators, invitations] = await Promise.all([
      deps.settings(),
      listOperators(database),
      openInvitations(database),
    ])
    const timeOf = (at: Date | null) => at && formatDateTime(at, timeZone)
    const page: OperatorsPage = {
      notice: doneNotice(request.query, DONE),
      operators: operators.map((operator) => ({
        id: operator.id,
        email: shownEmail(operator.email),
        name: operator.name,
        role: operator.role,
        otherRole: operator.role === 'owner' ? 'operator' : 'owner',
        seen: timeOf(operator.seenAt),
        factorSince: timeOf(operator.factorSince),
        isSelf: operator.id === userOf(request).id,
      })),
      invitations: invitations.map((invitation) => ({
        email: shownEmail(invitation.email),
        role: invitation.role,
        until: formatDateTime(invitation.expiresAt, timeZone),
      })),
      values: { email: typed(request.body, 'email'), role: typed(request.body, 'role') || 'operator' },
      error,
    }
    render(response, 'admin/operators', page)
  }
  return router
}
