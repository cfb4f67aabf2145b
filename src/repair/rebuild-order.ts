// Writes the rows of an order that was lost with the database, from its session. Settlement then pays it like any other.
import { nameWithVariant, variantName } from '../catalog/variants.js'
import type { Transaction } from '../database/client.js'
import type { Prisma, Product, Variant } from '../generated/prisma/client.js'
import type { SessionReport } from '../payments/session-report.js'
import type { LostLine, LostOrder } from './lost-session.js'

/** The delivery of an order as Stripe has its rate. */
export interface LostRate {
  /** Ours, if it is known here. */
  shippingRateId: number | null
  name: string | null
  minDays: number | null
  maxDays: number | null
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Until the end of the transaction, so that several processes rebuild an order once. */
export async function lockKey(tx: Transaction, key: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 18150005))`
}

/**
 * Creates the order with its original key. What is not known to Stripe stays empty: the cart, the terms, who else may open it.
 * @returns its id, or why there can be none
 */
export async function rebuildOrder(
  tx: Transaction,
  lost: LostOrder,
  rate: LostRate | null,
  { locale }: SessionReport,
): Promise<number | string> {
  const items = await itemsOf(tx, lost)
  if (typeof items === 'string') return items
  const itemsTotal = lost.lines.reduce((sum, line) => sum + line.unitAmount * line.quantity, 0)
  const { key, email, currency, taxBehavior, automaticTax, delivery, createdAt } = lost
  const shippingTotal = delivery?.amount ?? 0
  const { id } = await tx.order.create({
    data: {
      ...{ key, email, currency, taxBehavior, automaticTax, locale, createdAt },
      userId: await accountOf(tx, lost),
      ...{ itemsTotal, shippingTotal, total: itemsTotal + shippingTotal },
      deliveryCountry: delivery?.country ?? null,
      shippingRateId: rate?.shippingRateId ?? null,
      shippingRateName: delivery === null ? null : (rate?.name ?? null),
      deliveryMinDays: rate?.minDays ?? null,
      deliveryMaxDays: rate?.maxDays ?? null,
      // Until its sessions say otherwise.
      status: 'expired',
      items: { create: items },
    },
    select: { id: true },
  })
  return id
}

/**
 * Adds the session to its order, unless the order has it. No units are out of stock for it yet: settlement takes them, with what
 * the session has become.
 * @returns whether it was added
 */
export async function addSession(
  tx: Transaction,
  orderId: number,
  lost: LostOrder,
  { sessionId, attemptId, expiresAt }: SessionReport,
): Promise<boolean> {
  const attempts = await tx.checkoutAttempt.findMany({
    where: { OR: [{ orderId }, { stripeSessionId: sessionId }, { id: attemptId ?? '' }] },
    select: { id: true, number: true, stripeSessionId: true },
  })
  // Settlement finds one that waits for its session by its id.
  if (attempts.some(({ id, stripeSessionId }) => stripeSessionId === sessionId || id === attemptId))
    return false
  const { promotionCodes, collectsPhone, collectsTaxIds, createsInvoice, customerId, createdAt } = lost
  await tx.checkoutAttempt.create({
    data: {
      ...(attemptId !== null && UUID.test(attemptId) && { id: attemptId }),
      ...{ orderId, expiresAt, createdAt, customerId },
      ...{ promotionCodes, collectsPhone, collectsTaxIds, createsInvoice },
      number: Math.max(0, ...attempts.map(({ number }) => number)) + 1,
      status: 'expired',
      stripeSessionId: sessionId,
    },
  })
  return true
}

/**
 * The account that ordered, if the backup has it. A session with a customer was opened by an account; without one, only a confirmed
 * address says whose it is.
 */
async function accountOf(tx: Transaction, { email, customerId }: LostOrder): Promise<number | null> {
  const select = { id: true, email: true, verifiedAt: true, stripeCustomerId: true } as const
  const byCustomer =
    customerId === null ? null : await tx.user.findUnique({ where: { stripeCustomerId: customerId }, select })
  if (byCustomer) return byCustomer.id
  const user = await tx.user.findUnique({ where: { email }, select })
  if (!user) return null
  if (customerId === null) return user.verifiedAt === null ? null : user.id
  // It became a customer after the backup.
  if (user.stripeCustomerId !== null) return null
  await tx.user.update({ where: { id: user.id }, data: { stripeCustomerId: customerId } })
  return user.id
}

type Found = Variant & { product: Product }

async function itemsOf(
  tx: Transaction,
  lost: LostOrder,
): Promise<Prisma.OrderItemUncheckedCreateWithoutOrderInput[] | string> {
  const items: Prisma.OrderItemUncheckedCreateWithoutOrderInput[] = []
  for (const line of lost.lines) {
    const variant = await variantOf(tx, line)
    // A number may have been given to another product since.
    if (!variant || variant.createdAt > lost.createdAt)
      return `"${line.name}" was added after the backup, so the order of ${lost.key} could not be rebuilt`
    items.push(itemOf(line, variant))
  }
  const ids = items.map(({ variantId }) => variantId)
  return new Set(ids).size === ids.length ? items : 'the session sells one variant in several lines'
}

async function variantOf(tx: Transaction, line: LostLine): Promise<Found | null> {
  const { productId, variantId, priceId } = line
  const include = { product: true }
  if (variantId === null) return tx.variant.findFirst({ where: { stripePriceId: priceId }, include })
  const variant = await tx.variant.findUnique({ where: { id: variantId }, include })
  return variant?.productId === (productId ?? variant?.productId) ? variant : null
}

function itemOf(
  { name, unitAmount, quantity, priceId }: LostLine,
  variant: Found,
): Prisma.OrderItemUncheckedCreateWithoutOrderInput {
  const { id: variantId, productId, sku, product } = variant
  const named = variantName(variant)
  const suffix = nameWithVariant('', named)
  return {
    ...{ productId, variantId, sku, unitAmount, quantity },
    name: suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name || product.name,
    variantName: named,
    image: variant.image ?? product.image,
    stripePriceId: variant.stripePriceId === priceId ? priceId : null,
  }
}
