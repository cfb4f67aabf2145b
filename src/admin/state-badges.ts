// States as badges: their words, and how they look.
import type { Appeal } from '../disputes/details.js'
import type { AttemptStatus, DisputeStatus, EventOutcome, RefundStatus } from '../generated/prisma/enums.js'
import type { OrderState } from '../orders/order-label.js'
import type { Badge } from './order-models.js'

const ORDER_KINDS: Partial<Record<OrderState, Badge['kind']>> = {
  confirming: 'warn',
  processing: 'warn',
  failed: 'wrong',
  disputed: 'wrong',
  charged_back: 'wrong',
  preparing: 'warn',
  partly_shipped: 'warn',
  return_requested: 'warn',
  return_received: 'warn',
  paid: 'good',
  shipped: 'good',
  delivered: 'good',
}

export function orderBadge(state: OrderState, text: string): Badge {
  return { text, kind: ORDER_KINDS[state] ?? '' }
}

const ATTEMPTS: Record<AttemptStatus, Badge> = {
  preparing: { text: 'Being opened', kind: '' },
  open: { text: 'Open', kind: '' },
  expired: { text: 'Expired', kind: '' },
  processing: { text: 'Payment on its way', kind: 'warn' },
  failed: { text: 'Failed', kind: 'wrong' },
  paid: { text: 'Paid', kind: 'good' },
}

export function attemptBadge(status: AttemptStatus): Badge {
  return ATTEMPTS[status]
}

const REFUNDS: Record<RefundStatus, Badge> = {
  requested: { text: 'Being sent', kind: 'warn' },
  pending: { text: 'Pending', kind: 'warn' },
  succeeded: { text: 'Refunded', kind: 'good' },
  failed: { text: 'Failed', kind: 'wrong' },
}

export function refundBadge(status: RefundStatus): Badge {
  return REFUNDS[status]
}

const DISPUTES: Record<DisputeStatus, Badge> = {
  warning_needs_response: { text: 'Inquiry to answer', kind: 'warn' },
  warning_under_review: { text: 'Inquiry under review', kind: '' },
  warning_closed: { text: 'Inquiry closed', kind: '' },
  needs_response: { text: 'To answer', kind: 'wrong' },
  under_review: { text: 'Under review', kind: 'warn' },
  prevented: { text: 'Prevented', kind: 'good' },
  won: { text: 'Won', kind: 'good' },
  lost: { text: 'Lost', kind: 'wrong' },
}

/** Of a lost dispute that can still be won. */
export function appealBadge(appeal: Appeal): Badge {
  return appeal === 'needs_response'
    ? { text: 'Lost, can be appealed', kind: 'wrong' }
    : { text: 'Appeal under review', kind: 'warn' }
}

/** With Stripe's own word, where the shop does not know it. */
export function disputeBadge(status: DisputeStatus, stripeStatus: string | null): Badge {
  const { text, kind } = DISPUTES[status]
  return { text: stripeStatus === null ? text : `${text} (Stripe: ${stripeStatus})`, kind }
}

const RETURNS: Readonly<Record<string, Badge>> = {
  requested: { text: 'To answer', kind: 'warn' },
  accepted: { text: 'Accepted', kind: '' },
  received: { text: 'Received, to refund', kind: 'warn' },
  refunded: { text: 'Refunded', kind: 'good' },
  declined: { text: 'Declined', kind: '' },
}

export function returnBadge(status: string): Badge {
  return RETURNS[status] ?? { text: status, kind: '' }
}

const EVENTS: Record<EventOutcome, Badge> = {
  unhandled: { text: 'Waiting', kind: 'warn' },
  done: { text: 'Done', kind: 'good' },
  ignored: { text: 'Ignored', kind: '' },
  not_ours: { text: 'Not ours', kind: '' },
  quarantined: { text: 'Quarantined', kind: 'wrong' },
  failed: { text: 'Failed', kind: 'wrong' },
}

export function eventBadge(outcome: EventOutcome): Badge {
  return EVENTS[outcome]
}

interface SentMail {
  sentAt: Date | null
  outdated: boolean
  dueAt: Date | null
  attempts: number
  lastError: string | null
}

export function mailBadge({ sentAt, outdated, dueAt, attempts, lastError }: SentMail): Badge {
  if (sentAt !== null) return { text: 'Sent', kind: 'good' }
  if (outdated) return { text: 'Outdated, not sent', kind: '' }
  // A new mail may have no time.
  if (dueAt === null && attempts > 0) return { text: 'Given up', kind: 'wrong' }
  return lastError === null ? { text: 'Waiting', kind: '' } : { text: 'Tried again later', kind: 'warn' }
}
