// An order's events and mails on its own page: replaying an event, sending a mail again.
import { Router } from 'express'
import { notFound } from '../http/problem.js'
import type { AdminDeps } from './admin-deps.js'
import { resend } from './mail-content.js'
import { orderIdOf } from './order-page.js'
import { replayForOperator } from './replay-event.js'
import { rowId } from './row-id.js'
import { orderHref } from './subject-links.js'

const PATH = '/admin/orders/:orderKey'

export function orderRecordPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.post(`${PATH}/events/:eventId/replay`, async (request, response) => {
    const { orderKey, eventId: id } = request.params
    const orderId = await orderIdOf(deps, orderKey)
    const event = await prisma.stripeEvent.findFirst({ where: { id, orderId }, select: { id: true } })
    if (event === null) throw notFound()
    await replayForOperator(deps, id, request.log)
    response.redirect(303, `${orderHref(orderKey)}?done=replayed#events`)
  })

  router.post(`${PATH}/mails/:mailId/resend`, async (request, response) => {
    const { orderKey, mailId } = request.params
    const orderId = await orderIdOf(deps, orderKey)
    const mail = await prisma.mail.findFirst({ where: { id: rowId(mailId), orderId } })
    if (mail === null) throw notFound()
    await resend(prisma, mail, request.body)
    response.redirect(303, `${orderHref(orderKey)}?done=resent#mails`)
  })
  return router
}
