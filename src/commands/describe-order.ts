// Prints everything known about an order, for an operator at a terminal.
import type { PrismaClient } from '../generated/prisma/client.js'
import { table, time } from './table.js'
import { formatMoney } from '../money.js'
import { orderNumber } from '../orders/order-key.js'

export async function describeOrder(prisma: PrismaClient, id: number): Promise<string> {
  const order = await prisma.order.findUniqueOrThrow({
    where: { id },
    include: {
      items: { orderBy: { id: 'asc' } },
      attempts: { orderBy: { number: 'asc' } },
      refunds: { orderBy: { createdAt: 'asc' } },
      disputes: { orderBy: { createdAt: 'asc' } },
      purchases: { orderBy: { id: 'asc' } },
      mails: { orderBy: { id: 'asc' } },
      reportedIncidents: { orderBy: { id: 'asc' }, take: 100 },
      events: { orderBy: { receivedAt: 'asc' }, take: 100, omit: { payload: true } },
    },
  })
  const money = (amount: number) => formatMoney(amount, order.currency)
  const parts = [
    [
      `Order     ${order.key}  (${orderNumber(order.key)})`,
      `Status    ${order.status}`,
      `Shopper   ${order.email}`,
      `Ordered   ${time(order.createdAt)}`,
      `Total     ${money(order.total)}`,
      ...(order.amountPaid === null ? [] : [`Paid      ${money(order.amountPaid)}  ${time(order.paidAt)}`]),
      ...(order.amountRefunded === 0 ? [] : [`Refunded  ${money(order.amountRefunded)}`]),
      `Stock     ${order.stockHeld ? 'taken' : 'not taken'}`,
      ...(order.needsAttention ?? '')
        .split('\n')
        .filter(Boolean)
        .map((reason) => `ATTENTION ${reason}`),
    ].join('\n'),
    section(
      ['QUANTITY', 'PRODUCT', 'EACH'],
      order.items.map((item) => [String(item.quantity), item.name, money(item.unitAmount)]),
    ),
    section(
      ['ATTEMPT', 'STATUS', 'SESSION', 'PAYMENT INTENT', 'EXPIRES (UTC)'],
      order.attempts.map((attempt) => [
        String(attempt.number),
        attempt.status,
        attempt.stripeSessionId ?? '',
        attempt.paymentIntentId ?? '',
        time(attempt.expiresAt),
      ]),
    ),
    section(
      ['REFUND', 'STATUS', 'AMOUNT', 'REQUESTED (UTC)', 'FAILURE REASON'],
      order.refunds.map((refund) => [
        refund.stripeRefundId ?? refund.id,
        refund.status,
        money(refund.amount),
        time(refund.createdAt),
        refund.failureReason ?? '',
      ]),
    ),
    section(
      ['DISPUTE', 'STATUS', 'AMOUNT', 'REASON', 'ANSWER BY (UTC)'],
      order.disputes.map((dispute) => [
        dispute.id,
        dispute.status,
        money(dispute.amount),
        dispute.reason,
        time(dispute.evidenceDueBy),
      ]),
    ),
    section(
      ['EVENT', 'TYPE', 'OUTCOME', 'RECEIVED (UTC)', 'DETAIL'],
      order.events.map((event) => [
        event.id,
        event.type,
        event.outcome,
        time(event.receivedAt),
        event.detail ?? event.lastError ?? '',
      ]),
    ),
    section(
      ['MAIL', 'TO', 'SENT (UTC)', 'LAST ERROR'],
      order.mails.map((mail) => [
        mail.kind,
        mail.to,
        mail.outdated ? 'not sent: outdated' : time(mail.sentAt),
        mail.lastError ?? '',
      ]),
    ),
    section(
      ['INCIDENT', 'KIND', 'SINCE (UTC)', 'RESOLVED (UTC)', 'SUBJECT'],
      order.reportedIncidents.map((incident) => [
        String(incident.id),
        incident.kind,
        time(incident.createdAt),
        time(incident.resolvedAt),
        incident.subject,
      ]),
    ),
  ]
  return parts.filter(Boolean).join('\n\n')
}

function section(head: string[], rows: string[][]): string {
  return rows.length === 0 ? '' : table(head, rows)
}
