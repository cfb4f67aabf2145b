// What an order's status is: a function of what is known of it, whatever came first.
import { AttemptStatus, DisputeStatus, OrderStatus, RefundStatus } from '../generated/prisma/enums.js'

/**
 * Knowledge about one Checkout Session, refund or dispute only grows, along these scales. A session that completed
 * can't expire and one that was paid can't fail, so the higher of two reports is the truth, however late the lower one
 * comes.
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
  // A loss can be appealed; what was won is never reported lost.
  won: 7,
}

export const higherAttempt = higherOf(ATTEMPT_RANK)
export const higherRefund = higherOf(REFUND_RANK)
export const higherDispute = higherOf(DISPUTE_RANK)

function higherOf<Status extends string>(rank: Record<Status, number>) {
  return (known: Status, reported: Status): Status => (rank[reported] > rank[known] ? reported : known)
}

/** Attempts that may still bring money, or have: the order's units stay taken from stock for them. */
export function isAlive(status: AttemptStatus): boolean {
  return status !== 'expired' && status !== 'failed'
}

/** Attempts whose session is open at Stripe, or may be: the shopper can pay there. */
export function mayBePaid(status: AttemptStatus): boolean {
  return status === 'preparing' || status === 'open'
}

/** The bank has taken the money while it decides; refunding it too would pay twice. */
export function isOpenDispute(status: DisputeStatus): boolean {
  return status === 'needs_response' || status === 'under_review'
}

/** No money has moved: the bank only asks. */
export function isInquiry(status: DisputeStatus): boolean {
  return status.startsWith('warning_')
}

/** What the status depends on. Amounts in minor units. */
export interface StatusFacts {
  attempts: readonly { status: AttemptStatus }[]
  /** What was paid, null until something was; and what of it has gone back. */
  amountPaid: number | null
  amountRefunded: number
  disputes: readonly { status: DisputeStatus }[]
}

/** The first of these that an unpaid order's attempts have decides; an order without an attempt is pending. */
const DECIDES: readonly [AttemptStatus, OrderStatus][] = [
  ['processing', 'processing'],
  ['open', 'pending'],
  ['preparing', 'pending'],
  ['failed', 'failed'],
  ['expired', 'expired'],
]

export function statusOf(facts: StatusFacts): OrderStatus {
  if (facts.amountPaid === null) {
    const has = (status: AttemptStatus) => facts.attempts.some((attempt) => attempt.status === status)
    return DECIDES.find(([attempt]) => has(attempt))?.[1] ?? 'pending'
  }
  if (facts.disputes.some(({ status }) => status === 'lost')) return 'charged_back'
  if (facts.disputes.some(({ status }) => isOpenDispute(status))) return 'disputed'
  if (facts.amountRefunded === 0) return 'paid'
  return facts.amountRefunded >= facts.amountPaid ? 'refunded' : 'partially_refunded'
}

/** Statuses of an order that money came in for. They follow one another; none leads back to an unpaid one. */
const MONEY_CAME = [
  'paid',
  'partially_refunded',
  'refunded',
  'disputed',
  'charged_back',
] as const satisfies OrderStatus[]

/** The legal moves. Paid is never undone by news about another attempt. */
const TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['processing', 'failed', 'expired', ...MONEY_CAME],
  // Back to pending when one session's money does not come while another is still open.
  processing: ['pending', 'failed', ...MONEY_CAME],
  failed: ['pending', 'processing', ...MONEY_CAME],
  expired: ['pending', 'processing', 'failed', ...MONEY_CAME],
  paid: MONEY_CAME,
  // A refund can fail after it succeeded: then the money is with us again.
  partially_refunded: MONEY_CAME,
  refunded: MONEY_CAME,
  disputed: MONEY_CAME,
  charged_back: MONEY_CAME,
}

export function canTransition(from: OrderStatus, to: OrderStatus): boolean {
  return from === to || TRANSITIONS[from].includes(to)
}

/** Statuses in which Pay makes sense. */
export function isPayable(status: OrderStatus): boolean {
  return status === 'pending' || status === 'failed' || status === 'expired'
}

/**
 * Checks the tables against each other: whatever grows in what is known of an order, the move that follows is legal.
 * Called when the process starts, so that a change of one table that forgets another never meets an order.
 * @throws Error naming the move that no table allows
 */
export function checkStatusTables(): void {
  const histories = sampleHistories()
  for (const before of histories) {
    for (const after of histories) {
      if (!isGrowth(before, after)) continue
      const [from, to] = [statusOf(before), statusOf(after)]
      if (!canTransition(from, to)) throw new Error(`No table allows an order to move from ${from} to ${to}.`)
    }
  }
}

interface Sample extends StatusFacts {
  attempts: { status: AttemptStatus }[]
  disputes: { status: DisputeStatus }[]
}

/** One attempt, beside another that is open or failed or not there; with money, some or all refunded; with a dispute. */
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
          samples.push({ attempts, amountPaid: 2, amountRefunded, disputes: [{ status: dispute }] })
      }
    }
  }
  return samples
}

/** True when `after` can be known later than `before`. Refunds shrink too: a failed one is no longer counted. */
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
