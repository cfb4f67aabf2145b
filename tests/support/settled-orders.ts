// Creates orders in a given state by settling reports.
import { randomBytes } from 'node:crypto'
import type { DisputeStatus, RefundStatus } from '../../src/generated/prisma/enums.js'
import type { DisputeReport } from '../../src/payments/dispute-report.js'
import type { RefundReport } from '../../src/payments/refund-report.js'
import type { SessionReport } from '../../src/payments/session-report.js'
import type { Report } from '../../src/payments/merge-report.js'
import { settle } from '../../src/payments/settle.js'
import { openOrder, type OpenOrder } from './events.js'
import type { TestShop } from './shop.js'

export interface KnownOrder extends OpenOrder {
  paymentIntentId: string
}

const name = (prefix: string) => `${prefix}_${randomBytes(8).toString('hex')}`

/** An open order with held units, of the shopper with this email. */
export async function openOrderOf(
  shop: TestShop,
  email: string,
  quantity = 1,
  productId?: number,
): Promise<KnownOrder> {
  const order = await openOrder(shop, quantity, productId)
  const { prisma } = shop.database
  const { id: userId } = await prisma.user.findUniqueOrThrow({ where: { email } })
  await prisma.order.update({ where: { id: order.id }, data: { userId, email } })
  return { ...order, userId, paymentIntentId: name('pi') }
}

export const OPERATOR = 'operator@till.example'

/** Settles the reports one by one. */
export async function settleReports(shop: TestShop, ...reports: Report[]): Promise<void> {
  for (const report of reports)
    await shop.database.prisma.$transaction((tx) =>
      settle(tx, { reports: [report] }, { operatorEmail: OPERATOR }),
    )
}

/** @param discount amount taken off by a promotion code, in minor units */
export function reportOfSession(
  order: KnownOrder,
  status: SessionReport['status'],
  discount = 0,
  at = new Date(),
): SessionReport {
  return {
    kind: 'session',
    sessionId: order.sessionId,
    status,
    paymentLinkId: null,
    orderKey: order.key,
    attemptId: order.attemptId,
    appId: null,
    email: null,
    locale: null,
    amountSubtotal: order.total,
    amountDiscount: discount,
    amountTotal: order.total - discount,
    amountShipping: 0,
    shippingCost: null,
    shippingRateId: null,
    amountTax: 0,
    collected: null,
    currency: order.currency,
    paymentIntentId: order.paymentIntentId,
    invoiceId: null,
    url: null,
    expiresAt: new Date(at.getTime() + 1_800_000),
    voucherUrl: null,
    payBy: null,
    unknownStatus: null,
    at,
  }
}

/** @param stripeRefundId repeating an id updates that refund */
export function reportOfRefund(
  order: KnownOrder,
  status: RefundStatus,
  amount = order.total,
  stripeRefundId = name('re'),
): RefundReport {
  return {
    kind: 'refund',
    stripeRefundId,
    refundId: null,
    orderKey: order.key,
    appId: null,
    paymentIntentId: order.paymentIntentId,
    amount,
    currency: order.currency,
    status,
    reason: null,
    stripeStatus: null,
    failureReason: null,
    at: new Date(),
  }
}

export function reportOfDispute(
  order: KnownOrder,
  status: DisputeStatus,
  disputeId = name('du'),
): DisputeReport {
  return {
    kind: 'dispute',
    disputeId,
    paymentIntentId: order.paymentIntentId,
    amount: order.total,
    currency: order.currency,
    reason: 'fraudulent',
    status,
    stripeStatus: null,
    evidenceDueBy: null,
    createdAt: new Date(),
    at: new Date(),
  }
}
