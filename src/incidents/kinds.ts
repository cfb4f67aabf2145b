// Every kind of incident: what its subject is, and what to do about it.

export const INCIDENT_KINDS = {
  event_quarantined: {
    subject: 'event',
    whatToDo: (id: string) =>
      `Look at the payment in Stripe’s dashboard: refund it there, or correct the order. Then: npm run events -- replay ${id}`,
  },
  event_failed: {
    subject: 'event',
    whatToDo: (id: string) =>
      `Read the error (npm run events -- show ${id}) and fix its cause. Then: npm run events -- replay ${id}`,
  },
  event_unreadable: {
    subject: 'event',
    whatToDo: (id: string) =>
      `Look at event ${id} in Stripe’s dashboard. If it is about a payment of this shop: npm run orders -- settle ORDER`,
  },
  paid_twice: {
    subject: 'checkout sessions',
    whatToDo: (sessions: string) =>
      `Refund one of the two payments, named by its session: npm run orders -- refund ${sessions.split(' ').at(-1)}`,
  },
  sold_out: {
    subject: 'order',
    whatToDo: (key: string) => `Restock the product, or refund: npm run orders -- refund ${key}`,
  },
  order_attention: {
    subject: 'order',
    whatToDo: (key: string) =>
      `Compare the order (npm run orders -- show ${key}) with its payment in Stripe’s dashboard. Then: npm run orders -- attended ${key}`,
  },
  refund_refused: {
    subject: 'refund',
    whatToDo: () =>
      'Look at the payment in Stripe’s dashboard for the reason. Refund again, or send the money another way.',
  },
  refund_failed: {
    subject: 'refund',
    whatToDo: () =>
      'The money came back to your Stripe balance. Ask the shopper where to send it, and send it outside Stripe.',
  },
  // Opened by the migration products_that_can_be_paid alone: since then the database refuses such products. Its trigger resolves it.
  product_not_payable: {
    subject: 'product',
    whatToDo: () =>
      'Correct the product, then put it on sale again: set "active" to true. "npm run products -- list" shows what is wrong.',
  },
  checkout_refused: {
    subject: 'error',
    whatToDo: () =>
      'Shoppers can’t pay as long as Stripe refuses. Change the product, the settings or the Stripe account as the message says.',
  },
  customer_refused: {
    subject: 'error',
    whatToDo: () =>
      'Shoppers can pay, but their cards and addresses are not saved. Let the secret key write customers, or see what the message says.',
  },
  session_unknown: {
    subject: 'checkout session',
    whatToDo: () =>
      'Check that STRIPE_SECRET_KEY belongs to the account that the order was placed with. What was paid there is not known here.',
  },
  clock_skew: {
    subject: 'machine',
    whatToDo: () =>
      'Correct the machine’s clock and keep it right with NTP (timedatectl set-ntp true). This resolves by itself.',
  },
  payment_mismatch: {
    subject: 'session',
    whatToDo: (id: string) =>
      `Refund it, which resolves this, or agree on something else with the shopper and resolve it. To refund it: npm run orders -- refund ${id}`,
  },
  delivery_elsewhere: {
    subject: 'session',
    whatToDo: (id: string) =>
      `Agree with the shopper on an address or on what delivery costs, then resolve it. Or refund, which resolves it: npm run orders -- refund ${id}`,
  },
  payment_without_order: {
    subject: 'session',
    whatToDo: (id: string) =>
      `If it was paid by a payment link, fix what the message says and replay its event (npm run events -- list --outcome quarantined). Else find out in Stripe’s dashboard who paid, and for what: an order may have been lost with a restored backup. A refund resolves this: npm run orders -- refund ${id}`,
  },
  dispute_without_order: {
    subject: 'dispute',
    whatToDo: () => 'Answer it in Stripe’s dashboard. This resolves by itself when the bank has decided.',
  },
  early_fraud_warning: {
    subject: 'warning',
    whatToDo: () =>
      'A dispute often follows. If you have not sent the goods, refund the order now, which resolves this: npm run orders -- refund ORDER',
  },
  payment_review: {
    subject: 'review',
    whatToDo: () =>
      'Approve or refund the payment in Stripe’s dashboard. This then resolves by itself. Don’t send the goods before.',
  },
  mail_failed: {
    subject: 'mail',
    whatToDo: (id: string) =>
      `Check SMTP_URL and the address (npm run mails -- show ${id}). Then: npm run mails -- resend ${id}`,
  },
  erasure_unfinished: {
    subject: 'customer',
    whatToDo: () =>
      'Check that this machine reaches Stripe and that STRIPE_SECRET_KEY may write customers, or delete the customer in Stripe’s dashboard. The shop tries again, and this resolves by itself.',
  },
  backlog: {
    subject: 'queue',
    whatToDo: (queue: string) => BACKLOGS[queue] ?? '',
  },
  shop_repaired: {
    subject: 'repair',
    whatToDo: (id: string) =>
      `Read what was found (npm run repair -- show ${id}), do what it says, and resolve this. Units that were restocked, parcels, returns, notes and settings of the lost time are not known to Stripe: enter them again.`,
  },
  loop_failing: {
    subject: 'background loop',
    whatToDo: () => 'Fix the cause that the message names. The loop goes on by itself.',
  },
} as const satisfies Record<string, { subject: string; whatToDo: (subject: string) => string }>

/** What to do about each queue that does not move on. */
const BACKLOGS: Record<string, string> = {
  events: 'Read the errors: npm run events -- list --outcome unhandled',
  mails: 'Check SMTP_URL, and read the errors: npm run mails -- list --state waiting',
  refunds: 'Check that this machine reaches Stripe. The refunds are sent by themselves: don’t repeat them.',
  'catch-up': 'Check that this machine reaches Stripe, and STRIPE_SECRET_KEY. Events may be missing.',
  checkouts: 'Check that this machine reaches Stripe. The units of these checkouts stay out of stock.',
}

export type IncidentKind = keyof typeof INCIDENT_KINDS

/** What to do about an incident. Empty for a kind that only a newer release knows. */
export function whatToDo({ kind, subject }: { kind: string; subject: string }): string {
  return isIncidentKind(kind) ? INCIDENT_KINDS[kind].whatToDo(subject) : ''
}

/** What the subject of an incident is, such as "event". Empty for a kind that only a newer release knows. */
export function subjectType(kind: string): string {
  return isIncidentKind(kind) ? INCIDENT_KINDS[kind].subject : ''
}

function isIncidentKind(kind: string): kind is IncidentKind {
  return Object.hasOwn(INCIDENT_KINDS, kind)
}
