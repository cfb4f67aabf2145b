// Derives an order's status from its facts, whatever order they came in.
import { AttemptStatus, DisputeStatus, OrderStatus, RefundStatus } from '../generated/prisma/enums.js'

/**
 * The status of a Checkout Session, refund or dispute only moves up these scales. A completed session can't expire and a
 * paid one can't fail, so the higher of two reports is right, even if the lower one comes later.
 */
const ATTEMPT_RANK: Record<AttemptStatus, number> = {
  preparing: 0,
  open: 1,
  expired: 2,
  processing: 3,
  failed: 4,
  paid: 5,
}

const REFUND_RANK: Record<RefundStatus, number> = { requested: 0, pending: 1, succeeded: 2, failed: 3 }

/** An inquiry can become a dispute; a dispute does not become an inquiry again. */
const DISPUTE_RANK: Record<DisputeStatus, number> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  needs_response: 3,
  under_review: 4,
  prevented: 5,
  lost: 6,
  // A lost dispute can be won on appeal. A won one is never reported lost.
  won: 7,
}

export const higherAttempt = higherOf(ATTEMPT_RANK)
export const higherRefund = higherOf(REFUND_RANK)
export const higherDispute = higherOf(DISPUTE_RANK)

function higherOf<Status extends string>(rank: Record<Status, number>) {
  return (known: Status, reported: Status): Status => (rank[reported] > rank[known] ? reported : known)
}

/** Attempts that were paid or may still be: the order's units stay out of stock for them. */
export function isAlive(status: AttemptStatus): boolean {
  return status !== 'expired' && status !== 'failed'
}

/** Attempts whose session is or may be open at Stripe, so that the shopper can pay it. */
export function mayBePaid(status: AttemptStatus): boolean {
  return status === 'preparing' || status === 'open'
}

/** The bank holds the money until it decides: a refund would pay the shopper twice. */
export function isOpenDispute(status: DisputeStatus): boolean {
  return status === 'needs_response' || status === 'under_review'
}

/** The bank has asked about the payment, and no money has moved. */
export function isInquiry(status: DisputeStatus): boolean {
  return status.startsWith('warning_')
}

/** What the status depends on. Amounts in minor units. */
export interface StatusFacts {
  attempts: readonly { status: AttemptStatus }[]
  /** Null: nothing was paid yet. */
  amountPaid: number | null
  amountRefunded: number
  /** Whether money is here that does not fit the order: until a person has decided, the order waits. */
  isUnderReview?: boolean
  /** `isPartial`: if it is lost, some of its payment is left. */
  disputes: readonly { status: DisputeStatus; isPartial?: boolean }[]
}

/** An unpaid order's status is that of the first row that one of its attempts matches. Without an attempt: pending. */
const UNPAID_STATUS: readonly [AttemptStatus, OrderStatus][] = [
  ['processing', 'processing'],
  ['open', 'pending'],
  ['preparing', 'pending'],
  ['failed', 'failed'],
  ['expired', 'expired'],
]

export function statusOf(facts: StatusFacts): OrderStatus {
  if (facts.amountPaid === null) {
    const has = (status: AttemptStatus) => facts.attempts.some((attempt) => attempt.status === status)
    if (facts.isUnderReview && !has('processing')) return 'pending'
    return UNPAID_STATUS.find(([attempt]) => has(attempt))?.[1] ?? 'pending'
  }
  const { amountPaid, amountRefunded, disputes } = facts
  const lost = disputes.filter(({ status }) => status === 'lost')
  if (lost.some(({ isPartial = false }) => !isPartial)) return 'charged_back'
  if (disputes.some(({ status }) => isOpenDispute(status))) return 'disputed'
  if (amountRefunded === 0 && lost.length === 0) return 'paid'
  return amountRefunded >= amountPaid ? 'refunded' : 'partially_refunded'
}

/** Statuses of an order that was paid. None of them leads back to an unpaid one. */
const PAID_STATUSES = [
  'paid',
  'partially_refunded',
  'refunded',
  'disputed',
  'charged_back',
] as const satisfies OrderStatus[]

/** The allowed transitions. A report about another attempt never makes a paid order unpaid. */
const TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['processing', 'failed', 'expired', ...PAID_STATUSES],
  // Pending: a payment failed while another session is still open.
  processing: ['pending', 'failed', ...PAID_STATUSES],
  failed: ['pending', 'processing', ...PAID_STATUSES],
  expired: ['pending', 'processing', 'failed', ...PAID_STATUSES],
  paid: PAID_STATUSES,
  // Paid: a refund can fail after it succeeded, and the shop has the money again.
  partially_refunded: PAID_STATUSES,
  refunded: PAID_STATUSES,
  disputed: PAID_STATUSES,
  charged_back: PAID_STATUSES,
}

export function canTransition(from: OrderStatus, to: OrderStatus): boolean {
  return from === to || TRANSITIONS[from].includes(to)
}

/** Statuses in which the shopper can pay. */
export function isPayable(status: OrderStatus): boolean {
  return status === 'pending' || status === 'failed' || status === 'expired'
}

/**
 * Checks the tables against each other: every transition that new facts can cause must be allowed. Called when the process
 * starts, so that contradictory tables stop the start.
 * @throws Error naming the transition that is not allowed
 */
export function checkStatusTables(): void {
  const histories = sampleHistories()
  for (const before of histories) {
    for (const after of histories) {
      if (!isGrowth(before, after)) continue
      const [from, to] = [statusOf(before), statusOf(after)]
      if (!canTransition(from, to))
        throw new Error(`TRANSITIONS does not allow an order to go from ${from} to ${to}.`)
    }
  }
}

interface Sample extends StatusFacts {
  attempts: { status: AttemptStatus }[]
  disputes: { status: DisputeStatus; isPartial: boolean }[]
}

/** One attempt, alone or beside an open or failed one. Paid ones also with partial or full refunds, and with a dispute. */
function sampleHistories(): Sample[] {
  const samples: Sample[] = []
  const others: { status: AttemptStatus }[][] = [[], [{ status: 'open' }], [{ status: 'failed' }]]
  for (const status of Object.values(AttemptStatus)) {
    for (const other of others) {
      const attempts = [{ status }, ...other]
      if (status !== 'paid') {
        samples.push({ attempts, amountPaid: null, amountRefunded: 0, disputes: [] })
        continue
      }
      for (const amountRefunded of [0, 1, 2]) {
        samples.push({ attempts, amountPaid: 2, amountRefunded, disputes: [] })
        for (const dispute of Object.values(DisputeStatus))
          for (const isPartial of [true, false])
            samples.push({
              attempts,
              amountPaid: 2,
              amountRefunded,
              disputes: [{ status: dispute, isPartial }],
            })
      }
    }
  }
  return samples
}

/** Whether `before` can become `after`. Refunds may shrink, because a failed one is no longer counted. */
function isGrowth(before: Sample, after: Sample): boolean {
  const attempts = before.attempts.every(({ status }, index) => {
    const later = after.attempts[index]
    return later !== undefined && higherAttempt(status, later.status) === later.status
  })
  const disputes = before.disputes.every(({ status }, index) => {
    const later = after.disputes[index]
    return later !== undefined && higherDispute(status, later.status) === later.status
  })
  return attempts && disputes
}
