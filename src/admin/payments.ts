// A payment that belongs to no order here: what is known of it, and its refund.
import { Router, type Request, type Response } from 'express'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { formatMoney } from '../money.js'
import { findOrderIds, findPaymentWithoutOrder } from '../orders/find-order.js'
import { paymentWithoutOrder, refundWithoutOrder } from '../payments/refunds.js'
import { paymentHref, sessionHref } from '../payments/stripe-dashboard.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { emptyForm, fieldsOf, givenText, newRequestKey, requestKeyOf } from './forms.js'
import type { FormState } from './order-models.js'
import { words } from './words.js'
import { amountErrors, doneWith, inDigits, readAmount, readReasons } from './refund.js'
import { requireRecentFactor } from './require-recent-factor.js'
import { refundBadge } from './state-badges.js'
import { formatDateTime } from './times.js'

const DONE = { refunded: 'Refunded.', refunding: 'The refund is on its way.' }

export function paymentPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.get('/admin/payments/:paymentId', async (request, response) => {
    const { paymentId } = request.params
    if ((await findPaymentWithoutOrder(prisma, paymentId)) === null) {
      response.redirect(303, await orderHref(paymentId))
      return
    }
    await showPayment(request, response, emptyForm)
  })

  async function orderHref(paymentId: string): Promise<string> {
    const [id] = /^(cs|pi)_/.test(paymentId) ? await findOrderIds(prisma, paymentId) : []
    if (id === undefined) throw notFound()
    const { key } = await prisma.order.findUniqueOrThrow({ where: { id }, select: { key: true } })
    return `/admin/orders/${key}#stripe`
  }

  router.post('/admin/payments/:paymentId/refund', requireRecentFactor(deps), async (request, response) => {
    const paymentId = String(request.params['paymentId'])
    const payment = await findPaymentWithoutOrder(prisma, paymentId)
    if (payment === null) throw notFound()
    const fields = fieldsOf(request.body)
    try {
      const typed = givenText(fields, 'amount')
      const amount = typed === undefined ? null : readAmount(fields, payment.currency ?? '')
      const wanted = { ...readReasons(fields), amount, requestKey: requestKeyOf(fields) }
      const done = doneWith(await refundWithoutOrder(deps, payment, wanted))
      response.redirect(303, `/admin/payments/${payment.id}?done=${done}`)
    } catch (error) {
      const errors = amountErrors(error)
      if (errors === null) throw error
      response.status(422)
      await showPayment(request, response, { values: fields, errors })
    }
  })

  async function showPayment(request: Request, response: Response, form: FormState): Promise<void> {
    const payment = await findPaymentWithoutOrder(prisma, String(request.params['paymentId']))
    if (payment === null) throw notFound()
    const [{ timeZone }, { left, refusal, refunds }] = await Promise.all([
      deps.settings(),
      paymentWithoutOrder(deps, payment),
    ])
    const money = (amount: number, currency = payment.currency ?? '') => formatMoney(amount, currency)
    const { dashboard } = deps.stripe
    render(response, 'admin/payment', {
      notice: doneNotice(request.query, DONE),
      id: payment.id,
      amount: payment.amount === null ? 'Unknown amount' : money(Number(payment.amount)),
      message: payment.message,
      state: words(payment.status),
      at: formatDateTime(payment.paidAt ?? payment.createdAt, timeZone),
      href:
        payment.paymentIntentId === null
          ? sessionHref(dashboard, payment.id)
          : paymentHref(dashboard, payment.paymentIntentId),
      dashboardName: dashboard.isSandbox ? 'sandbox' : 'Stripe',
      requestKey: requestKeyOf(form.values) ?? newRequestKey(),
      left: refusal === null ? money(left) : null,
      refusal,
      refunds: refunds.map((refund) => ({
        id: refund.stripeRefundId ?? refund.id,
        amount: money(refund.amount, refund.currency),
        state: refundBadge(refund.status),
      })),
      form:
        refusal === null && Object.keys(form.values).length === 0
          ? { ...form, values: { amount: inDigits({ amount: left, currency: payment.currency ?? '' }) } }
          : form,
    })
  }
  return router
}
