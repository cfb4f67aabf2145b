// Every call to Stripe. If you adopt Till, read this first.
import type Stripe from 'stripe'
import type { Settings } from '../settings/settings.js'
import type { TaxBehavior } from '../settings/tax.js'
import { z } from 'zod'
import {
  customerParameters,
  hasGivenAddress,
  WITHOUT_ADDRESS,
  type CustomerDetails,
} from './customer-parameters.js'
import { disputeReport } from './dispute-report.js'
import { paymentLinkParameters, type SoldByLink } from './payment-link-parameters.js'
import { pictureUrl } from './picture-url.js'
import { refundReport } from './refund-report.js'
import { rateOf, sessionParameters, type PayableDelivery, type PayableOrder } from './session-parameters.js'
import { sessionReport } from './session-report.js'
import { clientOf, isMissing, isRefusal, unreadableAnswer, type StripeContext } from './stripe-client.js'
import { read, stripeId, UnreadableObjectError } from './stripe-object.js'

/** A variant as it is created in Stripe's catalog: as a product of its own. */
export interface CatalogProduct {
  /** The variant's. */
  id: number
  productId: number
  sku: string
  /** "Stoneware mug – Red / L" */
  name: string
  /** URL path of the picture, or its https address. */
  image: string
  unitAmount: number
  currency: string
  taxBehavior: TaxBehavior
  /** Stripe's code for Stripe Tax. Null: the one that is preset in the Stripe account. */
  taxCode: string | null
}

/**
 * The shop's calls to Stripe. It has no state.
 *
 * A call ends within CALL_TIMEOUT_MS, retries included, and returns nothing but what was asked for: an answer that the shop
 * could not use is thrown as an error of Stripe's API.
 *
 * Amounts and names come from our database and go to Stripe inline (`price_data`), so Stripe's catalog is not needed.
 * A product that is linked to a price there is sold by that price while the amounts are equal.
 * Payment methods are chosen in Stripe's dashboard, not here (API 2026-09-30 and later accept no
 * `payment_method_types`).
 */
export class PaymentService {
  /**
   * Opens a Checkout Session for one attempt at an order.
   *
   * Safe to repeat: the attempt's id is the idempotency key, so a retry after a timeout gets the session that the first
   * try created. The metadata is on both the session and the payment intent, so that events about either find the order.
   * @param settings what attempts of earlier releases were asked for; later ones have it in their rows
   * @throws Stripe.errors.StripeError
   */
  static async createCheckoutSession(
    order: PayableOrder,
    { promotionCodes }: Pick<Settings, 'promotionCodes'>,
    stripe: StripeContext,
  ): Promise<Stripe.Checkout.Session> {
    const session = await clientOf(stripe).checkout.sessions.create(
      sessionParameters(order, promotionCodes, stripe),
      { idempotencyKey: order.attempt.id },
    )
    return usableSession(session)
  }

  /**
   * The session as it is now, with its payment intent expanded.
   * @param timeoutMs for a caller who has something else to show
   * @throws Stripe.errors.StripeError
   */
  static async retrieveCheckoutSession(
    sessionId: string,
    stripe: StripeContext,
    timeoutMs?: number,
  ): Promise<Stripe.Checkout.Session> {
    const session = await clientOf(stripe).checkout.sessions.retrieve(
      sessionId,
      { expand: ['payment_intent'] },
      timeoutMs === undefined ? {} : { timeout: timeoutMs },
    )
    return usableSession(session, sessionId)
  }

  /**
   * Expires an open session, so that it can no longer be paid.
   * @returns the session as it is afterwards: `complete` if the shopper finished first
   * @throws Stripe.errors.StripeError
   */
  static async expireCheckoutSession(
    sessionId: string,
    stripe: StripeContext,
  ): Promise<Stripe.Checkout.Session> {
    try {
      return usableSession(await clientOf(stripe).checkout.sessions.expire(sessionId), sessionId)
    } catch (error) {
      if (!isRefusal(error) || isMissing(error)) throw error
      // Stripe refuses to expire a session that is not open: then the caller needs to know its status.
      const session = await PaymentService.retrieveCheckoutSession(sessionId, stripe)
      if (session.status === 'open') throw error
      return session
    }
  }

