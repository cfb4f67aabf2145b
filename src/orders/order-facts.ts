// An order's facts: everything known about it that decisions depend on.
import type { AttemptStatus, DisputeStatus, OrderStatus, RefundStatus } from '../generated/prisma/enums.js'
import type { TaxBehavior } from '../settings/tax.js'

/**
 * Money in minor units of the order's currency, unless it has its own beside it. Each time is the first at which something
 * was reported.
 */
export interface OrderFacts {
  id: number
  key: string
  /** Null for an order without an account. */
  userId: number | null
  /** SHA-256 of the token in the cookie of the browser that ordered without an account. */
  guestHash: string | null
  email: string
  cartId: number | null
  currency: string
  /** What the chosen delivery costs. Together with the items it is what a session must charge. */
  shippingTotal: number
  /** How tax relates to the prices. Null for orders of releases that didn't tell Stripe: they have no tax and no delivery. */
  taxBehavior: TaxBehavior | null
  /** Whether Stripe Tax adds or finds the tax. */
  automaticTax: boolean
  /** Null for an order that needs no delivery. */
  deliveryCountry: string | null
  /** Whether the shopper or the operator canceled it, unpaid. It can't be paid any more. */
  isCanceled: boolean
  /** As stored. What it should be follows from the facts below. */
  status: OrderStatus
  stockHeld: boolean
  incidents: string[]
  attended: string[]
  /** As stored. */
  needsAttention: string | null
  /** A product that was sold out when the order was paid after its units had been given back. */
  shortProductId: number | null
  /** Stripe's invoice of the payment. Null until Stripe names one. */
  invoice: InvoiceFacts | null
  items: ItemFacts[]
  attempts: AttemptFacts[]
  refunds: RefundFacts[]
  disputes: DisputeFacts[]
  unmatchedPayments: UnmatchedPaymentFacts[]
  riskSignals: RiskSignalFacts[]
}

export interface InvoiceFacts {
  /** Stripe's. */
  id: string
  /** Its PDF and its page at Stripe. Null until it is final. */
  pdf: string | null
  url: string | null
}

export interface ItemFacts {
  productId: number
  variantId: number
  /** The product's name when it was ordered. */
  name: string
  /** "Red / L". Empty for a product without options. */
  variantName: string
  unitAmount: number
  quantity: number
  /** Units that came back in a return and went into stock again. */
  restocked: number
}

export interface AttemptFacts {
  id: string
  number: number
  status: AttemptStatus
  stripeSessionId: string | null
  paymentIntentId: string | null
  url: string | null
  expiresAt: Date
  /** Whether Stripe's page accepts promotion codes. Null: not known, for sessions of earlier releases. */
  promotionCodes: boolean | null
  /** What else Stripe's page was asked to do. */
  collectsPhone: boolean
  collectsTaxIds: boolean
  /** Null: the page has no vouchers whose life the shop decides, or Stripe's own limit holds. */
  voucherDays: number | null
  /** The shopper's customer at Stripe. Null: the session has none of ours. */
  customerId: string | null
  /** Whether Stripe makes an invoice of the payment. */
  createsInvoice: boolean
  amountDiscount: number
  amountShipping: number
  /** All tax, whether the prices contain it or not. */
  amountTax: number
  /** What is charged, after all of these. Null until the session was completed. */
  amountTotal: number | null
  /** Null until the session was completed. */
  collected: Collected | null
  /** Where the shopper finds the voucher they still have to pay, and until when. */
  voucherUrl: string | null
  payBy: Date | null
  processingAt: Date | null
  failedAt: Date | null
  paidAt: Date | null
}

/** The facts of an attempt about whose session Stripe has reported nothing. */
export const NOTHING_REPORTED = {
  paymentIntentId: null,
  url: null,
  amountDiscount: 0,
  amountShipping: 0,
  amountTax: 0,
  amountTotal: null,
  collected: null,
  voucherUrl: null,
  payBy: null,
  processingAt: null,
  failedAt: null,
  paidAt: null,
} as const satisfies Partial<AttemptFacts>

/** What Stripe's page collected. The fields of addresses are Stripe's. */
export interface Collected {
  shipping: Addressee | null
  phone: string | null
  billing: Addressee | null
  taxIds: TaxId[]
  /** What the shopper saw and paid, if Stripe charged them in another currency than the order's. */
  presentment: { amount: number; currency: string } | null
  /** Stripe's id of the promotion code that was used. Absent: none, or it was completed under an earlier release. */
  promotionCode?: string
}

export interface Addressee {
  name: string | null
  address: Address | null
}

export interface Address {
  line1: string | null
  line2: string | null
  city: string | null
  state: string | null
  postal_code: string | null
  /** ISO 3166 code, in upper case. */
  country: string | null
}

export interface TaxId {
  /** Stripe's word for the kind: "eu_vat". */
  type: string
  value: string
}

