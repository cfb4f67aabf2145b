// Prepares everything about an order for its page.
import { shownEmail } from '../accounts/email-address.js'
import { isErasedAddress } from '../accounts/erased-address.js'
import { nameWithVariant } from '../catalog/variants.js'
import type { Decline } from '../checkout/incomplete-checkouts.js'
import { CARRIERS } from '../fulfilment/carriers.js'
import { linesToSend } from '../fulfilment/locked-order.js'
import type { Notice } from '../http/view-models.js'
import { formatMoney } from '../money.js'
import { addressLines } from '../orders/address-lines.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { SENDABLE, shownFulfilment, unitsSent, unitsToSend } from '../orders/fulfilment.js'
import { canCancel, labelOf, stateOf } from '../orders/order-label.js'
import { completedAttempt, isHeld, totalsOf, unmatchedOf, type Addressee } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import type { OrderAction, OrderRecord } from '../orders/order-record.js'
import { requestedReturns } from '../orders/order-with-lines.js'
import { versionOf } from '../outbox/resend-mail.js'
import { acceptedTermsPath } from '../policies/accepted-terms.js'
import { paymentHref, sessionHref, type StripeDashboard } from '../payments/stripe-dashboard.js'
import { countryName } from '../shipping/countries.js'
import { emptyForm, newRequestKey } from './forms.js'
import { comparisonsOf } from './order-comparison.js'
import type { FormState, OpenRecord, OrderPageModel } from './order-models.js'
import { returnedUnits, returnModel } from './order-returns.js'
import { actorOf, timelineWithNotes } from './order-timeline.js'
import { attemptBadge, disputeBadge, eventBadge, mailBadge, orderBadge, refundBadge } from './state-badges.js'
import { formatDateTime, type ShownTime } from './times.js'
import { nameOf, unitsText } from './units-text.js'
import { ORIGINS, words } from './words.js'

export interface OrderPageInput {
  order: OrderRecord
  actions: OrderAction[]
  /** What is left to refund of its payments, and why nothing is. */
  refundable: { left: { amount: number; currency: string }[]; refusal: string | null }
  /** The last card that was declined; null when none is known of. */
  decline: Decline | null
  dashboard: StripeDashboard
  timeZone: string
  notice: Notice | null
  /** The event or mail whose content is shown. */
  open: OpenRecord | null
  /** A form to show again, by its name. */
  forms: Readonly<Record<string, FormState>>
}

