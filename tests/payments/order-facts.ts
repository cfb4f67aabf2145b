// An order over $50.00 in two lines with one open session, and what Stripe can report about it.
import type {
  AttemptFacts,
  DisputeFacts,
  OrderFacts,
  RefundFacts,
  UnmatchedPaymentFacts,
} from '../../src/orders/order-facts.js'
import type { DisputeReport } from '../../src/payments/dispute-report.js'
import type { RefundReport } from '../../src/payments/refund-report.js'
import type { SessionReport } from '../../src/payments/session-report.js'

export const minute = (minutes: number) => new Date(Date.UTC(2026, 10, 25, 12, minutes))

export function orderFacts(change: Partial<OrderFacts> = {}): OrderFacts {
  return {
    id: 1,
    key: 'ord_1',
    userId: 7,
    guestHash: null,
    email: 'ada@shopper.example',
    cartId: 3,
    currency: 'usd',
    shippingTotal: 0,
    taxBehavior: null,
    automaticTax: false,
    deliveryCountry: null,
    isCanceled: false,
    status: 'pending',
    stockHeld: true,
    incidents: [],
    attended: [],
    needsAttention: null,
    shortProductId: null,
    invoice: null,
    items: [
      {
        productId: 11,
        variantId: 11,
        name: 'Mug',
        variantName: '',
        unitAmount: 1500,
        quantity: 2,
        restocked: 0,
      },
      {
        productId: 12,
        variantId: 13,
        name: 'Bowl',
        variantName: 'Red / L',
        unitAmount: 2000,
        quantity: 1,
        restocked: 0,
      },
    ],
    attempts: [attemptFacts()],
    refunds: [],
    disputes: [],
    unmatchedPayments: [],
    riskSignals: [],
    ...change,
  }
}

export function attemptFacts(change: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    id: 'attempt-1',
    number: 1,
    status: 'open',
    stripeSessionId: 'cs_1',
    paymentIntentId: null,
    url: 'https://checkout.example/cs_1',
    expiresAt: minute(30),
    promotionCodes: null,
    collectsPhone: false,
    collectsTaxIds: false,
    voucherDays: null,
    customerId: null,
    createsInvoice: false,
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
    ...change,
  }
}

export function paidAttempt(change: Partial<AttemptFacts> = {}): AttemptFacts {
  return attemptFacts({
    status: 'paid',
    paymentIntentId: 'pi_1',
    url: null,
    amountTotal: 5000,
    paidAt: minute(2),
    ...change,
  })
}

export function refundFacts(change: Partial<RefundFacts> = {}): RefundFacts {
  return {
    id: 'refund-1',
    stripeRefundId: 're_1',
    paymentIntentId: 'pi_1',
    amount: 5000,
    currency: 'usd',
    status: 'succeeded',
    stripeStatus: null,
    reason: null,
    failureReason: null,
    refusedLater: false,
    restock: false,
    succeededAt: minute(5),
    failedAt: null,
    ...change,
  }
}

export function disputeFacts(change: Partial<DisputeFacts> = {}): DisputeFacts {
  return {
    id: 'dp_1',
    paymentIntentId: 'pi_1',
    amount: 5000,
    currency: 'usd',
    reason: 'fraudulent',
    status: 'needs_response',
    stripeStatus: null,
    evidenceDueBy: new Date('2027-01-15T00:00:00Z'),
    inquiryAt: null,
    disputedAt: minute(6),
    closedAt: null,
    createdAt: minute(6),
    ...change,
  }
}

export function unmatchedFacts(change: Partial<UnmatchedPaymentFacts> = {}): UnmatchedPaymentFacts {
  return {
    id: 'cs_1',
    paymentIntentId: 'pi_1',
    amount: 5000,
    currency: 'usd',
    status: 'paid',
    message: 'Does not fit.',
    paidAt: minute(2),
    ...change,
  }
}

export function sessionReport(change: Partial<SessionReport> = {}): SessionReport {
  return {
    kind: 'session',
    sessionId: 'cs_1',
    status: 'paid',
    paymentLinkId: null,
    orderKey: 'ord_1',
    attemptId: 'attempt-1',
    appId: 'till-1',
    email: 'ada@shopper.example',
    locale: null,
    amountSubtotal: 5000,
    amountDiscount: 0,
    amountTotal: 5000,
    amountShipping: 0,
    shippingCost: null,
    shippingRateId: null,
    amountTax: 0,
    collected: null,
    currency: 'usd',
    paymentIntentId: 'pi_1',
    invoiceId: null,
    url: null,
    expiresAt: minute(30),
    voucherUrl: null,
    payBy: null,
    unknownStatus: null,
    at: minute(2),
    ...change,
  }
}

export function refundReport(change: Partial<RefundReport> = {}): RefundReport {
  return {
    kind: 'refund',
    stripeRefundId: 're_1',
    refundId: null,
    orderKey: null,
    appId: null,
    paymentIntentId: 'pi_1',
    amount: 5000,
    currency: 'usd',
    status: 'succeeded',
    stripeStatus: null,
    reason: null,
    failureReason: null,
    at: minute(5),
    ...change,
  }
}

export function disputeReport(change: Partial<DisputeReport> = {}): DisputeReport {
  return {
    kind: 'dispute',
    disputeId: 'dp_1',
    paymentIntentId: 'pi_1',
    amount: 5000,
    currency: 'usd',
    reason: 'fraudulent',
    status: 'needs_response',
    stripeStatus: null,
    evidenceDueBy: new Date('2027-01-15T00:00:00Z'),
    createdAt: minute(6),
    at: minute(6),
    ...change,
  }
}
