// A shopper's own data: downloading it, and deleting the account.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router, type Request, type Response } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { fieldErrors, ownPasswordForm } from '../accounts/forms.js'
import { isOwnPassword } from '../accounts/own-password.js'
import { requireUser, userOf, type SignIn } from '../accounts/sign-in.js'
import type { FieldErrors } from '../accounts/view-models.js'
import { eraseCustomer, erasureRefusals } from '../customers/erase-customer.js'
import { NotErasable, type Refusal } from '../customers/erasure-refusals.js'
import { exportCustomer } from '../customers/export-customer.js'
import type { Database } from '../database/client.js'
import type { RateLimits } from '../http/rate-limits.js'
import { render } from '../http/render.js'
import { t } from '../messages/index.js'

export interface OwnDataDeps {
  database: Database
  limits: RateLimits
  auth: SignIn
}

export function ownDataPages(deps: OwnDataDeps): Router {
  const { database, limits, auth } = deps
  const { prisma } = database
  const router = Router()

  router.get(
    '/account/export',
    requireUser(() => '/account'),
    async (request, response) => {
      const { id } = userOf(request)
      await limits.count('export', String(id), t().accounts.tooManyExports)
      response.attachment('my-data.json').type('json')
      await pipeline(Readable.from(exportCustomer(prisma, id)), response)
    },
  )

  router.get('/account/delete', requireUser(), async (request, response) => {
    await showDelete(request, response, {})
  })

  router.post(
    '/account/delete',
    requireUser(() => '/account/delete'),
    async (request, response) => {
      const { id } = userOf(request)
      const form = ownPasswordForm.safeParse(request.body)
      if (!form.success) return refuse(request, response, 422, fieldErrors(form.error))
      if (!(await isOwnPassword(deps, id, form.data.currentPassword)))
        return refuse(request, response, 422, { currentPassword: t().accounts.currentIncorrect })
      try {
        await eraseCustomer(prisma, id)
      } catch (error) {
        if (!(error instanceof NotErasable)) throw error
        return refuse(request, response, 409, {}, error.reasons)
      }
      await auth.signOut(request, response)
      response.set('Clear-Site-Data', '"cache"')
      response.redirect(303, '/account/deleted')
    },
  )

  router.get('/account/deleted', (_request, response) => {
    render(response, 'accounts/deleted', {})
  })

  async function refuse(
    request: Request,
    response: Response,
    status: 409 | 422,
    errors: FieldErrors,
    reasons?: readonly Refusal[],
  ): Promise<void> {
    response.status(status)
    await showDelete(request, response, errors, reasons)
  }

  async function showDelete(
    request: Request,
    response: Response,
    errors: FieldErrors,
    known?: readonly Refusal[],
  ): Promise<void> {
    const { id, email } = userOf(request)
    const reasons = known ?? (await erasureRefusals(prisma, id))
    const texts = t().accounts.deletionRefusals
    render(response, 'accounts/delete', {
      email: shownEmail(email),
      refusals: reasons.map((reason) => texts[reason]),
      errors,
    })
  }
  return router
}