  /**
   * Makes a customer of a shopper, so that Stripe's page can offer their saved cards and address.
   *
   * Safe to repeat for a day: the key is the idempotency key. After that a second customer is made, which does no harm if
   * the first was never used.
   * @throws Stripe.errors.StripeError
   */
  static async createCustomer(
    { key, ...details }: CustomerDetails & { key: string },
    stripe: StripeContext,
  ): Promise<Stripe.Customer> {
    const parameters = customerParameters(details)
    const customer = await clientOf(stripe).customers.create(
      {
        ...parameters,
        metadata: { ...parameters.metadata, app: stripe.appId, customer_key: key },
      },
      { idempotencyKey: key },
    )
    return usable(customer, (answer) => read('customer', customerShape, answer))
  }

  /**
   * Changes a customer's name, email and address. Without an address, Stripe forgets the one that the shop gave it, and keeps
   * one that the shopper typed on its page. A customer that is deleted, or of another account, is no error. Safe to repeat.
   * @throws Stripe.errors.StripeError
   */
  static async updateCustomer(id: string, details: CustomerDetails, stripe: StripeContext): Promise<void> {
    const { customers } = clientOf(stripe)
    try {
      const known = details.address === null ? await customers.retrieve(id) : null
      if (known?.deleted === true) return
      await customers.update(id, {
        ...customerParameters(details),
        ...(known !== null && hasGivenAddress(known) && WITHOUT_ADDRESS),
      })
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  /**
   * Deletes a customer, with their saved cards. One that is deleted already, or of another account, is no error.
   * @throws Stripe.errors.StripeError
   */
  static async deleteCustomer(id: string, stripe: StripeContext): Promise<void> {
    try {
      // The event of the deletion has it, so that a shop restored from an older backup erases the person again.
      await clientOf(stripe).customers.update(id, { metadata: { erased: 'true' } })
      await clientOf(stripe).customers.del(id)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  /** What a payment was made with. Null if Stripe does not say. @throws Stripe.errors.StripeError */
  static async paymentMethodOf(
    paymentIntentId: string,
    stripe: StripeContext,
  ): Promise<{ type: string; brand: string | null; last4: string | null } | null> {
    try {
      const expand = ['latest_charge']
      const intent = await clientOf(stripe).paymentIntents.retrieve(paymentIntentId, { expand })
      const charge = chargeShape.safeParse(intent.latest_charge).data
      const details = charge?.payment_method_details
      if (!details) return null
      const { brand, last4 } = methodShape.safeParse(details[details.type]).data ?? {}
      return { type: details.type, brand: brand ?? null, last4: last4 ?? null }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  /** The charge of a payment that was made. @throws Stripe.errors.StripeError */
  static async chargeOf(paymentIntentId: string, stripe: StripeContext): Promise<string> {
    const { latest_charge: charge } = await clientOf(stripe).paymentIntents.retrieve(paymentIntentId)
    return typeof charge === 'string' ? charge : (charge?.id ?? '')
  }

  /**
   * Refunds a payment intent, in full or in part.
   *
   * Safe to repeat: the refund's row exists before, and its id is the idempotency key.
   * @throws Stripe.errors.StripeError
   */
  static async createRefund(
    refund: {
      id: string
      paymentIntentId: string
      amount: number
      orderKey: string | null
      reason: Stripe.RefundCreateParams.Reason | null
    },
    stripe: StripeContext,
  ): Promise<Stripe.Refund> {
    const created = await clientOf(stripe).refunds.create(
      {
        payment_intent: refund.paymentIntentId,
        amount: refund.amount,
        ...(refund.reason !== null && { reason: refund.reason }),
        metadata: {
          app: stripe.appId,
          ...(refund.orderKey !== null && { order_key: refund.orderKey }),
          refund_id: refund.id,
        },
      },
      { idempotencyKey: refund.id },
    )
    return usable(created, (answer) => refundReport(answer, new Date()))
  }

  /** A payment's refunds, the newest first. @throws Stripe.errors.StripeError */
  static async listRefunds(paymentIntentId: string, stripe: StripeContext): Promise<Stripe.Refund[]> {
    const list = await clientOf(stripe).refunds.list({ payment_intent: paymentIntentId, limit: 100 })
    return usable(list, isList).data.map((refund) =>
      usable(refund, (answer) => refundReport(answer, new Date())),
    )
  }

  /** A payment's disputes and inquiries. @throws Stripe.errors.StripeError */
  static async listDisputes(paymentIntentId: string, stripe: StripeContext): Promise<Stripe.Dispute[]> {
    const list = await clientOf(stripe).disputes.list({ payment_intent: paymentIntentId, limit: 100 })
    return usable(list, isList).data.map((dispute) => usable(dispute, isDispute))
  }

  /** The dispute as it is now. @throws Stripe.errors.StripeError */
  static async retrieveDispute(id: string, stripe: StripeContext): Promise<Stripe.Dispute> {
    return usable(await clientOf(stripe).disputes.retrieve(id), isDispute)
  }

  /**
   * Uploads a file that is evidence. Safe to repeat for a day: its id is the idempotency key.
   * @throws Stripe.errors.StripeError
   */
  static async uploadEvidence(
    file: { id: string; name: string; type: string; bytes: Uint8Array },
    stripe: StripeContext,
  ): Promise<Stripe.File> {
    const { id, name, type, bytes } = file
    const uploaded = await clientOf(stripe).files.create(
      { purpose: 'dispute_evidence', file: { name, type, data: bytes } },
      { idempotencyKey: id },
    )
    return usable(uploaded, (answer) => read('file', z.object({ id: stripeId }), answer))
  }

  /**
   * Hands evidence to the bank. Stripe takes one answer only. Safe to repeat for a day with the same key.
   * @throws Stripe.errors.StripeError
   */
  static async submitEvidence(
    id: string,
    evidence: Stripe.DisputeUpdateParams.Evidence,
    idempotencyKey: string,
    stripe: StripeContext,
  ): Promise<Stripe.Dispute> {
    const answered = await clientOf(stripe).disputes.update(
      id,
      { evidence, submit: true },
      { idempotencyKey },
    )
    return usable(answered, isDispute)
  }

  /** Accepts a dispute, for good. @throws Stripe.errors.StripeError */
  static async closeDispute(id: string, stripe: StripeContext): Promise<Stripe.Dispute> {
    return usable(await clientOf(stripe).disputes.close(id), isDispute)
  }

  /** A price in Stripe's catalog. @throws Stripe.errors.StripeError */
  static async retrievePrice(priceId: string, stripe: StripeContext): Promise<Stripe.Price> {
    return usable(await clientOf(stripe).prices.retrieve(priceId), isPrice)
  }

  /** Creates a product, with its present price, in Stripe's catalog. @throws Stripe.errors.StripeError */
  static async createPrice(product: CatalogProduct, stripe: StripeContext): Promise<Stripe.Price> {
    const { name, image, unitAmount, currency, taxBehavior, taxCode } = product
    const picture = pictureUrl(image, stripe)
    const metadata = {
      app: stripe.appId,
      product_id: String(product.productId),
      variant_id: String(product.id),
      // Stripe's limit for a value.
      ...(product.sku.length <= 500 && { sku: product.sku }),
    }
    const price = await clientOf(stripe).prices.create({
      currency,
      unit_amount: unitAmount,
      tax_behavior: taxBehavior,
      product_data: {
        name,
        ...(taxCode !== null && { tax_code: taxCode }),
        metadata: { ...metadata, ...(picture !== null && picture.length <= 500 && { image: picture }) },
      },
      metadata,
    })
    return usable(price, isPrice)
  }

  /** Creates a shipping rate, for payment links to offer. @throws Stripe.errors.StripeError */
  static async createShippingRate(
    rate: Omit<PayableDelivery, 'country'> & { currency: string; taxBehavior: TaxBehavior },
    stripe: StripeContext,
  ): Promise<Stripe.ShippingRate> {
    return usable(await clientOf(stripe).shippingRates.create(rateOf(rate, rate, stripe)), isNamed)
  }

  /** Creates a payment link. Its address can be used at once. @throws Stripe.errors.StripeError */
  static async createPaymentLink(sold: SoldByLink, stripe: StripeContext): Promise<Stripe.PaymentLink> {
    return usable(await clientOf(stripe).paymentLinks.create(paymentLinkParameters(sold, stripe)), isLink)
  }

  /**
   * Ends a payment link: its page opens no more sessions. Those that are open can still be paid.
   * @throws Stripe.errors.StripeError
   */
  static async deactivatePaymentLink(linkId: string, stripe: StripeContext): Promise<Stripe.PaymentLink> {
    return usable(await clientOf(stripe).paymentLinks.update(linkId, { active: false }), isLink)
  }

  /** Ids of the links, of any program, that can be opened. @throws Stripe.errors.StripeError */
  static async listActivePaymentLinks(stripe: StripeContext): Promise<Set<string>> {
    const ids = new Set<string>()
    let last: string | undefined
    for (;;) {
      const page = usable(
        await clientOf(stripe).paymentLinks.list({
          active: true,
          limit: 100,
          ...(last !== undefined && { starting_after: last }),
        }),
        isList,
      )
      for (const { id } of page.data) {
        // A page that repeats what came before would be read without end.
        if (ids.has(id)) throw unreadableAnswer(page, `payment link ${id} is listed twice`)
        ids.add(id)
      }
      last = page.data.at(-1)?.id
      if (!page.has_more || last === undefined) return ids
    }
  }

  /**
   * Events created at or after a time, the newest first. Stripe keeps them for 30 days.
   * @param types at most 20
   * @throws Stripe.errors.StripeError
   */
  static async *listEvents(
    since: Date,
    types: string[],
    stripe: StripeContext,
  ): AsyncGenerator<Stripe.Event> {
    const created = { gte: Math.floor(since.getTime() / 1000) }
    let last: string | undefined
    const seen = new Set<string>()
    for (;;) {
      const page = usable(
        await clientOf(stripe).events.list({
          created,
          types,
          limit: 100,
          ...(last !== undefined && { starting_after: last }),
        }),
        isList,
      )
      for (const event of page.data) {
        // A page that repeats what came before would be read without end.
        if (seen.has(event.id)) throw unreadableAnswer(page, `event ${event.id} is listed twice`)
        seen.add(event.id)
        yield event
      }
      last = page.data.at(-1)?.id
      if (!page.has_more || last === undefined) return
    }
  }

  /**
   * Checkout Sessions that were created in a period, the oldest first. They lack their lines.
   * @throws Stripe.errors.StripeError
   */
  static async listSessions(period: Period, stripe: StripeContext): Promise<Stripe.Checkout.Session[]> {
    const { sessions } = clientOf(stripe).checkout
    return (await allPages((page) => sessions.list({ created: createdIn(period), ...page }))).reverse()
  }

  /**
   * A session with its payment intent and charge expanded, and its lines with their products.
   * @throws Stripe.errors.StripeError
   */
  static async retrieveWholeSession(
    sessionId: string,
    stripe: StripeContext,
  ): Promise<{ session: Stripe.Checkout.Session; lines: Stripe.LineItem[] }> {
    const { sessions } = clientOf(stripe).checkout
    const expand = ['payment_intent.latest_charge']
    const session = usableSession(await sessions.retrieve(sessionId, { expand }), sessionId)
    const lines = await allPages((page) =>
      sessions.listLineItems(sessionId, { expand: ['data.price.product'], ...page }),
    )
    return { session, lines }
  }

  /** A shipping rate. Null: Stripe does not have it. @throws Stripe.errors.StripeError */
  static async retrieveShippingRate(id: string, stripe: StripeContext): Promise<Stripe.ShippingRate | null> {
    try {
      return usable(await clientOf(stripe).shippingRates.retrieve(id), isNamed)
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  /** Refunds of any payment that were made in a period, the oldest first. @throws Stripe.errors.StripeError */
  static async listRefundsIn(period: Period, stripe: StripeContext): Promise<Stripe.Refund[]> {
    const { refunds } = clientOf(stripe)
    return (await allPages((page) => refunds.list({ created: createdIn(period), ...page }))).reverse()
  }

  /**
   * Disputes and inquiries about any payment that were opened in a period, the oldest first.
   * @throws Stripe.errors.StripeError
   */
  static async listDisputesIn(period: Period, stripe: StripeContext): Promise<Stripe.Dispute[]> {
    const { disputes } = clientOf(stripe)
    return (await allPages((page) => disputes.list({ created: createdIn(period), ...page }))).reverse()
  }

  /** One event. @throws Stripe.errors.StripeError */
  static async retrieveEvent(eventId: string, stripe: StripeContext): Promise<Stripe.Event> {
    return usable(await clientOf(stripe).events.retrieve(eventId), (answer) =>
      read('event', eventShape, answer),
    )
  }
}

/** From a time on, before another. */
export interface Period {
  from: Date
  to: Date
}

/** Stripe's times are whole seconds. */
function createdIn({ from, to }: Period) {
  return { gte: Math.floor(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) }
}

/** Everything that a list has, in its order. */
async function allPages<Item extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => PromiseLike<Stripe.ApiList<Item>>,
): Promise<Item[]> {
  const found = new Map<string, Item>()
  let last: string | undefined
  for (;;) {
    const page = usable(
      await list({ limit: 100, ...(last !== undefined && { starting_after: last }) }),
      isList,
    )
    for (const item of page.data) {
      // A page that repeats what came before would be read without end.
      if (found.has(item.id)) throw unreadableAnswer(page, `${item.id} is listed twice`)
      found.set(item.id, item)
    }
    last = page.data.at(-1)?.id
    if (!page.has_more || last === undefined) return [...found.values()]
  }
}

const standingShape = z.object({ status: z.string(), expires_at: z.int() })
const eventShape = z.looseObject({ id: stripeId, object: z.literal('event') })
const customerShape = z.object({ id: stripeId, object: z.literal('customer') })
const chargeShape = z.object({
  payment_method_details: z.looseObject({ type: z.string().max(100) }).nullish(),
})
const methodShape = z.object({
  brand: z.string().max(50).nullish().catch(null),
  last4: z
    .string()
    .regex(/^\w{2,6}$/)
    .nullish()
    .catch(null),
})
const listShape = z.object({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id: stripeId })),
  has_more: z.boolean(),
})
const priceShape = z.object({
  id: stripeId,
  object: z.literal('price'),
  active: z.boolean(),
  type: z.string(),
  currency: z.string(),
  unit_amount: z.int().nullable(),
  tax_behavior: z.string().nullable(),
})
const linkShape = z.object({
  id: stripeId,
  object: z.literal('payment_link'),
  active: z.boolean(),
  url: z.url({ protocol: /^https?$/ }),
})
const isNamed = (answer: unknown) => read('shipping_rate', z.object({ id: stripeId }), answer)
const isLink = (answer: unknown) => read('payment_link', linkShape, answer)
const isList = (answer: unknown) => read('list', listShape, answer)
const isPrice = (answer: unknown) => read('price', priceShape, answer)
const isDispute = (answer: unknown) => disputeReport(answer, new Date())

/**
 * @param check reads the answer as the shop will
 * @throws Stripe.errors.StripeError if the check finds it unreadable
 */
function usable<Answer>(answer: Answer, check: (answer: unknown) => unknown): Answer {
  try {
    check(answer)
    return answer
  } catch (error) {
    if (error instanceof UnreadableObjectError) throw unreadableAnswer(answer, error.message)
    throw error
  }
}

/** @param sessionId that was asked for */
function usableSession(session: Stripe.Checkout.Session, sessionId?: string): Stripe.Checkout.Session {
  usable(session, (answer) => sessionReport(answer, new Date()))
  if (sessionId !== undefined && session.id !== sessionId)
    throw unreadableAnswer(session, `it is about ${session.id} instead of ${sessionId}`)
  // Settlement copes with a status that is new to it; who asks for a session must know how it stands.
  usable(session, (answer) => read('checkout.session', standingShape, answer))
  if (session.status === 'open' && !isPageUrl(session.url))
    throw unreadableAnswer(session, 'the session is open and has no page')
  return session
}

function isPageUrl(url: string | null): boolean {
  return url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
