// How something that Stripe booked differs from what the shop recorded.
import { formatMoney } from '../money.js'
import type { About } from './bookings.js'
import type { OurRecord } from './our-records.js'

export const DIFFERENCES = {
  not_at_stripe: 'Stripe has none',
  not_booked: 'not booked by Stripe',
  not_asked: 'not looked up',
  not_recorded: 'not recorded here',
  amount: 'amounts differ',
  currency: 'currencies differ',
  state: 'states differ',
} as const

export interface Difference {
  kind: keyof typeof DIFFERENCES
  /** A sentence. */
  text: string
}

const NAMES = { payment: 'Payment', refund: 'Refund', dispute: 'Dispute' } as const

/** @returns null if they agree */
export function differenceOf(about: About, ours: OurRecord | null): Difference | null {
  const name = `${NAMES[about.kind]} ${ours?.id ?? about.id}`
  if (ours === null)
    return {
      kind: 'not_recorded',
      text: `${name} over ${formatMoney(about.amount, about.currency)} is at Stripe and not recorded here.`,
    }
  const atStripe = formatMoney(about.amount, about.currency)
  if (ours.currency !== about.currency)
    return {
      kind: 'currency',
      text: `${name} is over ${atStripe} at Stripe, and recorded in ${ours.currency?.toUpperCase() ?? 'no currency'} here.`,
    }
  if (ours.amount !== about.amount)
    return {
      kind: 'amount',
      text: `${name} is over ${atStripe} at Stripe, and over ${formatMoney(ours.amount ?? 0, about.currency)} here.`,
    }
  return differingState(about, ours, name)
}

function differingState(about: About, ours: OurRecord, name: string): Difference | null {
  const state = (atStripe: string): Difference => ({
    kind: 'state',
    text: `${name} ${atStripe} at Stripe, and is ${ours.status} here.`,
  })
  if (about.kind === 'payment') return ours.status === 'paid' ? null : state('was paid')
  if (about.kind === 'refund') {
    const isOver = (status: string | null) => status === 'failed' || status === 'canceled'
    const differs =
      (about.status === 'succeeded' && isOver(ours.status)) ||
      (isOver(about.status) && ours.status === 'succeeded')
    return differs ? state(about.status === 'succeeded' ? 'succeeded' : 'failed') : null
  }
  const decided = (status: string | null) => (status === 'won' || status === 'lost' ? status : null)
  const differs =
    decided(about.status) !== null && decided(ours.status) !== null && about.status !== ours.status
  return differs ? state(`is ${about.status ?? ''}`) : null
}

/** Of something recorded here that is not among the month's bookings. `not_asked`: Stripe may have booked it in another month. */
export function unbooked(ours: OurRecord, found: 'missing' | 'not_booked' | 'not_asked'): Difference {
  const name = ours.id === null ? `A ${ours.kind}` : `${NAMES[ours.kind]} ${ours.id}`
  const money = ours.currency === null ? '' : ` over ${formatMoney(ours.amount ?? 0, ours.currency)}`
  const here = `${name}${money} is ${ours.status} here, and`
  if (found === 'missing') return { kind: 'not_at_stripe', text: `${here} Stripe has none.` }
  if (found === 'not_booked') return { kind: 'not_booked', text: `${here} Stripe has not booked it.` }
  return {
    kind: 'not_asked',
    text: `${here} Stripe has not booked it in this month. Other months were not looked up for so many: see the months beside this one.`,
  }
}
