// An order's page, its live events and its receipt. Whoever may not see the order gets 404.
import { Router, type Request } from 'express'
import { requireUser } from '../accounts/sign-in.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { streamOrder } from './event-stream.js'
import { liveView } from './live-view.js'
import { stateOf } from './order-label.js'
import { orderView } from './order-view.js'
import type { OrderWatch } from './order-watch.js'
import type { OrderWithLines } from './order-with-lines.js'
import { maySeeOrder, ownOrder, unlessGuest } from './own-order.js'
import { receiptPdf } from './receipt-pdf.js'
import { returnForm } from './shipments-view.js'
import { visitorOf } from './visitor.js'

/**
 * @param watch notifies open pages when their order changes
 * @param learnPaymentMethod asks Stripe what an order was paid with, unless it is known
 */
export function orderPages(
  prisma: PrismaClient,
  settings: ReadSettings,
  watch: OrderWatch,
  learnPaymentMethod: (orderId: number) => Promise<void>,
): Router {
  const router = Router()
  const signedIn = unlessGuest(settings, requireUser(), (request) =>
    maySeeOrder(prisma, request.params['orderKey'], visitorOf(request)),
  )
  const orderIn = (request: Request) => ownOrder(prisma, request.params['orderKey'], visitorOf(request))

  router.get('/orders/:orderKey', signedIn, async (request, response) => {
    const order = await orderIn(request)
    const { returnDays } = await settings()
    render(response, 'orders/order', {
      order: orderView(order),
      returnForm: returnForm(order, returnDays),
      notice: null,
      live: liveView(order),
    })
  })

  // Not a page, so visitors aren't redirected to sign in.
  router.get('/orders/:orderKey/events', async (request, response) => {
    const order = await orderIn(request)
    const watched = {
      key: order.key,
      ...visitorOf(request),
      ...(request.user && { sessionId: request.sessionID }),
    }
    if (request.method === 'HEAD') response.type('text/event-stream').end()
    else streamOrder(response, watch, watched, stateOf(order))
  })

  router.get('/orders/:orderKey/receipt', signedIn, async (request, response) => {
    const stored = await paidOrderIn(request)
    const order = orderView(stored)
    // The Back button must not show a receipt from before a refund.
    response.set('Cache-Control', 'no-store')
    const buyer = nameOf(request, stored)
    render(response, 'orders/receipt', { order, buyer, asOf: formatDateTime(new Date()) })
  })

  router.get('/orders/:orderKey/receipt.pdf', signedIn, async (request, response) => {
    const stored = await paidOrderIn(request)
    const order = orderView(stored)
    const { shopName = '', companyLines = [], supportEmail = null, testMode = false } = response.locals
    const pdf = await receiptPdf({
      order,
      buyer: nameOf(request, stored),
      seller: { name: shopName, lines: [...companyLines, ...(supportEmail === null ? [] : [supportEmail])] },
      testMode,
      asOf: new Date(),
    })
    response.set('Cache-Control', 'no-store')
    response.attachment(`${t().orders.receipt.title(order.number)}.pdf`)
    response.type('pdf').send(pdf)
  })

  /** With what it was paid with. @throws Problem 409 when nothing was paid */
  async function paidOrderIn(request: Request): Promise<OrderWithLines> {
    const order = await orderIn(request)
    if (order.amountPaid === null) throw noReceipt(order)
    await learnPaymentMethod(order.id)
    return orderIn(request)
  }

  return router
}

/** Null for an order that the visitor sees without its account. */
function nameOf({ user }: Request, { userId }: OrderWithLines): string | null {
  return user && user.id === userId ? user.name : null
}

function noReceipt(order: { key: string }): Problem {
  return new Problem(409, 'not_paid', t().orders.receipt.notPaidTitle, t().orders.receipt.notPaid, {
    action: { href: `/orders/${order.key}`, label: t().orders.receipt.viewOrder },
  })
}
