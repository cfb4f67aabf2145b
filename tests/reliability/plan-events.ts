// Turns a plan into signed events and session look-ups: in order, then shuffled, duplicated and in sets.
import type { SignedEvent } from '../../src/webhooks/verify.js'
import {
  broughtBy,
  DISPUTE_LIVES,
  evidenceDueBy,
  isPaid,
  REFUND_LIVES,
  refundAmount,
  SESSION_LIVES,
  totalOf,
  type Names,
  type Plan,
  type SessionPlan,
} from './order-lives.js'

/** A session retrieved from Stripe, and when. */
export interface Look {
  session: object
  at: Date
}

export type Occurrence = SignedEvent | Look

export interface PlannedOrder {
  key: string
  appId: string
  /** Ids of our attempts, one per session of the plan. */
  attemptIds: string[]
  /** Row ids of the shop's own refunds, by Stripe's id. */
  refundIds: Map<string, string>
  names: Names
}

export function namesOf(label: string): Names {
  return {
    session: (index) => `cs_test_${label}${index}`,
    intent: (index) => `pi_${label}${index}`,
    refund: (session, index) => `re_${label}${session}${index}`,
    dispute: (session) => `dp_${label}${session}`,
  }
}

const START = Math.floor(Date.now() / 1000) - 7200

/** Everything that Stripe reports about this order, in the order in which it happens. */
export function occurrencesOf(plan: Plan, order: PlannedOrder, label: string): Occurrence[] {
  const { names } = order
  const occurrences: Occurrence[] = []

  const event = (type: string, object: object) => {
    const id = `evt_${label}${occurrences.length}`
    const head = { id, object: 'event', api_version: '2026-10-28.endive' }
    // Two events share a second, so their times do not tell which came first.
    const created = START + Math.floor(occurrences.length / 2)
    occurrences.push({
      id,
      type,
      created: new Date(created * 1000),
      livemode: false,
      apiVersion: '2026-10-28.endive',
      object: object as Record<string, unknown>,
      text: JSON.stringify({ ...head, type, created, livemode: false, data: { object } }, null, 2),
    })
  }
  const look = (session: object) =>
    occurrences.push({ session, at: new Date((START + 1000 + occurrences.length) * 1000) })

  plan.sessions.forEach((session, index) => {
    const state = (status: string, paymentStatus: string, intent: unknown) => ({
      id: names.session(index),
      object: 'checkout.session',
      status,
      payment_status: paymentStatus,
      client_reference_id: order.key,
      metadata: { app: order.appId, order_key: order.key, attempt_id: order.attemptIds[index] },
      amount_subtotal: totalOf(plan),
      amount_total: broughtBy(plan, session),
      total_details: {
        amount_discount: session.discount,
        amount_shipping: plan.shipping,
        amount_tax: session.tax,
      },
      currency: 'usd',
      payment_intent: intent,
      url: status === 'open' ? 'http://127.0.0.1/pay' : null,
      expires_at: START + 1800,
    })
    const intent = names.intent(index)
    const look1 = (make: () => object) => session.lookedAt && look(make())
    look1(() => state('open', 'unpaid', null))
    const isDebit = session.life.includes('debit')
    for (const word of SESSION_LIVES[session.life].events) {
      const unpaid = (isDebit && word === 'completed') || word === 'async_payment_failed'
      const expired = word === 'expired'
      const status = expired ? 'expired' : 'complete'
      const paymentStatus = expired || unpaid ? 'unpaid' : 'paid'
      event(`checkout.session.${word}`, state(status, paymentStatus, expired ? null : intent))
      const intentStatus =
        word === 'async_payment_failed' ? 'requires_payment_method' : unpaid ? 'processing' : 'succeeded'
      look1(() => state(status, paymentStatus, expired ? null : { id: intent, status: intentStatus }))
    }
    if (isPaid(session)) reportAftermath(session, index)
  })
  return occurrences

  function reportAftermath(session: SessionPlan, index: number): void {
    session.refunds.forEach((refund, nth) => {
      const id = names.refund(index, nth)
      for (const [word, status] of REFUND_LIVES[refund.life].events) {
        event(`refund.${word}`, {
          id,
          object: 'refund',
          amount: refundAmount(plan, session, refund),
          currency: 'usd',
          status,
          payment_intent: names.intent(index),
          metadata: refund.ours
            ? { app: order.appId, order_key: order.key, refund_id: order.refundIds.get(id) }
            : {},
          reason: null,
          ...(status === 'failed' && { failure_reason: 'expired_or_canceled_card' }),
        })
      }
    })
    for (const [word, status] of session.dispute ? DISPUTE_LIVES[session.dispute] : []) {
      event(`charge.dispute.${word}`, {
        id: names.dispute(index),
        object: 'dispute',
        amount: broughtBy(plan, session),
        currency: 'usd',
        reason: 'fraudulent',
        status,
        payment_intent: names.intent(index),
        created: START,
        evidence_details: {
          due_by:
            word === 'closed' || word === 'funds_reinstated'
              ? null
              : Date.parse(evidenceDueBy(status)) / 1000,
        },
      })
    }
  }
}

/** Pseudo-random numbers from 0 to below 1; the same seed gives the same numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

/** Each item one to three times, shuffled or reversed, cut into sets of up to `most`. */
export function mixed<Item>(items: readonly Item[], random: () => number, most: number): Item[][] {
  const repeated = items.flatMap((item) => Array<Item>(1 + Math.floor(random() ** 3 * 3)).fill(item))
  const rest = random() < 1 / 3 ? repeated.reverse() : shuffled(repeated, random)
  const sets: Item[][] = []
  while (rest.length > 0) sets.push(rest.splice(0, 1 + Math.floor(random() * most)))
  return sets
}
