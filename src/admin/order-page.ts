// An order's page, and what operators do there except for refunds.
import { Router, type Request, type Response } from 'express'
import { lastDeclines } from '../checkout/incomplete-checkouts.js'
import { cancelOrder } from '../fulfilment/cancel-order.js'
import { TrackingError, trackingOf, type Tracking } from '../fulfilment/carriers.js'
import { correctAddress } from '../fulfilment/correct-address.js'
import { markDelivered, shipOrder } from '../fulfilment/ship-order.js'
import { notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { findOrderIds } from '../orders/find-order.js'
import { addNote } from '../orders/notes.js'
import { revokeAccess } from '../orders/order-access.js'
import { isOrderKey } from '../orders/order-key.js'
import { actionsOn, loadOrderRecord } from '../orders/order-record.js'
import { acknowledgeOrder } from '../payments/acknowledge-order.js'
import { readOrder } from '../payments/order-store.js'
import { refundState } from '../payments/refundable.js'
import { settleOrder } from '../payments/settle-order.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { fieldsOf, givenText, readUnits, requestKeyOf, type Fields } from './forms.js'
import { openRecordOf } from './open-record.js'
import type { FormState } from './order-models.js'
import { orderPage } from './order-view.js'

/** What the page says once something was done. */
const DONE = {
  noted: 'Note added.',
  shipped: 'Recorded as sent. The shopper gets an email with the tracking.',
  delivered: 'Recorded as delivered.',
  address: 'Address corrected. The shopper sees it on the order’s page, and gets no email about it.',
  canceled: 'Canceled. It can’t be paid any more.',
  settled: 'This is what Stripe says now.',
  attended: 'Marked as dealt with.',
  revoked: 'Links revoked. No browser opens this order without its account or a new link.',
  refunded: 'Refunded.',
  refunding: 'The refund is on its way: Stripe has not confirmed it yet.',
  accepted: 'Return accepted. The shopper gets your answer by email.',
  declined: 'Return declined. The shopper gets your answer by email.',
  received: 'Return recorded as received.',
  replayed: 'The event was handled again. Its outcome is below.',
  resent: 'The email is sent within seconds.',
  'guest-erased': 'The guest is erased. The order stays for the books.',
}

export function orderPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.get('/admin/orders/:orderKey', async (request, response) => {
    const { orderKey } = request.params
    if (!isOrderKey(orderKey)) {
      response.redirect(303, `/admin/orders/${await keyOfNumber(orderKey)}`)
      return
    }
    await showOrder(deps, orderKey, request, response)
  })

  async function keyOfNumber(text: string): Promise<string> {
    const [id] = /^T-/i.test(text) ? await findOrderIds(prisma, text) : []
    if (id === undefined) throw notFound('order')
    return (await prisma.order.findUniqueOrThrow({ where: { id }, select: { key: true } })).key
  }

  /** A form of the page: what it does, and what the page says then. A refused field is shown beside it. */
  function action(
    name: string,
    done: keyof typeof DONE,
    work: (orderId: number, fields: Fields) => Promise<unknown>,
    form = name,
  ): void {
    router.post(`/admin/orders/:orderKey/${name}`, async (request, response) => {
      const { orderKey } = request.params
      const orderId = await orderIdOf(deps, orderKey)
      const fields = fieldsOf(request.body)
      try {
        await work(orderId, fields)
      } catch (error) {
        const errors = fieldErrors(error)
        if (errors === null) throw error
        response.status(422)
        await showOrder(deps, orderKey, request, response, { [form]: { values: fields, errors } })
        return
      }
      response.redirect(303, `/admin/orders/${orderKey}?done=${done}`)
    })
  }

  action(
    'notes',
    'noted',
    async (orderId, { note = '' }) => {
      try {
        await addNote(prisma, orderId, note)
      } catch (error) {
        throw error instanceof Problem ? invalidField('note', error.detail) : error
      }
    },
    'note',
  )
  action('ship', 'shipped', (orderId, fields) =>
    shipOrder(deps, orderId, {
      ...readTracking(fields),
      lines: readShipped(fields),
      requestKey: requestKeyOf(fields),
    }),
  )
  action('delivered', 'delivered', (orderId, { shipment = '' }) =>
    markDelivered(deps, orderId, /^[1-9]\d{0,8}$/.test(shipment) ? Number(shipment) : null),
  )
  action('address', 'address', (orderId, { name, line1, line2, city, state, postal_code, country }) =>
    correctAddress(deps, orderId, {
      ...(name !== undefined && { name }),
      ...(line1 !== undefined && { line1 }),
      ...(line2 !== undefined && { line2 }),
      ...(city !== undefined && { city }),
      ...(state !== undefined && { state }),
      ...(postal_code !== undefined && { postal_code }),
      ...(country !== undefined && { country }),
    }),
  )
  action('cancel', 'canceled', (orderId) => cancelOrder(deps, orderId, 'operator'))
  action('settle', 'settled', (orderId) => settleOrder(deps, orderId))
  action('attended', 'attended', (orderId) => prisma.$transaction((tx) => acknowledgeOrder(tx, orderId)))
  action('revoke-links', 'revoked', (orderId) => prisma.$transaction((tx) => revokeAccess(tx, orderId)))
  return router
}

/** @throws Problem 404 */
export async function orderIdOf({ database }: Pick<AdminDeps, 'database'>, key: unknown): Promise<number> {
  const found = isOrderKey(key)
    ? await database.prisma.order.findUnique({ where: { key }, select: { id: true } })
    : null
  if (found === null) throw notFound('order')
  return found.id
}

/** @param forms those to show again, by name */
export async function showOrder(
  deps: AdminDeps,
  orderKey: unknown,
  request: Request,
  response: Response,
  forms: Readonly<Record<string, FormState>> = {},
): Promise<void> {
  const { prisma } = deps.database
  const id = await orderIdOf(deps, orderKey)
  const [order, facts, { timeZone }] = await Promise.all([
    loadOrderRecord(prisma, id),
    readOrder(prisma, id),
    deps.settings(),
  ])
  const declines = await lastDeclines(prisma, [order.key])
  render(
    response,
    'admin/order',
    orderPage({
      ...{ order, timeZone, forms },
      actions: await actionsOn(prisma, order),
      refundable: refundState(facts),
      decline: declines.get(order.key) ?? null,
      dashboard: deps.stripe.dashboard,
      open: await openRecordOf(prisma, id, request),
      notice: doneNotice(request.query, DONE),
    }),
  )
}

function readShipped(fields: Fields) {
  const lines = readUnits(fields, 'ship_')
  if (lines === null) throw invalidField('items', 'Use whole numbers.')
  if (lines.length === 0) throw invalidField('items', 'Ship at least one unit.')
  return lines
}

function readTracking(fields: Fields): Tracking {
  const carrier = givenText(fields, 'carrier')
  const number = givenText(fields, 'tracking')
  const link = givenText(fields, 'link')
  try {
    return trackingOf({ ...(carrier && { carrier }), ...(number && { number }), ...(link && { link }) })
  } catch (error) {
    if (error instanceof TrackingError) throw invalidField(error.field, error.message)
    throw error
  }
}

export function invalidField(field: string, detail: string): Problem {
  return new Problem(422, 'invalid_form', 'Please check the form', detail, { errors: [{ field, detail }] })
}

/** What is wrong with which field. Null for other errors. */
export function fieldErrors(error: unknown): Record<string, string> | null {
  const errors = error instanceof Problem ? error.options.errors : undefined
  return errors ? Object.fromEntries(errors.map(({ field, detail }) => [field, detail])) : null
}
