// An order in words and formatted money, for pages and mails.
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import type { OrderState, OrderView } from './view-models.js'
import { pageCount, rowsOf } from '../http/paging.js'
import { formatMoney } from '../money.js'
import { orderNumber } from './order-key.js'
import { isOpenDispute, isPayable } from './order-status.js'
import { refundsView } from './refunds-view.js'
import { expectedBy } from './expected-by.js'
import { formatDate, formatDateTime } from '../messages/format-date.js'
import { onItsWayUntil, PENDING_AND_HELD, ORDER_STATE_LABELS } from './order-state-labels.js'
import { timelineOf } from './timeline.js'

const WITH_LINES = {
  items: { include: { product: true }, orderBy: { id: 'asc' } },
  attempts: { orderBy: { number: 'asc' } },
  refunds: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  disputes: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.OrderInclude

export type OrderWithLines = Prisma.OrderGetPayload<{ include: typeof WITH_LINES }>

/** The order of this key if it is this shopper's: anyone else's does not exist. */
export function findOwnOrder(
  prisma: Pick<PrismaClient, 'order'>,
  key: string,
  userId: number,
): Promise<OrderWithLines | null> {
  return prisma.order.findFirst({ where: { key, userId }, include: WITH_LINES })
}

const PAGE_SIZE = 20

/** A page of this shopper's orders, the newest first. */
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

/** @param state what to show when it is not simply the order's status */
export function orderView(order: OrderWithLines, state: OrderState = stateOf(order)): OrderView {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const by = expectedBy(order.attempts)
  return {
    key: order.key,
    number: orderNumber(order.key),
    state,
    stateText: ORDER_STATE_LABELS[state].name,
    sentence: sentenceOf(order, state, by),
    lines: order.items.map((item) => ({
      name: item.name,
      image: item.product.image,
      href: item.product.active ? `/pricing/${item.productId}` : null,
      quantity: item.quantity,
      unitAmount: money(item.unitAmount),
      amount: money(item.unitAmount * item.quantity),
    })),
    total: money(order.total),
    ...discountOf(order),
    ...balanceOf(order),
    refunds: refundsView(order.refunds),
    currency: order.currency.toUpperCase(),
    email: order.email,
    placedAt: formatDateTime(order.createdAt),
    paidAt: order.paidAt ? formatDateTime(order.paidAt) : null,
    timeline: timelineOf(order),
    cartHref: order.status === 'pending' && order.cartId !== null ? '/cart' : null,
    canPay: state !== 'confirming' && isPayable(order.status) && order.needsAttention === null,
    expectedBy: by && formatDate(by),
    receiptHref: order.amountPaid === null ? null : `/orders/${order.key}/receipt`,
  }
}

function sentenceOf({ stockHeld }: OrderWithLines, state: OrderState, by: Date | null): string {
  if (state === 'pending' && stockHeld) return PENDING_AND_HELD
  // A bank that is late has made the day untrue.
  if (state === 'processing' && by !== null && by > new Date()) return onItsWayUntil(formatDate(by))
  return ORDER_STATE_LABELS[state].sentence
}

/** Of the session that was paid, or is being: another one begins without it. */
function discountOf(order: OrderWithLines): Pick<OrderView, 'discount' | 'due'> {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const having = (status: AttemptStatus) => order.attempts.find((attempt) => attempt.status === status)
  const completed = having('paid') ?? having('processing')
  const discount = completed?.amountDiscount ?? 0
  return {
    discount: discount === 0 ? null : money(discount),
    due: money(completed?.amountTotal ?? order.total),
  }
}

/** What came in, and what of it is with the shopper again. */
function balanceOf(order: OrderWithLines): Pick<OrderView, 'paid' | 'takenBack' | 'kept'> {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const { amountPaid: paid, amountRefunded: refunded } = order
  const takenBack = order.disputes
    .filter(({ status }) => status === 'lost' || isOpenDispute(status))
    .reduce((sum, { amount }) => sum + amount, 0)
  const isOpen = order.disputes.some(({ status }) => isOpenDispute(status))
  const kept = Math.max(0, (paid ?? 0) - refunded - takenBack)
  return {
    paid: paid === null ? null : money(paid),
    takenBack:
      takenBack === 0
        ? null
        : { text: isOpen ? 'Held by the bank' : 'Given back by the bank', amount: money(takenBack) },
    kept:
      refunded + takenBack === 0
        ? null
        : { text: isOpen ? 'Paid for now' : 'Paid in the end', amount: money(kept) },
  }
}

/** An order that an operator must look at before it is settled is being confirmed, to the shopper. */
export function stateOf(order: Pick<OrderWithLines, 'status' | 'needsAttention'>): OrderState {
  return order.needsAttention !== null && isPayable(order.status) ? 'confirming' : order.status
}
