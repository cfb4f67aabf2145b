// What follows from an order's facts: status, stock, purchases, mails, and what needs an operator.
import { describe, expect, it } from 'vitest'
import type { MailKind, OrderStatus } from '../../src/generated/prisma/enums.js'
import type { OrderFacts } from '../../src/orders/order-facts.js'
import { deriveOrder, holdsStock, isStillTrue, statusFor } from '../../src/payments/derive-order.js'
import { attemptFacts, disputeFacts, minute, orderFacts, paidAttempt, refundFacts } from './order-facts.js'

const expired = attemptFacts({ status: 'expired', url: null })
const processing = attemptFacts({ status: 'processing', amountTotal: 5000, processingAt: minute(1) })
const failed = attemptFacts({ ...processing, status: 'failed', failedAt: minute(2) })
const paidLate = paidAttempt({ processingAt: minute(1) })
const second = paidAttempt({ id: 'attempt-2', number: 2, stripeSessionId: 'cs_2', paidAt: minute(1) })
const half = refundFacts({ amount: 2500 })

const PAID = ['11 succeeded cs_1 3000', '12 succeeded cs_1 2000']
const FAILED = ['11 failed cs_1 3000', '12 failed cs_1 2000']
const ON_ITS_WAY = 'payment_on_its_way to shopper'
const SUCCEEDED = 'purchase_succeeded to shopper'
const NEW_ORDER = 'new_order to operator'
const REFUNDED = 'refund_succeeded re_1 to shopper'
const DISPUTED = 'dispute_opened dp_1 to operator'
const CLOSED = 'dispute_closed dp_1 to operator'

/** An order's facts, and what follows from them. */
interface State {
  facts: Partial<OrderFacts>
  status: OrderStatus
  holdsStock: boolean
  purchases: string[]
  mails: string[]
}

const STATES: Record<string, State> = {
  'no attempt': {
    facts: { attempts: [] },
    status: 'pending',
    holdsStock: false,
    purchases: [],
    mails: [],
  },
  open: { facts: {}, status: 'pending', holdsStock: true, purchases: [], mails: [] },
  expired: {
    facts: { attempts: [expired] },
    status: 'expired',
    holdsStock: false,
    purchases: [],
    mails: [],
  },
  processing: {
    facts: { attempts: [processing] },
    status: 'processing',
    holdsStock: true,
    purchases: [],
    mails: [ON_ITS_WAY, NEW_ORDER],
  },
  failed: {
    facts: { attempts: [failed] },
    status: 'failed',
    holdsStock: false,
    purchases: FAILED,
    mails: ['purchase_failed to shopper', ON_ITS_WAY, NEW_ORDER],
  },
  'paid at once': {
    facts: { attempts: [paidAttempt()] },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER],
  },
  'paid by bank debit': {
    facts: { attempts: [paidLate] },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, ON_ITS_WAY, NEW_ORDER],
  },
  'paid with a discount': {
    facts: { attempts: [paidAttempt({ amountDiscount: 500, amountTotal: 4500 })] },
    status: 'paid',
    holdsStock: true,
    purchases: ['11 succeeded cs_1 2700', '12 succeeded cs_1 1800'],
    mails: [SUCCEEDED, NEW_ORDER],
  },
  'failed, then paid by another attempt': {
    facts: { attempts: [failed, second] },
    status: 'paid',
    holdsStock: true,
    purchases: [...FAILED, '11 succeeded cs_2 3000', '12 succeeded cs_2 2000'],
    mails: [SUCCEEDED, 'purchase_failed to shopper', ON_ITS_WAY, NEW_ORDER],
  },
  'partially refunded': {
    facts: { attempts: [paidAttempt()], refunds: [half] },
    status: 'partially_refunded',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, REFUNDED],
  },
  'partially refunded with restocking': {
    facts: { attempts: [paidAttempt()], refunds: [{ ...half, restock: true }] },
    status: 'partially_refunded',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, REFUNDED],
  },
  refunded: {
    facts: { attempts: [paidAttempt()], refunds: [refundFacts()] },
    status: 'refunded',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, REFUNDED],
  },
  'refunded with restocking': {
    facts: { attempts: [paidAttempt()], refunds: [refundFacts({ restock: true })] },
    status: 'refunded',
    holdsStock: false,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, REFUNDED],
  },
  'refund failed after it succeeded': {
    facts: {
      attempts: [paidAttempt()],
      refunds: [refundFacts({ status: 'failed', restock: true, failedAt: minute(6) })],
    },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, REFUNDED, 'refund_failed re_1 to shopper'],
  },
  'refund refused by Stripe': {
    facts: {
      attempts: [paidAttempt()],
      refunds: [
        refundFacts({ stripeRefundId: null, status: 'failed', succeededAt: null, failedAt: minute(5) }),
      ],
    },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER],
  },
  inquiry: {
    facts: {
      attempts: [paidAttempt()],
      disputes: [disputeFacts({ status: 'warning_needs_response', inquiryAt: minute(6), disputedAt: null })],
    },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, 'inquiry_opened dp_1 to operator'],
  },
  disputed: {
    facts: { attempts: [paidAttempt()], disputes: [disputeFacts()] },
    status: 'disputed',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, DISPUTED],
  },
  'dispute lost': {
    facts: {
      attempts: [paidAttempt()],
      disputes: [disputeFacts({ status: 'lost', closedAt: minute(9) })],
    },
    status: 'charged_back',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, DISPUTED, CLOSED],
  },
  'dispute won': {
    facts: {
      attempts: [paidAttempt()],
      disputes: [disputeFacts({ status: 'won', closedAt: minute(9) })],
    },
    status: 'paid',
    holdsStock: true,
    purchases: PAID,
    mails: [SUCCEEDED, NEW_ORDER, DISPUTED, CLOSED],
  },
}