export interface RefundFacts {
  id: string
  /** Null until Stripe has answered. */
  stripeRefundId: string | null
  paymentIntentId: string | null
  amount: number
  currency: string
  status: RefundStatus
  /** Stripe's word for a status that the shop does not know. */
  stripeStatus: string | null
  reason: string | null
  failureReason: string | null
  /** Whether Stripe refused it after it had been accepted here. */
  refusedLater: boolean
  restock: boolean
  succeededAt: Date | null
  failedAt: Date | null
}

export interface DisputeFacts {
  id: string
  paymentIntentId: string | null
  amount: number
  currency: string
  reason: string
  status: DisputeStatus
  /** Stripe's word for a status that the shop does not know. */
  stripeStatus: string | null
  evidenceDueBy: Date | null
  inquiryAt: Date | null
  disputedAt: Date | null
  closedAt: Date | null
  createdAt: Date
}

/** A completed session that settles no order: it does not fit the order it names, or no order has that key. */
export interface UnmatchedPaymentFacts {
  /** The session's id. */
  id: string
  paymentIntentId: string | null
  /** Null if Stripe did not say. */
  amount: number | null
  currency: string | null
  status: AttemptStatus
  /** Why it settles no order. */
  message: string
  paidAt: Date | null
}

/** Stripe's early fraud warning about a payment, or its review of one. */
export interface RiskSignalFacts {
  id: string
  kind: 'early_fraud_warning' | 'payment_review'
  paymentIntentId: string | null
  reason: string
  openedAt: Date | null
  closedAt: Date | null
}

/** Refunds and disputes, of one order or of payments without one. */
export interface Returns {
  refunds: readonly RefundFacts[]
  disputes: readonly DisputeFacts[]
}

/** The sum of the order's lines, before discounts. */
export function totalOfItems({
  items,
}: {
  items: readonly Pick<ItemFacts, 'unitAmount' | 'quantity'>[]
}): number {
  return items.reduce((sum, { unitAmount, quantity }) => sum + unitAmount * quantity, 0)
}

/** The units that an order takes from stock: those that came back are there again. */
export function unitsOutOfStock(
  items: readonly Pick<ItemFacts, 'variantId' | 'quantity' | 'restocked'>[],
): { variantId: number; quantity: number }[] {
  return items
    .map(({ variantId, quantity, restocked }) => ({ variantId, quantity: quantity - restocked }))
    .filter(({ quantity }) => quantity > 0)
}

type Priced = Parameters<typeof totalOfItems>[0] & Pick<OrderFacts, 'shippingTotal'>

/** What a session of this order charges before discounts and before tax that comes on top. */
export function expectedTotal(order: Priced): number {
  return totalOfItems(order) + order.shippingTotal
}

/** What decides which attempt an order's totals and addresses are taken from. */
type Completed = Pick<AttemptFacts, 'status' | 'stripeSessionId' | 'paidAt' | 'processingAt'>

/** The attempt that paid the order, the first of several; else the first whose payment is on its way. */
export function completedAttempt<Attempt extends Completed>(attempts: readonly Attempt[]): Attempt | null {
  const first = (status: AttemptStatus, timeOf: (attempt: Attempt) => Date | null) =>
    attempts
      .filter((attempt) => attempt.status === status)
      .map((attempt) => ({ attempt, at: timeOf(attempt)?.getTime() ?? 0, id: attempt.stripeSessionId ?? '' }))
      // By what Stripe says: the numbers of sessions that the shop did not open depend on which was reported first.
      .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
      .at(0)?.attempt
  return (
    first('paid', ({ paidAt }) => paidAt) ?? first('processing', ({ processingAt }) => processingAt) ?? null
  )
}

/** What an order's total is made of. With inclusive prices the tax is a part of the other sums. */
export interface Totals {
  itemsTotal: number
  discountTotal: number
  taxTotal: number
  /** What is charged. */
  total: number
}

type Totalled = Completed & Pick<AttemptFacts, 'amountDiscount' | 'amountTax' | 'amountTotal'>

/** Discount and tax count once a session with them is completed. A new session starts without them. */
export function totalsOf(order: Priced & { attempts: readonly Totalled[] }): Totals {
  const completed = completedAttempt(order.attempts)
  return {
    itemsTotal: totalOfItems(order),
    discountTotal: completed?.amountDiscount ?? 0,
    taxTotal: completed?.amountTax ?? 0,
    total: completed?.amountTotal ?? expectedTotal(order),
  }
}

type Paid = Priced & { attempts: readonly Pick<AttemptFacts, 'status' | 'amountTotal'>[] }
type Money = Priced & Returns & Pick<OrderFacts, 'attempts' | 'currency' | 'unmatchedPayments'>

