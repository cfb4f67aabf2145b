// Turns completed sessions of our payment links into orders. Settlement then pays them like any other.
import { canonicalEmail } from '../accounts/email-address.js'
import { variantNameFor } from '../catalog/option-names.js'
import { productName } from '../catalog/product-texts.js'
import { nameWithVariant, variantName } from '../catalog/variants.js'
import type { Transaction } from '../database/client.js'
import type { Order, PaymentLink, Prisma, StripeShippingRate } from '../generated/prisma/client.js'
import { usualLanguage } from '../messages/index.js'
import { newOrderKey } from '../orders/order-key.js'
import type { TaxBehavior } from '../settings/tax.js'
import { isCompleted, misfit, type Report } from './merge-report.js'
import type { SessionReport } from './session-report.js'

/** Whether the report is about a session that becomes an order once it is completed. Others are opened for one. */
export function mayBecomeOrder(report: Report): report is SessionReport {
  return report.kind === 'session' && report.paymentLinkId !== null && isCompleted(report)
}

/**
 * Creates the orders of sessions that have none yet, one for each session, whatever other processes do. What was agreed is
 * what the link promised when it was created: later prices don't count, and what the page's address says isn't trusted.
 *
 * A link sells one unit of one variant, so the session's amounts say all of its content, and Stripe isn't asked for its lines.
 * @returns why sessions became no orders, by their ids
 */
export async function placeLinkOrders(
  tx: Transaction,
  reports: readonly Report[],
): Promise<Map<string, string>> {
  const unplaced = new Map<string, string>()
  const completed = reports.filter(mayBecomeOrder)
  if (completed.length === 0) return unplaced
  const placed = await lockSessions(
    tx,
    completed.map(({ sessionId }) => sessionId),
  )
  for (const report of completed) {
    const { sessionId } = report
    if (placed.has(sessionId)) continue
    const problem = await place(tx, report)
    if (problem !== null) unplaced.set(sessionId, problem)
    else placed.add(sessionId)
  }
  for (const sessionId of placed) unplaced.delete(sessionId)
  return unplaced
}

/**
 * Locks sessions until the end of the transaction, before anything else that settlement locks, sorted.
 * @returns those that have an order
 */
async function lockSessions(tx: Transaction, sessionIds: readonly string[]): Promise<Set<string>> {
  const ids = [...new Set(sessionIds)].sort()
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(session, 18150003)) FROM unnest(${ids}::text[]) AS session`
  const attempts = await tx.checkoutAttempt.findMany({
    where: { stripeSessionId: { in: ids } },
    select: { stripeSessionId: true },
  })
  return new Set(attempts.flatMap(({ stripeSessionId }) => stripeSessionId ?? []))
}

const WITH_PRODUCT = {
  variant: { include: { product: true } },
} as const satisfies Prisma.PaymentLinkInclude

/** @returns why it can't be placed, or null */
async function place(tx: Transaction, report: SessionReport): Promise<string | null> {
  const { paymentLinkId, shippingRateId, paymentIntentId, sessionId, expiresAt, locale } = report
  const link = await tx.paymentLink.findUnique({
    where: { id: paymentLinkId ?? '' },
    include: WITH_PRODUCT,
  })
  if (!link) return `this shop has no payment link ${paymentLinkId}`
  const { variant } = link
  const { product } = variant
  const name = nameWithVariant(product.name, variantName(variant))
  if (!variant.active || !product.active)
    return `${name}, which payment link ${link.id} sells, is not on sale any more`
  const refund = await tx.refund.findFirst({
    where: { paymentIntentId: paymentIntentId ?? '', status: 'succeeded' },
    select: { id: true },
  })
  if (refund) return 'its payment was refunded before it became an order'
  const rate = await tx.stripeShippingRate.findUnique({ where: { id: shippingRateId ?? '' } })
  const terms = linkTerms(link, rate, report)
  if (typeof terms === 'string') return terms
  const email = report.email === null ? null : (canonicalEmail(report.email) ?? report.email)
  if (email === null) return 'Stripe names no email address'
  const language = locale ?? usualLanguage()
  await tx.order.create({
    data: {
      key: newOrderKey(),
      origin: 'payment_link',
      userId: await accountOf(tx, email),
      email,
      locale,
      ...terms,
      items: {
        create: {
          ...{
            productId: product.id,
            variantId: variant.id,
            name: productName(product, language),
          },
          ...{
            variantName: variantNameFor(product, variant, language),
            sku: variant.sku,
            image: variant.image ?? product.image,
          },
          ...{ unitAmount: link.unitAmount, quantity: 1 },
        },
      },
      attempts: {
        create: {
          number: 1,
          // No units are out of stock for it yet: settlement takes them, with what the session has become.
          status: 'expired',
          stripeSessionId: sessionId,
          expiresAt,
          promotionCodes: link.promotionCodes,
          createsInvoice: link.createsInvoice,
        },
      },
    },
  })
  return null
}

/** The account with this address. Unverified, anyone may have typed it. */
async function accountOf(tx: Transaction, email: string): Promise<number | null> {
  const user = await tx.user.findUnique({ where: { email }, select: { id: true, verifiedAt: true } })
  return user?.verifiedAt == null ? null : user.id
}

type LinkTerms = Pick<
  Order,
  | 'currency'
  | 'shippingTotal'
  | 'total'
  | 'automaticTax'
  | 'deliveryCountry'
  | 'shippingRateId'
  | 'shippingRateName'
  | 'deliveryMinDays'
  | 'deliveryMaxDays'
> & { itemsTotal: number; taxBehavior: TaxBehavior }

/**
 * What the order of a session asks for.
 * @param rate that was chosen, if the shop knows it
 * @returns why there can be none, if the session is not what the link promised
 */
export function linkTerms(
  link: PaymentLink,
  rate: StripeShippingRate | null,
  report: SessionReport,
): LinkTerms | string {
  if (report.unknownStatus !== null) return report.unknownStatus
  const country = report.collected?.shipping?.address?.country ?? null
  if (link.requiresShipping && rate === null)
    return `payment link ${link.id} does not offer the delivery that was chosen`
  if (link.requiresShipping && country === null) return 'Stripe names no country to deliver to'
  const chosen = link.requiresShipping ? rate : null
  const { unitAmount, currency, automaticTax } = link
  const shippingTotal = chosen?.amount ?? 0
  const taxBehavior = link.taxBehavior === 'inclusive' ? 'inclusive' : 'exclusive'
  const asked = {
    currency,
    shippingTotal,
    taxBehavior,
    automaticTax,
    items: [{ unitAmount, quantity: 1 }],
  } as const
  const problem = misfit(asked, report, link.promotionCodes, 'the payment link')
  if (problem !== null) return `session ${problem}`
  return {
    ...{ currency, taxBehavior, automaticTax, itemsTotal: unitAmount, shippingTotal },
    total: unitAmount + shippingTotal,
    deliveryCountry: chosen && deliveredIn(chosen, country),
    shippingRateId: chosen?.shippingRateId ?? null,
    shippingRateName: chosen?.name ?? null,
    deliveryMinDays: chosen?.minDays ?? null,
    deliveryMaxDays: chosen?.maxDays ?? null,
  }
}

/**
 * The country that the rate was paid for. Stripe's page offers every rate for every country, so it may be another one than that
 * of the address: that opens the incident `delivery_elsewhere`.
 */
function deliveredIn({ countries }: StripeShippingRate, country: string | null): string | null {
  const [first] = countries
  return first === undefined || countries.some((code) => code === country) ? country : first
}
