// What an order's status is: a function of what is known of its attempts, whatever came first.
import type { AttemptStatus, OrderStatus } from '../generated/prisma/enums.js'

/**
 * Knowledge about one Checkout Session only grows, along this scale. A session that completed can't expire and one that
 * was paid can't fail, so the higher of two reports is the truth, however late the lower one comes.
 */
const RANK: Record<AttemptStatus, number> = {
  preparing: 0,
  open: 1,
  expired: 2,
  processing: 3,
  failed: 4,
  paid: 5,
}

export function higher(known: AttemptStatus, reported: AttemptStatus): AttemptStatus {
  return RANK[reported] > RANK[known] ? reported : known
}

/** Attempts that may still bring money, or have: the order's units stay taken from stock for them. */
export function isAlive(status: AttemptStatus): boolean {
  return status !== 'expired' && status !== 'failed'
}

/** The first of these that an attempt has decides; an order without an attempt is pending. */
const DECIDES: readonly [AttemptStatus, OrderStatus][] = [
  ['paid', 'paid'],
  ['processing', 'processing'],
  ['open', 'pending'],
  ['preparing', 'pending'],
  ['failed', 'failed'],
  ['expired', 'expired'],
]

export function statusOf(attempts: readonly AttemptStatus[]): OrderStatus {
  for (const [attempt, status] of DECIDES) if (attempts.includes(attempt)) return status
  return 'pending'
}

/** The legal moves. Paid is never undone by news about another attempt. */
const MOVES: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['processing', 'paid', 'failed', 'expired'],
  // Back to pending when one session's money does not come while another is still open.
  processing: ['pending', 'paid', 'failed'],
  failed: ['pending', 'processing', 'paid'],
  expired: ['pending', 'processing', 'failed', 'paid'],
  paid: [],
}

export function mayMove(from: OrderStatus, to: OrderStatus): boolean {
  return from === to || MOVES[from].includes(to)
}

/** Statuses in which Pay makes sense. */
export function isPayable(status: OrderStatus): boolean {
  return MOVES[status].includes('paid') && status !== 'processing'
}