/** What was paid for this order according to Stripe, in all attempts. Null: nothing yet. */
export function amountPaid(order: Paid): number | null {
  const paid = order.attempts.filter((attempt) => attempt.status === 'paid')
  if (paid.length === 0) return null
  return paid.reduce((sum, attempt) => sum + (attempt.amountTotal ?? expectedTotal(order)), 0)
}

/** What was refunded successfully of the money that pays this order. */
export function amountRefunded(order: Money): number {
  return sumOf(refundsOfOrder(order).filter(({ status }) => status === 'succeeded'))
}

/** What can still be refunded of it: less refunds that have not failed, and what the bank took back. */
export function amountRefundable(order: Money): number {
  const refunds = refundsOfOrder(order).filter(({ status }) => status !== 'failed')
  const lost = ownDisputes(order).filter(
    ({ status, currency }) => status === 'lost' && currency === order.currency,
  )
  return Math.max(0, (amountPaid(order) ?? 0) - sumOf(refunds) - sumOf(lost))
}

/** Refunds that lessen what was paid for the order: in its currency, and not of a payment that does not fit it. */
function refundsOfOrder(order: Money): RefundFacts[] {
  return order.refunds.filter(
    ({ currency, paymentIntentId }) =>
      currency === order.currency && !isUnmatchedIntent(order, paymentIntentId),
  )
}

/** The disputes about money that pays this order. */
export function ownDisputes(order: Money): DisputeFacts[] {
  return order.disputes.filter(({ paymentIntentId }) => !isUnmatchedIntent(order, paymentIntentId))
}

/** Completed sessions that do not fit this order. One that was settled after all is not among them. */
export function unmatchedOf(
  order: Pick<OrderFacts, 'attempts' | 'unmatchedPayments'>,
): UnmatchedPaymentFacts[] {
  return order.unmatchedPayments.filter(
    ({ id }) =>
      !order.attempts.some(({ stripeSessionId, status }) => stripeSessionId === id && status === 'paid'),
  )
}

function isUnmatchedIntent(order: Pick<OrderFacts, 'attempts' | 'unmatchedPayments'>, intent: string | null) {
  return intent !== null && unmatchedOf(order).some(({ paymentIntentId }) => paymentIntentId === intent)
}

/** Money that Stripe received in one payment. */
export interface Payment {
  sessionId: string | null
  paymentIntentId: string | null
  amount: number
  currency: string
}

/** Everything that Stripe received for this order, whether or not it fits. */
export function paymentsOf(order: Money): Payment[] {
  return [
    ...order.attempts
      .filter(({ status }) => status === 'paid')
      .map(({ stripeSessionId, paymentIntentId, amountTotal }) => ({
        sessionId: stripeSessionId,
        paymentIntentId,
        amount: amountTotal ?? expectedTotal(order),
        currency: order.currency,
      })),
    ...unmatchedOf(order).flatMap((unmatched) => receivedIn(unmatched) ?? []),
  ]
}

/** The money that an unmatched session brought. Null while it brought none. */
export function receivedIn(unmatched: UnmatchedPaymentFacts): Payment | null {
  const { id, paymentIntentId, status, amount, currency } = unmatched
  if (status !== 'paid' || amount === null || currency === null) return null
  return { sessionId: id, paymentIntentId, amount, currency }
}

/** What can still be refunded of one payment. Other currencies than its own do not count: they can't be compared. */
export function refundableOf(payment: Payment, { refunds, disputes }: Returns): number {
  const isOwn = (item: { paymentIntentId: string | null; currency: string }) =>
    item.paymentIntentId !== null &&
    item.paymentIntentId === payment.paymentIntentId &&
    item.currency === payment.currency
  const returned =
    sumOf(refunds.filter((refund) => isOwn(refund) && refund.status !== 'failed')) +
    sumOf(disputes.filter((dispute) => isOwn(dispute) && dispute.status === 'lost'))
  return Math.max(0, payment.amount - returned)
}

/** Whether the money of an unmatched session is here or may come: it was not given back in full. */
export function isHeld(unmatched: UnmatchedPaymentFacts, returns: Returns): boolean {
  if (unmatched.status !== 'paid') return unmatched.status === 'processing'
  const payment = receivedIn(unmatched)
  // An amount of zero or unknown can't be given back: a person must look.
  return payment === null || payment.amount === 0 || !isReturned(payment, returns)
}

/** Whether all of a payment was given back, or taken by the bank. Refunds that have not succeeded don't count. */
export function isReturned(payment: Payment, { refunds, disputes }: Returns): boolean {
  const succeeded = refunds.filter(({ status }) => status === 'succeeded')
  return refundableOf(payment, { refunds: succeeded, disputes }) === 0
}

/** Whether money is here or on its way that does not fit this order and was not given back. */
export function holdsUnmatched(order: Money): boolean {
  return unmatchedOf(order).some((unmatched) => isHeld(unmatched, order))
}

function sumOf(items: readonly { amount: number }[]): number {
  return items.reduce((sum, { amount }) => sum + amount, 0)
}
