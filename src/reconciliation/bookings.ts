// What Stripe booked in a month: its balance transactions, with what each is about.
import type Stripe from 'stripe'
import { clientOf, isMissing, type StripeContext } from '../payments/stripe-client.js'
import type { Month } from './month.js'

/** A balance transaction. Amounts in minor units of the currency that the account settles in. */
export interface Booking {
  id: string
  at: Date
  /** Stripe's word: charge, refund, dispute, dispute_reversal, fee, payout … */
  category: string
  amount: number
  fee: number
  net: number
  currency: string
  sourceId: string | null
  /** Null for what no payment, refund or dispute is behind. */
  about: About | null
}

/** A payment, refund or dispute as Stripe has it, in the currency in which it was made. */
export interface About {
  kind: 'payment' | 'refund' | 'dispute'
  id: string
  paymentIntentId: string | null
  amount: number
  currency: string
  status: string | null
  /** The app in the metadata. Null: none. */
  app: string | null
}

/** The newest first, in pages as Stripe sends them. @throws Stripe.errors.StripeError */
export async function* bookingsOf(month: Month, stripe: StripeContext): AsyncGenerator<Booking[]> {
  const seconds = (at: Date) => Math.ceil(at.getTime() / 1000)
  let after: string | undefined
  do {
    const page: Stripe.ApiList<Stripe.BalanceTransaction> = await clientOf(stripe).balanceTransactions.list({
      created: { gte: seconds(month.begin), lt: seconds(month.end) },
      limit: 100,
      expand: ['data.source'],
      ...(after !== undefined && { starting_after: after }),
    })
    yield page.data.map(bookingOf)
    after = page.has_more ? page.data.at(-1)?.id : undefined
  } while (after !== undefined)
}

function bookingOf(entry: Stripe.BalanceTransaction): Booking {
  const { id, amount, fee, net, currency, source } = entry
  return {
    ...{ id, amount, fee, net, currency },
    at: new Date(entry.created * 1000),
    category: entry.reporting_category,
    sourceId: typeof source === 'string' ? source : (source?.id ?? null),
    about: typeof source === 'string' || source === null ? null : aboutOf(source),
  }
}

const idOf = (value: string | { id: string } | null) =>
  typeof value === 'string' ? value : (value?.id ?? null)

function aboutOf(source: Stripe.BalanceTransactionSource): About | null {
  switch (source.object) {
    case 'charge':
      return {
        ...{ kind: 'payment', id: source.id, amount: source.amount_captured, currency: source.currency },
        paymentIntentId: idOf(source.payment_intent),
        status: source.status,
        app: source.metadata['app'] ?? null,
      }
    case 'refund':
      return {
        ...{ kind: 'refund', id: source.id, amount: source.amount, currency: source.currency },
        paymentIntentId: idOf(source.payment_intent),
        status: source.status,
        app: source.metadata?.['app'] ?? null,
      }
    case 'dispute':
      return {
        ...{ kind: 'dispute', id: source.id, amount: source.amount, currency: source.currency },
        paymentIntentId: idOf(source.payment_intent),
        status: source.status,
        app: null,
      }
    default:
      return null
  }
}

/** Where something of ours is that is not among a month's bookings. */
export type Whereabouts = 'booked' | 'not_booked' | 'missing'

/** Asks Stripe for one payment, refund or dispute. @throws Stripe.errors.StripeError */
export async function findBooking(
  { kind, id }: { kind: About['kind']; id: string },
  stripe: StripeContext,
): Promise<Whereabouts> {
  const client = clientOf(stripe)
  try {
    const booked =
      kind === 'payment'
        ? await chargeBooking(client, id)
        : kind === 'refund'
          ? (await client.refunds.retrieve(id)).balance_transaction
          : (await client.disputes.retrieve(id)).balance_transactions[0]
    return booked ? 'booked' : 'not_booked'
  } catch (error) {
    if (isMissing(error)) return 'missing'
    throw error
  }
}

async function chargeBooking(client: Stripe, paymentIntentId: string) {
  const intent = await client.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] })
  const charge = intent.latest_charge
  return charge === null || typeof charge === 'string' ? null : charge.balance_transaction
}
