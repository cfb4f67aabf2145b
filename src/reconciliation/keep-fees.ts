// Keeps Stripe's fees with the payments that they are for, so that an order's page and the CSV file of orders have them.
import type { Database } from '../database/client.js'
import type { Booking } from './bookings.js'

/** @param bookings a page of Stripe's balance transactions. Those of other apps find no payment here */
export async function keepFees(direct: Database['direct'], bookings: readonly Booking[]): Promise<void> {
  const fees = bookings.flatMap(({ about, fee, currency }) =>
    about?.kind === 'payment' && about.paymentIntentId !== null
      ? [{ intent: about.paymentIntentId, fee, currency }]
      : [],
  )
  if (fees.length === 0) return
  await direct.$queryRaw`
    UPDATE "CheckoutAttempt" a SET "stripeFee" = x.fee, "stripeFeeCurrency" = x.currency
    FROM json_to_recordset(${JSON.stringify(fees)}::json) AS x(intent text, fee int, currency text)
    WHERE a."paymentIntentId" = x.intent AND a.status = 'paid'
      AND (a."stripeFee", a."stripeFeeCurrency") IS DISTINCT FROM (x.fee, x.currency)`
}
