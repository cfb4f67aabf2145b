// The page that asks whether a customer is really to be erased. For owners.
import { Router } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { eraseCustomer, erasureRefusals } from '../customers/erase-customer.js'
import { refusalTexts } from '../customers/erasure-refusals.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import type { AdminDeps } from './admin-deps.js'
import { ownersOnly } from './owners-only.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { rowId } from './row-id.js'

const PATH = '/admin/customers/:id/erase'

export function eraseCustomerPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()
  const recentFactor = requireRecentFactor(deps)

  router.get(PATH, ownersOnly, recentFactor, async (request, response) => {
    const id = rowId(String(request.params.id))
    const user = await prisma.user.findUnique({ where: { id }, select: { name: true, email: true } })
    if (user === null) throw notFound()
    const refusals = refusalTexts(await erasureRefusals(prisma, id))
    render(response, 'admin/erase-customer', { id, name: user.name, email: shownEmail(user.email), refusals })
  })

  router.post(PATH, ownersOnly, recentFactor, async (request, response) => {
    const id = rowId(String(request.params.id))
    await eraseCustomer(prisma, id)
    response.redirect(303, `/admin/customers/${id}?done=erased`)
  })
  return router
}