export function orderPage(input: OrderPageInput): OrderPageModel {
  const { order, actions, refundable, dashboard, forms } = input
  const at = (time: Date) => formatDateTime(time, input.timeZone)
  const atOrNull = (time: Date | null) => time && at(time)
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const isDelivered = order.deliveryCountry !== null
  const isRefunded = order.status === 'refunded'
  const toSend = isDelivered && !isRefunded ? unitsToSend(linesToSend(order), order.shipments) : []
  const canShip = SENDABLE.includes(order.status) && toSend.length > 0
  const state = stateOf(order)
  const refundHref = refundable.refusal === null ? `/admin/orders/${order.key}/refund` : null
  return {
    notice: input.notice,
    key: order.key,
    number: orderNumber(order.key),
    state: orderBadge(state, labelOf(order)),
    placedAt: at(order.createdAt),
    total: money(totalsOf(order).total),
    tasks: tasksOf(order, canShip ? sumOf(toSend) : 0, at),
    needsAttention:
      order.needsAttention !== null || order.reportedIncidents.some((one) => one.resolvedAt === null),
    money: moneyOf(input),
    refundHref,
    noRefund: refundable.refusal,
    lines: order.items.map((item) => ({
      id: item.id,
      name: nameWithVariant(item.name, item.variantName),
      sku: item.sku ?? item.variant?.sku ?? '',
      unitAmount: money(item.unitAmount),
      quantity: item.quantity,
      amount: money(item.unitAmount * item.quantity),
      sent: unitsSent(order.shipments, item.id),
      left: toSend.find(({ orderItemId }) => orderItemId === item.id)?.quantity ?? 0,
      ...returnedUnits(order, item.id),
    })),
    parts: partsOf(order),
    ship: canShip
      ? {
          key: forms['ship']?.values['key'] ?? newRequestKey(),
          lines: toSend.map(({ orderItemId, quantity }) => ({
            field: `ship_${orderItemId}`,
            name: nameOf(order, orderItemId),
            max: quantity,
            value: forms['ship']?.values[`ship_${orderItemId}`] ?? String(quantity),
          })),
          carriers: Object.entries(CARRIERS).map(([value, { name }]) => ({ value, label: name })),
          state: forms['ship'] ?? emptyForm,
        }
      : null,
    noShip: noShip(order, toSend.length > 0),
    shipments: order.shipments.map((shipment) => ({
      id: shipment.id,
      items: unitsText(order, shipment.items),
      carrier: shipment.carrier,
      trackingNumber: shipment.trackingNumber,
      trackingUrl: shipment.trackingUrl,
      sentAt: at(shipment.shippedAt),
      deliveredAt: atOrNull(shipment.deliveredAt),
    })),
    returns: requestedReturns(order).map((one) => returnModel(order, one, at, forms)),
    refunds: order.refunds.map((refund) => ({
      id: refund.stripeRefundId ?? refund.id,
      amount: money(refund.amount, refund.currency),
      state: refundBadge(refund.status),
      at: at(refund.failedAt ?? refund.succeededAt ?? refund.createdAt),
      what: whatWasRefunded(order, refund),
      reason: refund.reason === null ? null : words(refund.reason),
      note: refund.note,
      failure: refund.failureReason,
    })),
    disputes: order.disputes.map((dispute) => ({
      id: dispute.id,
      href: `/admin/disputes/${dispute.id}`,
      amount: money(dispute.amount, dispute.currency),
      state: disputeBadge(dispute.status, dispute.stripeStatus),
      reason: words(dispute.reason),
      dueBy: atOrNull(dispute.evidenceDueBy),
      mustAnswer: mustAnswer(dispute.status),
    })),
    comparisons: comparisonsOf(order),
    attempts: order.attempts.map((attempt) => ({
      number: attempt.number,
      state: attemptBadge(attempt.status),
      sessionId: attempt.stripeSessionId,
      sessionHref: attempt.stripeSessionId && sessionHref(dashboard, attempt.stripeSessionId),
      paymentIntentId: attempt.paymentIntentId,
      paymentHref: attempt.paymentIntentId && paymentHref(dashboard, attempt.paymentIntentId),
      at: at(attempt.paidAt ?? attempt.failedAt ?? attempt.processingAt ?? attempt.createdAt),
      voucherUrl: attempt.voucherUrl,
      fee:
        attempt.stripeFee === null
          ? null
          : money(attempt.stripeFee, attempt.stripeFeeCurrency ?? order.currency),
    })),
    decline: input.decline && {
      code: input.decline.code.replaceAll('_', ' '),
      message: input.decline.message,
      at: at(input.decline.at),
    },
    unmatched: unmatchedOf(order).map((one) => ({
      id: one.id,
      amount: one.amount === null ? 'Unknown amount' : money(one.amount, one.currency ?? ''),
      message: one.message,
      state: isHeld(one, order) ? one.status : 'given back',
      href: one.paymentIntentId && paymentHref(dashboard, one.paymentIntentId),
      refundHref:
        one.status === 'paid' && isHeld(one, order)
          ? `/admin/orders/${order.key}/refund?payment=${one.id}`
          : null,
    })),
    risks: order.riskSignals.map(({ kind, reason, openedAt, closedAt }) => ({
      kind: words(kind),
      reason: words(reason),
      at: atOrNull(openedAt),
      isOpen: closedAt === null,
    })),
    incidents: order.reportedIncidents.map(({ id, message, createdAt, resolvedAt }) => ({
      id,
      message,
      at: at(createdAt),
      isOpen: resolvedAt === null,
    })),
    timeline: timelineWithNotes(order, actions, at),
    noteForm: forms['note'] ?? emptyForm,
    events: order.events.toReversed().map(({ id, type, outcome, detail, lastError, receivedAt }) => ({
      ...{ id, type, outcome: eventBadge(outcome), detail: detail ?? lastError ?? '', at: at(receivedAt) },
    })),
    mails: order.mails.toReversed().map((mail) => ({
      id: mail.id,
      kind: words(mail.kind),
      isAgain: mail.resendOf !== null,
      version: versionOf(mail),
      to: mail.to,
      state: mailBadge(mail),
      at: atOrNull(mail.sentAt),
      error: mail.sentAt === null ? (mail.lastError ?? '') : '',
    })),
    open: input.open,
    changes: actions.map((action) => ({
      at: at(action.at),
      action: words(action.action.replace('.', ': ')),
      by: actorOf(action),
      fields: action.fields.map(words).join(', '),
      address: action.address ?? '',
    })),
    customer: {
      name: order.user?.name ?? null,
      email: shownEmail(order.email),
      href: order.user && `/admin/customers/${order.user.id}`,
      guestHref:
        order.user === null && !isErasedAddress(order.email) ? `/admin/orders/${order.key}/guest` : null,
      isBlocked: order.user?.blockedAt != null,
    },
    delivery: deliveryOf(order, forms),
    billing: billingOf(order),
    facts: factsOf(order, at),
    links: order._count.access,
    isGuest: order.guestHash !== null,
    canCancel: canCancel(order),
    dashboardName: dashboard.isSandbox ? 'sandbox' : 'Stripe',
  }
}

