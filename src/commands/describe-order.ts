// Prints everything known about an order, for an operator at a terminal.
import type { PrismaClient } from '../generated/prisma/client.js'
import { table, time } from './table.js'
import { formatMoney } from '../money.js'
import { countryName } from '../shipping/countries.js'
import { addressLines } from '../orders/address-lines.js'
import { nameWithVariant } from '../catalog/variants.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { shownFulfilment } from '../orders/fulfilment.js'
import { labelOf } from '../orders/order-label.js'
import { completedAttempt, totalsOf, unmatchedOf, type Addressee } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import { loadOrderRecord, type OrderRecord } from '../orders/order-record.js'

export async function describeOrder(prisma: PrismaClient, id: number): Promise<string> {
  const order = await loadOrderRecord(prisma, id)
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const parts = [
    [
      `Order     ${order.key}  (${orderNumber(order.key)})`,
      `Shown as  ${labelOf(order)}`,
      `Status    ${order.status}`,
      ...(shownFulfilment(order) === 'none' ? [] : [`Shipping  ${shownFulfilment(order)}`]),
      ...(order.canceledAt === null ? [] : [`Canceled  ${time(order.canceledAt)}`]),
      `Shopper   ${order.email}${order.userId === null ? '  Guest' : ''}`,
      `Ordered   ${time(order.createdAt)}`,
      ...partsOfTotal(order),
      ...(order.amountPaid === null ? [] : [`Paid      ${money(order.amountPaid)}  ${time(order.paidAt)}`]),
      ...(order.amountRefunded === 0 ? [] : [`Refunded  ${money(order.amountRefunded)}`]),
      ...unmatchedOf(order).map(
        ({ id, amount, currency, status, paymentIntentId, paidAt }) =>
          `${status === 'paid' ? 'RECEIVED' : 'Unmatched'}  ${amount === null ? 'unknown amount' : money(amount, currency ?? '')}  ${status}, does not fit: ${id} ${paymentIntentId ?? ''} ${time(paidAt)}`,
      ),
      ...deliveryOf(order),
      ...(order.invoiceId === null
        ? []
        : [`Invoice   ${order.invoiceId}  ${order.invoicePdf ?? ''}`.trimEnd()]),
      ...(order.termsVersion === null
        ? []
        : [`Terms     ${order.termsVersion}  accepted ${time(order.termsAcceptedAt)}`]),
      `Stock     ${order.stockHeld ? 'taken' : 'not taken'}`,
      ...(order.needsAttention ?? '')
        .split('\n')
        .filter(Boolean)
        .map((reason) => `ATTENTION ${reason}`),
    ].join('\n'),
    section(
      ['LINE', 'SKU', 'QUANTITY', 'PRODUCT', 'EACH'],
      order.items.map((item) => [
        String(item.id),
        item.sku ?? '',
        String(item.quantity),
        nameWithVariant(item.name, item.variantName),
        money(item.unitAmount),
      ]),
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
      ['SHIPMENT', 'SENT (UTC)', 'DELIVERED (UTC)', 'CARRIER', 'TRACKING', 'ITEMS', 'LINK'],
      order.shipments.map((shipment) => [
        String(shipment.id),
        time(shipment.shippedAt),
        time(shipment.deliveredAt),
        shipment.carrier ?? '',
        shipment.trackingNumber ?? '',
        unitsOf(order, shipment.items),
        shipment.trackingUrl ?? '',
      ]),
    ),
    section(
      ['RETURN', 'STATE', 'REQUESTED (UTC)', 'STOCK', 'ITEMS'],
      order.returns.map((one) => [
        one.key,
        one.unsent ? 'refunded, not sent' : one.unrequested ? 'refunded, not requested' : one.status,
        time(one.createdAt),
        one.restocked ? 'returned' : '',
        unitsOf(order, one.items),
      ]),
    ),
    section(
      ['REFUND', 'STATUS', 'AMOUNT', 'REQUESTED (UTC)', 'FAILURE REASON', 'REASON', 'NOTE'],
      order.refunds.map((refund) => [
        refund.stripeRefundId ?? refund.id,
        statusOf(refund),
        money(refund.amount, refund.currency),
        time(refund.createdAt),
        refund.failureReason ?? '',
        refund.reason ?? '',
        (refund.note ?? '').replaceAll('\n', ' '),
      ]),
    ),
    section(
      ['DISPUTE', 'STATUS', 'AMOUNT', 'REASON', 'ANSWER BY (UTC)'],
      order.disputes.map((dispute) => [
        dispute.id,
        statusOf(dispute),
        money(dispute.amount, dispute.currency),
        dispute.reason,
        time(dispute.evidenceDueBy),
      ]),
    ),
    section(
      ['RISK', 'KIND', 'REASON', 'OPENED (UTC)', 'CLOSED (UTC)'],
      order.riskSignals.map((signal) => [
        signal.id,
        signal.kind,
        signal.reason,
        time(signal.openedAt),
        time(signal.closedAt),
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
    section(
      ['NOTE', 'WRITTEN (UTC)', 'BY', 'TEXT'],
      order.notes.map((note) => [
        String(note.id),
        time(note.createdAt),
        note.author?.name ?? 'command',
        note.text.replaceAll('\n', ' '),
      ]),
    ),
  ]
  return parts.filter(Boolean).join('\n\n')
}

/** The total alone, for an order that is just its items. */
function partsOfTotal(order: OrderRecord): string[] {
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const { itemsTotal, discountTotal, taxTotal, total } = totalsOf(order)
  const completed = completedAttempt(order.attempts)
  const presentment = completed?.collected?.presentment ?? null
  const tax = completed === null ? 'not known yet' : money(taxTotal)
  const parts = [
    ...(discountTotal === 0 ? [] : [`Discount  −${money(discountTotal)}`]),
    ...(order.deliveryCountry === null
      ? []
      : [`Delivery  ${money(order.shippingTotal)}  ${order.shippingRateName ?? ''}`]),
    ...(order.automaticTax ? [`Tax       ${tax}  ${order.taxBehavior ?? ''}`] : []),
  ]
  return [
    ...(parts.length === 0 ? [] : [`Items     ${money(itemsTotal)}`, ...parts]),
    `Total     ${money(total)}`,
    ...(presentment === null ? [] : [`Charged   ${money(presentment.amount, presentment.currency)}`]),
  ]
}

/** Where it goes, and the tax IDs of who is billed. */
function deliveryOf(order: OrderRecord): string[] {
  const { deliveryCountry, attempts } = order
  const { shipping = null, phone = null, taxIds = [] } = completedAttempt(attempts)?.collected ?? {}
  const to = lineOf(addresseeOf(order))
  return [
    ...(deliveryCountry === null ? [] : [`Ship to   ${to || countryName(deliveryCountry)}`]),
    ...(order.correctedAddress === null ? [] : [`Given as  ${lineOf(shipping)}`]),
    ...(phone === null ? [] : [`Phone     ${phone}`]),
    ...taxIds.map(({ type, value }) => `Tax id    ${value}  ${type}`),
  ]
}

function lineOf(addressee: Addressee | null): string {
  const address = addressee?.address ? addressLines(addressee.address) : []
  return [addressee?.name ?? null, ...address].filter((line) => line !== null).join(', ')
}

/** "2 × Stoneware mug, 1 × Bowl" */
function unitsOf(
  { items }: Pick<OrderRecord, 'items'>,
  units: readonly { orderItemId: number; quantity: number }[],
) {
  return units
    .map(({ orderItemId, quantity }) => {
      const item = items.find(({ id }) => id === orderItemId)
      return `${quantity} × ${item ? nameWithVariant(item.name, item.variantName) : ''}`
    })
    .join(', ')
}

/** With Stripe's own word, where the shop does not know it. */
function statusOf({ status, stripeStatus }: { status: string; stripeStatus: string | null }): string {
  return stripeStatus === null ? status : `${status} (Stripe: ${stripeStatus})`
}

function section(head: string[], rows: string[][]): string {
  return rows.length === 0 ? '' : table(head, rows)
}
