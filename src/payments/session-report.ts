// Reads Stripe's Checkout Session, from an event or an API answer, into the shop's own terms.
import { z } from 'zod'
import type { AttemptStatus } from '../generated/prisma/enums.js'
import { isLanguage, type Language } from '../messages/index.js'
import type { Collected } from '../orders/order-facts.js'
import { collectedIn, collectedShape } from './collected.js'
import { amount, idOf, optionalText, read, reference, seconds, stripeId, text } from './stripe-object.js'
import { voucherOf } from './voucher.js'

/** A session as Stripe had it at one time. Amounts in minor units. */
export interface SessionReport {
  kind: 'session'
  sessionId: string
  status: AttemptStatus
  /** The payment link that opened it. */
  paymentLinkId: string | null
  /** The key of our order, from metadata or `client_reference_id`. Other apps' sessions may have one, too. */
  orderKey: string | null
  attemptId: string | null
  appId: string | null
  /** Whom Stripe's page asked, or was told, to mail. */
  email: string | null
  /** The language that its page was opened in, if the shop has it. Null: the browser's. */
  locale: Language | null
  /** Before discounts. */
  amountSubtotal: number | null
  amountDiscount: number
  /** What is charged. */
  amountTotal: number | null
  amountShipping: number
  /** The chosen rate before tax and with it. Null if Stripe names none. */
  shippingCost: { subtotal: number | null; total: number | null } | null
  /** Stripe's id of the chosen rate. */
  shippingRateId: string | null
  /** All tax, whether the prices contain it or not. */
  amountTax: number
  /** Null unless the session is completed: until then, it may not be all. */
  collected: Collected | null
  currency: string | null
  paymentIntentId: string | null
  /** Stripe's invoice of the payment. Null: none yet. */
  invoiceId: string | null
  /** Stripe's page, while the session is open. */
  url: string | null
  expiresAt: Date
  /** Where the shopper finds the voucher they still have to pay, and until when. */
  voucherUrl: string | null
  payBy: Date | null
  /** A status that the shop does not know, as a sentence. The session counts as open, and a person must look. */
  unknownStatus: string | null
  /** The time at which this was so. */
  at: Date
}

/** An amount that is none counts as not given. One that is too large is an error, which shows its digits. */
const sumOrNull = z.preprocess(
  (value) =>
    typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || isAmount(value)) ? value : null,
  amount.nullable(),
)
const textOrNull = optionalText.catch(null)

/**
 * The fields that settlement needs. Only without an id is it no session: what else is missing or unreadable counts as not
 * given, so that money for an order of ours is never overlooked.
 */
const sessionShape = z.object({
  id: stripeId,
  object: z.literal('checkout.session'),
  status: textOrNull,
  payment_status: textOrNull,
  client_reference_id: textOrNull,
  // Whose session it is must be certain.
  metadata: z.object({ app: text.nullish() }).catchall(textOrNull).nullish(),
  payment_link: reference,
  amount_subtotal: sumOrNull,
  amount_total: sumOrNull,
  total_details: z
    .object({ amount_discount: sumOrNull, amount_shipping: sumOrNull, amount_tax: sumOrNull })
    .nullish()
    .catch(null),
  shipping_cost: z
    .object({ amount_subtotal: sumOrNull, amount_total: sumOrNull, shipping_rate: reference.catch(null) })
    .nullish()
    .catch(null),
  ...collectedShape,
  currency: textOrNull,
  locale: textOrNull,
  url: textOrNull,
  expires_at: seconds.nullish().catch(null),
  invoice: reference.catch(null),
  payment_intent: z
    .union([stripeId, z.object({ id: stripeId, status: textOrNull, next_action: z.unknown().optional() })])
    .nullish()
    .catch(null),
})

function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/**
 * @param at the time of the event, or of Stripe's answer
 * @param failed whether the event says that a delayed payment failed. The session itself stays complete and unpaid; apart
 * from the event, only an expanded payment intent shows the failure.
 * @throws UnreadableObjectError naming the missing or unexpected field
 */
export function sessionReport(object: unknown, at: Date, failed = false): SessionReport {
  const session = read('checkout.session', sessionShape, object)
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null
  const unknownStatus = unknownStatusOf(session)
  const cost = session.shipping_cost
  const paymentLinkId = idOf(session.payment_link)
  // Whoever opens a link can put any reference into its URL.
  const isOwn = paymentLinkId === null
  return {
    kind: 'session',
    sessionId: session.id,
    status: unknownStatus === null ? attemptStatus(session, failed, intent?.status ?? null) : 'open',
    paymentLinkId,
    orderKey: isOwn ? (session.metadata?.['order_key'] ?? session.client_reference_id) : null,
    attemptId: isOwn ? (session.metadata?.['attempt_id'] ?? null) : null,
    appId: session.metadata?.['app'] ?? null,
    email: session.customer_details?.email ?? null,
    locale: shopLanguage(session.locale),
    amountSubtotal: session.amount_subtotal,
    amountDiscount: session.total_details?.amount_discount ?? 0,
    amountTotal: session.amount_total,
    amountShipping: session.total_details?.amount_shipping ?? 0,
    shippingCost: cost ? { subtotal: cost.amount_subtotal, total: cost.amount_total } : null,
    shippingRateId: idOf(cost?.shipping_rate),
    amountTax: session.total_details?.amount_tax ?? 0,
    collected: session.status === 'open' || session.status === 'expired' ? null : collectedIn(session),
    currency: session.currency,
    paymentIntentId: idOf(session.payment_intent),
    invoiceId: idOf(session.invoice),
    url: session.url,
    expiresAt: session.expires_at == null ? at : new Date(session.expires_at * 1000),
    ...voucherOf(intent?.next_action),
    unknownStatus,
    at,
  }
}

/** Stripe's "de", "en-GB" or "auto". */
function shopLanguage(locale: string | null | undefined): Language | null {
  const [language] = (locale ?? '').split('-')
  return isLanguage(language) ? language : null
}

/** A session can be complete and unpaid: a bank debit succeeds or fails days after checkout. */
function attemptStatus(session: Session, failed: boolean, intent: string | null): AttemptStatus {
  if (session.status === 'open' || session.status === 'expired') return session.status
  if (session.payment_status !== 'unpaid') return 'paid'
  return failed || intent === 'requires_payment_method' || intent === 'canceled' ? 'failed' : 'processing'
}

function unknownStatusOf({ id, status, payment_status: payment }: Session): string | null {
  if (status === 'open' || status === 'expired' || payment === 'paid') return null
  if (status !== 'complete') return `Session ${id} has a status that the shop does not know: ${status}.`
  const isKnown = payment === 'paid' || payment === 'unpaid' || payment === 'no_payment_required'
  return isKnown ? null : `Session ${id} has a payment_status that the shop does not know: ${payment}.`
}

type Session = z.infer<typeof sessionShape>
