// What a repair found, in the operator's words.
import type { Repair } from '../generated/prisma/client.js'
import { countsOf } from './repairs.js'

/** @param isIncomplete whether something happened before the oldest event that Stripe keeps */
export function reportOf(repair: Pick<Repair, 'since' | 'counts'>, isIncomplete: boolean): string {
  const found = countsOf(repair)
  const of = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
  return [
    `The shop was repaired from Stripe for the time since ${repair.since.toISOString().slice(0, 16).replace('T', ' ')} UTC:`,
    `${of(found.orders, 'order')} rebuilt, ${of(found.sessions, 'checkout')} added to known orders, ${found.changed} brought up to date,`,
    `${of(found.refunds, 'refund')}, ${of(found.disputes, 'dispute')}, ${of(found.events, 'event')},`,
    `${of(found.erased, 'account')} erased again.`,
    ...(found.mails === 0
      ? []
      : [
          `${of(found.mails, 'email')} of that time ${found.mails === 1 ? 'was' : 'were'} not sent again (npm run mails -- list).`,
        ]),
    ...(found.unmatched === 0
      ? []
      : [
          `${of(found.unmatched, 'payment')} could not be given to an order: each has an incident, and can be refunded.`,
        ]),
    ...(found.failed === 0 ? [] : [`${of(found.failed, 'object')} could not be read: see the log.`]),
    ...(isIncomplete
      ? [
          'Stripe keeps events for 30 days, and some of that time is older. Sessions, refunds and disputes of it come from Stripe’s lists. Unknown are its fraud warnings, reviews and erasures, the invoices’ PDFs, and when disputes were answered.',
        ]
      : []),
    'Accounts, addresses, carts, products, prices, stock counts, parcels, returns, notes and settings of that time are not known to Stripe.',
  ].join(' ')
}
