// Refunds: a form, what exactly will be refunded, and the refund. Sending the last form twice is one refund.
import { Router, type Request, type Response } from 'express'
import { linesToSend, readFulfilment, nameOfLine } from '../fulfilment/locked-order.js'
import { quoteLines, refundLines, type ChosenLines } from '../fulfilment/refund-lines.js'
import type { Refund } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatMoney, isCurrency, MoneyError, parseMoney, toDecimal } from '../money.js'
import { unitsSent } from '../orders/fulfilment.js'
import { readNote } from '../orders/notes.js'
import { orderNumber } from '../orders/order-key.js'
import { unitsWithShopper } from '../orders/returnable.js'
import { readOrder } from '../payments/order-store.js'
import { REFUND_REASONS, refundState, shippingLeft, type RefundReason } from '../payments/refundable.js'
import { quoteRefund, refundOrder } from '../payments/refunds.js'
import type { AdminDeps } from './admin-deps.js'
import {
  emptyForm,
  fieldsOf,
  givenText,
  newRequestKey,
  readUnits,
  requestKeyOf,
  type Fields,
} from './forms.js'
import { fieldErrors, invalidField, orderIdOf } from './order-page.js'
import type { FormState, RefundConfirmPage } from './order-models.js'
import { words } from './words.js'
import { requireRecentFactor } from './require-recent-factor.js'

/** What the page to confirm adds to the form. */
const CONFIRMED = ['key', 'currency', 'confirmed']

export function refundPages(deps: AdminDeps): Router {
  const router = Router()
  const recentFactor = requireRecentFactor(deps)

  router.get('/admin/orders/:orderKey/refund', recentFactor, async (request, response) => {
    const payment = typeof request.query['payment'] === 'string' ? request.query['payment'] : null
    await showForm(request, response, payment, emptyForm)
  })

  router.post('/admin/orders/:orderKey/refund', recentFactor, async (request, response) => {
    const orderId = await orderIdOf(deps, request.params['orderKey'])
    const fields = fieldsOf(request.body)
    try {
      const wanted = await readRefund(deps, orderId, fields)
      const confirmed = confirmedAmount(fields)
      const requestKey = requestKeyOf(fields)
      const { currency } = fields
      if (confirmed === null || requestKey === null || currency === undefined)
        render(response, 'admin/refund-confirm', await confirmPage(wanted, request, fields))
      else {
        const refund = await send(orderId, wanted, { amount: confirmed, currency, requestKey })
        response.redirect(303, `/admin/orders/${String(request.params['orderKey'])}?done=${doneWith(refund)}`)
      }
    } catch (error) {
      const errors = fields['what'] === 'amount' ? amountErrors(error) : fieldErrors(error)
      if (errors === null) throw error
      response.status(422)
      await showForm(request, response, givenText(fields, 'payment') ?? null, { values: fields, errors })
    }
  })

  function send(
    orderId: number,
    { lines, payment, restock, reason, note }: ReadRefund,
    { amount, currency, requestKey }: { amount: number; currency: string; requestKey: string },
  ): Promise<Refund> {
    const wanted = { restock, requestKey, reason, note }
    return lines === null
      ? refundOrder(deps, orderId, { ...wanted, amount, currency, payment })
      : refundLines(deps, orderId, { ...wanted, ...lines, amount: null, shown: amount })
  }

  async function confirmPage(
    wanted: ReadRefund,
    request: Request,
    fields: Fields,
  ): Promise<RefundConfirmPage> {
    const orderKey = String(request.params['orderKey'])
    const orderId = await orderIdOf(deps, orderKey)
    const { facts, order } = await readFulfilment(deps.database.prisma, orderId)
    const { lines, payment, restock, reason, note } = wanted
    const quote = lines && (await quoteLines(deps, orderId, lines))
    const { amount, currency } = await quoteRefund(deps, orderId, {
      amount: quote ? quote.items + quote.shipping : wanted.amount,
      ...(quote && { currency: facts.currency }),
      restock: lines === null && restock,
      payment,
    })
    const money = (value: number) => formatMoney(value, currency)
    const isRest = lines === null && wanted.amount === null
    return {
      title: `Refund order ${orderNumber(orderKey)}`,
      action: `/admin/orders/${orderKey}/refund`,
      backHref: `/admin/orders/${orderKey}`,
      rows: quote
        ? [
            ...(quote.items === 0
              ? []
              : [
                  {
                    text: lines.lines
                      .map(({ orderItemId, quantity }) => `${quantity} × ${nameOfLine(order, orderItemId)}`)
                      .join(', '),
                    amount: money(quote.items),
                  },
                ]),
            ...(quote.shipping === 0 ? [] : [{ text: 'Delivery', amount: money(quote.shipping) }]),
          ]
        : [{ text: isRest ? 'All that is left' : 'A part of what was paid', amount: money(amount) }],
      total: money(amount),
      consequences: consequencesOf(wanted, isRest),
      reason: reason && words(reason),
      note,
      hidden: [
        ...Object.entries(fields).filter(([name]) => !CONFIRMED.includes(name)),
        ['key', newRequestKey()],
        ['currency', currency],
        ['confirmed', String(amount)],
      ],
    }
  }

  async function showForm(
    request: Request,
    response: Response,
    payment: string | null,
    form: FormState,
  ): Promise<void> {
    const { prisma } = deps.database
    const orderKey = String(request.params['orderKey'])
    const { facts, order } = await readFulfilment(prisma, await orderIdOf(deps, orderKey))
    const state = refundState(facts, payment)
    const shipping = payment === null ? await shippingLeft(prisma, facts) : 0
    const toSend = linesToSend(order)
    render(response, 'admin/refund', {
      key: orderKey,
      number: orderNumber(orderKey),
      left: state.left.map(({ amount, currency }) => formatMoney(amount, currency)).join(' and '),
      refusal: state.refusal,
      payment,
      payments:
        state.payments.length > 1
          ? state.payments.map(({ sessionId, left, currency }) => ({
              href: `/admin/orders/${orderKey}/refund?payment=${sessionId ?? ''}`,
              text: `${formatMoney(left, currency)} of ${sessionId ?? 'a payment'}`,
            }))
          : [],
      lines:
        payment === null
          ? order.items.map(({ id, quantity, unitAmount }) => ({
              id,
              name: nameOfLine(order, id),
              unsent:
                (toSend.find((line) => line.id === id)?.quantity ?? quantity) -
                unitsSent(order.shipments, id),
              sent: unitsWithShopper(order, id),
              each: formatMoney(unitAmount, facts.currency),
            }))
          : [],
      shipping: shipping === 0 ? null : formatMoney(shipping, facts.currency),
      currency: (state.left[0]?.currency ?? facts.currency).toUpperCase(),
      form: {
        ...form,
        values: {
          amount: state.left[0] ? inDigits(state.left[0]) : '',
          ...form.values,
        },
      },
    })
  }
  return router
}

