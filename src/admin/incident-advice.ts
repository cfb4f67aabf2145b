// What to do about an incident in the admin, and where. src/incidents/kinds.ts has the same for commands.
import type { IncidentOfOrder } from '../incidents/incidents.js'
import { INCIDENT_KINDS, type IncidentKind } from '../incidents/kinds.js'
import { orderHref, subjectHref } from './subject-links.js'

export interface Advice {
  text: string
  /** Where it is done. Null: not in the admin. */
  link: { text: string; href: string } | null
}

type Link = (incident: IncidentOfOrder) => Advice['link']

const to =
  (text: string, href: string): Link =>
  () => ({ text, href })

/** The page of the incident's subject. */
const toSubject =
  (text: string): Link =>
  (incident) => {
    const href = subjectHref(incident)
    return href === null ? null : { text, href }
  }

const toHealth = to('Check the shop’s health', '/admin/health')

/** Where the incident's order is refunded. */
const toRefund: Link = ({ order }) =>
  order === null ? null : { text: 'Refund the order', href: `${orderHref(order.key)}/refund` }

/** Where the payment of a session is shown and refunded: on its order's page, or on one of its own. */
const toPayment: Link = ({ subject, order }) =>
  order === null
    ? { text: 'Open the payment', href: `/admin/payments/${encodeURIComponent(subject)}` }
    : { text: 'Open the order’s payments', href: `${orderHref(order.key)}#stripe` }

const toPaymentsOfOrder: Link = ({ order }) =>
  order === null ? null : { text: 'Open the order’s payments', href: `${orderHref(order.key)}#stripe` }

const ADVICE: Record<IncidentKind, readonly [text: string, link?: Link]> = {
  event_quarantined: [
    'Look at the payment in Stripe’s dashboard: refund it there, or correct the order. Then replay the event.',
    toSubject('Open the event'),
  ],
  event_failed: [
    'Read the event’s error and fix its cause. Then replay the event.',
    toSubject('Open the event'),
  ],
  event_unreadable: [
    'Look at the event in Stripe’s dashboard. If it is about a payment of this shop, open its order and choose “Check with Stripe”.',
    to('Find the order', '/admin/orders'),
  ],
  paid_twice: ['Refund one of the two payments.', toPaymentsOfOrder],
  sold_out: ['Restock the product, or refund the order.', toRefund],
  order_attention: [
    'Compare what was expected with what Stripe says, on the order’s page. Then choose “Mark as dealt with” there.',
    toPaymentsOfOrder,
  ],
  refund_refused: [
    'Look at the payment in Stripe’s dashboard for the reason. Refund again, or send the money another way.',
    toRefund,
  ],
  refund_failed: [
    'The money came back to your Stripe balance. Ask the shopper where to send it, and send it outside Stripe.',
    toSubject('Open the order'),
  ],
  product_not_payable: ['Correct the product, then put it on sale again.', toSubject('Open the product')],
  checkout_refused: [
    'Shoppers can’t pay as long as Stripe refuses. Change the product, the settings or the Stripe account as the message says.',
    toHealth,
  ],
  customer_refused: [
    'Shoppers can pay, but their cards and addresses are not saved. Let the secret key write customers, or see what the message says.',
    toHealth,
  ],
  session_unknown: [
    'Check that STRIPE_SECRET_KEY belongs to the account that the order was placed with. What was paid there is not known here.',
    toPaymentsOfOrder,
  ],
  clock_skew: ['Correct the machine’s clock and keep it right with NTP. This resolves by itself.', toHealth],
  payment_mismatch: [
    'Refund the payment, which resolves this, or agree on something else with the shopper and resolve it.',
    toPayment,
  ],
  delivery_elsewhere: [
    'Agree with the shopper on an address or on what delivery costs, then resolve this. Or refund the order, which resolves it.',
    toRefund,
  ],
  payment_without_order: [
    'If it was paid by a payment link, fix what the message says and replay its event, which is quarantined. Else find out in Stripe’s dashboard who paid, and for what: an order may have been lost with a restored backup. A refund resolves this.',
    toPayment,
  ],
  dispute_without_order: [
    'Answer it in Stripe’s dashboard. This resolves by itself when the bank has decided.',
    to('See all disputes', '/admin/disputes'),
  ],
  early_fraud_warning: [
    'A dispute often follows. If you have not sent the goods, refund the order now, which resolves this.',
    toRefund,
  ],
  payment_review: [
    'Approve or refund the payment in Stripe’s dashboard. This then resolves by itself. Don’t send the goods before.',
    toPaymentsOfOrder,
  ],
  mail_failed: [
    'Check the mail server (SMTP_URL) and the address. Then send the email again.',
    toSubject('Open the email'),
  ],
  erasure_unfinished: [
    'Check that this machine reaches Stripe and that STRIPE_SECRET_KEY may write customers, or delete the customer in Stripe’s dashboard. The shop tries again, and this resolves by itself.',
    toSubject('Open the customer'),
  ],
  backlog: ['Find out why the queue does not move on.', toHealth],
  shop_repaired: [
    'Read what was found, and do what it says. Units that were restocked, parcels, returns, notes and settings of the lost time are not known to Stripe: enter them again. Then resolve this.',
    toHealth,
  ],
  loop_failing: ['Fix the cause that the message names. The loop goes on by itself.', toHealth],
}

const BACKLOGS: Record<string, readonly [text: string, link?: Link]> = {
  events: [
    'Read the errors of the events that wait.',
    to('See the events that wait', '/admin/events?outcome=unhandled'),
  ],
  mails: [
    'Check the mail server (SMTP_URL), and read the errors of the emails that wait.',
    to('See the emails that wait', '/admin/mails?state=waiting'),
  ],
  refunds: [
    'Check that this machine reaches Stripe. The refunds are sent by themselves: don’t repeat them.',
    toHealth,
  ],
  'catch-up': [
    'Check that this machine reaches Stripe, and STRIPE_SECRET_KEY. Events may be missing.',
    toHealth,
  ],
  checkouts: [
    'Check that this machine reaches Stripe. The units of these checkouts stay out of stock.',
    toHealth,
  ],
}

/** Null for a kind that only a newer release knows. */
export function adviceOn(incident: IncidentOfOrder): Advice | null {
  const { kind, subject } = incident
  if (!Object.hasOwn(INCIDENT_KINDS, kind)) return null
  const backlog = kind === 'backlog' && Object.hasOwn(BACKLOGS, subject) ? BACKLOGS[subject] : undefined
  const [text, link] = backlog ?? ADVICE[kind as IncidentKind]
  return { text, link: link?.(incident) ?? null }
}