describe('status, stock, purchases and mails of an order', () => {
  it.each(Object.entries(STATES))('%s', (_state, { facts, ...expected }) => {
    const order = orderFacts(facts)
    const { purchases, mails } = deriveOrder(order)
    expect({
      status: statusFor(order),
      holdsStock: holdsStock(order),
      purchases: purchases.map(
        ({ productId, purchaseSuccess, stripeSessionId, amount }) =>
          `${productId} ${purchaseSuccess ? 'succeeded' : 'failed'} ${stripeSessionId} ${amount}`,
      ),
      mails: mails.map(({ kind, about, toOperator }) =>
        [kind, about, toOperator ? 'to operator' : 'to shopper'].filter(Boolean).join(' '),
      ),
    }).toEqual(expected)
  })

  it('a purchase has the quantity of its item', () => {
    const { purchases } = deriveOrder(orderFacts({ attempts: [paidAttempt()] }))
    expect(purchases.map(({ quantity }) => quantity)).toEqual([2, 1])
  })
})

describe('amounts', () => {
  it.each<[string, Partial<OrderFacts>, object]>([
    ['an unpaid order has none', {}, { paidAt: null, amountPaid: null, amountRefunded: 0 }],
    [
      'a paid order has the amount and time of its payment',
      { attempts: [paidAttempt()] },
      { paidAt: minute(2), amountPaid: 5000, amountRefunded: 0 },
    ],
    [
      'an order paid twice has the sum and the first time',
      { attempts: [paidAttempt(), second] },
      { paidAt: minute(1), amountPaid: 10_000 },
    ],
    [
      'only refunds that succeeded count as refunded',
      {
        attempts: [paidAttempt()],
        refunds: [
          half,
          refundFacts({ id: 'refund-2', status: 'pending', amount: 300 }),
          refundFacts({ id: 'refund-3', status: 'failed', amount: 700 }),
          refundFacts({ id: 'refund-4', amount: 1000 }),
        ],
      },
      { amountPaid: 5000, amountRefunded: 3500 },
    ],
  ])('%s', (_rule, facts, amounts) => {
    expect(deriveOrder(orderFacts(facts))).toMatchObject(amounts)
  })
})

