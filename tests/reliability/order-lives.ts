// What can happen to one order at Stripe: random plans, and the outcome that the shop must reach.
import fc from 'fast-check'
import { formatMoney } from '../../src/money.js'
import type {
  AttemptStatus,
  DisputeStatus,
  OrderStatus,
  RefundStatus,
} from '../../src/generated/prisma/enums.js'

type SessionWord = 'completed' | 'async_payment_succeeded' | 'async_payment_failed' | 'expired'

/** Stripe's events about a session, and the attempt's final status. */
export const SESSION_LIVES = {
  open: { events: [], ends: 'open' },
  expired: { events: ['expired'], ends: 'expired' },
  paid: { events: ['completed'], ends: 'paid' },
  'paid by debit': { events: ['completed', 'async_payment_succeeded'], ends: 'paid' },
  'debit failed': { events: ['completed', 'async_payment_failed'], ends: 'failed' },
  'debit on its way': { events: ['completed'], ends: 'processing' },
} as const satisfies Record<string, { events: readonly SessionWord[]; ends: AttemptStatus }>

/** Stripe's event types about a refund with the refund's status in each, and its final status. */
export const REFUND_LIVES = {
  'at once': {
    events: [
      ['created', 'succeeded'],
      ['updated', 'succeeded'],
    ],
    ends: 'succeeded',
  },
  slow: {
    events: [
      ['created', 'pending'],
      ['updated', 'succeeded'],
    ],
    ends: 'succeeded',
  },
  'with a step': {
    events: [
      ['created', 'requires_action'],
      ['updated', 'succeeded'],
    ],
    ends: 'succeeded',
  },
  'still pending': { events: [['created', 'pending']], ends: 'pending' },
  'came back': {
    events: [
      ['created', 'succeeded'],
      ['failed', 'failed'],
      ['updated', 'failed'],
    ],
    ends: 'failed',
  },
  refused: {
    events: [
      ['created', 'pending'],
      ['failed', 'failed'],
    ],
    ends: 'failed',
  },
  cancelled: {
    events: [
      ['created', 'pending'],
      ['updated', 'canceled'],
    ],
    ends: 'failed',
  },
} as const satisfies Record<string, { events: readonly (readonly [string, string])[]; ends: RefundStatus }>

/** The shop does not track appeals: an appealed dispute stays lost until it is won. */
export type SaidOfDispute = DisputeStatus | 'appeal_needs_response' | 'appeal_under_review'