type At = (time: Date) => ShownTime

/** What waits for the operator, the most urgent first. */
function tasksOf(order: OrderRecord, unitsLeft: number, at: At): OrderPageModel['tasks'] {
  const reasons = (order.needsAttention ?? '').split('\n').filter(Boolean)
  const incidents = order.reportedIncidents.filter(
    ({ resolvedAt, message }) => resolvedAt === null && !reasons.some((reason) => message.includes(reason)),
  )
  const returns = requestedReturns(order)
  return [
    ...order.disputes
      .filter(({ status }) => mustAnswer(status))
      .map(({ id, evidenceDueBy }) => ({
        text: `Answer the dispute${evidenceDueBy === null ? '' : ` by ${at(evidenceDueBy).text}`}.`,
        ...{ href: `/admin/disputes/${id}`, kind: 'wrong' as const },
      })),
    ...reasons.map((text) => ({ text, href: null, kind: 'wrong' as const })),
    ...incidents.map(({ id, message }) => ({
      ...{ text: message, href: `/admin/incidents/${id}`, kind: 'wrong' as const },
    })),
    ...returns
      .filter(({ status }) => status === 'requested')
      .map(() => ({ text: 'Answer the return.', href: '#returns', kind: 'warn' as const })),
    ...returns
      .filter(({ status }) => status === 'received')
      .map(() => ({ text: 'Refund the return that came back.', href: '#returns', kind: 'warn' as const })),
    ...(unitsLeft > 0
      ? [
          {
            text: `Ship ${unitsLeft} ${unitsLeft === 1 ? 'unit' : 'units'}.`,
            ...{ href: '#ship', kind: '' as const },
          },
        ]
      : []),
  ]
}

/** What came and went, and what can still be refunded. */
function moneyOf({ order, refundable }: OrderPageInput): OrderPageModel['money'] {
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const plain = (text: string, amount: string) => ({ text, amount, isStrong: false })
  const taken = order.disputes.filter(({ status }) =>
    ['needs_response', 'under_review', 'lost'].includes(status),
  )
  return [
    order.amountPaid === null
      ? plain('To pay', money(totalsOf(order).total))
      : plain('Paid', money(order.amountPaid)),
    ...unmatchedOf(order)
      .filter(({ status }) => status === 'paid')
      .map(({ amount, currency }) =>
        plain('Received, does not fit', amount === null ? 'unknown' : money(amount, currency ?? '')),
      ),
    ...(order.amountRefunded === 0 ? [] : [plain('Refunded', `−${money(order.amountRefunded)}`)]),
    ...taken.map(({ status, amount, currency }) =>
      plain(
        status === 'lost' ? 'Taken back by the bank' : 'Held in a dispute',
        `−${money(amount, currency)}`,
      ),
    ),
    ...refundable.left.map(({ amount, currency }) => ({
      ...{ text: 'Left to refund', amount: money(amount, currency), isStrong: true },
    })),
  ]
}

function partsOf(order: OrderRecord): OrderPageModel['parts'] {
  const money = (amount: number, currency = order.currency) => formatMoney(amount, currency)
  const { itemsTotal, discountTotal, taxTotal } = totalsOf(order)
  const presentment = completedAttempt(order.attempts)?.collected?.presentment ?? null
  return [
    { text: 'Items', amount: money(itemsTotal) },
    ...(discountTotal === 0 ? [] : [{ text: 'Discount', amount: `−${money(discountTotal)}` }]),
    ...(order.deliveryCountry === null
      ? []
      : [{ text: `Delivery: ${order.shippingRateName ?? ''}`, amount: money(order.shippingTotal) }]),
    ...(order.automaticTax
      ? [
          {
            text: order.taxBehavior === 'inclusive' ? 'Tax, included' : 'Tax',
            amount: completedAttempt(order.attempts) === null ? 'not known yet' : money(taxTotal),
          },
        ]
      : []),
    ...(presentment === null
      ? []
      : [{ text: 'Charged as', amount: money(presentment.amount, presentment.currency) }]),
  ]
}

function noShip(order: OrderRecord, isLeft: boolean): string | null {
  if (!isLeft) return null
  if (order.status === 'disputed' || order.status === 'charged_back')
    return 'Not sent while the shopper’s bank has its money.'
  if (order.status === 'processing') return 'Wait until the money has arrived.'
  return null
}