describe('attention', () => {
  const inquiry = disputeFacts({ id: 'dp_2', status: 'warning_needs_response', reason: 'general' })
  const TWICE = 'Paid twice: by cs_1 and cs_2. Refund one of them.'
  const DISPUTE = 'Dispute dp_1 over $50.00 (fraudulent): answer by 2027-01-15.'
  const third = paidAttempt({ id: 'attempt-3', number: 3, stripeSessionId: 'cs_3' })

  it.each<[string, Partial<OrderFacts>, string[]]>([
    ['an order paid once needs none', { attempts: [failed, second] }, []],
    ['an order paid twice needs a refund', { attempts: [paidAttempt(), second] }, [TWICE]],
    ['the order of the two payments makes no difference', { attempts: [second, paidAttempt()] }, [TWICE]],
    [
      'three payments are one incident for each pair',
      { attempts: [paidAttempt(), second, third] },
      [
        TWICE,
        'Paid twice: by cs_1 and cs_3. Refund one of them.',
        'Paid twice: by cs_2 and cs_3. Refund one of them.',
      ],
    ],
    ['an open dispute has a deadline', { disputes: [disputeFacts()] }, [DISPUTE]],
    [
      'an open inquiry has a deadline',
      { disputes: [inquiry] },
      ['Inquiry dp_2 over $50.00 (general): answer by 2027-01-15.'],
    ],
    [
      'a dispute without a deadline says so',
      { disputes: [disputeFacts({ evidenceDueBy: null })] },
      ['Dispute dp_1 over $50.00 (fraudulent): answer by no date given.'],
    ],
    [
      'answered and closed disputes need none',
      {
        disputes: [
          disputeFacts({ status: 'under_review' }),
          disputeFacts({ id: 'dp_2', status: 'warning_under_review' }),
          disputeFacts({ id: 'dp_3', status: 'warning_closed' }),
          disputeFacts({ id: 'dp_4', status: 'lost' }),
          disputeFacts({ id: 'dp_5', status: 'won' }),
        ],
      },
      [],
    ],
    [
      'stored incidents and disputes are sorted together',
      { incidents: ['Z', 'A'], disputes: [disputeFacts()] },
      ['A', DISPUTE, 'Z'],
    ],
    [
      'acknowledged reasons are left out',
      {
        attempts: [paidAttempt(), second],
        incidents: ['A', 'Z'],
        disputes: [disputeFacts()],
        attended: [TWICE, 'A', DISPUTE],
      },
      ['Z'],
    ],
    [
      'a further payment needs attention although the first pair was acknowledged',
      { attempts: [paidAttempt(), second, third], attended: [TWICE] },
      [
        'Paid twice: by cs_1 and cs_3. Refund one of them.',
        'Paid twice: by cs_2 and cs_3. Refund one of them.',
      ],
    ],
  ])('%s', (_when, facts, attention) => {
    expect(deriveOrder(orderFacts(facts)).attention).toEqual(attention)
  })

  it('is no mail: incidents are reported together', () => {
    const { mails } = deriveOrder(orderFacts({ attempts: [paidAttempt(), second], incidents: ['A'] }))
    expect(mails.map(({ kind }) => kind)).toEqual(['purchase_succeeded', 'new_order'])
  })
})

describe('whether a mail is still true', () => {
  const paid = { attempts: [paidAttempt()] }
  const withRefund = (status: 'succeeded' | 'failed') => ({ ...paid, refunds: [refundFacts({ status })] })
  const withDispute = (status: Parameters<typeof disputeFacts>[0]) => ({
    ...paid,
    disputes: [disputeFacts(status)],
  })

  it.each<[MailKind, string, boolean, string, Partial<OrderFacts>]>([
    ['payment_on_its_way', 'the payment is processing', true, '', { attempts: [processing] }],
    ['payment_on_its_way', 'the payment succeeded', false, '', { attempts: [paidLate] }],
    ['payment_on_its_way', 'the payment failed', false, '', { attempts: [failed] }],
    ['purchase_failed', 'nothing has been paid', true, '', { attempts: [failed] }],
    ['purchase_failed', 'another session is open', true, '', { attempts: [failed, attemptFacts()] }],
    ['purchase_failed', 'another payment is processing', false, '', { attempts: [failed, processing] }],
    ['purchase_failed', 'another attempt was paid', false, '', { attempts: [failed, second] }],
    ['purchase_succeeded', 'the order was refunded', true, '', withRefund('succeeded')],
    ['new_order', 'the payment succeeded', true, '', paid],
    ['new_order', 'the payment is processing', true, '', { attempts: [processing] }],
    ['new_order', 'the payment failed', false, '', { attempts: [failed] }],
    ['refund_succeeded', 'the refund succeeded', true, 're_1', withRefund('succeeded')],
    ['refund_succeeded', 'the refund failed', false, 're_1', withRefund('failed')],
    ['refund_succeeded', 'only another refund succeeded', false, 're_2', withRefund('succeeded')],
    ['refund_failed', 'the refund failed', true, 're_1', withRefund('failed')],
    ['inquiry_opened', 'it needs an answer', true, 'dp_1', withDispute({ status: 'warning_needs_response' })],
    ['inquiry_opened', 'it was answered', false, 'dp_1', withDispute({ status: 'warning_under_review' })],
    ['inquiry_opened', 'it became a dispute', false, 'dp_1', withDispute({ status: 'needs_response' })],
    ['dispute_opened', 'it needs an answer', true, 'dp_1', withDispute({ status: 'needs_response' })],
    ['dispute_opened', 'it was answered', true, 'dp_1', withDispute({ status: 'under_review' })],
    ['dispute_opened', 'it was won', false, 'dp_1', withDispute({ status: 'won' })],
    ['dispute_opened', 'it was lost', false, 'dp_1', withDispute({ status: 'lost' })],
    [
      'dispute_opened',
      'only another dispute is open',
      false,
      'dp_2',
      withDispute({ status: 'needs_response' }),
    ],
    ['dispute_closed', 'it was lost', true, 'dp_1', withDispute({ status: 'lost' })],
    ['operator_attention', 'the order is paid', true, 'A', paid],
  ])('%s when %s: %s', (kind, _meanwhile, expected, about, facts) => {
    expect(isStillTrue({ kind, about }, orderFacts(facts))).toBe(expected)
  })
})