export const DISPUTE_LIVES = {
  'inquiry open': [['created', 'warning_needs_response']],
  'inquiry closed': [
    ['created', 'warning_needs_response'],
    ['updated', 'warning_under_review'],
    ['closed', 'warning_closed'],
  ],
  'inquiry, then won': [
    ['created', 'warning_needs_response'],
    ['updated', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['updated', 'under_review'],
    ['closed', 'won'],
    ['funds_reinstated', 'won'],
  ],
  'inquiry answered, then lost': [
    ['created', 'warning_needs_response'],
    ['updated', 'warning_under_review'],
    ['updated', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['closed', 'lost'],
  ],
  'inquiry closed, then a dispute': [
    ['created', 'warning_needs_response'],
    ['closed', 'warning_closed'],
    ['updated', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
  ],
  open: [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
  ],
  answered: [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['updated', 'under_review'],
  ],
  won: [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['updated', 'under_review'],
    ['closed', 'won'],
    ['funds_reinstated', 'won'],
  ],
  lost: [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['updated', 'under_review'],
    ['closed', 'lost'],
  ],
  accepted: [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['closed', 'lost'],
  ],
  'lost, and won by an appeal': [
    ['created', 'needs_response'],
    ['funds_withdrawn', 'needs_response'],
    ['closed', 'lost'],
    ['updated', 'appeal_needs_response'],
    ['updated', 'appeal_under_review'],
    ['closed', 'won'],
    ['funds_reinstated', 'won'],
  ],
  'lost, also on appeal': [
    ['created', 'needs_response'],
    ['closed', 'lost'],
    ['updated', 'appeal_under_review'],
    ['closed', 'lost'],
  ],
  prevented: [
    ['created', 'needs_response'],
    ['closed', 'prevented'],
  ],
} as const satisfies Record<string, readonly (readonly [string, SaidOfDispute])[]>

export interface RefundPlan {
  life: keyof typeof REFUND_LIVES
  /** Quarters of the amount paid in the session. */
  quarters: number
  /** For the shop's own refunds, which have a row before Stripe is asked: whether the units go back into stock. */
  ours: { restock: boolean } | null
}

export interface SessionPlan {
  life: keyof typeof SESSION_LIVES
  /** Discount of a promotion code, in minor units. */
  discount: number
  /** On top of the other amounts. */
  tax: number
  /** Whether the session is also retrieved from Stripe, as the success page and the overdue check do. */
  lookedAt: boolean
  /** Only for paid sessions. */
  refunds: RefundPlan[]
  dispute: keyof typeof DISPUTE_LIVES | null
}

export interface Plan {
  /** [unit amount, quantity] of each line. */
  lines: [number, number][]
  /** What delivery costs. */
  shipping: number
  sessions: SessionPlan[]
}

const keys = <Table extends object>(table: Table) =>
  fc.constantFrom(...(Object.keys(table) as (keyof Table)[]))

const ours = fc.option(fc.record({ restock: fc.boolean() }), { freq: 2 })
const failing = fc.constantFrom<RefundPlan['life']>('came back', 'refused', 'cancelled')

/** Never more than was paid: up to four quarters, or a full refund after at most one failed try. */
const anyRefunds: fc.Arbitrary<RefundPlan[]> = fc.oneof(
  fc.array(fc.record({ life: keys(REFUND_LIVES), quarters: fc.constant(1), ours }), { maxLength: 4 }),
  fc
    .tuple(
      fc.array(fc.record({ life: failing, quarters: fc.constant(4), ours }), { maxLength: 1 }),
      fc.record({ life: keys(REFUND_LIVES), quarters: fc.constant(4), ours }),
    )
    .map(([failed, last]) => [...failed, last]),
)

const anySession: fc.Arbitrary<SessionPlan> = fc.record({
  life: keys(SESSION_LIVES),
  discount: fc.constantFrom(0, 0, 100, 250),
  tax: fc.constantFrom(0, 0, 76),
  lookedAt: fc.boolean(),
  refunds: fc.oneof(fc.constant<RefundPlan[]>([]), anyRefunds),
  dispute: fc.oneof(fc.constant(null), keys(DISPUTE_LIVES)),
})

/** One to three sessions. In a race, more than one can be paid. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  lines: fc.array(fc.tuple(fc.integer({ min: 400, max: 9999 }), fc.integer({ min: 1, max: 3 })), {
    minLength: 1,
    maxLength: 2,
  }),
  shipping: fc.constantFrom(0, 590),
  sessions: fc.array(anySession, { minLength: 1, maxLength: 3 }),
})

export function totalOf(plan: Plan): number {
  return plan.lines.reduce((sum, [amount, quantity]) => sum + amount * quantity, 0)
}

export function isPaid(session: SessionPlan): boolean {
  return SESSION_LIVES[session.life].ends === 'paid'
}

export function broughtBy(plan: Plan, session: SessionPlan): number {
  return itemsPaidBy(plan, session) + plan.shipping + session.tax
}

function itemsPaidBy(plan: Plan, session: SessionPlan): number {
  return totalOf(plan) - session.discount
}

export function refundAmount(plan: Plan, session: SessionPlan, refund: RefundPlan): number {
  return Math.floor((broughtBy(plan, session) * refund.quarters) / 4)
}

/** Ids of one history, so that two histories never share one. */
export interface Names {
  session(index: number): string
  intent(index: number): string
  refund(session: number, index: number): string
  dispute(session: number): string
}

/** Deadline for evidence: a dispute's is later than that of the inquiry before it. */
export const evidenceDueBy = (status: SaidOfDispute) =>
  status.startsWith('warning') ? INQUIRY_DUE_BY : DISPUTE_DUE_BY
const INQUIRY_DUE_BY = '2027-01-05'
const DISPUTE_DUE_BY = '2027-01-15'

/** An order's outcome in one format, for memory and database. */
export interface Outcome {
  status: OrderStatus
  amountPaid: number | null
  amountRefunded: number
  stockHeld: boolean
  sessions: string[]
  refunds: string[]
  disputes: string[]
  purchases: string[]
  mails: string[]
  /** Open ones. */
  incidents: string[]
  attention: string[]
}

/** The expected outcome, computed from the plan alone. */
export function outcomeOf(plan: Plan, names: Names): Outcome {
  const sessions = plan.sessions.map((session, index) => ({
    ...session,
    index,
    ends: SESSION_LIVES[session.life].ends,
  }))
  const paid = sessions.filter(isPaid)
  const refunds = paid.flatMap((session) =>
    session.refunds.map((refund, index) => ({
      ...refund,
      session: session.index,
      id: names.refund(session.index, index),
      amount: refundAmount(plan, session, refund),
      ends: REFUND_LIVES[refund.life].ends,
      arrived: REFUND_LIVES[refund.life].events.some(([, status]) => status === 'succeeded'),
    })),
  )
  const disputes = paid.flatMap((session) => {
    const life: readonly (readonly [string, SaidOfDispute])[] = session.dispute
      ? DISPUTE_LIVES[session.dispute]
      : []
    const said = life.map(([, status]) => status)
    const ends = said.at(-1)
    return ends
      ? [
          {
            session: session.index,
            id: names.dispute(session.index),
            said,
            ends,
            amount: broughtBy(plan, session),
          },
        ]
      : []
  })
  const amountPaid =
    paid.length === 0 ? null : paid.reduce((sum, session) => sum + broughtBy(plan, session), 0)
  const amountRefunded = refunds.reduce(
    (sum, { ends, amount }) => sum + (ends === 'succeeded' ? amount : 0),
    0,
  )
  /** Whether some of a session's money was neither refunded nor lost to the bank. */
  const isStillHere = (index: number) => {
    const gone = [
      ...refunds.filter(({ session, ends }) => session === index && ends === 'succeeded'),
      ...disputes.filter(({ session, ends }) => session === index && ends === 'lost'),
    ].reduce((sum, { amount }) => sum + amount, 0)
    return paid.some((session) => session.index === index && gone < broughtBy(plan, session))
  }
  const has = (ends: AttemptStatus) => sessions.some((session) => session.ends === ends)
  const paidBy = paid.map(({ index }) => names.session(index)).sort()
  const twice = paidBy.flatMap((one, index) =>
    paidBy.slice(index + 1).map((other) => `Paid twice: by ${one} and ${other}. Refund one of them.`),
  )
  return {
    status: statusOf(),
    amountPaid,
    amountRefunded,
    stockHeld:
      (has('open') || has('processing') || has('paid')) &&
      !(
        amountRefunded === amountPaid &&
        refunds.some(({ ours, ends }) => ours?.restock && ends === 'succeeded')
      ),
    sessions: sessions.map(({ index, ends }) => `${names.session(index)} ${ends}`).sort(),
    refunds: refunds.map(({ id, ends, amount }) => `${id} ${ends} ${amount}`).sort(),
    disputes: disputes.map(({ id, ends }) => `${id} ${ends}`).sort(),
    purchases: sessions
      .filter(({ ends }) => ends === 'paid' || ends === 'failed')
      .map(
        (session) =>
          `${names.session(session.index)} ${session.ends === 'paid'} ${itemsPaidBy(plan, session)}`,
      )
      .sort(),
    mails: [
      ...(has('paid') ? ['purchase_succeeded '] : []),
      ...(has('failed') ? ['purchase_failed '] : []),
      ...(sessions.some(({ life }) => life.includes('debit')) ? ['payment_on_its_way '] : []),
      ...refunds.flatMap(({ id, arrived, ends }) => [
        ...(arrived ? [`refund_succeeded ${id}`] : []),
        ...(ends === 'failed' ? [`refund_failed ${id}`] : []),
      ]),
      ...disputes.flatMap(({ id, said }) => [
        ...(said.some((status) => status.startsWith('warning')) ? [`inquiry_opened ${id}`] : []),
        ...(said.some((status) => !status.startsWith('warning')) ? [`dispute_opened ${id}`] : []),
        ...(said.some((status) => ['warning_closed', 'prevented', 'won', 'lost'].includes(status))
          ? [`dispute_closed ${id}`]
          : []),
      ]),
    ].sort(),
    incidents: [
      ...refunds
        .filter(({ ends, session }) => ends === 'failed' && isStillHere(session))
        .map(({ id }) => `refund_failed ${id}`),
      ...paidBy.flatMap((one, index) => paidBy.slice(index + 1).map((other) => `paid_twice ${one} ${other}`)),
    ].sort(),
    attention: [
      ...twice,
      ...disputes
        .filter(({ ends }) => ends === 'needs_response' || ends === 'warning_needs_response')
        .map(
          ({ id, ends, amount }) =>
            `${ends === 'needs_response' ? 'Dispute' : 'Inquiry'} ${id} over ${formatMoney(amount, 'usd')} (fraudulent): answer by ${evidenceDueBy(ends)}.`,
        ),
    ].sort(),
  }

  function statusOf(): OrderStatus {
    if (amountPaid === null) {
      if (has('processing')) return 'processing'
      if (has('open')) return 'pending'
      return has('failed') ? 'failed' : 'expired'
    }
    if (disputes.some(({ ends }) => ends === 'lost')) return 'charged_back'
    if (disputes.some(({ ends }) => ends === 'needs_response' || ends === 'under_review')) return 'disputed'
    if (amountRefunded === 0) return 'paid'
    return amountRefunded === amountPaid ? 'refunded' : 'partially_refunded'
  }
}
