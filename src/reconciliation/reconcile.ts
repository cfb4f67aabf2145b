// Compares what Stripe booked in a month with what the shop recorded, line by line.
import type { Database } from '../database/client.js'
import type { StripeContext } from '../payments/stripe-client.js'
import { bookingsOf, findBooking, type Booking } from './bookings.js'
import { differenceOf, unbooked, type Difference } from './differences.js'
import { keepFees } from './keep-fees.js'
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
 * Reads Stripe's bookings and the shop's records side by side, the newest first and a page of each at a time. Memory holds only
 * what was met on one side, and not on the other yet.
 * @throws Stripe.errors.StripeError
 */
export async function* reconcile(
  { database: { direct }, stripe }: ReconcileDeps,
  month: Month,
): AsyncGenerator<ReconciledLine[]> {
  const pairs = new Pairs()
  const records = recordsOf(direct, month)
  let reached = Infinity
  const readRecords = async (until: number) => {
    while (reached > until) {
      const page = await records.next()
      if (page.done) return
      for (const record of page.value) pairs.addRecord(record)
      reached = page.value.at(-1)?.at.getTime() ?? reached
    }
  }
  for await (const bookings of bookingsOf(month, stripe)) {
    const lines = await withRecords(direct, bookings, stripe.appId)
    await keepFees(direct, bookings)
    for (const { ours } of lines) if (ours?.id) pairs.addBooked(ours.id)
    yield lines
    await readRecords(bookings.at(-1)?.at.getTime() ?? -Infinity)
  }
  await readRecords(-Infinity)
  let questions = 0
  for (const ours of pairs.unbooked()) {
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

/** Bookings and records that have not found each other yet. */
class Pairs {
  readonly #booked = new Set<string>()
  readonly #records = new Map<string, OurRecord>()
  readonly #nameless: OurRecord[] = []

  addBooked(id: string): void {
    if (!this.#records.delete(id)) this.#booked.add(id)
  }

  addRecord(record: OurRecord): void {
    if (record.id === null) this.#nameless.push(record)
    else if (!this.#booked.delete(record.id)) this.#records.set(record.id, record)
  }

  /** Records that no booking is of. */
  unbooked(): OurRecord[] {
    return [...this.#nameless, ...this.#records.values()]
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