function whatWasRefunded(order: OrderRecord, refund: OrderRecord['refunds'][number]): string {
  const returned = order.returns.find(({ refundId }) => refundId === refund.id)
  const unmatched = unmatchedOf(order).some(
    ({ paymentIntentId }) => paymentIntentId !== null && paymentIntentId === refund.paymentIntentId,
  )
  return [
    ...(returned ? [unitsText(order, returned.items)] : []),
    ...(returned?.unsent === true ? ['not sent'] : []),
    ...(returned?.restocked === true || refund.restock ? ['on sale again'] : []),
    ...(refund.shippingAmount > 0 ? [`delivery ${formatMoney(refund.shippingAmount, refund.currency)}`] : []),
    ...(unmatched ? ['of the payment that does not fit'] : []),
  ].join(', ')
}

function deliveryOf(order: OrderRecord, forms: OrderPageInput['forms']): OrderPageModel['delivery'] {
  const { collected = null } = completedAttempt(order.attempts) ?? {}
  const to = addresseeOf(order)
  if (order.deliveryCountry === null && to === null) return null
  const { name = null, address = null } = to ?? {}
  return {
    rate: order.shippingRateName ?? '',
    to: to === null ? [countryName(order.deliveryCountry ?? '')] : addresseeLines(to),
    phone: collected?.phone ?? null,
    given: order.correctedAddress === null ? null : addresseeLines(collected?.shipping ?? null),
    countries: countriesOf(address?.country ?? null, order.deliveryCountry),
    form:
      address === null || order.shipments.length > 0
        ? null
        : (forms['address'] ?? {
            values: {
              ...{ name: name ?? '', line1: address.line1 ?? '', line2: address.line2 ?? '' },
              ...{ city: address.city ?? '', state: address.state ?? '' },
              ...{ postal_code: address.postal_code ?? '', country: address.country ?? '' },
            },
            errors: {},
          }),
  }
}

/** The countries that the address can have: its own, and the one whose delivery was charged. */
function countriesOf(own: string | null, charged: string | null): { value: string; label: string }[] {
  if (own === null || charged === null || own === charged) return []
  return [
    { value: own, label: countryName(own) },
    { value: charged, label: `${countryName(charged)} (delivery was charged)` },
  ]
}

function addresseeLines(addressee: Addressee | null): string[] {
  const address = addressee?.address ? addressLines(addressee.address) : []
  return [...(addressee?.name == null ? [] : [addressee.name]), ...address]
}

function billingOf(order: OrderRecord): OrderPageModel['billing'] {
  const { billing = null, taxIds = [] } = completedAttempt(order.attempts)?.collected ?? {}
  return {
    name: billing?.name ?? null,
    lines: billing?.address ? addressLines(billing.address) : [],
    taxIds: taxIds.map(({ type, value }) => `${value} (${words(type)})`),
  }
}

const hrefOf = (href: string | null) => (href === null ? {} : { href })

function factsOf(order: OrderRecord, at: At): OrderPageModel['facts'] {
  return [
    { text: 'Order key', value: order.key },
    { text: 'Placed', value: at(order.createdAt).text },
    ...(order.paidAt === null ? [] : [{ text: 'Paid', value: at(order.paidAt).text }]),
    ...(order.canceledAt === null ? [] : [{ text: 'Canceled', value: at(order.canceledAt).text }]),
    { text: 'Payment', value: words(order.status) },
    ...(shownFulfilment(order) === 'none'
      ? []
      : [{ text: 'Fulfilment', value: words(shownFulfilment(order)) }]),
    { text: 'Stock', value: order.stockHeld ? 'Taken' : 'Not taken' },
    { text: 'Origin', value: ORIGINS[order.origin] ?? order.origin },
    ...(order.termsVersion === null
      ? []
      : [
          {
            text: 'Terms',
            value: `${order.termsVersion}${order.termsAcceptedAt ? `, accepted ${at(order.termsAcceptedAt).text}` : ''}`,
            ...hrefOf(acceptedTermsPath(order.termsVersion)),
          },
        ]),
    ...(order.invoiceId === null
      ? []
      : [
          {
            ...{ text: 'Invoice', value: order.invoiceId },
            ...hrefOf(order.invoicePdf),
          },
        ]),
  ]
}

function mustAnswer(status: string): boolean {
  return status === 'needs_response' || status === 'warning_needs_response'
}

function sumOf(units: readonly { quantity: number }[]): number {
  return units.reduce((sum, { quantity }) => sum + quantity, 0)
}
