// What is to be shipped: the list, shipping several orders at once, and packing slips.
import { randomUUID } from 'node:crypto'
import { Router, type Response } from 'express'
import { z } from 'zod'
import { CARRIERS, trackingOf } from '../fulfilment/carriers.js'
import { ordersToPack, ordersToShip, type OrderToShip } from '../fulfilment/orders-to-ship.js'
import { packingSlipOf } from '../fulfilment/packing-slip.js'
import { shipOrder } from '../fulfilment/ship-order.js'
import { badRequest, notFound, Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { isOrderKey, orderNumber } from '../orders/order-key.js'
import type { AdminDeps } from './admin-deps.js'
import { keyList, PAGE_SIZE, readIdCursor, ROWS_TO_READ } from './key-list.js'
import type { Choice, PackingSlip, ShippedOrdersPage, ShipOrdersPage } from './orders-models.js'
import { orderToSend } from './orders-view.js'
import { formatDateTime } from './times.js'

/** One or several values of a field. */
const several = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat())
  .pipe(z.array(z.string()).max(PAGE_SIZE))

const text = z
  .string()
  .max(80)
  .refine((value) => !/\p{Cc}/u.test(value))
  .transform((value) => value.normalize('NFC').trim())

const shipForm = z.object({
  order: several.pipe(z.array(z.string().refine(isOrderKey)).min(1)),
  carrier: text.default(''),
  key: z.uuid(),
})

const CARRIER_NEEDED = 'Enter the carrier of these tracking numbers.'

export function shippingPages(deps: AdminDeps): Router {
  const { database, settings } = deps
  const { prisma } = database
  const router = Router()

  router.get('/admin/to-ship', async (request, response) => {
    const { timeZone } = await settings()
    const orders = await ordersToShip(prisma, ROWS_TO_READ, readIdCursor(request.query))
    const { rows, ...links } = keyList(orders, '/admin/to-ship', request.query, ({ id }) => [id])
    render(response, 'admin/to-ship', {
      list: { ...links, rows: rows.map((order) => orderToSend(order, timeZone)) },
    })
  })

  router.get('/admin/orders/ship', async (request, response) => {
    const orders = await chosen(request.query['order'])
    await showForm(response, orders, { carrier: '', tracking: {}, requestKey: randomUUID(), errors: {} })
  })

  router.post('/admin/orders/ship', async (request, response) => {
    const body = request.body as Record<string, unknown>
    const form = shipForm.safeParse(body)
    if (!form.success) throw badRequest('invalid_form', 'Go back to the list and choose the orders again.')
    const { order: keys, carrier, key: requestKey } = form.data
    const typed = z.string().catch('')
    const tracking = Object.fromEntries(
      keys.map((key) => [key, typed.parse(body[`tracking_${key}`]).normalize('NFC').trim()]),
    )
    const orders = await chosen(keys)
    const wrong = keys.find((key) => !text.safeParse(tracking[key]).success)
    const errors = {
      ...(carrier === '' &&
        Object.values(tracking).some((number) => number !== '') && { carrier: CARRIER_NEEDED }),
      ...(wrong !== undefined && { tracking: wrong }),
    }
    if (Object.keys(errors).length > 0) {
      response.status(422)
      await showForm(response, orders, { carrier, tracking, requestKey, errors })
      return
    }
    const result: ShippedOrdersPage = { shipped: [], refused: [] }
    for (const order of orders) {
      const shown = { number: orderNumber(order.key), href: `/admin/orders/${order.key}` }
      const number = tracking[order.key] ?? ''
      try {
        await shipOrder(deps, order.id, {
          ...trackingOf({ ...(carrier !== '' && { carrier }), ...(number !== '' && { number }) }),
          lines: null,
          requestKey: `${requestKey}:${order.id}`,
        })
        result.shipped.push(shown)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        result.refused.push({ ...shown, reason: error.options.forOperator ?? error.detail })
      }
    }
    render(response, 'admin/shipped-orders', result)
  })

  router.get('/admin/orders/packing-slips', async (request, response) => {
    const orders = await chosen(request.query['order'])
    await showSlips(response, orders, 'Packing slips')
  })

  router.get('/admin/orders/:orderKey/packing-slip', async (request, response) => {
    const { orderKey } = request.params
    const orders = isOrderKey(orderKey) ? await ordersToPack(prisma, [orderKey]) : []
    if (orders.length === 0) throw notFound('order')
    await showSlips(response, orders, `Packing slip ${orderNumber(orderKey)}`)
  })

  async function showForm(
    response: Response,
    orders: readonly OrderToShip[],
    form: {
      carrier: string
      tracking: Record<string, string>
      requestKey: string
      errors: ShipOrdersPage['errors']
    },
  ): Promise<void> {
    const { timeZone } = await settings()
    const { carrier, tracking, requestKey, errors } = form
    render(response, 'admin/ship-orders', {
      orders: orders.map((order) => ({
        ...orderToSend(order, timeZone),
        tracking: tracking[order.key] ?? '',
      })),
      ...{ carrier, carriers: CHOICES, requestKey, errors },
    })
  }

  async function showSlips(response: Response, orders: readonly OrderToShip[], title: string): Promise<void> {
    const { timeZone } = await settings()
    render(response, 'admin/packing-slips', { title, slips: orders.map((order) => slipOf(order, timeZone)) })
  }

  /** @throws Problem when no order was chosen */
  async function chosen(given: unknown): Promise<OrderToShip[]> {
    const keys = several.safeParse(given)
    const orders = keys.success ? await ordersToPack(prisma, keys.data) : []
    if (orders.length === 0)
      throw badRequest('no_orders', `Choose at least one order, and at most ${PAGE_SIZE}.`)
    return orders
  }
  return router
}

const CHOICES: Choice[] = Object.entries(CARRIERS).map(([value, { name }]) => ({ value, label: name }))

function slipOf(order: OrderToShip, timeZone: string): PackingSlip {
  const slip = packingSlipOf(order)
  return { ...slip, orderedAt: formatDateTime(slip.orderedAt, timeZone) }
}