/** As it is typed. Amounts of currencies that the shop does not know can't be. */
export function inDigits({ amount, currency }: { amount: number; currency: string }): string {
  return isCurrency(currency) ? toDecimal(amount, currency) : ''
}

interface ReadRefund {
  /** Null: money of the order as a whole, or of one payment. */
  lines: ChosenLines | null
  /** Minor units. Null: all that is left, or what the lines come to. */
  amount: number | null
  payment: string | null
  restock: boolean
  reason: RefundReason | null
  note: string | null
}

/** @throws Problem that names the field */
async function readRefund(deps: AdminDeps, orderId: number, fields: Fields): Promise<ReadRefund> {
  const payment = givenText(fields, 'payment') ?? null
  const what = fields['what']
  const others = {
    payment,
    restock: fields['restock'] === 'on' && what !== 'amount',
    ...readReasons(fields),
  }
  if (what === 'items') return { ...others, lines: readLines(fields), amount: null }
  if (what === 'amount') {
    const facts = await readOrder(deps.database.prisma, orderId)
    const { currency } = refundState(facts, payment).left[0] ?? facts
    return { ...others, lines: null, amount: readAmount(fields, currency) }
  }
  if (what !== 'all') throw invalidField('what', 'Choose what is refunded.')
  return { ...others, lines: null, amount: null }
}

/** @throws Problem for a text that is too long */
export function readReasons(fields: Fields): { reason: RefundReason | null; note: string | null } {
  try {
    return {
      reason: REFUND_REASONS.find((one) => one === fields['reason']) ?? null,
      note: readNote(fields['note']),
    }
  } catch (error) {
    throw error instanceof Problem ? invalidField('note', error.detail) : error
  }
}

/** @throws Problem */
export function readAmount(fields: Fields, currency: string): number {
  const { amount: text = '' } = fields
  try {
    const amount = text.trim() === '' ? 0 : parseMoney(text, currency)
    if (amount > 0) return amount
  } catch (error) {
    if (error instanceof MoneyError) throw invalidField('amount', error.message)
    throw error
  }
  throw invalidField('amount', 'Give an amount above zero.')
}

const ABOUT_AMOUNT = ['refund_too_large', 'invalid_amount']

/** What is wrong with which field, for a form whose amount may be more than is left. Null for other errors. */
export function amountErrors(error: unknown): Record<string, string> | null {
  const isAmount = error instanceof Problem && ABOUT_AMOUNT.includes(error.code)
  return isAmount ? { amount: error.detail } : fieldErrors(error)
}

function readLines(fields: Fields): ChosenLines {
  const unsent = readUnits(fields, 'unsent_')
  const sent = readUnits(fields, 'sent_')
  if (unsent === null || sent === null) throw invalidField('items', 'Use whole numbers.')
  const shipping = fields['shipping'] === 'on'
  if (unsent.length > 0 && sent.length > 0)
    throw invalidField('items', 'Refund what was sent and what was not sent one after the other.')
  if (unsent.length + sent.length === 0 && !shipping)
    throw invalidField('items', 'Choose at least one unit, or the delivery.')
  return { lines: sent.length > 0 ? sent : unsent, sent: sent.length > 0, shipping }
}

function consequencesOf({ lines, restock }: ReadRefund, isRest: boolean): string[] {
  return [
    'The money goes back the way the shopper paid. A refund can’t be taken back.',
    ...(lines && lines.lines.length > 0 && !lines.sent ? ['These units are not sent any more.'] : []),
    ...(isRest ? ['Nothing more of this order is sent.'] : []),
    ...(restock ? ['Its units go on sale again.'] : []),
  ]
}

/** What the operator was shown, in minor units. Null for the first form. */
export function confirmedAmount(fields: Fields): number | null {
  const { confirmed = '' } = fields
  return /^\d{1,15}$/.test(confirmed) ? Number(confirmed) : null
}

/** What the page says then. @throws Problem when Stripe has refused this refund before */
export function doneWith({ status, failureReason }: Refund): 'refunded' | 'refunding' {
  if (status === 'failed')
    throw new Problem(
      409,
      'refund_refused',
      'Refund not possible',
      `Stripe refused this refund: ${failureReason ?? 'it gave no reason'}.`,
    )
  return status === 'succeeded' ? 'refunded' : 'refunding'
}
