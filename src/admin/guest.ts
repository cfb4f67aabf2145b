// Somebody who ordered without an account: exporting what is kept about them, and erasing it. Addressed by an order, so that no
// address has an email in it.
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { Router } from 'express'
import { shownEmail } from '../accounts/email-address.js'
import { eraseGuest, guestRefusals } from '../customers/erase-guest.js'
import { refusalTexts } from '../customers/erasure-refusals.js'
import { exportGuest } from '../customers/export-guest.js'
import { guestOfOrder, type Guest } from '../customers/guest.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { isOwner } from '../operators/roles.js'
import { orderNumber } from '../orders/order-key.js'
import type { AdminDeps } from './admin-deps.js'
import { listHref } from './key-list.js'
import { ownersOnly } from './owners-only.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { orderHref } from './subject-links.js'

const PATH = '/admin/orders/:orderKey/guest'

export function guestPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  async function guestOf(orderKey: unknown): Promise<Guest> {
    const guest = typeof orderKey === 'string' ? await guestOfOrder(prisma, orderKey) : null
    if (guest === null) throw notFound()
    return guest
  }

  router.get(PATH, async (request, response) => {
    const { orderKey } = request.params
    const { email, orders, account } = await guestOf(orderKey)
    render(response, 'admin/guest', {
      email: shownEmail(email),
      orders,
      orderHref: orderHref(orderKey),
      orderNumber: orderNumber(orderKey),
      ordersHref: listHref('/admin/orders', { q: email }),
      mailsHref: listHref('/admin/mails', { to: email }),
      account: account && { href: `/admin/customers/${account.id}`, isVerified: account.isVerified },
      isOwner: isOwner(request.user),
      refusals: account?.isVerified === true ? [] : refusalTexts(await guestRefusals(prisma, email)),
    })
  })

  router.get(`${PATH}/export`, async (request, response) => {
    const { orderKey } = request.params
    const guest = await guestOf(orderKey)
    response.type('json').attachment(`guest-${orderNumber(orderKey)}.json`)
    await pipeline(Readable.from(exportGuest(prisma, guest)), response)
  })

  router.post(`${PATH}/erase`, ownersOnly, requireRecentFactor(deps), async (request, response) => {
    const orderKey = String(request.params.orderKey)
    await eraseGuest(prisma, await guestOf(orderKey))
    response.redirect(303, `${orderHref(orderKey)}?done=guest-erased`)
  })
  return router
}
