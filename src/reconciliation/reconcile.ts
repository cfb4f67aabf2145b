// Compares what Stripe booked in a month with what the shop recorded, line by line.
import type { Database } from '../database/client.js'
import type { StripeContext } from '../payments/stripe-client.js'
import { bookingsOf, findBooking, type Booking } from './bookings.js'
import { differenceOf, unbooked, type Difference } from './differences.js'
import type { Month } from './month.js'
import { disputesBy, paymentsBy, recordsOf, refundsBy, type OurRecord } from './our-records.js'

export interface ReconciledLine {
  /** Null: Stripe booked nothing. */
  booking: Booking | null
  /** Null: not recorded here. */
  ours: OurRecord | null
  difference: Difference | null
  /** Whether it belongs to something else on the same Stripe account. */
  isForeign: boolean
}

export interface ReconcileDeps {
  database: Pick<Database, 'direct'>
  stripe: StripeContext
}

/** Stripe is asked for so many single records that are not among its bookings. */
const MOST_QUESTIONS = 200

/**
 * Reads a page of Stripe's at a time, so that memory stays flat but for the ids of what was seen.
 * @throws Stripe.errors.StripeError
 */
export async function* reconcile(
  { database: { direct }, stripe }: ReconcileDeps,
  month: Month,
): AsyncGenerator<ReconciledLine[]> {
  const seen = new Set<string>()
  for await (const bookings of bookingsOf(month, stripe)) {
    const lines = await withRecords(direct, bookings, stripe.appId)
    for (const { ours, booking } of lines) {
      if (ours?.id) seen.add(ours.id)
      if (booking?.about) seen.add(booking.about.id)
    }
    yield lines
  }
  const unseen = (await recordsOf(direct, month)).filter(({ id }) => id === null || !seen.has(id))
  let questions = 0
  for (const ours of unseen) {
    const found =
      ours.id === null
        ? 'missing'
        : questions++ < MOST_QUESTIONS
          ? await findBooking({ kind: ours.kind, id: ours.id }, stripe)
          : 'not_asked'
    // Booked in another month, which has it.
    if (found === 'booked') continue
    yield [{ booking: null, ours, difference: unbooked(ours, found), isForeign: false }]
  }
}

async function withRecords(
  direct: Database['direct'],
  bookings: readonly Booking[],
  appId: string,
): Promise<ReconciledLine[]> {
  const abouts = bookings.flatMap(({ about }) => about ?? [])
  const idsOf = (kind: OurRecord['kind']) => abouts.filter((one) => one.kind === kind).map(({ id }) => id)
  const intents = abouts.flatMap(({ paymentIntentId }) => paymentIntentId ?? [])
  const [payments, refunds, disputes] = await Promise.all([
    paymentsBy(direct, intents),
    refundsBy(direct, idsOf('refund')),
    disputesBy(direct, idsOf('dispute')),
  ])
  const byId = new Map([...payments, ...refunds, ...disputes].map((ours) => [ours.id, ours]))
  return bookings.map((booking) => {
    const { about } = booking
    if (about === null) return { booking, ours: null, difference: null, isForeign: false }
    const ours = byId.get(about.kind === 'payment' ? about.paymentIntentId : about.id) ?? null
    const isOurs = ours !== null || about.app === appId || byId.has(about.paymentIntentId)
    return { booking, ours, difference: isOurs ? differenceOf(about, ours) : null, isForeign: !isOurs }
  })
}
