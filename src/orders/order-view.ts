// Loads orders and prepares them for pages and emails.
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
import { t } from '../messages/index.js'
import { timelineOf } from './timeline.js'

const WITH_LINES = {
  items: { include: { product: true }, orderBy: { id: 'asc' } },
  attempts: { orderBy: { number: 'asc' } },
  refunds: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  disputes: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.OrderInclude

export type OrderWithLines = Prisma.OrderGetPayload<{ include: typeof WITH_LINES }>

/** The order with this key if it belongs to this shopper, or null. */
export function findOwnOrder(
  prisma: Pick<PrismaClient, 'order'>,
  key: string,
  userId: number,
): Promise<OrderWithLines | null> {
  return prisma.order.findFirst({ where: { key, userId }, include: WITH_LINES })
}

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
export function orderView(order: OrderWithLines, state: OrderState = stateOf(order)): OrderView {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const by = expectedBy(order.attempts)
  return {
    key: order.key,
    number: orderNumber(order.key),
    state,
    stateText: t().orders.states[state].label,
    sentence: sentenceOf(order, state, by),
    lines: order.items.map((item) => ({
      name: item.name,
      image: item.image ?? item.product.image,
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
  const texts = t().orders
  if (state === 'pending' && stockHeld) return texts.pendingAndHeld
  // Once the day has passed, it is no longer named.
  if (state === 'processing' && by !== null && by > new Date()) return texts.processingUntil(formatDate(by))
  return texts.states[state].sentence
}

/** The discount of the session that was paid or is processing. A new session starts without one. */
function discountOf(order: OrderWithLines): Pick<OrderView, 'discount' | 'due'> {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const attemptWith = (status: AttemptStatus) => order.attempts.find((attempt) => attempt.status === status)
  const completed = attemptWith('paid') ?? attemptWith('processing')
  const discount = completed?.amountDiscount ?? 0
  return {
    discount: discount === 0 ? null : money(discount),
    due: money(completed?.amountTotal ?? order.total),
  }
}

/** What was paid, what the bank took back, and what is left. */
function balanceOf(order: OrderWithLines): Pick<OrderView, 'paid' | 'takenBack' | 'kept'> {
  const money = (amount: number) => formatMoney(amount, order.currency)
  const { amountPaid: paid, amountRefunded: refunded } = order
  const takenBack = order.disputes
    .filter(({ status }) => status === 'lost' || isOpenDispute(status))
    .reduce((sum, { amount }) => sum + amount, 0)
  const isOpen = order.disputes.some(({ status }) => isOpenDispute(status))
  const { sums } = t().orders
  const kept = Math.max(0, (paid ?? 0) - refunded - takenBack)
  return {
    paid: paid === null ? null : money(paid),
    takenBack:
      takenBack === 0
        ? null
        : { text: isOpen ? sums.heldInDispute : sums.returnedByBank, amount: money(takenBack) },
    kept: refunded + takenBack === 0 ? null : { text: sums.netPaid, amount: money(kept) },
  }
}

/** Shoppers see an order as being confirmed while an operator must check it before it can be settled. */
export function stateOf(order: Pick<OrderWithLines, 'status' | 'needsAttention'>): OrderState {
  return order.needsAttention !== null && isPayable(order.status) ? 'confirming' : order.status
}
