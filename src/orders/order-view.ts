// Loads orders and prepares them for pages and emails.
import type { PrismaClient } from '../generated/prisma/client.js'
import type { OrderState, OrderView } from './view-models.js'
import { nameWithVariant, variantIdOf, variantPath } from '../catalog/variants.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { formatMoney } from '../money.js'
import { acceptedTermsPath, shownVersion } from '../policies/accepted-terms.js'
import { amountPaid, paymentsOf, receivedIn, unmatchedOf } from './order-facts.js'
import { billingOf, deliveryOf } from './delivery-view.js'
import { orderNumber } from './order-key.js'
import { isOpenDispute, isPayable } from './order-status.js'
import { paymentMethodText, type PaymentMethod } from './payment-method.js'
import { refundsView } from './refunds-view.js'
import { expectedBy } from './expected-by.js'
import { formatDate, formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { shownEmail } from '../accounts/email-address.js'
import { attemptWithVoucher, canCancel, isUnderReview, stateOf } from './order-label.js'
import { moneyNoteOf, openFailedRefunds, shownLabelOf } from './shown-label.js'
import { WITH_LINES, type OrderWithLines, type Shown } from './order-with-lines.js'
import { withAmounts } from './stored-amounts.js'
import { returnsView, shipmentsView } from './shipments-view.js'
import { timelineOf } from './timeline.js'
import { totalOf } from './total-view.js'

const PAGE_SIZE = 20

/** A page of this shopper's orders, newest first. */
export async function findOwnOrders(
  prisma: PrismaClient,
  userId: number,
  page: number,
): Promise<{ orders: OrderWithLines[]; pages: number; total: number }> {
  const [orders, total] = await Promise.all([
    prisma.order.findMany({
      where: { userId },
      include: WITH_LINES,
      orderBy: { id: 'desc' },
      ...rowsOf(page, PAGE_SIZE),
    }),
    prisma.order.count({ where: { userId } }),
  ])
  return { orders, pages: pageCount(total, PAGE_SIZE), total }
}

export function loadOrder(prisma: Pick<PrismaClient, 'order'>, id: number): Promise<OrderWithLines> {
  return prisma.order.findUniqueOrThrow({ where: { id }, include: WITH_LINES })
}

/** @param state the state to show instead of the order's own */
export function orderView(stored: OrderWithLines, state: OrderState = stateOf(stored)): OrderView {
  const order = withAmounts(stored)
  const money = (amount: number) => formatMoney(amount, order.currency)
  const by = expectedBy(order.attempts)
  const voucher = voucherOf(order)
  return {
    key: order.key,
    number: orderNumber(order.key),
    state,
    stateText: shownLabelOf(order, state),
    mark: markOf(order, state),
    sentence: [sentenceOf(order, state, by, voucher), ...noteSentence(order, state)].join(' '),
    lines: order.items.map((item) => ({
      name: item.name,
      variantName: item.variantName,
      fullName: nameWithVariant(item.name, item.variantName),
      image: item.image ?? item.product.image,
      href: item.product.active ? variantPath(item.productId, variantIdOf(item)) : null,
      quantity: item.quantity,
      unitAmount: money(item.unitAmount),
      amount: money(item.unitAmount * item.quantity),
    })),
    ...totalOf(order),
    delivery: deliveryOf(order),
    billing: billingOf(order),
    paymentMethod: methodOf(order),
    ...balanceOf(order),
    refunds: refundsView(order.refunds),
    shipments: shipmentsView(order),
    returns: returnsView(order),
    canCancel: canCancel(order),
    refundTrouble: refundTrouble(order),
    voucher,
    currency: order.currency.toUpperCase(),
    email: shownEmail(order.email),
    placedAt: formatDateTime(order.createdAt),
    paidAt: order.paidAt ? formatDateTime(order.paidAt) : null,
    terms: termsOf(order),
    timeline: timelineOf(order),
    cartHref: order.status === 'pending' && order.cartId !== null ? '/cart' : null,
    canPay:
      state !== 'confirming' && state !== 'canceled' && isPayable(order.status) && !isUnderReview(order),
    expectedBy: by && voucher === null ? formatDate(by) : null,
    receiptHref: order.amountPaid === null ? null : `/orders/${order.key}/receipt`,
    invoiceHref: order.invoicePdf,
  }
}

function termsOf({ termsVersion }: Shown): OrderView['terms'] {
  return termsVersion === null
    ? null
    : { version: shownVersion(termsVersion), href: acceptedTermsPath(termsVersion) }
}

/** Of the payment that counts. The shop alone writes it. */
function methodOf({ attempts }: Shown): string | null {
  const paid = attempts.find(({ status, paymentMethod }) => status === 'paid' && paymentMethod !== null)
  return paid ? paymentMethodText(paid.paymentMethod as unknown as PaymentMethod) : null
}

/** The state whose icon and color go with the label: money that goes back is never a green tick. */
function markOf(order: Shown, state: OrderState): OrderState {
  return moneyNoteOf(order, state) === null || state === 'disputed' ? state : 'partially_refunded'
}

/** `refundTrouble` speaks of refunds that failed. */
function noteSentence(order: Shown, state: OrderState): string[] {
  const note = moneyNoteOf(order, state)
  return note === null || note === 'refund_failed' ? [] : [t().orders.moneyNotes[note].sentence]
}

function sentenceOf(order: Shown, state: OrderState, by: Date | null, voucher: OrderView['voucher']): string {
  const texts = t().orders
  const received = receivedUnmatched(order)
  if (state === 'canceled' && received.length === 0) return texts.states.canceled.sentence
  if (state === 'confirming' && order.holdsUnmatched && received.length > 0)
    return texts.unmatched.held(received.map(({ amount }) => amount))
  if (isPayable(order.status) && received.length > 0) return texts.unmatched.returned
  if (state === 'pending' && order.stockHeld) return texts.pendingAndHeld
  if (voucher !== null) return texts.voucher.sentence(voucher.by, voucher.isOver)
  // Once the day has passed, it is no longer named.
  if (state === 'processing' && by !== null && by > new Date()) return texts.processingUntil(formatDate(by))
  const isLost = order.disputes.some(({ status }) => status === 'lost')
  if (state === 'partially_refunded' && isLost) return texts.partlyReturned
  return texts.states[state].sentence
}

/** The voucher that the shopper still has to pay, while it is not paid. */
function voucherOf(order: Shown): OrderView['voucher'] {
  const waiting = attemptWithVoucher(order)
  if (!waiting?.voucherUrl) return null
  const { voucherUrl: url, payBy } = waiting
  return { url, by: payBy && formatDateTime(payBy).text, isOver: payBy !== null && payBy < new Date() }
}

/** Money that was received and does not fit the order, as it is shown. */
function receivedUnmatched(order: Shown): OrderView['received'] {
  return unmatchedOf(order).flatMap((unmatched) => {
    const payment = receivedIn(unmatched)
    return payment === null || payment.amount === 0
      ? []
      : [{ text: t().orders.sums.unmatched, amount: formatMoney(payment.amount, payment.currency) }]
  })
}

/** What was paid, what the bank took back, and what is left. */
function balanceOf(order: Shown): Pick<OrderView, 'paid' | 'received' | 'takenBack' | 'kept'> {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const paid = amountPaid(order)
  const taken = order.disputes.filter(({ status }) => status === 'lost' || isOpenDispute(status))
  const refunded = order.refunds.filter(({ status }) => status === 'succeeded')
  const { sums } = t().orders
  const moved = [...taken, ...refunded]
  const received = paymentsOf(order)
  // Amounts in several currencies can't be added up.
  const canAdd = [...moved, ...received].every(({ currency }) => currency === order.currency)
  const kept = Math.max(0, sumOf(received) - sumOf(moved))
  return {
    paid: paid === null ? null : money(paid),
    received: receivedUnmatched(order),
    takenBack: [...new Set(taken.map(({ currency }) => currency))].map((currency) => {
      const inCurrency = taken.filter((dispute) => dispute.currency === currency)
      const isOpen = inCurrency.some(({ status }) => isOpenDispute(status))
      return {
        text: isOpen ? sums.heldInDispute : sums.returnedByBank,
        amount: formatMoney(sumOf(inCurrency), currency),
      }
    }),
    kept: moved.length === 0 || !canAdd ? null : { text: sums.netPaid, amount: money(kept) },
  }
}

function sumOf(items: readonly { amount: number }[]): number {
  return items.reduce((sum, { amount }) => sum + amount, 0)
}

/** What the shopper is told about refunds that failed, until they were sent again or an operator dealt with them. */
function refundTrouble(order: Shown): string | null {
  const failed = openFailedRefunds(order)
  if (failed.length === 0) return null
  const { page } = t().orders
  return failed.some(({ stripeRefundId }) => stripeRefundId !== null) ? page.refundFailed : page.refundRefused
}
